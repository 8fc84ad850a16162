//! The CapabilityStatement: what this hospital does with its habits of the moment.

use std::sync::Arc;

use axum::extract::State;
use axum::response::IntoResponse as _;
use axum::response::Response;
use serde_json::{Value, json};

use super::SHARED_TYPES;
use super::parameters::{includes, parameters};
use super::read::fhir_answer;
use crate::clock::instant;
use crate::hospital::Hospital;
use crate::profile::{Profile, Writing};

pub(super) async fn metadata(State(hospital): State<Arc<Hospital>>) -> Response {
    let profile = hospital.profile();
    let resources: Vec<_> = hospital.types().iter().map(|resource_type| resource(&profile, resource_type)).collect();
    let statement = json!({
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": instant(hospital.clock.now()),
        "kind": "instance",
        "software": {"name": format!("{} (made up)", hospital.site.name)},
        "implementation": {"description": "A made-up hospital for tests", "url": hospital.base()},
        "fhirVersion": "4.0.1",
        "format": ["json"],
        "rest": [{
            "mode": "server",
            "security": {
                "service": [{"coding": [{
                    "system": "http://terminology.hl7.org/CodeSystem/restful-security-service",
                    "code": "SMART-on-FHIR"
                }]}],
                "extension": [{
                    "url": "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris",
                    "extension": [
                        {"url": "authorize", "valueUri": hospital.oauth_url("/authorize")},
                        {"url": "token", "valueUri": hospital.oauth_url("/token")}
                    ]
                }]
            },
            "resource": resources
        }]
    });
    fhir_answer(statement.to_string()).into_response()
}

fn resource(profile: &Profile, resource_type: &str) -> Value {
    let lists = |names: &[String], name: &str| names.iter().any(|listed| listed == name);
    let honoured = |name: &str| {
        !lists(&profile.ignored_parameters, name)
            && !lists(&profile.refused_parameters, name)
            && (name != "_lastUpdated" || profile.honours_last_updated)
    };
    let guarded = SHARED_TYPES.contains(&resource_type) && !profile.shared_types_readable;
    let readable = !guarded && !lists(&profile.unreadable_types, resource_type);
    let interactions: Vec<Value> = [
        ("read", readable),
        ("vread", readable && profile.offers_history),
        ("history-instance", profile.offers_history),
        ("history-type", profile.offers_history),
        ("search-type", true),
    ]
    .iter()
    .filter(|(_, offered)| *offered)
    .map(|(code, _)| json!({"code": code}))
    .collect();
    let search: Vec<Value> = parameters(resource_type)
        .filter(|(name, _)| honoured(name))
        .map(|(name, kind)| json!({"name": name, "type": kind.code()}))
        .collect();
    let mut members = json!({
        "type": resource_type,
        "interaction": interactions,
        "versioning": if profile.gives_version_id { "versioned" } else { "no-version" },
        "readHistory": profile.offers_history,
        "referencePolicy": match profile.references { Writing::Relative => ["local"], Writing::Absolute => ["literal"] },
        "searchParam": search,
    });
    let included: Vec<String> = includes(resource_type)
        .map(|(name, _)| format!("{resource_type}:{name}"))
        .filter(|_| honoured("_include"))
        .collect();
    if !included.is_empty() {
        members["searchInclude"] = json!(included);
    }
    if honoured("_revinclude") && resource_type != "Provenance" {
        members["searchRevInclude"] = json!(["Provenance:target"]);
    }
    members
}
