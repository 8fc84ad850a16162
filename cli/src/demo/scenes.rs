//! What is looked at in a chart: what is newest, a note in plain words, the course of one test.

use std::collections::HashSet;

use plainchart::{MarkView, NoteSummary, NoteView, PersonId, Plainchart, ResultView, SectionView, Window};

use crate::dates;
use crate::failure::Failure;
use crate::page::{Page, Row, Style, Text};
use crate::show;

const NEWEST: usize = 3;
/// The clinician's own headings of the parts that are shown, and how many lines of each.
const PARTS: [(&[&str], usize); 4] = [
    (&["hpi", "history of present illness", "subjective"], 8),
    (&["pe", "physical exam", "exam"], 6),
    (&["data", "results", "imaging"], 6),
    (&["a/p", "assessment and plan", "assessment/plan", "plan"], 7),
];
/// Of a note of another shape.
const FIRST_LINES: usize = 14;
/// Words that are explained at once; the note has more.
const MOST_WORDS: usize = 14;
/// A chart of fewer values tells nothing that the values do not.
const FEWEST_VALUES: u64 = 3;
/// Dots of the layout; the drawing scales them to its cells.
const PLOT: (u32, u32) = (4_000, 4_000);

/// The newest notes, and the newest results that the lab marked.
pub fn newest(page: &mut Page, store: &Plainchart, person: &PersonId) -> Result<(), Failure> {
    let notes = store.notes(person, Window::ALL)?.items;
    let results = store.results(person, Window::ALL)?.items;
    let unopened = notes.iter().filter(|note| note.new).count();
    page.text(
        Text::strong("Newest in this chart").and(format!("   {unopened} notes not opened here yet"), Style::Quiet),
    )?;
    let mut rows: Vec<Row> = Vec::new();
    for note in notes.iter().take(NEWEST) {
        let by = if note.authors.is_empty() { String::new() } else { format!(", {}", note.authors.join(", ")) };
        rows.push((Text::plain(dates::day_of(note.date.as_ref())), Text::plain(format!("{}{by}", note.title))));
    }
    for result in results.iter().filter(|result| stands_out(result)).take(NEWEST) {
        let flags = result.flags.join("; ");
        let text = Text::plain(format!("{}  {}  ", show::name_text(result), show::value_text(result)))
            .and(flags, Style::Notice);
        rows.push((Text::plain(dates::day_of(result.date.as_ref())), text));
    }
    Ok(page.rows(&rows, 2)?)
}

/// Parts of a note as typed, and the words in them in plain words.
pub fn note(page: &mut Page, store: &Plainchart, person: &PersonId, summary: &NoteSummary) -> Result<(), Failure> {
    let note = store.read_note(person, &summary.id)?;
    page.blank()?;
    page.text(Text::strong(show::title_line(&note.summary)))?;
    page.text(Text::quiet("As typed. Words in ‹ › are explained below."))?;
    let whole =
        |index: usize| note.marks.iter().filter(move |mark| mark.section == Some(index)).collect::<Vec<&MarkView>>();
    let mut parts: Vec<(usize, &SectionView, usize)> = Vec::new();
    parts.extend(note.sections.iter().enumerate().filter_map(|(index, part)| Some((index, part, lines_of(part)?))));
    if parts.is_empty() {
        parts.extend(note.sections.first().map(|part| (0, part, FIRST_LINES)));
    }
    let mut words: Vec<&MarkView> = Vec::new();
    for (index, part, most) in &parts {
        let marks = whole(*index);
        let shown = show::section(page, part, &marks, Some(*most))?;
        words.extend(marks.into_iter().take(shown.marks));
    }
    let left_out = note.sections.len().saturating_sub(parts.len());
    if left_out > 0 {
        page.indented(Text::quiet(format!("┄ {left_out} more parts of this note are not shown here")), 2, 4)?;
    }
    let all = show::distinct(&note.marks.iter().collect::<Vec<_>>(), |mark| show::text_of(&note, mark)).len();
    let rows = show::explanations(&most_misread(&note, &words), |mark| show::text_of(&note, mark));
    page.text(Text::strong("In plain words"))?;
    page.rows(&rows, 2)?;
    if all > rows.len() {
        page.indented(Text::quiet(format!("{} more words in this note are explained", all - rows.len())), 2, 4)?;
    }
    Ok(())
}

/// The words that readers stumble over first, in the order of the text: wording that sounds like something else, words
/// that are denied, doubted or a relative's, letters that could mean several things.
fn most_misread<'n>(note: &NoteView, words: &[&'n MarkView]) -> Vec<&'n MarkView> {
    let mut ranked: Vec<(usize, &MarkView)> =
        show::distinct(words, |mark| show::text_of(note, mark)).into_iter().enumerate().collect();
    ranked.sort_by_key(|(_, mark)| {
        let wording = ["convention", "hedge", "false-friend"].contains(&mark.kind.as_str());
        let rank = usize::from(!wording) + usize::from(mark.cue.is_none()) + usize::from(mark.senses.len() == 1);
        (rank, mark.tier)
    });
    let mut seen = HashSet::new();
    ranked.retain(|(_, mark)| seen.insert(mark.entry.as_str()));
    ranked.truncate(MOST_WORDS);
    ranked.sort_by_key(|(place, _)| *place);
    ranked.into_iter().map(|(_, mark)| mark).collect()
}

/// Whether the lab marked it as other than usual.
fn stands_out(result: &ResultView) -> bool {
    result.flags.iter().any(|flag| !flag.contains("as usual"))
}

fn lines_of(part: &SectionView) -> Option<usize> {
    let heading = part.heading.as_deref()?.trim_end_matches(':').to_lowercase();
    PARTS.iter().find(|(names, _)| names.contains(&heading.as_str())).map(|(_, most)| *most)
}

/// The course of the test that the lab marked and that was done most often.
pub fn course(page: &mut Page, store: &Plainchart, person: &PersonId) -> Result<(), Failure> {
    let results: Vec<ResultView> = store.results(person, Window::ALL)?.items;
    let marked = |key: &str| results.iter().find(|result| stands_out(result) && result.analyte.as_deref() == Some(key));
    let analytes = store.analytes(person)?.items;
    let often = analytes.iter().filter(|analyte| analyte.count >= FEWEST_VALUES).max_by_key(|analyte| {
        let count = if marked(&analyte.key).is_some() { analyte.count } else { 0 };
        (count, std::cmp::Reverse(analyte.name.clone()))
    });
    let Some((analyte, newest)) = often.and_then(|analyte| Some((analyte, marked(&analyte.key)?))) else {
        return Ok(());
    };
    let (view, plot) = store.trend_plot(person, &analyte.key, PLOT.0, PLOT.1)?;
    page.blank()?;
    let mut title = Text::strong(show::name_text(newest));
    for said in newest.measures.iter().chain(&newest.why).take(1) {
        title.push(format!(" · {said}"), Style::Plain);
    }
    page.text(title)?;
    show::drawing(page, &view, &plot)?;
    Ok(page.indented(Text::quiet("Read aloud: ").and(view.spoken.join(" "), Style::Plain), 2, 2)?)
}
