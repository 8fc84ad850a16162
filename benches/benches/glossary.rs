//! The glossary beside plain matchers: one note of 10 KB, all its words.

use std::hint::black_box;

use plainchart_benches::matching::{Fastest, Usual, surface_forms};
use plainchart_benches::prose::Prose;
use plainchart_benches::report::{Report, Work};
use plainchart_benches::rounds::{Result, US, in_turns, typical};
use plainchart_glossary::{Context, Glossary};

const ROUNDS: usize = 21;
/// Runs of each side in a round.
const RUNS: usize = 300;

fn main() -> Result<()> {
    let note = Prose::read()?.whole(10_000);
    let forms = surface_forms();
    let (glossary, usual, fastest) = (Glossary::embedded(), Usual::new(&forms)?, Fastest::new(&forms)?);
    let marks = glossary.annotate(&note, &Context::default());
    let matches = usual.find(&note);
    println!(
        "a note of {} bytes, {} surface forms; {} marks, {} matches of a plain matcher",
        note.len(),
        forms.len(),
        marks.len(),
        matches.len()
    );
    if marks.is_empty() || matches != fastest.find(&note) {
        return Err("the sides did not find the words of the note".into());
    }
    let note = note.as_str();
    let figures = in_turns(
        ROUNDS,
        &mut [
            Box::new(|| Ok(vec![typical(RUNS, |_| Ok(glossary.annotate(black_box(note), &Context::default())))? * US])),
            Box::new(|| Ok(vec![typical(RUNS, |_| Ok(usual.find(black_box(note))))? * US])),
            Box::new(|| Ok(vec![typical(RUNS, |_| Ok(fastest.find(black_box(note))))? * US])),
        ],
    )?;
    let mut report = Report::new("glossary");
    let work = || Work::new("annotate a note of 10 KB", "µs").limit(10.0);
    report.compare(&[work()], &figures[0], Usual::NAME, &figures[1]);
    report.compare(&[work().aim(0.35)], &figures[0], Fastest::NAME, &figures[2]);
    report.finish()
}
