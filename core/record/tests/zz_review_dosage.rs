#![allow(missing_docs)]
use plainchart_record::dosage::{sig, Instruction};
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
fn sigs() {
    for line in std::fs::read_to_string("/tmp/review/sigs2.txt").unwrap().lines() {
        match sig::read(line) {
            Some(i) => println!("PLAIN {line}\n      -> {}", render(&i)),
            None => println!("  no  {line}"),
        }
    }
}
