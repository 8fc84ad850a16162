//! Typed instructions.

use proptest::prelude::*;

use crate::plain;

/// Proves R4: what is typed in the ways it is typed comes out in plain words, numbers and units as written.
#[test]
fn typed_instructions_in_plain_words() {
    let cases = [
        ("1 tab PO BID prn pain", "1 tablet by mouth 2 times a day. Only if needed for pain."),
        (
            "Take 1 tablet (10 mg) by mouth 2 times a day with meals",
            "Take 1 tablet (10 mg) by mouth 2 times a day with meals.",
        ),
        (
            "Take 2 tablets (20 mg total) by mouth 2 (two) times a day.",
            "Take 2 tablets (20 mg in all) by mouth 2 times a day.",
        ),
        ("inject 10 units subcutaneously at bedtime", "Inject 10 units under the skin at bedtime."),
        (
            "apply thin layer to affected area twice daily x 7 days",
            "Apply a thin layer to the area it is meant for 2 times a day. For 7 days.",
        ),
        ("TAKE ONE TABLET BY MOUTH ONCE DAILY", "Take 1 tablet by mouth once a day."),
        ("1 tab p.o. b.i.d.", "1 tablet by mouth 2 times a day."),
        ("Take 1/2 tablet by mouth every other day", "Take 1/2 tablet by mouth every other day."),
        ("take one-half tablet po qd", "Take 1/2 tablet by mouth once a day."),
        ("Take half a tablet by mouth daily", "Take 1/2 tablet by mouth once a day."),
        ("Take 1 1/2 tablets by mouth daily", "Take 1 1/2 tablets by mouth once a day."),
        ("1 tab po QOD", "1 tablet by mouth every other day."),
        (
            "Take 1-2 tablets by mouth every 4-6 hours as needed for moderate pain. Max 8 tablets in 24 hours.",
            "Take 1 to 2 tablets by mouth every 4 to 6 hours. Only if needed for moderate pain. No more than 8 tablets in 24 hours.",
        ),
        (
            "inhale 2 puffs q4-6h prn wheezing or shortness of breath",
            "Breathe in 2 puffs every 4 to 6 hours. Only if needed for wheezing or shortness of breath.",
        ),
        ("10 U SC qhs", "10 units under the skin every night at bedtime."),
        ("10U subq nightly", "10 units under the skin every night."),
        ("take .5 mg po daily", "Take .5 mg by mouth once a day."),
        ("take 1.0 mg po daily", "Take 1.0 mg by mouth once a day."),
        ("Take 50 µg by mouth every morning", "Take 50 µg by mouth every morning."),
        ("Take 1,000 mg by mouth 3 times daily with food", "Take 1,000 mg by mouth 3 times a day with food."),
        ("Place 1 drop into both eyes 4 times daily", "Put 1 drop in both eyes 4 times a day."),
        ("1 spray in each nostril daily", "1 spray in each nostril once a day."),
        ("Take 1 capsule by mouth 30 minutes before breakfast", "Take 1 capsule by mouth 30 minutes before breakfast."),
        ("Take 1 tablet in the morning and at bedtime", "Take 1 tablet in the morning and at bedtime."),
        (
            "Take 1 tablet 30 minutes before breakfast and dinner",
            "Take 1 tablet 30 minutes before breakfast and 30 minutes before dinner.",
        ),
        ("Take 1 tablet by mouth every morning and evening", "Take 1 tablet by mouth every morning and every evening."),
        ("Take 1 tablet once a week on Monday", "Take 1 tablet once a week on Monday."),
        ("Apply 1 patch to skin every 72 hours", "Apply 1 patch on the skin every 72 hours."),
        ("Take as needed.", "Take only if needed."),
        (
            "1 tab PO daily prn nausea and vomiting",
            "1 tablet by mouth once a day. Only if needed for nausea and vomiting.",
        ),
        ("Take 1 tablet by mouth every 1/2 hour", "Take 1 tablet by mouth every 1/2 hours."),
        ("Take 1 tablet by mouth once", "Take 1 tablet by mouth one time."),
        ("2x/day", "2 times a day."),
        (
            "Take 1 tablet by mouth daily for high blood pressure",
            "Take 1 tablet by mouth once a day. For high blood pressure.",
        ),
        (
            "Take 1 tablet by mouth 2 times a day for up to 5 days",
            "Take 1 tablet by mouth 2 times a day. For up to 5 days.",
        ),
        ("Take 1 tablet by mouth daily. Take with food.", "Take 1 tablet by mouth once a day with food."),
        ("Take 1 tablet by mouth daily., Disp-90 tablet, R-3, Normal", "Take 1 tablet by mouth once a day."),
        ("10 mL bid", "10 mL 2 times a day."),
        ("Take 1 tablet(s) by mouth daily", "Take 1 tablet by mouth once a day."),
    ];
    for (typed, expected) in cases {
        assert_eq!(plain(typed).as_deref(), Some(expected), "{typed}");
    }
}

/// Proves R4: each word for how often means the number that it means everywhere.
#[test]
fn every_word_for_how_often_has_its_number() {
    for (expected, typed) in [
        (
            "Once a day.",
            "daily; once daily; once a day; once per day; once every day; every day; each day; qd; qday; q day",
        ),
        ("2 times a day.", "twice daily; twice a day; twice per day; bid; b.i.d."),
        ("3 times a day.", "tid; t.i.d.; thrice daily; three times daily"),
        ("4 times a day.", "qid; q.i.d.; four times a day"),
        ("Once a week.", "weekly; once weekly; once a week; once per week; every week"),
        ("2 times a week.", "twice weekly; twice a week; twice per week"),
        ("Once a month.", "monthly; once monthly; once a month; every month"),
        ("Every other day.", "every other day; qod; q.o.d."),
        ("Every other week.", "every other week"),
        ("Every other month.", "every other month"),
        ("Every morning.", "every morning; each morning; qam; q am; every am"),
        ("Every evening.", "every evening; each evening; qpm; q pm"),
        ("Every night at bedtime.", "qhs; q hs; every bedtime; nightly at bedtime; every night at bedtime"),
        ("Before meals.", "ac; a.c.; before meals; before each meal; before food"),
        ("After meals.", "pc; p.c.; after meals; after each meal; after food"),
    ] {
        for typed in typed.split("; ") {
            assert_eq!(plain(typed).as_deref(), Some(expected), "{typed}");
        }
    }
}

/// Proves R4: tapers, two steps, sliding scales, choices, shorthand with two meanings and whatever is not understood get
/// no plain words.
#[test]
fn what_is_not_fully_understood_stays_as_typed() {
    for typed in [
        "Take 4 tablets daily for 3 days, then 3 tablets daily for 3 days, then stop",
        "Take 2 tablets on day 1, then 1 tablet daily for 4 days",
        "6 tabs day 1, 5 tabs day 2, 4 tabs day 3",
        "Take 40 mg daily x 5 days, 20 mg daily x 5 days",
        "Take 1 tablet daily for 3 days, 1 tablet daily for 3 days",
        "Take as directed",
        "Use as directed per package instructions",
        "Take 1 tablet by mouth daily as directed",
        "Inject per sliding scale",
        "Inject 4 units if glucose 200-250, 6 units if 251-300",
        "Inject 10 units before breakfast and 15 units before dinner",
        "Take 1 or 2 tablets every 6 hours",
        "Take 1 tablet in the morning and 2 tablets at bedtime",
        "Take 1 tab AM 2 tab PM",
        "2-1 tablets daily",
        "1-1/2 tablets daily",
        "take 2 500 mg tablets daily",
        "Take 5/325 mg every 6 hours",
        "Take 1 tablet once daily twice daily",
        "Take 1 tablet twice daily in the morning",
        "Take 1 tablet once daily in the morning and at bedtime",
        "Take 1 tablet every 8 hours at bedtime",
        "Take 2 (three) tablets daily",
        "1 gtt OD BID",
        "1 tab HS",
        "5 cc PO TID",
        "1 cap PO daily",
        "Take 1 tablet once for 7 days",
        "1 tab po daily x 7 days x 2",
        "Avoid with food. Take 1 tablet daily",
        "Take 1 tablet daily (with food)",
        "Take 1 tablet every 0 hours",
        "Take 1 tablet daily. Apply 1 patch weekly",
        "1 tab biweekly",
        "MS 10 mg po daily",
        "1 tab po x3d",
        "Take 0,5 tablets daily",
        "Take 10:30 tablets daily",
        "Take 1 tab.5 daily",
        "Take 1.2.3 mg daily",
        "Take 0 tablets daily",
        "10 mg/kg daily",
        "Take 1 tablet daily until gone",
        "Hold if SBP < 100. Take 1 tablet daily",
        "Do not take 1 tablet daily",
        "Take 1 tablet by mouth daily unless dizzy",
        "Take 1 tablet by mouth subcutaneously daily",
        "Take 2 daily",
        "Take 1 tablet (1 tablet) daily",
        "Take 1 tablet by mouth daily as needed for pain and 2 tablets for fever",
        "Take 1 tablet by mouth, may repeat in 2 hours",
        "Take 1 tablet at 8 am",
        "Chew 1 tablet and swallow with water daily",
        "Mix 17 g in 8 oz of water and drink daily",
        "daily Disp-30 R-2",
        "Take 1 tablet every day and every other day",
        "Take 1 tablet by mouth daily with meals with meals",
        "Tome 1 tableta cada día",
        "Lisinopril 10 mg daily by mouth",
        "Take 1 tablet",
        "",
        " . , ",
        "1/2/2024 take 1 tablet daily",
        "take 1 tablet daily\u{202e}",
        "Take 1 tablet in the morning or at bedtime",
        "Take 1 tablet with breakfast or dinner",
        "Take 1 tablet before breakfast, lunch, or dinner",
        "Take 1 tablet 1 hour before meals or 2 hours after meals",
        "Take 1 tablet on Monday or Friday",
        "Take 1 tablet every morning and at bedtime as needed",
        "Take 1 tablet every morning for 7 days, every night",
        "Take 1 tablet at bedtime for 1 week. Take in the morning",
        "Take 1 1/2 hour before breakfast",
        "1 drop both eyes otic daily",
        "Inject 10 units by mouth daily",
        "Inject 0.1 mL intradermal daily",
    ] {
        assert_eq!(plain(typed), None, "{typed}");
    }
}

/// Numbers as they stand in a text.
fn figures(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut current = String::new();
    for c in text.chars().chain([' ']) {
        if c.is_ascii_digit() || (matches!(c, '.' | ',' | '/')) && !current.is_empty() || c == '.' {
            current.push(c);
        } else if !current.is_empty() {
            let number = current.trim_end_matches(['.', ',', '/']).to_owned();
            if number.bytes().any(|b| b.is_ascii_digit()) {
                found.push(number);
            }
            current.clear();
        }
    }
    found
}

/// Numbers that a source has: in figures, in words, or in the shorthand that stands for them.
fn numbers_of_source(text: &str) -> Vec<String> {
    const MEANT: [(&str, &str); 10] = [
        ("bid", "2"),
        ("tid", "3"),
        ("qid", "4"),
        ("twice", "2"),
        ("one", "1"),
        ("two", "2"),
        ("three", "3"),
        ("half", "1/2"),
        ("half", "1"),
        ("half", "2"),
    ];
    let lower = text.to_lowercase();
    let meant = MEANT.iter().filter(|(word, _)| lower.contains(word)).map(|(_, number)| (*number).to_owned());
    figures(text).into_iter().chain(meant).collect()
}

fn piece() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "take",
        "inject",
        "1",
        "2",
        "1.50",
        ".5",
        "10",
        "1/2",
        "1-2",
        "one",
        "half",
        "two",
        "(",
        ")",
        ",",
        ".",
        "-",
        "tablet",
        "tabs",
        "mg",
        "mL",
        "units",
        "U",
        "PO",
        "by mouth",
        "subcutaneously",
        "daily",
        "BID",
        "TID",
        "twice",
        "a day",
        "times",
        "every",
        "q",
        "8",
        "h",
        "hours",
        "as needed",
        "prn",
        "for",
        "pain",
        "days",
        "x",
        "7",
        "at bedtime",
        "in the morning",
        "and",
        "or",
        "max",
        "per day",
        "in",
        "24",
        "with food",
        "total",
        "then",
        "on",
        "Monday",
        "weekly",
        "up to",
        "30",
        "minutes",
        "before breakfast",
        "/",
        "(two)",
        "once",
    ])
}

proptest! {
    /// Proves R4: a plain instruction never holds a number that the source did not have, whatever is typed.
    #[test]
    fn no_number_comes_from_nowhere(pieces in prop::collection::vec(piece(), 1..14)) {
        let typed = pieces.join(" ");
        if let Some(told) = plain(&typed) {
            let source = numbers_of_source(&typed);
            for number in figures(&told) {
                prop_assert!(source.contains(&number), "{} from {}: {}", number, typed, told);
            }
            // And none is lost; only "1 time a day" may become "once a day".
            for number in figures(&typed).iter().filter(|number| *number != "1") {
                prop_assert!(figures(&told).contains(number), "{} lost from {}: {}", number, typed, told);
            }
        }
    }

    /// Proves R4: a word that is not in the grammar, put anywhere, and there are no plain words.
    #[test]
    fn a_strange_word_anywhere_refuses(at in 0usize..12, strange in "[b-df-hj-np-tv-z]{6,9}") {
        let mut words: Vec<&str> = "Take 1 tablet by mouth 2 times a day with food".split(' ').collect();
        prop_assert!(plain(&words.join(" ")).is_some());
        words.insert(at.min(words.len()), &strange);
        prop_assert_eq!(plain(&words.join(" ")), None);
    }

    /// Proves D7: no text makes the reader fail.
    #[test]
    fn any_text_is_survived(text in "\\PC{0,80}", dots in "[0-9./,() a-zA-Z-]{0,60}") {
        let _ = (plain(&text), plain(&dots));
    }
}
