#![allow(missing_docs)]
use plainchart_record::{MedicineEntry, MedicationRequest};
use plainchart_record::dosage::Instruction;
const WORDS: &str = include_str!("../../plainchart/words/en/dosage.txt");
fn render(i: &Instruction) -> String {
    let say = |id: &str, args: &[(&str, &str)]| {
        let mut t = WORDS.lines().find_map(|l| l.strip_prefix(&format!("{id} = "))).unwrap_or_else(|| panic!("{id}")).to_owned();
        for (n, v) in args { t = t.replace(&format!("{{{n}}}"), v); }
        t
    };
    i.sentences().iter().map(|p| p.render(&say, &|t| t.text.clone())).collect::<Vec<_>>().join(" ")
}
#[test]
fn s() {
    for line in std::fs::read_to_string("/tmp/review/struct.txt").unwrap().lines() {
        let raw = format!(r#"{{"resourceType":"MedicationRequest","status":"active","intent":"order","dosageInstruction":[{line}]}}"#);
        let e = MedicineEntry::of(&MedicationRequest::read(&raw).unwrap(), None, None);
        println!("{line}\n   => {}", match &e.plain_instruction { Ok(i) => format!("PLAIN {}", render(i)), Err(x) => format!("no {}", x.code()) });
    }
}
