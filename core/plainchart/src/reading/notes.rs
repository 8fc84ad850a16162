//! Lists of notes, and whose a note is.

use std::cmp::Reverse;

use plainchart_access::{Act, ChartId, PersonId};

use super::items::Items;
use super::note_groups::NoteGroups;
use crate::error::PlainchartError;
use crate::ingest::NOTE_TYPES;
use crate::session::Session;
use crate::sync::keys_of;
use crate::views::{Listing, MarkView, NoteSummary, SourceState};

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
            let keys: Vec<&str> = NOTE_TYPES.into_iter().flat_map(keys_of).collect();
            sources.push(self.source_state(id, &keys)?);
            let is_deceased = self.is_deceased(id)?;
            let before = all.len() as u64 + beyond;
            let pages = self.front_pages(id, Act::ListedNotes, window)?;
            if let Some(pages) = pages.filter(|pages| pages.iter().all(|page| !page.notes_mixed)) {
                for page in pages {
                    beyond += page.notes.total - page.notes.newest.len() as u64;
                    all.extend(
                        page.notes
                            .newest
                            .into_iter()
                            .map(|(order, note)| (order, self.with_news(id, &note, is_deceased))),
                    );
                }
                self.tell_empty(id, sources.last_mut(), "notes", all.len() as u64 + beyond - before)?;
                continue;
            }
            let items = self.items_of(id)?;
            tell_damage(&items, &mut sources);
            let groups =
                NoteGroups::of(&items, |note| self.may_list(id, Act::ListedNotes, &note.item, note.received_ms));
            let open = groups.standing().filter_map(|group| groups.summary(group));
            all.extend(open.map(|note| (note.order, self.with_news(id, &note, is_deceased))));
            self.tell_empty(id, sources.last_mut(), "notes", all.len() as u64 + beyond - before)?;
        }
        let (items, total) = window.cut(all, beyond);
        Ok(Listing { person: person.to_string(), items, total, sources })
    }

    /// A note is new until one of its entries was opened; a marker never is.
    pub(super) fn with_news(&self, chart: &ChartId, note: &NoteSummary, is_deceased: bool) -> NoteSummary {
        let mut ids = note.also_listed_as.iter().map(|mention| &mention.id).chain([&note.id]);
        let seen = self.with_household(|household| ids.any(|id| household.seen_ms(chart, id).is_some()));
        NoteSummary { new: !seen && !is_deceased && !note.entered_in_error, ..note.clone() }
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
