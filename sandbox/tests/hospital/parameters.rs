//! The search parameters of every type: each finds what it should, and only that.

use plainchart_sandbox::{Profile, UnknownParameter};
use serde_json::{Value, json};

use crate::client::*;

fn concept(system: &str, code: &str) -> Value {
    json!({"coding": [{"system": system, "code": code}]})
}

/// Two of each type that differ in every element, and what finds the first but not the second.
fn pairs() -> Vec<(Value, Value, Vec<&'static str>)> {
    let lists = |one: &str| json!([concept("s", one)]);
    vec![
        (
            json!({"resourceType": "AllergyIntolerance", "clinicalStatus": concept("s", "active")}),
            json!({"resourceType": "AllergyIntolerance", "clinicalStatus": concept("s", "resolved")}),
            vec!["clinical-status=active", "clinical-status=s%7Cactive"],
        ),
        (
            json!({"resourceType": "Appointment", "status": "booked", "start": "2026-12-01T09:00:00Z"}),
            json!({"resourceType": "Appointment", "status": "cancelled", "start": "2026-11-01T09:00:00Z"}),
            vec!["status=booked", "date=2026-12-01", "date=ge2026-11-15"],
        ),
        (
            json!({"resourceType": "CarePlan", "status": "active", "intent": "plan", "category": lists("assess-plan"), "period": {"start": "2026-01-01"}}),
            json!({"resourceType": "CarePlan", "status": "revoked", "intent": "order", "category": lists("other"), "period": {"end": "2025-01-01"}}),
            vec!["category=assess-plan", "category=s%7Cassess-plan&status=active", "date=ge2026-02-01"],
        ),
        (
            json!({"resourceType": "CareTeam", "status": "active", "participant": [{"role": lists("nurse")}]}),
            json!({"resourceType": "CareTeam", "status": "inactive", "participant": [{"role": lists("friend")}]}),
            vec!["status=active", "role=nurse"],
        ),
        (
            json!({"resourceType": "Condition", "category": lists("problem-list-item"), "clinicalStatus": concept("s", "active"), "code": concept("snomed", "1"), "encounter": {"reference": "Encounter/visit-1"}, "onsetDateTime": "2024", "abatementDateTime": "2026-05", "recordedDate": "2024-03-01"}),
            json!({"resourceType": "Condition", "category": lists("encounter-diagnosis"), "clinicalStatus": concept("s", "resolved"), "code": concept("snomed", "2"), "encounter": {"reference": "Encounter/other"}, "onsetDateTime": "2020", "recordedDate": "2020-03-01"}),
            vec![
                "category=problem-list-item",
                "clinical-status=active",
                "code=snomed%7C1",
                "encounter=visit-1",
                "encounter=Encounter/visit-1",
                "onset-date=2024",
                "abatement-date=2026-05",
                "recorded-date=gt2023",
            ],
        ),
        (
            json!({"resourceType": "Device", "status": "active", "type": concept("s", "pacemaker")}),
            json!({"resourceType": "Device", "status": "inactive", "type": concept("s", "hip")}),
            vec!["type=pacemaker", "status=active"],
        ),
        (
            json!({"resourceType": "DiagnosticReport", "status": "final", "category": lists("LAB"), "code": concept("l", "1"), "effectiveDateTime": "2026-02-03T10:00:00Z"}),
            json!({"resourceType": "DiagnosticReport", "status": "partial", "category": lists("RAD"), "code": concept("l", "2"), "effectiveDateTime": "2025-02-03"}),
            vec!["category=LAB", "code=l%7C1", "date=2026-02-03", "status=final"],
        ),
        (
            json!({"resourceType": "DocumentReference", "status": "current", "category": lists("clinical-note"), "type": concept("l", "1"), "date": "2026-02-03T10:00:00Z", "context": {"encounter": [{"reference": "Encounter/x"}, {"reference": "Encounter/visit-1"}], "period": {"start": "2026-02-03"}}}),
            json!({"resourceType": "DocumentReference", "status": "superseded", "category": lists("other"), "type": concept("l", "2"), "date": "2025-02-03T10:00:00Z", "context": {"period": {"end": "2025-02-04"}}}),
            vec![
                "category=clinical-note",
                "type=l%7C1",
                "status=current",
                "date=ge2026",
                "period=ge2026",
                "encounter=visit-1",
            ],
        ),
        (
            json!({"resourceType": "Encounter", "status": "finished", "class": {"code": "IMP"}, "type": lists("checkup"), "period": {"start": "2026-02-03T10:00:00Z", "end": "2026-02-04T10:00:00Z"}, "location": [{"location": {"reference": "Location/a"}}], "hospitalization": {"dischargeDisposition": concept("s", "home")}}),
            json!({"resourceType": "Encounter", "status": "planned", "class": {"code": "AMB"}, "type": lists("visit"), "period": {"start": "2025-02-03", "end": "2025-02-04"}}),
            vec![
                "status=finished",
                "class=IMP",
                "type=checkup",
                "date=2026",
                "location=a",
                "discharge-disposition=home",
            ],
        ),
        (
            json!({"resourceType": "Goal", "lifecycleStatus": "active", "description": concept("s", "walk"), "target": [{"dueDate": "2026-06-01"}]}),
            json!({"resourceType": "Goal", "lifecycleStatus": "completed", "description": concept("s", "run"), "target": [{"dueDate": "2025-06-01"}]}),
            vec!["lifecycle-status=active", "target-date=2026-06", "description=walk"],
        ),
        (
            json!({"resourceType": "Immunization", "status": "completed", "occurrenceDateTime": "2026-10"}),
            json!({"resourceType": "Immunization", "status": "not-done", "occurrenceDateTime": "2020-10"}),
            vec!["status=completed", "date=ge2026-09"],
        ),
        (
            json!({"resourceType": "MedicationRequest", "status": "active", "intent": "order", "authoredOn": "2026-05-05", "encounter": {"reference": "Encounter/visit-1"}}),
            json!({"resourceType": "MedicationRequest", "status": "stopped", "intent": "plan", "authoredOn": "2025-05-05"}),
            vec!["intent=order", "intent=order&status=active,completed", "authoredon=ge2026", "encounter=visit-1"],
        ),
        (
            json!({"resourceType": "Procedure", "status": "completed", "code": concept("s", "1"), "performedPeriod": {"start": "2026-01-01", "end": "2026-01-02"}}),
            json!({"resourceType": "Procedure", "status": "not-done", "code": concept("s", "2"), "performedDateTime": "2021"}),
            vec!["status=completed", "code=1", "date=2026-01"],
        ),
        (
            json!({"resourceType": "ServiceRequest", "status": "active", "intent": "order", "category": lists("referral"), "code": concept("s", "1"), "authoredOn": "2026-05-05"}),
            json!({"resourceType": "ServiceRequest", "status": "revoked", "intent": "proposal", "category": lists("lab"), "code": concept("s", "2"), "authoredOn": "2025-05-05"}),
            vec!["status=active", "category=referral", "code=s%7C1", "authored=2026", "intent=order"],
        ),
        (
            json!({"resourceType": "RelatedPerson", "name": [{"family": "Moss", "given": ["Ada"]}]}),
            json!({"resourceType": "RelatedPerson", "name": [{"family": "Reed"}]}),
            vec!["name=mos", "name=ADA"],
        ),
    ]
}

/// Proves T1, D3: the capability statement lists each, `self` repeats each, and each narrows as it says.
#[test]
fn every_type_is_narrowed_by_its_own_parameters() {
    let profile = Profile { unknown_parameter: UnknownParameter::Refused, ..Profile::default() };
    let sandbox = hospital_with(profile);
    let token = token_for(&sandbox, "ada");
    let statement = get(&sandbox, "/fhir/r4/metadata").json();
    let stated = statement["rest"][0]["resource"].as_array().unwrap();
    for (mut wanted, mut other, queries) in pairs() {
        for (resource, id) in [(&mut wanted, "wanted"), (&mut other, "other")] {
            resource["id"] = id.into();
            resource["subject"] = json!({"reference": "Patient/1001"});
            put(&sandbox, resource);
        }
        let resource_type = wanted["resourceType"].as_str().unwrap();
        let of = stated.iter().find(|of| of["type"] == resource_type).unwrap();
        for query in queries {
            let answer = fhir(&sandbox, &token, &format!("/{resource_type}?patient=1001&_id=wanted,other&{query}"));
            assert_eq!(answer.status, 200, "{resource_type} {query}: {}", answer.text());
            let bundle = answer.json();
            assert_eq!(matches(&bundle), ["wanted"], "{resource_type} {query}");
            let name = query.split('=').next().unwrap();
            assert!(link(&bundle, "self").unwrap().contains(&format!("&{name}=")), "{resource_type} {query}");
            let parameters = of["searchParam"].as_array().unwrap();
            assert!(parameters.iter().any(|one| one["name"] == name), "{resource_type} does not state {name}");
        }
        assert_eq!(fhir(&sandbox, &token, &format!("/{resource_type}?flavour=mint")).status, 400);
    }
}

/// Proves T1, D3: provenance comes with what it is about, and nothing of another patient's.
#[test]
fn revinclude_brings_the_provenance_of_each_match() {
    let sandbox = hospital();
    let token = token_for(&sandbox, "ada");
    let theirs = sandbox.store().ids("Observation", "1002").remove(0);
    for (id, target) in [("p1", "Condition/c1".to_owned()), ("p2", format!("Observation/{theirs}"))] {
        put(&sandbox, &json!({"resourceType": "Provenance", "id": id, "target": [{"reference": target}]}));
    }
    let bundle = fhir(&sandbox, &token, "/Condition?patient=1001&_revinclude=Provenance:target").json();
    let included: Vec<_> = with_mode(&bundle, "include").iter().map(|resource| resource["id"].clone()).collect();
    assert_eq!((included, matches(&bundle)), (vec![json!("p1")], vec!["c1".to_owned()]));
    assert_eq!(matches(&fhir(&sandbox, &token, "/Provenance?patient=1001").json()), ["p1"]);
    assert_eq!(fhir(&sandbox, &token, "/Provenance/p2").status, 403);
}

/// Proves T1: what the capability statement says can be asked for can be, and nothing else.
#[test]
fn the_capability_statement_is_true_of_every_profile() {
    let sandbox = hospital();
    let token = token_for(&sandbox, "ada");
    for (name, _) in Profile::names() {
        let profile = Profile { unknown_parameter: UnknownParameter::Ignored, ..Profile::named(name).unwrap() };
        let needs = profile.requires_one_of.clone();
        let categories = profile.requires_category.clone();
        let old_scopes = profile.permission == plainchart_sandbox::Permission::V1;
        sandbox.set_profile(profile);
        let token =
            if old_scopes { access(&sign_in(&sandbox, "ada", "", "patient/*.read")).to_owned() } else { token.clone() };
        let statement = get(&sandbox, "/fhir/r4/metadata").json();
        for of in statement["rest"][0]["resource"].as_array().unwrap() {
            let resource_type = of["type"].as_str().unwrap();
            let mut asked: Vec<(String, String)> = Vec::new();
            for parameter in of["searchParam"].as_array().unwrap() {
                let value = if parameter["type"] == "date" { "ge2020-01-01" } else { "x" };
                asked.push((parameter["name"].as_str().unwrap().to_owned(), value.to_owned()));
            }
            for (member, parameter) in [("searchInclude", "_include"), ("searchRevInclude", "_revinclude")] {
                let listed = of[member].as_array().cloned().unwrap_or_default();
                asked.extend(listed.iter().map(|value| (parameter.to_owned(), value.as_str().unwrap().to_owned())));
            }
            for (parameter, value) in asked {
                let mut query = vec![(parameter.as_str(), value.as_str())];
                let category = categories.iter().any(|of| of == resource_type);
                let needed = needs.get(resource_type).and_then(|names| names.first()).map(String::as_str);
                query.extend(needed.or(category.then_some("category")).map(|needed| (needed, "x")));
                let answer = fhir(&sandbox, &token, &format!("/{resource_type}?{}", form(&query)));
                assert_eq!(answer.status, 200, "{name} {resource_type} {query:?}: {}", answer.text());
                let own = link(&answer.json(), "self").unwrap();
                assert!(own.contains(&form(&[(&parameter, &value)])), "{name} {resource_type} {parameter}: {own}");
            }
            let interactions = of["interaction"].as_array().unwrap();
            let offers = |code: &str| interactions.iter().any(|one| one["code"] == code);
            let status = |path: &str| fhir(&sandbox, &token, path).status;
            let read = status(&format!("/{resource_type}/never"));
            assert_eq!(read == 404, offers("read"), "{name} {resource_type}: {read}");
            assert_eq!(status(&format!("/{resource_type}/_history")) == 200, offers("history-type"), "{name}");
        }
    }
}
