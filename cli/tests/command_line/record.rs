//! The lists of the record, as a person reads them and as a script does, against the made-up hospitals.

use plainchart_sandbox::{Sandbox, SandboxOptions};
use serde_json::{Value, json};

use super::bench::{Bench, Ran};
use super::hospital::{HTTP, connect};

/// The kinds of `list`, in the order of its menu.
const KINDS: [&str; 11] = [
    "conditions",
    "allergies",
    "immunizations",
    "visits",
    "procedures",
    "care-plans",
    "goals",
    "care-teams",
    "devices",
    "appointments",
    "provenance",
];

/// A home with one person's chart from Lakeside; `patient` is someone else's login, or nothing.
pub fn chart_of(login: &str, patient: &str) -> (Bench, String) {
    let (bench, sandbox) = (Bench::new(), Sandbox::start_blocking(SandboxOptions::http()).unwrap());
    let person = sign_in(&bench, &sandbox, (login, patient), &[]);
    assert_eq!(bench.run(&["sync", "--json"]).code, 0);
    sandbox.stop();
    (bench, person)
}

/// Signs in; answers the person's id.
fn sign_in(bench: &Bench, sandbox: &Sandbox, (login, patient): (&str, &str), more: &[&str]) -> String {
    let arguments: Vec<&str> = HTTP.iter().chain(more).copied().collect();
    let approve = |sandbox: &Sandbox, url: &str| sandbox.approve(url, login, patient).unwrap();
    let (ran, lines, _) = connect(bench, sandbox, &arguments, &approve);
    assert_eq!(ran.code, 0, "{}", ran.err);
    lines[1]["person"]["id"].as_str().unwrap().to_owned()
}

/// A page without its line ends.
pub fn words(ran: &Ran) -> String {
    assert_eq!(ran.code, 0, "{}", ran.err);
    ran.out.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The item of a list whose `field` is this.
fn item<'l>(list: &'l Value, field: &str, value: &str) -> &'l Value {
    let found = list.as_array().unwrap().iter().find(|item| item[field] == value);
    found.unwrap_or_else(|| panic!("{field} {value}"))
}

/// Proves R4 on screen: headed by whose list it is, states told apart, the instruction as typed beside the plain one,
/// and D7: a year stays a year. Proves T2: what the screen shows is in the answer.
#[test]
fn medicines_stand_under_their_state() {
    let (bench, person) = chart_of("winifred", "");
    let ran = bench.run(&["medicines", "--person", &person]);
    let page = words(&ran);
    let place = |text: &str| page.find(text).unwrap_or_else(|| panic!("{text}: {page}"));
    let order = ["What Lakeside Hospital has on its list", "On the list as current", "Planned", "Stopped"];
    assert!(order.windows(2).all(|pair| place(pair[0]) < place(pair[1])), "{page}");
    assert!(
        page.contains("Directions as typed 1 tab PO BID In plain words 1 tablet by mouth 2 times a day."),
        "{page}"
    );
    assert!(page.contains("Written on 2019 ") && page.contains("18 Mar 2025, 10:20 (-05:00)"), "{page}");
    assert!(!page.to_lowercase().contains("you take"), "{page}");
    let answer = bench.run(&["--json", "medicines", "--person", &person]).answer();
    for medicine in answer.as_array().unwrap() {
        assert_eq!(medicine["person"], person.as_str());
        assert!(medicine["id"].is_string() && medicine["source"].is_string() && medicine["as_of"].is_i64());
        let name = medicine["name"].as_str().unwrap().split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(page.contains(&name) && page.contains(medicine["id"].as_str().unwrap()), "{name}");
    }
    assert_eq!(item(&answer, "name", "gabapentin 300 mg capsule")["state"], "unknown");
    let id = item(&answer, "name", "sacubitril-valsartan 97-103 mg tablet")["id"].as_str().unwrap().to_owned();
    assert!(words(&bench.run(&["show", &id, "--person", &person])).contains("lists this as an order in force"));
    let log = words(&bench.run(&["log", "--person", &person]));
    assert!(log.contains("You looked at the list of medicines"), "{log}");
}

/// Proves R4, D9 on screen: two hospitals' entries for one medicine stand side by side under their own headings.
#[test]
fn two_hospitals_lists_stay_two() {
    let bench = Bench::new();
    let lakeside = Sandbox::start_blocking(SandboxOptions::http()).unwrap();
    let cedar = SandboxOptions { tls: false, ..SandboxOptions::second_hospital() };
    let cedar = Sandbox::start_blocking(cedar).unwrap();
    let person = sign_in(&bench, &lakeside, ("rosa", ""), &[]);
    assert_eq!(sign_in(&bench, &cedar, ("rosa", ""), &["--person", &person]), person);
    assert_eq!(bench.run(&["sync", "--json"]).code, 0);
    let page = words(&bench.run(&["medicines", "--person", &person]));
    let (first, second) = page.split_once("What Cedar Ridge Clinic has on its list").expect("two headings");
    assert!(first.contains("What Lakeside Hospital has on its list"), "{page}");
    for side in [first, second] {
        assert!(side.to_lowercase().contains("propranolol"), "{side}");
        assert!(side.contains("Two sources list this. Both entries are shown as they came."), "{side}");
    }
    let notes = words(&bench.run(&["notes", "--person", &person]));
    assert!(notes.contains("Lakeside Hospital") && notes.contains("Cedar Ridge Clinic"));
}

/// Proves R5 on screen: what came of an order with its id, or that nothing was seen as of a day; never that it is late.
#[test]
fn referrals_say_what_was_seen() {
    let (bench, person) = chart_of("winifred", "");
    let page = words(&bench.run(&["referrals", "--person", &person]));
    let answer = bench.run(&["referrals", "--person", &person, "--json"]).answer();
    let done = item(&answer, "title", "Cardiac rehabilitation, 36 sessions");
    let visit = done["came_of"][0]["id"].as_str().unwrap();
    assert!(page.contains(&format!("Cardiac rehabilitation, September 2025 {visit}")), "{page}");
    assert_eq!(bench.run(&["show", visit, "--person", &person, "--json"]).answer()["kind"], "visits");
    let open = item(&answer, "title", "Dental clearance");
    assert!(open.get("came_of").is_none());
    let nothing = open["nothing_seen"].as_str().unwrap();
    assert!(nothing.starts_with("No visit or report seen as of ") && page.contains(nothing), "{nothing}");
    assert!(page.contains("To whom K. Lanyon DDS, +1-555-0198"), "{page}");
    for word in ["overdue", "late", "missed"] {
        assert!(!page.to_lowercase().split(' ').any(|other| other == word), "{word}");
    }
    for referral in answer.as_array().unwrap() {
        assert!(referral["id"].is_string() && referral["source"].is_string() && referral["as_of"].is_i64());
        assert!(page.contains(referral["id"].as_str().unwrap()));
    }
}

/// Proves D1 and T2: every kind has a list for a script and a screen no wider than the terminal; each entry opens.
#[test]
fn every_kind_has_a_list_and_a_screen() {
    let (bench, person) = chart_of("winifred", "");
    let names = bench.run(&["list", "--json"]).answer();
    let named: Vec<&str> = names.as_array().unwrap().iter().map(|kind| kind["kind"].as_str().unwrap()).collect();
    assert_eq!(named, KINDS);
    for kind in KINDS {
        let answer = bench.run(&["list", kind, "--person", &person, "--json"]).answer();
        let items = answer.as_array().unwrap();
        for width in ["46", "80"] {
            let ran =
                Ran::of(bench.command(&["list", kind, "--person", &person]).env("COLUMNS", width).output().unwrap());
            assert_eq!(ran.code, 0, "{}", ran.err);
            assert!(ran.out.lines().all(|line| line.chars().count() <= width.parse().unwrap()), "{}", ran.out);
            if items.is_empty() {
                assert!(words(&ran).contains("Lakeside Hospital shared no"), "{}", ran.out);
            }
        }
        for item in items {
            assert_eq!((&item["person"], &item["kind"]), (&json!(person), &json!(kind)));
            assert!(item["id"].is_string() && item["source"].is_string() && item["as_of"].is_i64(), "{item}");
        }
        if let Some(first) = items.first() {
            let id = first["id"].as_str().unwrap();
            let open = bench.run(&["show", id, "--person", &person, "--json"]).answer();
            assert_eq!((&open["id"], &open["person"]), (&first["id"], &json!(person)));
            let title = first["title"].as_str().unwrap().split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(words(&bench.run(&["show", id, "--person", &person])).contains(&title), "{title}");
        }
    }
    for (arguments, code) in [
        (vec!["list", "diagnoses", "--person", &person], 2),
        (vec!["list", "conditions"], 2),
        (vec!["show", "e0000000000", "--person", &person], 1),
        (vec!["show", "m0000000000", "--person", &person], 1),
    ] {
        assert_eq!(bench.run(&arguments).code, code, "{arguments:?}");
    }
}

/// Proves D7 and D4 on screen: no date is finer than it came, ages and words stand as they are, and of a mistake only
/// its kind is left.
#[test]
fn no_date_is_made_up_and_no_mistake_is_shown() {
    let (bench, person) = chart_of("winifred", "");
    let conditions = words(&bench.run(&["list", "conditions", "--person", &person]));
    for told in
        ["Began March 2019", "Began 2010", "Began At the age of 69 years", "Began 2012 to 2017", "since 2016 or so"]
    {
        assert!(conditions.contains(told), "{told}: {conditions}");
    }
    assert!(conditions.contains("A health problem that was put in the record by mistake"), "{conditions}");
    assert!(!conditions.contains("left knee"), "{conditions}");
    assert!(conditions.contains("Checked, and found not to be so"), "{conditions}");
    let visits = words(&bench.run(&["list", "visits", "--person", &person]));
    assert!(visits.contains("28 Jun 2026, 22:05 (-05:00) to 29 Jun 2026, 09:30 (-05:00)"), "{visits}");
    assert!(visits.contains("September 2025 to December 2025"), "{visits}");
}

/// Proves N4 on screen: to a helper without the class a confidential visit is on no list, and the constant sentence is
/// on each.
#[test]
fn a_helper_sees_no_trace_of_what_is_private() {
    let (own, owner) = chart_of("mateo", "");
    let (helper, person) = chart_of("rosa", "mateo");
    let mut hidden = 0;
    for list in KINDS.iter().map(|kind| vec!["list", kind]).chain([vec!["medicines"], vec!["referrals"], vec!["notes"]])
    {
        let told = |bench: &Bench, person: &str| {
            let arguments: Vec<&str> = list.iter().copied().chain(["--person", person]).collect();
            let answer = bench.run(&[arguments.as_slice(), &["--json"]].concat()).answer();
            (answer.as_array().unwrap().clone(), bench.run(&arguments).out)
        };
        let ((mine, _), (theirs, page)) = (told(&own, &owner), told(&helper, &person));
        assert!(page.contains("some kinds of care may be kept private"), "{page}");
        assert!(theirs.iter().all(|item| item.get("sensitive") != Some(&json!(true))), "{list:?}");
        assert!(!page.contains("many people"), "{page}");
        hidden += mine.len() - theirs.len();
    }
    assert!(hidden > 0, "her son's chart has something that is private");
}
