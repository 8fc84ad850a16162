//! Exact decimals and units: what converts does so without loss, and what must stay apart does (R2).

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test may fail"
)]

use plainchart_record::quantity::Quantity;
use plainchart_record::rational::Rational;
use plainchart_record::unit::{Unit, convert, unit_name};
use plainchart_record::{Decimal, Observation, value::Value};
use proptest::prelude::*;

fn unit(code: &str) -> Unit {
    Unit::parse(code).unwrap_or_else(|| panic!("{code} is read"))
}

fn converted(value: &str, from: &str, to: &str) -> Option<String> {
    convert(&Decimal::parse(value).unwrap(), &unit(from), &unit(to)).map(|number| number.as_str().to_owned())
}

fn quantity(members: &str) -> Quantity {
    let raw = format!(r#"{{"resourceType":"Observation","valueQuantity":{{"value":1,{members}}}}}"#);
    match Observation::read(&raw).unwrap().measured.value {
        Some(Value::Quantity(quantity)) => quantity,
        _ => panic!("a quantity"),
    }
}

/// Proves R2: laboratories' units convert to the very number that a person would work out by hand.
#[test]
fn units_convert_exactly() {
    let cases = [
        ("0.3", "mg/dL", "g/L", "0.003"),
        ("13.5", "g/dL", "g/L", "135"),
        ("1.60", "mg/dL", "mg/L", "16.0"),
        ("5", "ug/L", "ng/mL", "5"),
        ("7.2", "10*3/uL", "10*9/L", "7.2"),
        ("7.2", "10^3/uL", "/uL", "7200"),
        ("4.51", "10*6/uL", "10*12/L", "4.51"),
        ("4.51", "10*6/mm3", "10*12/L", "4.51"),
        ("98.6", "[degF]", "Cel", "37.0"),
        ("37.0", "Cel", "[degF]", "98.6"),
        ("-40", "Cel", "[degF]", "-40"),
        ("37", "Cel", "K", "310.15"),
        ("310.15", "K", "Cel", "37.000"),
        ("150", "[lb_av]", "kg", "68.0388555"),
        ("70", "[in_i]", "cm", "177.8"),
        ("16", "[oz_av]", "[lb_av]", "1.0"),
        ("1", "ukat/L", "U/L", "60"),
        ("1.5", "g/(24.h)", "mg/d", "1500"),
        ("2", "mo", "d", "60.875"),
        ("0", "mg/dL", "g/L", "0"),
        ("45", "%", "L/L", "0.45"),
        ("3", "mm/h", "cm/h", "0.3"),
        ("30", "mg/mmol", "g/mol", "30"),
        ("5", "mL/min/{1.73_m2}", "L/min/{1.73_m2}", "0.005"),
    ];
    for (value, from, to, expected) in cases {
        assert_eq!(converted(value, from, to).as_deref(), Some(expected), "{value} {from} to {to}");
    }
}

/// Proves R2: what has no exact factor, or must not have one, never converts.
#[test]
fn what_must_stay_apart_does() {
    let apart = [
        ("meq/L", "mmol/L"),
        ("[iU]/L", "U/L"),
        ("[iU]/mL", "ug/mL"),
        ("m[iU]/L", "mU/L"),
        ("mg/dL", "mmol/L"),
        ("ug/dL", "umol/L"),
        ("mL/min", "mL/min/{1.73_m2}"),
        ("mg/g", "mg/g{creat}"),
        ("mg/g{creat}", "mg/mmol{creat}"),
        ("%", "mmol/mol"),
        ("%", "%{HbA1c}"),
        ("%", "mg/g"),
        ("mmol/mol", "1"),
        ("{score}", "1"),
        ("{Index}", "{index}"),
        ("[pH]", "1"),
        ("[pH]", "mol/L"),
        ("dB", "1"),
        ("B", "Np"),
        ("mosm/kg", "mmol/kg"),
        ("[CFU]/mL", "/mL"),
        ("/[HPF]", "/uL"),
        ("/[HPF]", "/[LPF]"),
        ("[arb'U]/mL", "[iU]/mL"),
        ("[GPL'U]", "[MPL'U]"),
        ("Bq", "Hz"),
        ("Sv", "Gy"),
        ("deg", "rad"),
        ("{copies}/mL", "[iU]/mL"),
        ("g", "mg/dL"),
        ("Cel", "mg"),
    ];
    for (a, b) in apart {
        for (from, to) in [(a, b), (b, a)] {
            assert!(!unit(from).same(&unit(to)), "{from} is not {to}");
            assert_eq!(converted("7", from, to), None, "{from} to {to}");
        }
    }
    // A factor without an end in decimals: one way exact, the other not.
    assert_eq!(converted("1", "U/L", "ukat/L"), None);
    assert_eq!(converted("100.1", "[degF]", "Cel"), None);
    assert_eq!(converted("1", "cm", "[in_i]"), None);
}

/// Proves R2: case and grammar are UCUM's; what is none is refused, however deep or long it is (D10).
#[test]
fn the_grammar_is_strict_and_bounded() {
    for (code, same) in [
        ("mg/dl", "mg/dL"),
        ("mg.dL-1", "mg/dL"),
        ("/min", "min-1"),
        ("mg/(dL)", "mg/dL"),
        ("kg/m2", "kg.m-2"),
        ("kg.m/s2", "N"),
        ("10*-3.mol", "mmol"),
        ("mL/min/m2", "mL/(min.m2)"),
        ("100.mL", "dL"),
        ("mm[Hg]", "cm[Hg]/10*"),
    ] {
        assert!(unit(code).same(&unit(same)), "{code} is {same}");
    }
    // Cells above the line are not cells below it.
    assert!(!unit("{cells}/uL").same(&unit("/uL{cells}")));
    for bad in [
        "",
        " ",
        "mg/",
        "/",
        "mg//dL",
        "mg dL",
        "MG/DL",
        "Mg/DL",
        "Mg/dL",
        "Mmol/L",
        "mg/dL)",
        "(mg/dL",
        "mg{",
        "{a{b}}",
        "mg}",
        "m0",
        "m99",
        "foo",
        "M/uL",
        "IU/L",
        "1.73.m2/1.73",
        "mm[Hg",
        "2.5",
        "Cel/min",
        "Cel2",
        "mCel.m",
        "[degF]{x}",
        "µg/L",
        "0",
        "10*99",
    ] {
        assert!(Unit::parse(bad).is_none(), "{bad}");
    }
    for deep in
        [format!("{}m{}", "(".repeat(100_000), ")".repeat(100_000)), format!("{}m{}", "(".repeat(20), ")".repeat(20))]
    {
        assert!(Unit::parse(&deep).is_none());
    }
    assert!(Unit::parse(&"m.".repeat(100_000)).is_none());
    assert!(Unit::parse("(((m)))").is_some());
    assert!(Unit::parse("Ym30.Ym30.Ym30").is_none());
}

/// Proves R2: a unit is UCUM only if the quantity says so; what people type counts only if it can mean one thing.
#[test]
fn a_unit_counts_only_where_it_is_sure() {
    let ucum = r#""system":"http://unitsofmeasure.org""#;
    let same = |members: &str, code: &str| Unit::of(&quantity(members)).is_some_and(|found| found.same(&unit(code)));
    assert!(same(&format!(r#"{ucum},"code":"mg/dL","unit":"anything""#), "mg/dL"));
    assert!(same(&format!(r#"{ucum},"unit":"mg/dL""#), "mg/dL"));
    assert!(same(r#""unit":"MG/DL""#, "mg/dL"));
    assert!(same(r#""code":"mg/dl""#, "mg/dL"));
    for (typed, code) in [
        ("mcg/mL", "ug/mL"),
        ("µg/L", "ug/L"),
        ("K/uL", "10*3/uL"),
        ("k/mcL", "10*3/uL"),
        ("x10E3/uL", "10*3/uL"),
        ("x 10^3/µL", "10*3/uL"),
        ("10³/µL", "10*3/uL"),
        ("thou/cumm", "10*3/mm3"),
        ("M/uL", "10*6/uL"),
        ("x10^9/L", "10*9/L"),
        ("mmHg", "mm[Hg]"),
        ("mm Hg", "mm[Hg]"),
        ("bpm", "/min"),
        ("beats/min", "/min"),
        ("/min", "/min"),
        ("IU/L", "[iU]/L"),
        ("U/L", "U/L"),
        ("uIU/mL", "m[iU]/L"),
        ("lbs", "[lb_av]"),
        ("in", "[in_i]"),
        ("F", "[degF]"),
        ("°F", "[degF]"),
        ("°C", "Cel"),
        ("mL/min/1.73 m2", "mL/min/{1.73_m2}"),
        ("mg/24 h", "mg/(24.h)"),
        ("mEq/L", "meq/L"),
        ("kg/m²", "kg/m2"),
        ("/hpf", "/[HPF]"),
    ] {
        let members = format!(r#""unit":"{typed}""#);
        assert!(same(&members, code), "{typed}");
    }
    for unsure in
        ["m/uL", "f", "Index", "mg/dL (calc)", "mg of dL", "K", "x10^3", "mil/uL", "u/", "", "log copies/mL", "mg//dL"]
    {
        assert!(Unit::of(&quantity(&format!(r#""unit":"{unsure}""#))).is_none(), "{unsure}");
    }
    // Code and words that name two units say neither; words that are no unit do not disturb a code.
    assert!(Unit::of(&quantity(&format!(r#"{ucum},"code":"mg/dL","unit":"mmol/L""#))).is_none());
    assert!(same(&format!(r#"{ucum},"code":"%","unit":"%O2""#), "%"));
    // Per what it is counted may stand in the words alone.
    assert!(same(&format!(r#"{ucum},"code":"mL/min","unit":"mL/min/1.73m2""#), "mL/min/{1.73_m2}"));
    assert!(same(&format!(r#"{ucum},"code":"/uL","unit":"cells/uL""#), "/uL"));
    assert!(Unit::of(&quantity(r#""system":"urn:local","code":"mg/dL""#)).is_none());
    assert!(Unit::of(&quantity(r#""code":"zz""#)).is_none());
}

/// Proves N6: a unit has the same name however it is written, and an unknown one has none.
#[test]
fn names_follow_the_unit() {
    assert_eq!(unit_name(&unit("mg.dL-1")), Some("mg-per-dl"));
    assert_eq!(unit_name(&unit("ng/mL")), unit_name(&unit("ug/L")));
    assert_eq!(unit_name(&unit("mg/fL")), None);
}

/// Proves D8, R2: equal numbers are equal however they are written, and the text stays.
#[test]
fn decimals_keep_their_text() {
    let number = |text: &str| Decimal::parse(text).unwrap();
    for (a, b) in [("1.60", "1.6"), ("0", "-0.00"), ("1e3", "1000"), ("12E-1", "1.2"), ("0.0e9", "0")] {
        assert!(number(a) == number(b), "{a} {b}");
        assert_eq!(number(a).as_str(), a);
    }
    let rising =
        ["-1e400", "-12", "-1.5", "-0.1", "0", "1e-400", "0.09", "0.1", "1.49", "1.5", "9", "10", "99.9", "1e400"];
    for pair in rising.windows(2) {
        assert!(number(pair[0]) < number(pair[1]), "{pair:?}");
    }
    for bad in
        ["", "-", "+1", "01", "1.", ".5", "1e", "1e+", "0x1", "1,5", " 1", "NaN", "1e99999999999", "1e-100001", "--1"]
    {
        assert!(Decimal::parse(bad).is_none(), "{bad}");
    }
    assert!(Decimal::parse(&"1".repeat(257)).is_none());
    assert!(number("1e400").to_rational().is_none());
}

fn decimal() -> impl Strategy<Value = String> {
    "-?(0|[1-9][0-9]{0,9})(\\.[0-9]{1,8})?"
}

/// Units of one kind with powers of ten between them: every number converts both ways.
const FAMILIES: [&[&str]; 5] = [
    &["mg/dL", "g/L", "ug/mL", "g/dL", "ng/L", "mg/(100.mL)"],
    &["mmol/L", "umol/L", "mol/mL", "nmol/dL"],
    &["10*3/uL", "10*9/L", "/uL", "10*6/mL"],
    &["kg", "g", "mg", "t"],
    &["%", "[ppth]", "1", "10*-6"],
];

proptest! {
    /// Proves R2: there and back again is the same number, and the way through a third unit makes no difference.
    #[test]
    fn conversions_close(
        value in decimal(), family in 0..FAMILIES.len(), picks in prop::array::uniform3(any::<prop::sample::Index>())
    ) {
        let number = Decimal::parse(&value).unwrap();
        let [a, b, c] = picks.map(|pick| unit(FAMILIES[family][pick.index(FAMILIES[family].len())]));
        let there = convert(&number, &a, &b).unwrap();
        prop_assert!(convert(&there, &b, &a).unwrap() == number);
        prop_assert!(convert(&there, &b, &c).unwrap() == convert(&number, &a, &c).unwrap());
    }

    /// Proves R2: order survives conversion.
    #[test]
    fn order_survives(a in decimal(), b in decimal()) {
        let (a, b) = (Decimal::parse(&a).unwrap(), Decimal::parse(&b).unwrap());
        for (from, to) in [("mg/dL", "ug/L"), ("Cel", "[degF]"), ("[lb_av]", "g")] {
            let turn = |number: &Decimal| convert(number, &unit(from), &unit(to)).unwrap();
            prop_assert_eq!(turn(&a).cmp(&turn(&b)), a.cmp(&b));
        }
    }

    /// Proves R2: Celsius to Fahrenheit and back loses nothing.
    #[test]
    fn temperatures_come_back(value in decimal()) {
        let number = Decimal::parse(&value).unwrap();
        let fahrenheit = convert(&number, &unit("Cel"), &unit("[degF]")).unwrap();
        prop_assert!(convert(&fahrenheit, &unit("[degF]"), &unit("Cel")).unwrap() == number);
    }

    /// Proves D8: a decimal, its fraction and its product with one are one number.
    #[test]
    fn decimals_agree_with_fractions(value in decimal(), other in decimal()) {
        let (a, b) = (Decimal::parse(&value).unwrap(), Decimal::parse(&other).unwrap());
        prop_assert!(a.times(Rational::ONE).unwrap() == a);
        let difference = a.to_rational().unwrap().minus(b.to_rational().unwrap()).unwrap();
        prop_assert_eq!(difference.numerator().cmp(&0), a.cmp(&b));
    }

    /// Proves D10: no text makes the reader of units panic, and what it reads converts to itself.
    #[test]
    fn any_text_is_survived(text in "[a-zA-Z0-9./(){}\\[\\]*^%'+µ _-]{0,40}") {
        if let Some(unit) = Unit::parse(&text) {
            prop_assert!(convert(&Decimal::parse("1.50").unwrap(), &unit, &unit).unwrap().as_str() == "1.50");
        }
        let _ = Unit::from_words(&text);
    }
}
