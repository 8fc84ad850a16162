//! One note open: the best of its files as sections with their words explained, what was added to it, and what to know.

use plainchart_access::{Act, ChartId, Event, PersonId};
use plainchart_document::{Limits, Section, SectionKind};
use plainchart_record::FhirTime;

use super::blocks::text_and_blocks;
use super::items::{Items, Listed};
use super::note_groups::NoteGroups;
use super::note_line::NoteLine;
use super::notes::tell_first;
use super::renditions::{NoteFiles, ReadFile, primary};
use super::results::spoken_date;
use crate::error::PlainchartError;
use crate::explain::{section_of, views_of};
use crate::session::Session;
use crate::views::{NoteView, SectionView, notice_for};
use crate::words::{count, plain_heading, remark, say};

/// The language that the glossary explains (G6).
const EXPLAINED: &str = "en";

/// What a conclusion is written in.
const PLAIN: &str = "text/plain; charset=utf-8";

/// A note as it is shown, and what its sections were made of.
pub(super) struct OpenNote {
    /// For the screen.
    pub(super) view: NoteView,
    /// LOINC code of its kind.
    pub(super) note_type: Option<&'static str>,
    /// The kind of each section.
    pub(super) kinds: Vec<SectionKind>,
    /// Whether its words are in the language that the glossary explains.
    pub(super) is_explained: bool,
}

impl Session {
    /// One note with its sections and its words explained: one call for one screen.
    ///
    /// # Errors
    /// `NotFound`, `NotPermitted`, `LeaseEnded`, the vault's. A note without a body is no error: its remarks say why.
    pub fn read_note(&self, person: &PersonId, note: &str) -> Result<NoteView, PlainchartError> {
        Ok(self.open_note(person, note, None)?.view)
    }

    /// The same note from another of its files.
    ///
    /// # Errors
    /// As [`Session::read_note`]; `NotFound` for a file that the note does not have. One that cannot be read is no
    /// error: the remarks say why.
    pub fn read_note_rendition(
        &self,
        person: &PersonId,
        note: &str,
        index: usize,
    ) -> Result<NoteView, PlainchartError> {
        Ok(self.open_note(person, note, Some(index))?.view)
    }

    pub(super) fn open_note(
        &self,
        person: &PersonId,
        note: &str,
        wanted: Option<usize>,
    ) -> Result<OpenNote, PlainchartError> {
        for chart in self.charts_of(person)? {
            let items = self.items_of(&chart.facts.chart)?;
            if items.note(note).is_some() {
                return self.open_in(person, &chart.facts.chart, &items, note, wanted);
            }
        }
        Err(PlainchartError::NotFound)
    }

    fn open_in(
        &self,
        person: &PersonId,
        chart: &ChartId,
        items: &Items,
        note: &str,
        wanted: Option<usize>,
    ) -> Result<OpenNote, PlainchartError> {
        let asked = items.note(note).ok_or(PlainchartError::NotFound)?;
        self.permit_note(chart, Act::OpenedNote, asked)?;
        let groups = NoteGroups::of(items, |note| self.may_list(chart, Act::OpenedNote, &note.item, note.received_ms));
        let group = groups.containing(note).ok_or(PlainchartError::NotFound)?;
        let summary = groups.summary(group).ok_or(PlainchartError::NotFound)?;
        let summary = self.with_news(chart, &summary, self.is_deceased(chart)?);
        let classes = groups.entries_of(group).map(|entry| entry.place.classes).reduce(|one, other| one.union(other));
        let mut open = OpenNote {
            view: NoteView {
                person: person.to_string(),
                remarks: summary.states.iter().map(|state| state.text.clone()).collect(),
                summary,
                sections: Vec::new(),
                marks: Vec::new(),
                language: None,
                reading_minutes: None,
                reading_time: None,
                renditions: Vec::new(),
                attachments: Vec::new(),
                notice: classes.and_then(notice_for),
            },
            note_type: None,
            kinds: Vec::new(),
            is_explained: true,
        };
        let first = groups.entries_of(group).next().ok_or(PlainchartError::NotFound)?;
        if !first.view.facts.is_void {
            let mut files = self.files_of(chart, groups.entries_of(group))?;
            if wanted.is_some_and(|wanted| wanted >= files.len()) {
                return Err(PlainchartError::NotFound);
            }
            open.note_type = files.note_type;
            let minutes = self.fill(&mut open, chart, first, &mut files, wanted)?;
            let added = self.add_additions(&mut open, chart, &groups, group)?;
            open.tell_reading_time(minutes + added);
            tell_first(&mut open.view.marks);
        }
        self.note_seen(chart, &open.view.summary.id, open.view.summary.new);
        Ok(open)
    }

    fn permit_note(&self, chart: &ChartId, act: Act, note: &Listed<NoteLine>) -> Result<(), PlainchartError> {
        self.permit_item(chart, act, &note.view.view.resource_type, &note.item, note.received_ms)
    }

    fn note_seen(&self, chart: &ChartId, id: &str, is_new: bool) {
        if is_new {
            let event = Event::Seen { chart: chart.clone(), item: id.to_owned(), time_ms: self.clock.wall_ms() };
            // A full disk must not keep a note from being read; it stays "new".
            let _ = self.record(event);
        }
    }

    /// The best readable file; what stands in the way of the others is said beside each, and above only if none can be
    /// read. Answers the minutes it takes to read.
    fn fill(
        &self,
        open: &mut OpenNote,
        chart: &ChartId,
        first: &Listed<NoteLine>,
        files: &mut NoteFiles,
        wanted: Option<usize>,
    ) -> Result<u32, PlainchartError> {
        let best = files.read_best(wanted);
        open.view.renditions = files.views(best.as_ref().map(|best| best.index));
        open.view.attachments = files.attachments();
        let mut minutes = 0;
        let nothing_to_read = best.is_none() && (wanted.is_some() || files.conclusions.is_empty());
        if !nothing_to_read {
            self.permit_note(chart, Act::ExplainedNote, first)?;
        }
        if let Some(ReadFile { model, remark: of_file, language, .. }) = best {
            open.tell_language(language);
            open.view.remarks.extend(of_file.map(|remark| say(&format!("note.body.{}", remark.code()), &[])));
            open.view.remarks.extend(model.remarks.iter().copied().map(remark));
            minutes += model.reading_minutes().unwrap_or(0);
            for section in &model.sections {
                self.add_section(open, section, None);
            }
        }
        if nothing_to_read {
            let reason = wanted.and_then(|wanted| open.view.renditions.get(wanted)?.reason.clone());
            open.view.remarks.extend(reason.map_or_else(|| files.reasons(), |reason| vec![reason]));
        }
        if wanted.is_none() {
            minutes += self.add_conclusions(open, files);
        }
        Ok(minutes)
    }

    /// What a report comes to, where its files do not say it word for word.
    fn add_conclusions(&self, open: &mut OpenNote, files: &NoteFiles) -> u32 {
        let squeezed = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
        let said: Vec<String> = open.view.sections.iter().map(|section| squeezed(&section.text)).collect();
        let mut minutes = 0;
        for (number, conclusion) in files.conclusions.iter().enumerate() {
            let words = squeezed(conclusion);
            if said.iter().any(|section| section.contains(&words)) {
                continue;
            }
            let model = plainchart_document::read(conclusion.as_bytes(), Some(PLAIN), &Limits::default());
            let Ok(model) = model else { continue };
            minutes += model.reading_minutes().unwrap_or(0);
            for (part, section) in model.sections.iter().enumerate() {
                let anchor = format!("conclusion-{number}-{part}");
                let kind = if section.heading.is_none() { SectionKind::Impression } else { section.kind };
                self.add_section(open, &Section { anchor, kind, ..section.clone() }, None);
            }
        }
        minutes
    }

    /// What was added to the note stands at its end; each addition is an opening of its own in the log.
    fn add_additions(
        &self,
        open: &mut OpenNote,
        chart: &ChartId,
        groups: &NoteGroups<'_>,
        group: &super::same_note::Group,
    ) -> Result<u32, PlainchartError> {
        let mut minutes = 0;
        for addition in groups.additions_to(group) {
            let Some(own) = groups.containing(&addition.item.id) else { continue };
            self.permit_note(chart, Act::OpenedNote, addition)?;
            let mut files = self.files_of(chart, groups.entries_of(own))?;
            let Some(ReadFile { model, .. }) = files.read_best(None) else { continue };
            let view = &addition.view.view;
            let date = view.date.as_ref().map(|date| spoken_date(&FhirTime::from_text(&date.text)));
            open.view.remarks.push(match &date {
                Some(date) => say("note.addition.dated", &[("date", date)]),
                None => say("note.addition", &[]),
            });
            minutes += model.reading_minutes().unwrap_or(0);
            for section in &model.sections {
                let anchor = format!("{}-{}", view.id, section.anchor);
                let kind = if section.heading.is_none() { SectionKind::Addendum } else { section.kind };
                self.add_section(open, &Section { anchor, kind, ..section.clone() }, Some(&view.id));
            }
        }
        Ok(minutes)
    }

    fn add_section(&self, open: &mut OpenNote, section: &Section, addition: Option<&str>) {
        let (text, blocks) = text_and_blocks(section);
        if open.is_explained {
            let marks = self.glossary.annotate(&text, &section_of(section.kind, open.note_type));
            open.view.marks.extend(views_of(&marks, Some(open.view.sections.len())));
        }
        open.kinds.push(section.kind);
        open.view.sections.push(SectionView {
            anchor: section.anchor.clone(),
            heading: section.heading.clone(),
            plain_heading: plain_heading(section.kind),
            text,
            blocks,
            addition: addition.map(str::to_owned),
        });
    }
}

impl OpenNote {
    /// Words of another language are not explained: an English sense of a Spanish word would be wrong (G6).
    fn tell_language(&mut self, language: Option<String>) {
        if let Some(tag) = language.as_deref().filter(|tag| !primary(tag).eq_ignore_ascii_case(EXPLAINED)) {
            self.is_explained = false;
            self.view.remarks.push(say("note.language", &[("language", tag)]));
        }
        self.view.language = language;
    }

    fn tell_reading_time(&mut self, minutes: u32) {
        if minutes > 0 {
            self.view.reading_minutes = Some(minutes);
            self.view.reading_time = Some(count("note.reading-time", u64::from(minutes), &[]));
        }
    }
}
