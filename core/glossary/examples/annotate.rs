//! Shows the marks of a text: `annotate FILE`, or a text on standard input.

use std::io::{Read as _, Write as _};

use plainchart_glossary::{Context, Cue, Glossary};

fn main() -> std::io::Result<()> {
    let mut text = String::new();
    match std::env::args_os().nth(1) {
        Some(path) => text = std::fs::read_to_string(path)?,
        None => {
            std::io::stdin().read_to_string(&mut text)?;
        }
    }
    let mut out = std::io::stdout().lock();
    for mark in Glossary::embedded().annotate(&text, &Context::default()) {
        let span = text.get(mark.start..mark.end).unwrap_or("");
        let cue = mark.cue.map_or("", Cue::as_str);
        let sure = if mark.certain { "means" } else { "could mean" };
        writeln!(out, "{}..{} {span:?} [{}] {cue} {sure}:", mark.start, mark.end, mark.kind.as_str())?;
        for sense in mark.senses.iter() {
            writeln!(out, "    {}", sense.definition)?;
        }
    }
    Ok(())
}
