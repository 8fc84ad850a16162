//! Coded instructions, and text beside codes.

use plainchart_record::dosage::NotPlain;
use proptest::prelude::*;

use crate::{coded, request};

/// Proves R4: a structure is told when every element is understood.
#[test]
fn coded_instructions_in_plain_words() {
    let tablet =
        r#""doseAndRate":[{"type":{"coding":[{"code":"ordered"}]},"doseQuantity":{"value":1,"unit":"tablet"}}]"#;
    let daily = r#""timing":{"repeat":{"frequency":1,"period":1.0,"periodUnit":"d"}}"#;
    let cases = [
        (format!("{{{tablet},{daily}}}"), "1 tablet once a day."),
        (
            format!(r#"{{{tablet},"timing":{{"code":{{"text":"BID"}}}},"route":{{"coding":[{{"code":"26643006","display":"Oral route (qualifier value)"}}]}},"method":{{"text":"Take"}}}}"#),
            "Take 1 tablet by mouth 2 times a day.",
        ),
        (
            r#"{"timing":{"repeat":{"frequency":1,"period":8,"periodUnit":"h","boundsDuration":{"value":7,"unit":"days","code":"d"}}},"doseAndRate":[{"doseRange":{"low":{"value":5,"unit":"mL"},"high":{"value":10,"unit":"mL"}}}]}"#.into(),
            "5 to 10 mL every 8 hours. For 7 days.",
        ),
        (
            r#"{"timing":{"repeat":{"when":["ACM"],"offset":30,"frequency":1,"period":1,"periodUnit":"d"}},"asNeededCodeableConcept":{"text":"Heartburn"},"maxDosePerPeriod":{"numerator":{"value":4,"unit":"tablet"},"denominator":{"value":24,"code":"h"}}}"#.into(),
            "Once a day 30 minutes before breakfast. Only if needed for heartburn. No more than 4 tablets in 24 hours.",
        ),
        (
            r#"{"timing":{"repeat":{"dayOfWeek":["mon","thu"],"boundsPeriod":{"start":"2026-11-01"}}},"site":{"text":"Left eye"}}"#.into(),
            "In the left eye every Monday and Thursday. From 2026-11-01.",
        ),
        (
            format!(r#"{{{tablet},{daily},"additionalInstruction":[{{"text":"With food"}}],"sequence":1}}"#),
            "1 tablet once a day with food.",
        ),
        (r#"{"timing":{"code":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v3-GTSAbbreviation","code":"QOD"}]}}}"#.into(), "Every other day."),
    ];
    for (dosage, expected) in cases {
        assert_eq!(coded(&dosage).as_deref(), Ok(expected), "{dosage}");
    }
}

/// Proves R4: one element that is not understood, and there are no plain words.
#[test]
fn one_strange_element_and_there_are_no_plain_words() {
    let base = r#""timing":{"repeat":{"frequency":2,"period":1,"periodUnit":"d"}}"#;
    assert!(coded(&format!("{{{base}}}")).is_ok());
    for strange in [
        r#""modifierExtension":[{"url":"x"}]"#,
        r#""strange":1"#,
        r#""route":{"coding":[{"system":"http://snomed.info/sct","code":"26643006"}]}"#,
        r#""route":"PO""#,
        r#""site":{"text":"left big toe"}"#,
        r#""method":{"text":"Wave"}"#,
        r#""asNeededCodeableConcept":{"text":"when the moon is full"}"#,
        r#""asNeededBoolean":"maybe""#,
        r#""asNeededBoolean":true,"asNeededCodeableConcept":{"text":"pain"}"#,
        r#""doseAndRate":[{"doseQuantity":{"value":1}}]"#,
        r#""doseAndRate":[{"doseQuantity":{"value":1,"unit":"tablet","comparator":"<"}}]"#,
        r#""doseAndRate":[{"doseQuantity":{"value":1,"unit":"mg","code":"ug"}}]"#,
        r#""doseAndRate":[{"doseQuantity":{"value":1,"unit":"mg","code":"g"}}]"#,
        r#""doseAndRate":[{"doseQuantity":{"value":0,"unit":"mg"}}]"#,
        r#""doseAndRate":[{"rateQuantity":{"value":1,"unit":"mL/h"}}]"#,
        r#""doseAndRate":[{"doseQuantity":{"value":1,"unit":"tablet"}},{"doseQuantity":{"value":2,"unit":"tablet"}}]"#,
        r#""doseAndRate":["x"]"#,
        r#""maxDosePerAdministration":{"value":1,"unit":"mg"}"#,
        r#""additionalInstruction":[{"text":"Hold if dizzy"}]"#,
        r#""additionalInstruction":["Hold if dizzy"]"#,
        r#""patientInstruction":"Then one more on Sunday""#,
        r#""text":"see label""#,
    ] {
        assert_eq!(coded(&format!("{{{base},{strange}}}")), Err(NotPlain::NotAllUnderstood), "{strange}");
    }
    for timing in [
        r#"{"repeat":{"frequency":2,"period":1,"periodUnit":"d","duration":30,"durationUnit":"min"}}"#,
        r#"{"repeat":{"frequency":2,"period":3,"periodUnit":"d"}}"#,
        r#"{"repeat":{"frequency":2.5,"period":1,"periodUnit":"d"}}"#,
        r#"{"repeat":{"frequency":1,"period":1,"periodUnit":"fortnight"}}"#,
        r#"{"repeat":{"frequency":1,"period":1}}"#,
        r#"{"repeat":{"frequency":1,"period":1,"periodUnit":"d","timeOfDay":["08:00:00"]}}"#,
        r#"{"repeat":{"frequency":1,"period":1,"periodUnit":"d","when":["MORN","HS"]}}"#,
        r#"{"repeat":{"frequency":1,"period":1,"periodUnit":"d","when":["XYZ"]}}"#,
        r#"{"repeat":{"frequency":1,"period":1,"periodUnit":"d","when":["MORN"],"offset":30}}"#,
        r#"{"repeat":{"frequency":1,"period":1,"periodUnit":"d","count":3,"boundsDuration":{"value":7,"code":"d"}}}"#,
        r#"{"event":["2026-11-01"],"repeat":{"frequency":1,"period":1,"periodUnit":"d"}}"#,
        r#"{"code":{"coding":[{"code":"MO"}]},"repeat":{"frequency":1,"period":1,"periodUnit":"d"}}"#,
        r#"{"code":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v3-GTSAbbreviation","code":"PM"}]}}"#,
        r#"{"code":{"text":"per protocol"},"repeat":{"frequency":1,"period":1,"periodUnit":"d"}}"#,
        r#"{"repeat":{"frequency":1,"period":1,"periodUnit":"d","modifierExtension":[{"url":"x"}]}}"#,
    ] {
        let told = coded(&format!(r#"{{"timing":{timing}}}"#));
        assert_eq!(told, Err(NotPlain::NotAllUnderstood), "{timing}");
    }
    assert_eq!(request("[]").err(), Some(NotPlain::NothingGiven));
    assert_eq!(request("[{}]").err(), Some(NotPlain::NothingGiven));
    assert_eq!(request(r#"["x"]"#).err(), Some(NotPlain::NotAllUnderstood));
    assert_eq!(request(&format!("[{{{base}}},{{{base}}}]")).err(), Some(NotPlain::SeveralInstructions));
}

/// Proves R4: text and codes that contradict each other are not put in plain words, and the fact is told.
#[test]
fn text_and_codes_that_differ_are_told() {
    let twice = r#""timing":{"repeat":{"frequency":2,"period":1,"periodUnit":"d"}}"#;
    let ten = r#""doseAndRate":[{"doseQuantity":{"value":10,"unit":"mg"}}]"#;
    let oral = r#""route":{"text":"Oral"}"#;
    for (text, codes) in [
        ("1 tab PO TID", twice),
        ("1 tab PO q8h", twice),
        ("20 mg PO BID", ten),
        ("1 tablet (20 mg) PO BID", ten),
        ("inject 10 units subcutaneously daily", oral),
        ("1 tab PO BID", r#""asNeededBoolean":true"#),
        ("1 tab PO BID prn pain", r#""asNeededBoolean":false"#),
        ("1 tab PO BID prn pain", r#""asNeededCodeableConcept":{"text":"fever"}"#),
        ("1 tab PO at bedtime", r#""timing":{"repeat":{"when":["MORN"]}}"#),
        ("1 tab PO BID for 7 days", r#""timing":{"repeat":{"boundsDuration":{"value":10,"code":"d"}}}"#),
        ("1 drop in left eye daily", r#""site":{"text":"right eye"}"#),
        (
            "1 tab PO BID max 4 tablets per day",
            r#""maxDosePerPeriod":{"numerator":{"value":6,"unit":"tablet"},"denominator":{"value":1,"code":"d"}}"#,
        ),
        ("1 tab PO BID", r#""patientInstruction":"Take 1 tablet 3 times a day""#),
        ("1 tab PO daily prn", r#""patientInstruction":"Take 1 tablet daily""#),
        ("6 tablets every Monday", r#""timing":{"repeat":{"frequency":1,"period":1,"periodUnit":"d"}}"#),
        ("6 tablets daily", r#""timing":{"repeat":{"dayOfWeek":["mon"]}}"#),
        ("6 tablets at bedtime", r#""timing":{"repeat":{"dayOfWeek":["mon"]}}"#),
        ("Take 1 tablet daily", r#""method":{"text":"Injection"}"#),
    ] {
        let told = coded(&format!(r#"{{"text":"{text}",{codes}}}"#));
        assert_eq!(told, Err(NotPlain::TextAndCodesDiffer), "{text} {codes}");
    }
}

/// Proves R4: text and codes that say the same in other words are one instruction.
#[test]
fn text_and_codes_that_agree_are_one() {
    for (text, codes, expected) in [
        (
            "1 tab PO BID",
            r#""timing":{"repeat":{"frequency":1,"period":12,"periodUnit":"h"}}"#,
            "1 tablet by mouth 2 times a day.",
        ),
        (
            "Take 1 tablet by mouth daily",
            r#""doseAndRate":[{"doseQuantity":{"value":10.0,"unit":"mg","code":"mg"}}]"#,
            "Take 1 tablet (10.0 mg) by mouth once a day.",
        ),
        (
            "10 mL bid",
            r#""timing":{"repeat":{"frequency":2,"period":1,"periodUnit":"d","boundsPeriod":{"start":"2008-04-05"}}},"doseAndRate":[{"doseQuantity":{"value":10,"unit":"ml","code":"mL"}}]"#,
            "10 mL 2 times a day. From 2008-04-05.",
        ),
        (
            "1 tab every morning",
            r#""timing":{"repeat":{"frequency":1,"period":1,"periodUnit":"d","when":["MORN"]}}"#,
            "1 tablet every morning.",
        ),
        ("1 tab nightly", r#""timing":{"repeat":{"when":["HS"]}}"#, "1 tablet every night."),
        ("1 tab twice daily with food", r#""timing":{"repeat":{"when":["C"]}}"#, "1 tablet 2 times a day with food."),
        ("Take as needed.", r#""asNeededBoolean":true"#, "Take only if needed."),
        (
            "1 tab PO daily prn",
            r#""patientInstruction":"with food""#,
            "1 tablet by mouth once a day with food. Only if needed.",
        ),
        (
            "6 tablets every Monday",
            r#""timing":{"repeat":{"frequency":1,"period":1,"periodUnit":"wk"}}"#,
            "6 tablets once a week on Monday.",
        ),
        ("Give 10 units daily", r#""method":{"text":"Injection"}"#, "Give 10 units once a day."),
    ] {
        assert_eq!(coded(&format!(r#"{{"text":"{text}",{codes}}}"#)).as_deref(), Ok(expected), "{text} {codes}");
    }
}

proptest! {
    /// Proves R4: a coded number is told digit by digit as it was sent.
    #[test]
    fn coded_numbers_stay_as_sent(value in "[1-9][0-9]{0,2}(\\.[0-9]{1,3})?", times in 2u32..9) {
        let told = coded(&format!(
            r#"{{"timing":{{"repeat":{{"frequency":{times},"period":1,"periodUnit":"d"}}}},"doseAndRate":[{{"doseQuantity":{{"value":{value},"unit":"mg"}}}}]}}"#
        ));
        prop_assert_eq!(told, Ok(format!("{value} mg {times} times a day.")));
    }
}
