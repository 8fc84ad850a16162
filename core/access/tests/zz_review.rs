#![allow(missing_docs)]
use plainchart_access::{Classes, SensitivityClass};
#[test]
fn m() {
    let t = std::fs::read_to_string("/tmp/review/sens/displays.txt").unwrap();
    let (mut s, mut n, mut miss, mut part, mut fals) = (0, 0, 0, 0, 0);
    for l in t.lines() {
        let (want, text) = l.split_once('|').unwrap();
        let mut got: Vec<&str> = Classes::from_text(text).iter().map(SensitivityClass::code).collect();
        got.sort();
        let w: Vec<&str> = want.split(',').filter(|x| !x.is_empty()).collect();
        if w.is_empty() { n += 1; if !got.is_empty() { fals += 1; println!("FALSE {text}: {got:?}"); } }
        else { s += 1; if got.is_empty() { miss += 1; println!("MISS {want}: {text}"); } else if w.iter().any(|x| !got.contains(x)) { part += 1; println!("PART {want}: {text}: {got:?}"); } }
    }
    println!("sensitive {s}: missed {miss}, partly {part}; other {n}: false {fals}");
}
