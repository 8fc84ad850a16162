//! Whatever names whatever: random results, members and reports.

use plainchart_access::Kind;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{LOINC, Phone, flatten, in_panels, members, report, result};

/// A record of results that name one another and are named by reports; some of them vital signs.
#[derive(Debug, Clone)]
struct Web {
    vital: Vec<bool>,
    members: Vec<Vec<usize>>,
    reports: Vec<Vec<usize>>,
}

/// A number beyond the results names one that is not there.
fn webs() -> impl Strategy<Value = Web> {
    (1..7_usize).prop_flat_map(|size| {
        let named = || prop::collection::vec(0..size + 2, 0..4);
        let members = prop::collection::vec(named(), size);
        (prop::collection::vec(any::<bool>(), size), members, prop::collection::vec(named(), 0..4))
            .prop_map(|(vital, members, reports)| Web { vital, members, reports })
    })
}

impl Web {
    /// `without_vital`: as if there had never been a vital sign.
    fn record(&self, without_vital: bool) -> Vec<Value> {
        let is_there = |at: &usize| !without_vital || !self.vital.get(*at).copied().unwrap_or(false);
        let name = |at: &usize| format!("o{at}");
        let named = |all: &[usize]| all.iter().filter(|at| is_there(at)).map(name).collect::<Vec<_>>();
        let mut record = Vec::new();
        for (at, members_of) in self.members.iter().enumerate().filter(|(at, _)| is_there(at)) {
            let category = if self.vital[at] { "vital-signs" } else { "laboratory" };
            let day = format!("2026-09-{:02}", 1 + at % 3);
            let own = named(members_of);
            record.push(result(
                &name(&at),
                json!({"category": [{"coding": [{"code": category}]}], "effectiveDateTime": day,
                "code": {"coding": [{"system": LOINC, "code": "2823-3"}]}, "valueInteger": at,
                "hasMember": members(&own.iter().map(String::as_str).collect::<Vec<_>>())}),
            ));
        }
        for (at, results) in self.reports.iter().enumerate() {
            let own = named(results);
            record.push(report(&format!("d{at}"), &own.iter().map(String::as_str).collect::<Vec<_>>(), json!({})));
        }
        record
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// Proves R1: whatever names whatever, each result stands once in the list and once in the reports.
    #[test]
    fn each_result_stands_once(web in webs()) {
        let phone = Phone::with(&[&web.record(false)]);
        let mut listed = Vec::new();
        phone.results().iter().for_each(|row| flatten(row, &mut listed));
        for all in [listed, in_panels(&phone.panels())] {
            let mut values: Vec<usize> = all.iter().map(|result| result.value.as_ref().unwrap().parse().unwrap()).collect();
            values.sort_unstable();
            prop_assert_eq!(values, (0..web.vital.len()).collect::<Vec<_>>());
        }
    }

    /// Proves N4: what is closed changes nothing else, byte for byte: lists, reports, counts, trends, open results.
    #[test]
    fn what_is_closed_changes_nothing_else(web in webs()) {
        prop_assume!(web.vital.iter().any(|vital| !vital));
        let (closed, without) = (Phone::with(&[&web.record(false)]), Phone::with(&[&web.record(true)]));
        closed.hold(Kind::VitalSign);
        without.hold(Kind::VitalSign);
        // A report whose results are all closed says nothing of them; one that never had any says so.
        let blank = |text: String| {
            let mut value: Value = serde_json::from_str(&text).unwrap();
            for panel in value[1].as_array_mut().unwrap() {
                panel.as_object_mut().unwrap().remove("empty");
            }
            value.to_string()
        };
        prop_assert_eq!(blank(closed.everything()), blank(without.everything()));
    }
}
