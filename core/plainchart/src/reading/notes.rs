//! Lists of notes, and one note open with its words explained.

use std::cmp::Reverse;

use plainchart_access::{Act, ChartId, Event, PersonId};
use plainchart_document::{DocumentError, Format, Limits, NoteModel, read};
use plainchart_record::DocumentReference;

use super::bodies::{Body, Rendition};
use super::items::{Items, Listed};
use super::people::Source;
use crate::error::PlainchartError;
use crate::explain::{section_of, views_of};
use crate::session::Session;
use crate::store::ChartScope;
use crate::stored::{StoredResource, tree};
use crate::views::{Listing, MarkView, NoteSummary, NoteView, SectionView, SourceState, Time, notice_for};

/// Searches whose as-of time is that of the notes.
const NOTE_SEARCHES: &[&str] = &["document", "document-clinical-note"];

/// A part of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// Items to pass over.
    pub offset: usize,
    /// Items to give at most.
    pub limit: usize,
}

impl Default for Window {
    /// The newest fifty.
    fn default() -> Self {
        Self { offset: 0, limit: 50 }
    }
}

impl Window {
    /// Everything.
    pub const ALL: Self = Self { offset: 0, limit: usize::MAX };

    /// This part of a list, newest first, and the length of the whole; `beyond`: items that are not in `all`.
    pub(super) fn cut<T>(self, mut all: Vec<(i64, T)>, beyond: u64) -> (Vec<T>, u64) {
        let total = all.len() as u64 + beyond;
        all.sort_by_key(|(order, _)| Reverse(*order));
        (all.into_iter().skip(self.offset).take(self.limit).map(|(_, item)| item).collect(), total)
    }
}

impl Session {
    /// The notes of a person, newest first, from all sources (D9).
    ///
    /// # Errors
    /// `NotFound`, `NotPermitted`, `LeaseEnded`, the vault's.
    pub fn notes(&self, person: &PersonId, window: Window) -> Result<Listing<NoteSummary>, PlainchartError> {
        let (mut all, mut beyond) = (Vec::new(), 0);
        let mut sources = Vec::new();
        for chart in self.charts_of(person)? {
            let id = &chart.facts.chart;
            self.permit(id, Act::ListedNotes)?;
            sources.push(self.source_state(id, NOTE_SEARCHES)?);
            let is_deceased = self.is_deceased(id)?;
            if let Some(pages) = self.front_pages(id, Act::ListedNotes, window)? {
                for page in pages {
                    beyond += page.notes.total - page.notes.newest.len() as u64;
                    all.extend(
                        page.notes
                            .newest
                            .into_iter()
                            .map(|(order, note)| (order, self.with_news(id, &note, is_deceased))),
                    );
                }
                continue;
            }
            let items = self.items_of(id)?;
            tell_damage(&items, &mut sources);
            let open =
                items.notes.iter().filter(|note| self.may_list(id, Act::ListedNotes, &note.item, note.received_ms));
            all.extend(open.map(|note| (note.view.order, self.with_news(id, &note.view, is_deceased))));
        }
        let (items, total) = window.cut(all, beyond);
        Ok(Listing { person: person.to_string(), items, total, sources })
    }

    fn with_news(&self, chart: &ChartId, note: &NoteSummary, is_deceased: bool) -> NoteSummary {
        let seen = self.with_household(|household| household.seen_ms(chart, &note.id).is_some());
        NoteSummary { new: !seen && !is_deceased, ..note.clone() }
    }

    /// Whose note this is.
    ///
    /// # Errors
    /// `NotFound`: there is no such note, or not for this reader.
    pub fn whose_note(&self, note: &str) -> Result<PersonId, PlainchartError> {
        self.store.check_unlocked()?;
        let charts: Vec<_> = self.with_household(|household| household.charts().cloned().collect());
        for chart in charts {
            let items = self.items_of(&chart.facts.chart)?;
            let found = items.note(note);
            if found
                .is_some_and(|note| self.may_list(&chart.facts.chart, Act::OpenedNote, &note.item, note.received_ms))
            {
                return Ok(chart.person);
            }
        }
        Err(PlainchartError::NotFound)
    }

    /// One note with its sections and its words explained: one call for one screen.
    ///
    /// # Errors
    /// `NotFound`, `NotPermitted`, `LeaseEnded`, the vault's. A note without a body is no error: its remarks say why.
    pub fn read_note(&self, person: &PersonId, note: &str) -> Result<NoteView, PlainchartError> {
        for chart in self.charts_of(person)? {
            let items = self.items_of(&chart.facts.chart)?;
            if items.note(note).is_some() {
                return self.open_note(person, &chart.facts.chart, &items, note);
            }
        }
        Err(PlainchartError::NotFound)
    }

    fn open_note(
        &self,
        person: &PersonId,
        chart: &ChartId,
        items: &Items,
        note: &str,
    ) -> Result<NoteView, PlainchartError> {
        let listed = items.note(note).ok_or(PlainchartError::NotFound)?;
        self.permit_item(chart, Act::OpenedNote, "DocumentReference", &listed.item, listed.received_ms)?;
        let summary = self.with_news(chart, &listed.view, self.is_deceased(chart)?);
        let place = &listed.place;
        let rows =
            self.store.readable_rows(&ChartScope::of(chart), place.classes, tree::RESOURCES, place.group.as_bytes())?;
        let row = rows.iter().find(|row| row.id == place.key.as_bytes()).ok_or(PlainchartError::NotFound)?;
        let scope = ChartScope::of(chart);
        let stored = StoredResource::read_whole(&self.store, &scope, place.classes, &row.id, &row.bytes)?;
        let document = DocumentReference::read(&stored.raw).map_err(|_| PlainchartError::VaultDamaged)?;
        let mut view = NoteView {
            person: person.to_string(),
            summary,
            sections: Vec::new(),
            marks: Vec::new(),
            remarks: Vec::new(),
            notice: notice_for(place.classes),
        };
        if let Some(status) = document.status.plain() {
            view.remarks.push(status.to_owned());
        }
        self.fill(&mut view, chart, listed, &stored, &document)?;
        if view.summary.new {
            let event =
                Event::Seen { chart: chart.clone(), item: listed.item.id.clone(), time_ms: self.clock.wall_ms() };
            // A full disk must not keep a note from being read; it stays "new".
            let _ = self.record(event);
        }
        Ok(view)
    }

    /// The best readable rendition (D2); what stands in the way of the others is said only if none can be read.
    fn fill(
        &self,
        view: &mut NoteView,
        chart: &ChartId,
        listed: &Listed<NoteSummary>,
        stored: &StoredResource,
        document: &DocumentReference,
    ) -> Result<(), PlainchartError> {
        let mut reasons = Vec::new();
        let mut readable: Vec<(Format, NoteModel, Option<String>)> = Vec::new();
        for content in &document.content {
            match self.rendition(chart, listed.place.classes, &listed.place.key, stored, content)? {
                Rendition::Here(Body { bytes, content_type, remark }) => {
                    match read(&bytes, content_type.as_deref(), &Limits::default()) {
                        Ok(model) => readable.push((model.format, model, remark)),
                        Err(error) => reasons.push(unreadable(&error)),
                    }
                }
                Rendition::NotHere(reason) => reasons.push(reason),
            }
        }
        readable.sort_by_key(|(format, ..)| preference(*format));
        let Some((_, model, remark)) = readable.into_iter().next() else {
            reasons.dedup();
            if reasons.is_empty() {
                reasons.push("This note came without any text.".to_owned());
            }
            view.remarks.extend(reasons);
            return Ok(());
        };
        view.remarks.extend(remark);
        view.remarks.extend(model.remarks.iter().map(|remark| remark.sentence().to_owned()));
        self.permit_item(chart, Act::ExplainedNote, "DocumentReference", &listed.item, listed.received_ms)?;
        let note_type = document.note_type().map(|known| known.loinc);
        for (index, section) in model.sections.iter().enumerate() {
            let text = section.text();
            let marks = self.glossary.annotate(&text, &section_of(section.kind, note_type));
            view.marks.extend(views_of(&marks, Some(index)));
            view.sections.push(SectionView {
                anchor: section.anchor.clone(),
                heading: section.heading.clone(),
                plain_heading: section.plain_heading().map(str::to_owned),
                text,
            });
        }
        tell_first(&mut view.marks);
        Ok(())
    }
}

/// A list from a chart with a damaged part says so; the next sync brings it again.
pub(super) fn tell_damage(items: &Items, sources: &mut [SourceState]) {
    if let Some(source) = sources.last_mut().filter(|_| items.damaged) {
        source.problem = Some("damaged".to_owned());
    }
}

/// The first mention of each entry in a note, so that a shell can mark it once.
pub(crate) fn tell_first(marks: &mut [MarkView]) {
    let mut seen = std::collections::HashSet::new();
    for mark in marks {
        mark.first = seen.insert(mark.entry.clone());
    }
}

/// HTML, C-CDA, text, RTF, PDF (D2).
const fn preference(format: Format) -> u8 {
    match format {
        Format::Html => 0,
        Format::Ccda => 1,
        Format::Text => 2,
        Format::Rtf => 3,
        Format::Pdf => 4,
        _ => 5,
    }
}

fn unreadable(error: &DocumentError) -> String {
    match error {
        DocumentError::UnsupportedFormat { .. } => {
            "This note is saved here, but it is a kind of file that this version cannot show.".to_owned()
        }
        DocumentError::TooLarge { .. } => "This note is too large to show here.".to_owned(),
        DocumentError::ReaderFault => "This note could not be shown because of a fault in this app.".to_owned(),
    }
}

pub(super) fn note_summary(document: &DocumentReference, id: String, source: &Source) -> NoteSummary {
    let own = document.kind.as_ref().and_then(|kind| kind.shown()).or(document.description.as_deref());
    let title = document.title().unwrap_or("A document without a title");
    let custodian = document.custodian.as_ref().and_then(|party| party.name.clone());
    let when = document.when();
    let status = [document.status.code(), document.note_status.code()];
    NoteSummary {
        id,
        title: title.to_owned(),
        source_title: own.filter(|own| *own != title).map(str::to_owned),
        date: when.map(Time::of),
        authors: document.authors.iter().filter_map(|party| party.name.clone()).collect(),
        source: custodian.unwrap_or_else(|| source.name.clone()),
        as_of: source.as_of_ms,
        status: status.into_iter().find(|code| !matches!(*code, "" | "current" | "final")).map(str::to_owned),
        withdrawn: false,
        sensitive: false,
        new: false,
        order: when.map_or(i64::MIN, plainchart_record::FhirTime::order_key),
    }
}
