//! What each source has on its list, on made-up charts.

use serde_json::{Value, json};

use super::super::room::{Room, closed, order, referral, resource, visit};
use crate::reading::Window;
use crate::views::EntryKind;

const RXNORM: &str = "http://www.nlm.nih.gov/research/umls/rxnorm";

fn named(text: &str) -> Value {
    json!({"medicationCodeableConcept": {"text": text}})
}

/// Proves R4: the name comes from wherever the Medication is: contained, another resource, by number, or not there.
#[test]
fn a_medicine_is_named_through_every_kind_of_reference() {
    let room = Room::own();
    let of = |id: &str, reference: Value| order(id, json!({"medicationReference": reference}));
    let mut contained = of("c", json!({"reference": "#m"}));
    contained["contained"] = json!([{"resourceType": "Medication", "id": "m", "code": {"text": "Zinc lotion"}}]);
    room.take(
        0,
        &[
            contained,
            of("r", json!({"reference": "Medication/m1"})),
            of("a", json!({"reference": "https://lakeside.example/fhir/Medication/m1"})),
            of("n", json!({"reference": "Medication?identifier=urn:x|9"})),
            of("d", json!({"reference": "Medication/gone", "display": "Only its display"})),
            of("u", json!({"reference": "Medication/gone"})),
            resource(
                "Medication",
                "m1",
                json!({
                    "identifier": [{"system": "urn:x", "value": "9"}],
                    "code": {"text": "Copper drops"}, "form": {"text": "Drops"},
                    "ingredient": [{"itemCodeableConcept": {"text": "copper"}, "strength": {
                        "numerator": {"value": 5, "unit": "mg"}, "denominator": {"value": 1, "unit": "mL"}}}]
                }),
            ),
        ],
    );
    let medicines = room.medicines();
    let mut names: Vec<&str> = medicines.iter().map(|one| one.name.as_str()).collect();
    names.sort_unstable();
    let copper = ["Copper drops"; 3];
    assert_eq!(names[..2], ["A medicine without a name", copper[0]]);
    assert_eq!(names[1..], [copper[0], copper[1], copper[2], "Only its display", "Zinc lotion"]);
    let drops: Vec<_> = medicines.iter().filter(|one| one.name == "Copper drops").collect();
    assert!(drops.iter().all(|one| one.form.as_deref() == Some("Drops") && one.strengths == ["5 mg in 1 mL"]));
}

/// Proves R4: the list is headed with what the source has on it, and no sentence of it says what anybody takes.
#[test]
fn a_list_is_what_a_source_has() {
    let room = Room::own();
    room.take(0, &[order("a", named("Zinc"))]);
    room.take(1, &[order("a", named("Zinc"))]);
    let list = room.session.medicines(&room.person, Window::ALL).unwrap();
    let headings: Vec<_> = list.sources.iter().map(|source| source.heading.clone().unwrap()).collect();
    assert_eq!(headings, ["What lakeside.example has on its list", "What cedar.example has on its list"]);
    assert!(!serde_json::to_string(&list).unwrap().to_lowercase().contains("you take"));
}

/// Proves R4: status, intent, `reported` and dates as of today decide the state; a day that is not sure decides nothing.
#[test]
fn the_state_is_what_the_source_says() {
    let until = |end: &str, authored: &str| {
        json!({"medicationCodeableConcept": {"text": "Zinc"}, "authoredOn": authored,
            "dosageInstruction": [{"text": "1", "timing": {"repeat": {"boundsPeriod": {"start": "2026-01-01", "end": end}}}}]})
    };
    for (rest, state, reason) in [
        (json!({}), "taking", "active-order"),
        (json!({"status": "on-hold"}), "on-hold", "on-hold"),
        (json!({"intent": "plan"}), "planned", "active-plan"),
        (json!({"intent": "plan", "reportedBoolean": true}), "taking", "active-reported"),
        (json!({"status": "stopped"}), "stopped", "stopped"),
        (json!({"status": "completed"}), "completed", "completed"),
        (json!({"doNotPerform": true}), "not-to-be-taken", "do-not-take"),
        (json!({"status": "unknown"}), "unknown", "status-unknown"),
        (until("2026-11-16", "2026-01-01"), "unknown", "dates-past"),
        // In the evening of the 18th in Chicago it is not yet the 19th, whatever UTC says.
        (until("2026-11-18", "2026-01-01T09:00:00-06:00"), "taking", "active-order"),
        (until("2026-11-17", "2026-01-01T09:00:00-06:00"), "unknown", "dates-past"),
        // Nobody knows where the source is: it may still be the 18th there.
        (until("2026-11-18", "2026-01-01"), "taking", "active-order"),
        (until("2026-11-18", "2026-01-01T15:00:00Z"), "taking", "active-order"),
    ] {
        let room = Room::own();
        room.take(0, &[order("a", rest.clone())]);
        let medicine = &room.medicines()[0];
        assert_eq!((medicine.state.as_str(), medicine.reason.as_str()), (state, reason), "{rest}");
        assert!(!medicine.state_words.is_empty() && !medicine.reason_words.contains('{'), "{}", medicine.reason_words);
    }
}

/// Proves R4: the instruction stands as typed; plain words only where all is understood, and never for an order not to
/// take it.
#[test]
fn an_instruction_is_plain_or_as_typed() {
    let typed =
        |text: &str| json!({"dosageInstruction": [{"text": text}], "medicationCodeableConcept": {"text": "Zinc"}});
    for (rest, plain, not_plain) in [
        (typed("Take 1 tablet by mouth twice a day"), Some("Take 1 tablet by mouth 2 times a day."), None),
        (typed("1 tab PO qfortnight zyx"), None, Some("not-all-understood")),
        (json!({}), None, Some("nothing-given")),
    ] {
        let room = Room::own();
        let mut forbidden = rest.clone();
        forbidden["doNotPerform"] = json!(true);
        room.take(0, &[order("a", rest.clone()), order("b", forbidden)]);
        let medicines = room.medicines();
        assert_eq!(medicines[0].plain_instruction.as_deref(), plain, "{rest}");
        assert_eq!(medicines[0].not_plain.as_deref(), not_plain, "{rest}");
        assert_eq!(medicines[0].not_plain.is_some(), medicines[0].not_plain_words.is_some());
        assert_eq!(medicines[0].instructions, medicines[1].instructions);
        assert_eq!((medicines[1].state.as_str(), &medicines[1].plain_instruction), ("not-to-be-taken", &None));
    }
}

/// Proves R4, D9: two sources' entries of one medicine stand side by side, each with its own dose, and name each other.
#[test]
fn two_sources_are_never_one_dose() {
    let dose = |text: &str, code: &str, instruction: &str| {
        json!({"medicationCodeableConcept": {"text": text, "coding": [{"system": RXNORM, "code": code}]},
            "dosageInstruction": [{"text": instruction}]})
    };
    let room = Room::own();
    room.take(
        0,
        &[
            order("a", dose("lisinopril 10 mg tablet", "314076", "1 TAB DAILY")),
            order("b", dose("LISINOPRIL 20 MG TAB", "314077", "2 TAB DAILY")),
            order("c", dose("metformin 500 mg tablet", "861007", "1 TAB BID")),
        ],
    );
    room.take(
        1,
        &[order("a", dose("Prinivil", "314076", "half a tablet")), order("b", dose("zinc", "11423", "1 TAB"))],
    );
    let medicines = room.medicines();
    assert_eq!(medicines.len(), 5);
    let find = |name: &str| medicines.iter().find(|one| one.name.contains(name)).unwrap();
    let (prinivil, first) = (find("Prinivil"), find("lisinopril 10"));
    assert_eq!((&prinivil.same_as, &first.same_as), (&vec![first.id.clone()], &vec![prinivil.id.clone()]));
    assert_eq!(
        (first.instructions.as_slice(), prinivil.instructions.as_slice()),
        (["1 TAB DAILY".to_owned()].as_slice(), ["half a tablet".to_owned()].as_slice())
    );
    for alone in ["LISINOPRIL 20", "metformin", "zinc"] {
        assert!(find(alone).same_as.is_empty(), "{alone}");
    }
    assert_eq!(medicines.iter().map(|one| one.list).collect::<Vec<_>>(), [0, 0, 0, 1, 1]);
}

/// Proves R4: within a source the medicines in force come first, and what was stopped after.
#[test]
fn a_list_is_grouped_by_state() {
    let room = Room::own();
    let at = |id: &str, status: &str, date: &str| order(id, json!({"status": status, "authoredOn": date}));
    room.take(
        0,
        &[
            at("a", "stopped", "2026-05"),
            at("b", "active", "2020"),
            at("c", "active", "2026"),
            at("d", "completed", "2026-06"),
            at("e", "entered-in-error", "2026-06"),
        ],
    );
    let states: Vec<(String, String)> =
        room.medicines().into_iter().map(|one| (one.state, one.date.unwrap().text)).collect();
    let expected = [
        ("taking", "2026"),
        ("taking", "2020"),
        ("stopped", "2026-05"),
        ("completed", "2026-06"),
        ("entered-in-error", "2026-06"),
    ];
    assert_eq!(states, expected.map(|(state, date)| (state.to_owned(), date.to_owned())));
}

/// Proves D4: what was recorded by mistake is a marker without content.
#[test]
fn a_mistake_is_a_marker() {
    let room = Room::own();
    let error = json!({"status": "entered-in-error", "note": [{"text": "Zyxwv"}], "medicationCodeableConcept": {"text": "Zyxwv"},
        "code": {"text": "Zyxwv"}, "requester": {"display": "Zyxwv"}});
    room.take(0, &[order("a", error.clone()), referral("s", error.clone()), visit("e", error)]);
    assert!(room.medicines()[0].entered_in_error && room.referrals()[0].entered_in_error);
    assert!(room.entries(EntryKind::Visits)[0].entered_in_error);
    assert!(room.referrals()[0].nothing_seen.is_none());
    assert!(!room.everything().concat().contains("Zyxwv"));
}

/// Proves X3: "no medicines known" is told as the source's statement.
#[test]
fn no_medicines_known_is_a_statement() {
    let room = Room::own();
    room.take(0, &[order("a", named("No known medications"))]);
    let told = room.medicines().remove(0);
    assert_eq!(told.none_known.as_deref(), Some("lakeside.example notes no known medicines."));
}

/// Proves N4: a medicine takes on the class of the Medication that it names, though it names it by address only.
#[test]
fn a_medicine_is_as_private_as_what_it_names() {
    let room = Room::helped();
    let of = |id: &str, medication: &str| {
        order(id, json!({"medicationReference": {"reference": format!("Medication/{medication}")}}))
    };
    room.take(
        0,
        &[
            of("a", "open"),
            of("b", "labelled"),
            of("c", "coded"),
            resource("Medication", "open", json!({"code": {"text": "Zinc"}})),
            closed(resource("Medication", "labelled", json!({"code": {"text": "Zyxwv"}}))),
            resource("Medication", "coded", json!({"code": {"text": "HIV medicine"}})),
        ],
    );
    let names: Vec<String> = room.medicines().into_iter().map(|one| one.name).collect();
    assert_eq!(names, ["Zinc"]);
}
