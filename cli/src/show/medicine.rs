//! One medicine as its source lists it (R4). Every label is the core's.

use std::io;

use plainchart::{MedicineView, PartyView, SupplyView, Time, words};

use super::entry::{as_written, link_row, marker_sentences, party, standing, title, words_of};
use crate::dates;
use crate::page::{Page, Row, Style, Text};

/// Reasons that say no more than the state that the medicine stands under.
const SAID_BY_STATE: [&str; 6] = ["active-order", "on-hold", "stopped", "completed", "cancelled", "entered-in-error"];
/// Directions that are shown as typed say so themselves.
const AS_TYPED: &str = "not-all-understood";

/// What tells it: the name, where it stands and why, how it is used, who, when, why.
pub fn medicine(page: &mut Page, medicine: &MedicineView, indent: usize) -> io::Result<()> {
    title(page, &medicine.name, &medicine.id, indent)?;
    let inside = indent + 2;
    if let Some(plain) = &medicine.plain {
        page.indented(Text::plain(plain), inside, inside)?;
    }
    let markers = marker_sentences(medicine.withdrawn, medicine.sensitive, &medicine.source);
    let none = medicine.none_known.clone().into_iter();
    standing(page, &none.chain(markers).collect::<Vec<_>>(), inside)?;
    if !SAID_BY_STATE.contains(&medicine.reason.as_str()) {
        page.indented(Text::quiet(&medicine.reason_words), inside, inside)?;
    }
    page.rows(&rows(medicine), inside)?;
    if !medicine.same_as.is_empty() {
        let said = words::say("medicine.side-by-side", &[]);
        page.indented(
            Text::plain(said).and(format!("  {}", medicine.same_as.join(" ")), Style::Quiet),
            inside,
            inside,
        )?;
    }
    Ok(())
}

/// All that is recorded of it.
pub fn medicine_open(page: &mut Page, of: &MedicineView, list: &str) -> io::Result<()> {
    page.text(Text::quiet(format!("{list}: {}. {}", of.state_words, of.reason_words)))?;
    medicine(page, of, 0)?;
    let more: Vec<Row> = of.links.iter().chain(&of.made_by).filter_map(link_row).collect();
    page.rows(&more, 2)?;
    as_written(page, &label("notes"), &of.notes)?;
    words_of(page, &of.name, &of.marks)
}

fn label(id: &str) -> String {
    words::say(&format!("medicine.label.{id}"), &[])
}

fn rows(medicine: &MedicineView) -> Vec<Row> {
    let mut rows = Rows(Vec::new());
    rows.all("strength", &medicine.strengths);
    rows.some("form", medicine.form.as_deref());
    for instruction in &medicine.instructions {
        rows.some("instructions", Some(instruction));
    }
    match (&medicine.plain_instruction, &medicine.not_plain_words) {
        (Some(plain), _) => rows.some("plain", Some(plain)),
        (None, Some(why)) if !medicine.instructions.is_empty() && medicine.not_plain.as_deref() != Some(AS_TYPED) => {
            rows.quiet("plain", why);
        }
        _ => {}
    }
    rows.all("reasons", &medicine.why);
    rows.all("status-reasons", &medicine.status_reasons);
    rows.party("requester", medicine.ordered_by.as_ref());
    rows.party("recorder", medicine.recorded_by.as_ref());
    rows.party("reported-by", medicine.told_by.as_ref());
    rows.some("authored", medicine.date.as_ref().map(dates::written).as_deref());
    rows.some("period", between(medicine.start.as_ref(), medicine.end.as_ref()).as_deref());
    rows.some("course", medicine.course.as_deref());
    rows.all("category", &medicine.categories);
    if let Some(supply) = &medicine.supply {
        rows.supply(supply);
    }
    rows.0
}

struct Rows(Vec<Row>);

impl Rows {
    fn some(&mut self, id: &str, text: Option<&str>) {
        self.0.extend(text.map(|text| (Text::quiet(label(id)), Text::plain(text))));
    }

    fn quiet(&mut self, id: &str, text: &str) {
        self.0.push((Text::quiet(label(id)), Text::quiet(text)));
    }

    fn all(&mut self, id: &str, texts: &[String]) {
        self.some(id, (!texts.is_empty()).then(|| texts.join("; ")).as_deref());
    }

    fn party(&mut self, id: &str, who: Option<&PartyView>) {
        self.some(id, who.map(party).filter(|text| !text.is_empty()).as_deref());
    }

    fn supply(&mut self, supply: &SupplyView) {
        self.some("supply", supply.quantity.as_deref());
        self.some("repeats", supply.repeats.as_deref());
        self.some("supply-lasts", supply.lasts.as_deref());
        self.some("validity", between(supply.fill_from.as_ref(), supply.fill_until.as_ref()).as_deref());
        self.party("pharmacy", supply.pharmacy.as_ref());
    }
}

/// A stretch of days in the core's words.
fn between(start: Option<&Time>, end: Option<&Time>) -> Option<String> {
    let (start, end) = (start.map(dates::written), end.map(dates::written));
    Some(match (&start, &end) {
        (Some(start), Some(end)) => words::say("medicine.validity.from-to", &[("start", start), ("end", end)]),
        (Some(start), None) => words::say("medicine.validity.from", &[("start", start)]),
        (None, Some(end)) => words::say("medicine.validity.until", &[("end", end)]),
        (None, None) => return None,
    })
}
