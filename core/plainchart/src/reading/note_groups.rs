//! The notes of a chart as a reader sees them: entries of one note together, versions behind the one in use (D2, D4).

use super::Items;
use super::items::Listed;
use super::note_facts::NoteFacts;
use super::note_line::NoteLine;
use super::same_note::{Entry, Group, fold};
use crate::views::{MentionView, NoteSummary, VersionView};
use crate::words::say;

/// Entries that one reader may see, put into notes. What is closed to the reader is not among them, so nothing shown can
/// tell of it (N4).
pub(super) struct NoteGroups<'i> {
    entries: Vec<&'i Listed<NoteLine>>,
    groups: Vec<Group>,
}

impl<'i> NoteGroups<'i> {
    pub(super) fn of(items: &'i Items, may_see: impl Fn(&Listed<NoteLine>) -> bool) -> Self {
        let entries: Vec<&Listed<NoteLine>> = items.notes.iter().filter(|note| may_see(note)).collect();
        let described: Vec<Entry<'_>> = entries.iter().map(|note| describe(note, &note.view.facts)).collect();
        let groups = fold(&described);
        Self { entries, groups }
    }

    /// The notes that stand in the list.
    pub(super) fn standing(&self) -> impl Iterator<Item = &Group> {
        self.groups.iter().filter(|group| group.stands)
    }

    /// The note that an entry belongs to.
    pub(super) fn containing(&self, id: &str) -> Option<&Group> {
        let is_it = |entry: &usize| self.entry(*entry).is_some_and(|entry| entry.item.id == id);
        self.groups.iter().find(|group| group.entries.iter().any(is_it))
    }

    pub(super) fn entry(&self, at: usize) -> Option<&'i Listed<NoteLine>> {
        self.entries.get(at).copied()
    }

    /// The entries of a note, the one that stands for it first.
    pub(super) fn entries_of<'g>(&'g self, group: &'g Group) -> impl Iterator<Item = &'i Listed<NoteLine>> + 'g {
        group.entries.iter().filter_map(|at| self.entry(*at))
    }

    /// What is added to a note by others, oldest first.
    pub(super) fn additions_to<'g>(&'g self, group: &'g Group) -> impl Iterator<Item = &'i Listed<NoteLine>> + 'g {
        let added = group.versions.iter().rev().filter(|(_, code)| *code == "appended-by");
        added.filter_map(|(at, _)| self.entry(*at))
    }

    /// A note's line.
    pub(super) fn summary(&self, group: &Group) -> Option<NoteSummary> {
        let first = self.entries_of(group).next()?;
        let also = self.entries_of(group).skip(1).map(|entry| {
            let NoteSummary { id, resource_type, title, source_title, date, .. } = entry.view.view.clone();
            MentionView { id, resource_type, title: source_title.unwrap_or(title), date }
        });
        let version = |(at, code): &(usize, &'static str)| {
            let NoteSummary { id, title, date, status, .. } = self.entry(*at)?.view.view.clone();
            let label = say(&format!("note.relation.{code}"), &[]);
            Some(VersionView { id, title, date, status, relation: (*code).to_owned(), label })
        };
        Some(NoteSummary {
            sensitive: self.entries_of(group).any(|entry| entry.view.view.sensitive),
            also_listed_as: also.collect(),
            versions: group.versions.iter().filter_map(version).collect(),
            ..first.view.view.clone()
        })
    }

    /// Whether everything that a note's line tells of lies under the same classes.
    pub(super) fn is_of_one_class(&self, group: &Group) -> bool {
        let told = group.entries.iter().copied().chain(group.versions.iter().map(|(at, _)| *at));
        let mut classes = told.filter_map(|at| self.entry(at)).map(|entry| entry.place.classes);
        let first = classes.next();
        classes.all(|other| Some(other) == first)
    }
}

fn describe<'e>(note: &'e Listed<NoteLine>, facts: &'e NoteFacts) -> Entry<'e> {
    Entry { key: &note.place.key, addresses: &note.addresses, facts, order: note.view.view.order }
}
