//! Results by report and over time.

use std::fs;

use super::record::{chart_of, words};

/// Proves R2: one test over time for a script, named in plain words, by code and by the id of a result; several tests
/// of a name are a question, not a guess.
#[test]
fn a_trend_goes_by_name_code_and_result() {
    let (bench, person) = chart_of("winifred", "");
    let trend = |name: &str| bench.run(&["results", "--person", &person, "--trend", name, "--json"]);
    let answer = trend("potassium").answer();
    assert_eq!(answer["person"], person.as_str());
    let points = answer["series"][0]["points"].as_array().unwrap();
    assert!(points.len() > 5 && answer["spoken"][0].is_string());
    assert_eq!(trend("2823-3").answer(), answer);
    let id = points[0]["result"].as_str().unwrap();
    assert_eq!(trend(id).answer(), answer);
    assert_eq!(trend("zzqx").code, 1);
    let vague = trend("pressure number");
    assert_eq!(vague.code, 2);
    assert!(vague.err.contains("--trend r"), "{}", vague.err);
}

/// Proves R2 and R6 on the page without a terminal: every value as received with the source's own time, no escape and no
/// drawing; a unit that cannot be joined stands apart with its reason.
#[test]
fn a_trend_is_a_table_where_nothing_can_be_drawn() {
    let (bench, person) = chart_of("winifred", "");
    let ran = bench.run(&["results", "--person", &person, "--trend", "potassium"]);
    let page = words(&ran);
    assert!(page.contains("28 Jun 2026, 23:30 (-05:00) 2.8 mmol/L"), "{page}");
    assert!(page.contains("29 Jun 2026, 08:05 (UTC) 3.4 mmol/L"), "{page}");
    assert!(page.contains("Read aloud: ") && !ran.out.contains(['\x1b', '┤']), "{page}");
    let speed = words(&bench.run(&["results", "--person", &person, "--trend", "kidney cleaning speed"]));
    assert!(speed.contains(">60 mL/min/1.73m2"), "{speed}");
    assert!(speed.contains("a unit that cannot be turned into the other one"), "{speed}");
}

/// Proves R2: the drawing is saved for its owner alone, is inert SVG, and takes no file's place.
#[test]
fn a_drawing_is_saved_once() {
    let (bench, person) = chart_of("winifred", "");
    let file = bench.home().join("trend.svg");
    let path = file.display().to_string();
    let arguments = ["results", "--person", &person, "--trend", "potassium", "--svg", &path];
    let page = words(&bench.run(&arguments));
    assert!(page.contains("trend.svg"), "{page}");
    let drawing = fs::read_to_string(&file).unwrap();
    assert!(drawing.starts_with("<svg") && drawing.contains("<title") && !drawing.contains("<script"));
    #[cfg(unix)]
    assert_eq!(std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&file).unwrap().permissions()) & 0o777, 0o600);
    let again = bench.run(&arguments);
    assert_eq!(again.code, 2);
    assert!(again.err.contains("there already"), "{}", again.err);
    assert_eq!(fs::read_to_string(&file).unwrap(), drawing);
    assert_eq!(bench.run(&["results", "--person", &person, "--svg", &path]).code, 2, "nothing to draw");
}

/// Proves R1 and R6 on screen: a report in the lab's order, what was not shared named, a cancelled test and a corrected
/// one said, and whom to ask about a critical one.
#[test]
fn reports_keep_the_lab_s_order() {
    let (bench, person) = chart_of("winifred", "");
    let page = words(&bench.run(&["results", "--person", &person, "--panels"]));
    let place = |text: &str| page.find(text).unwrap_or_else(|| panic!("{text}: {page}"));
    let order = ["Laboratory report", "White blood cells 7.9", "Hemoglobin 11.6", "Hematocrit 35.1", "Platelets <10"];
    assert!(order.windows(2).all(|pair| place(pair[0]) < place(pair[1])), "{page}");
    assert!(page.contains("Lakeside Hospital names one more result here, but did not share it."), "{page}");
    let list = words(&bench.run(&["results", "--person", &person]));
    for told in [
        "This test was called off or not finished.",
        "asked for this test. Telephone in the record: +1-555-0156",
        "Notes from the lab: Clumped.",
        "13 Jan 2025, 23:30 (-06:00)",
    ] {
        assert!(list.contains(told), "{told}: {list}");
    }
    let answer = bench.run(&["results", "--person", &person, "--panels", "--json"]).answer();
    assert!(answer.as_array().unwrap().iter().all(|panel| panel["lines"].is_array() && panel["source"].is_string()));
}
