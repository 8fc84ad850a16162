#![allow(missing_docs)]
use plainchart_document::{Block, Limits, ListItem, read};
fn block(b: &Block, d: usize) {
    let pad = "  ".repeat(d);
    match b {
        Block::Paragraph { text, .. } => println!("{pad}P: {}", text.text.replace('\n', "⏎")),
        Block::Table { rows, .. } => { for r in rows { println!("{pad}T: {}", r.cells.iter().map(|c| format!("{}{}{}{}", if c.header {"#"} else {""}, c.text.text.replace('\n', "⏎"), if c.column_span>1 {format!("<c{}>",c.column_span)} else {String::new()}, if c.row_span>1 {format!("<r{}>",c.row_span)} else {String::new()})).collect::<Vec<_>>().join(" | ")); } }
        Block::List { items, .. } => for i in items { item(i, d) },
        Block::Preformatted { text, .. } => println!("{pad}PRE: {}", text.replace('\n', "⏎")),
        other => println!("{pad}? {other:?}"),
    }
}
fn item(i: &ListItem, d: usize) {
    println!("{}- {} {}", "  ".repeat(d), i.marker.clone().unwrap_or_default(), i.text.text.replace('\n', "⏎"));
    for b in &i.blocks { block(b, d + 1) }
}
#[test]
fn t() {
    let mut files: Vec<_> = std::fs::read_dir("/tmp/review/ccda").unwrap().map(|f| f.unwrap().path()).collect();
    files.sort();
    for f in files {
        let raw = std::fs::read(&f).unwrap();
        println!("=== {}", f.file_name().unwrap().to_string_lossy());
        let mt = if f.extension().unwrap() == "rtf" { "text/rtf" } else { "text/xml" };
        match read(&raw, Some(mt), &Limits::default()) {
            Ok(m) => { for s in &m.sections { println!("[{} {:?} {:?}]", s.level, s.heading, s.kind); for b in &s.blocks { block(b, 1) } } println!("remarks {:?}", m.remarks); }
            Err(e) => println!("ERR {e:?}"),
        }
    }
}
