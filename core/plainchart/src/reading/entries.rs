//! Lists of conditions, allergies, vaccines, visits and the rest (D1): one piece of code for all of them.

#[cfg(test)]
mod tests;

use plainchart_access::{Act, ChartId, Kind, PersonId};
use plainchart_document::{Limits, read};
use plainchart_record::code::Coding;
use plainchart_record::coded::Word;
use plainchart_record::contained::Party;
use plainchart_record::entry::{Entry, Role};
use plainchart_record::quantity::Quantity;
use plainchart_record::said::{Fact, Said};
use plainchart_record::status::AbsentReason;
use plainchart_record::time::Period;
use plainchart_record::when::When;

use super::items::{Items, Listed, Shelf};
use super::links::{Back, link};
use super::notes::{Window, tell_damage};
use super::wording::{length_of_time, range};
use crate::error::PlainchartError;
use crate::explain::marks_of;
use crate::session::Session;
use crate::sync::keys_of;
use crate::views::{EntryKind, EntryView, FactView, Listing, MomentView, PartyView, RoleView, Time};
use crate::words::{find, say};

impl Session {
    /// One list of the record, newest first, from all sources (D9).
    ///
    /// # Errors
    /// `NotFound`, `NotPermitted`, `LeaseEnded`, the vault's.
    pub fn entries(
        &self,
        person: &PersonId,
        kind: EntryKind,
        window: Window,
    ) -> Result<Listing<EntryView>, PlainchartError> {
        let (mut all, mut sources) = (Vec::new(), Vec::new());
        for chart in self.charts_of(person)? {
            let id = &chart.facts.chart;
            self.permit(id, Act::ListedRecord)?;
            let keys: Vec<&str> = keys_of(kind.resource_type()).collect();
            let state = self.source_state(id, &keys)?;
            let as_of = state.as_of_ms;
            sources.push(state);
            let items = self.items_of(id)?;
            tell_damage(&items, &mut sources);
            let may_list = |entry: &&Listed<EntryView>| {
                entry.view.kind == kind && self.may_list(id, Act::ListedRecord, &entry.item, entry.received_ms)
            };
            let open: Vec<_> = items.entries.iter().filter(may_list).collect();
            self.tell_empty(id, sources.last_mut(), kind.code(), open.len() as u64)?;
            all.extend(open.into_iter().map(|entry| {
                let view = self.open_entry(id, &items, entry);
                (view.order, EntryView { as_of: as_of.unwrap_or(view.as_of), ..view })
            }));
        }
        let (items, total) = window.cut(all, 0);
        Ok(Listing { person: person.to_string(), items, total, sources })
    }

    /// One entry of such a list, with what belongs to it if it is a visit.
    ///
    /// # Errors
    /// `NotFound`, `NotPermitted`, `LeaseEnded`, the vault's.
    pub fn entry(&self, person: &PersonId, entry: &str) -> Result<EntryView, PlainchartError> {
        for chart in self.charts_of(person)? {
            let id = &chart.facts.chart;
            let items = self.items_of(id)?;
            let Some(found) = items.entries.iter().find(|listed| listed.item.id == entry) else { continue };
            let resource_type = found.view.kind.resource_type();
            self.permit_item(id, Act::OpenedItem, resource_type, &found.item, found.received_ms)?;
            let keys: Vec<&str> = keys_of(resource_type).collect();
            let as_of = self.source_state(id, &keys)?.as_of_ms;
            let view = self.open_entry(id, &items, found);
            let is_visit = view.kind == EntryKind::Visits && !view.entered_in_error;
            let back = (Back::Visit, if is_visit { found.addresses.as_slice() } else { &[] });
            let belongs = self.links_back(id, Act::ListedRecord, &items, back);
            return Ok(EntryView { belongs, as_of: as_of.unwrap_or(view.as_of), ..view });
        }
        Err(PlainchartError::NotFound)
    }

    /// An entry with its links opened for this reader.
    fn open_entry(&self, chart: &ChartId, items: &Items, entry: &Listed<EntryView>) -> EntryView {
        EntryView {
            links: self.open_links(chart, Act::ListedRecord, items, &entry.view.links),
            made_by: self.links_back(chart, Act::ListedRecord, items, (Back::Made, &entry.addresses)),
            ..entry.view.clone()
        }
    }
}

/// The kind that a lease names.
pub(super) const fn access_kind(kind: EntryKind) -> Kind {
    match kind {
        EntryKind::Conditions => Kind::Condition,
        EntryKind::Allergies => Kind::Allergy,
        EntryKind::Immunizations => Kind::Immunization,
        EntryKind::Visits | EntryKind::Appointments => Kind::Visit,
        EntryKind::Procedures
        | EntryKind::CarePlans
        | EntryKind::Goals
        | EntryKind::CareTeams
        | EntryKind::Devices
        | EntryKind::Provenance => Kind::Other,
    }
}

/// The line and the screen of an entry.
pub(super) fn entry_view(shelf: &Shelf<'_>, kind: EntryKind, entry: &Entry, raw: &str, id: String) -> EntryView {
    let instead = if entry.marker_only { "marker" } else { "unnamed" };
    // A care plan that has no name is called by the code of its category.
    let is_code = |title: &&String| {
        kind == EntryKind::CarePlans && entry.codings.iter().any(|coding| coding.code.as_ref() == Some(*title))
    };
    let own = entry.title.as_ref().filter(|title| !is_code(title));
    let title = own.cloned().unwrap_or_else(|| say(&format!("record.{instead}.{}", kind.code()), &[]));
    let source = shelf.source.name.as_str();
    EntryView {
        id,
        kind,
        plain: plain_words(shelf, &entry.codings),
        marks: if own.is_some() { marks_of(shelf.glossary, &title) } else { Vec::new() },
        title,
        // "It can still happen" would be said of no known allergies.
        states: entry.states.iter().filter(|state| !told_of_none(entry, state)).filter_map(word).collect(),
        state_code: entry.state().and_then(|state| state.code).map(str::to_owned),
        none_known: entry.none_known.map(|none| say(&format!("none-known.{}", none.as_str()), &[("source", source)])),
        entered_in_error: entry.marker_only,
        times: entry.times.iter().map(|moment| when_view(moment.label, &moment.when)).collect(),
        facts: entry.facts.iter().filter_map(|told| fact(shelf, told)).collect(),
        people: entry.parties.iter().filter_map(|role| role_view(shelf, raw, role)).collect(),
        notes: entry.notes.iter().map(|note| note.text.clone()).collect(),
        narrative: entry.narrative.as_ref().and_then(|narrative| {
            let says_more = narrative.status.as_deref() != Some("generated");
            says_more.then(|| words_of(&narrative.div)).flatten()
        }),
        links: entry.links.iter().filter_map(|one| link(shelf, raw, one.role, &one.target)).collect(),
        made_by: Vec::new(),
        belongs: Vec::new(),
        source: source.to_owned(),
        as_of: shelf.source.as_of_ms,
        withdrawn: false,
        sensitive: false,
        order: entry.order_key(),
    }
}

/// That a statement of none is in force says the statement itself.
fn told_of_none(entry: &Entry, state: &Word) -> bool {
    entry.none_known.is_some() && state.code == Some("active")
}

/// What a code is, in plain words, if the glossary has it.
pub(super) fn plain_words(shelf: &Shelf<'_>, codings: &[Coding]) -> Option<String> {
    codings.iter().find_map(|coding| {
        let entry = shelf.glossary.by_code(coding.system.as_deref()?, coding.code.as_deref()?)?;
        let sense = entry.senses().next()?;
        Some(sense.definition.to_owned())
    })
}

/// Words of the catalogue for a code, else the source's own.
pub(super) fn word(word: &Word) -> Option<String> {
    word.id().and_then(|id| find(&id)).or_else(|| word.recorded.clone())
}

fn absent(shelf: &Shelf<'_>, reason: &AbsentReason) -> String {
    let code = reason.code.as_deref().unwrap_or("not-given");
    reason
        .code
        .is_none()
        .then(|| reason.recorded.clone())
        .flatten()
        .unwrap_or_else(|| say(&format!("absent-reason.{code}"), &[("source", &shelf.source.name)]))
}

/// A time under its label.
pub(super) fn when_view(label: &str, when: &When) -> MomentView {
    // A length of time is told as a person's age, but for the time in which a goal is to be reached.
    let is_age = !label.ends_with(".due");
    let aged = |amount: String| if is_age { say("said.age", &[("age", &amount)]) } else { amount };
    let view = MomentView { label: say(label, &[]), start: None, end: None, open_ended: false, text: None };
    match when {
        When::Time(time) => MomentView { start: Some(Time::of(time)), ..view },
        When::Period(Period { start, end }) => {
            let open_ended = start.is_some() && end.is_none();
            MomentView { start: start.as_ref().map(Time::of), end: end.as_ref().map(Time::of), open_ended, ..view }
        }
        When::Age(age) => MomentView { text: Some(aged(length_of_time(age))), ..view },
        When::AgeRange(ages) => MomentView { text: range(ages, length_of_time).map(aged), ..view },
        When::Text(text) => MomentView { text: Some(text.clone()), ..view },
    }
}

fn fact(shelf: &Shelf<'_>, fact: &Fact) -> Option<FactView> {
    let view = FactView { label: say(fact.label, &[]), text: None, plain: None, time: None, facts: Vec::new() };
    Some(match &fact.said {
        Said::Word(said) => FactView { text: Some(word(said)?), ..view },
        Said::Range(amounts) => FactView { text: Some(range(amounts, Quantity::shown)?), ..view },
        Said::When(when) => FactView { time: Some(when_view(fact.label, when)), ..view },
        Said::YesNo(yes) => FactView { text: Some(say(if *yes { "said.yes" } else { "said.no" }, &[])), ..view },
        Said::Absent(reason) => FactView { text: Some(absent(shelf, reason)), ..view },
        Said::Group(facts) => {
            FactView { facts: facts.iter().filter_map(|told| self::fact(shelf, told)).collect(), ..view }
        }
        Said::Text { text, codings } => {
            FactView { text: Some(text.clone()), plain: plain_words(shelf, codings), ..view }
        }
        said @ (Said::Quantity(_) | Said::Ratio(_) | Said::Contact(_)) => FactView { text: said.recorded(), ..view },
    })
}

fn role_view(shelf: &Shelf<'_>, raw: &str, role: &Role) -> Option<RoleView> {
    let party = role.party.as_ref().and_then(|party| shelf.directory.party_in(raw, party));
    // The patient takes part in everything, and stands on every screen.
    let is_patient = |party: &Party| party.name.is_none() && party.reference.resource_type() == Some("Patient");
    if role.party.as_ref().is_some_and(is_patient) {
        return None;
    }
    let words = |said: &Said| if let Said::Word(said) = said { word(said) } else { said.recorded() };
    let described: Vec<String> = role.described.iter().filter_map(words).collect();
    let described = (!described.is_empty()).then(|| described.join(", "));
    let reason = role.absent.as_ref().map(|reason| absent(shelf, reason));
    let party = match (party, &described, reason) {
        (Some(party), ..) => party,
        (None, _, Some(reason)) => PartyView { name: Some(reason), ..PartyView::default() },
        (None, Some(_), None) => PartyView::default(),
        (None, None, None) => return None,
    };
    Some(RoleView { label: say(role.label, &[]), party, described })
}

/// The words of a narrative: it is somebody's XHTML, and goes through the note reader (N1).
fn words_of(div: &str) -> Option<String> {
    let model = read(div.as_bytes(), Some("text/html"), &Limits::default()).ok()?;
    let told = model.sections.iter().flat_map(|section| section.heading.clone().into_iter().chain([section.text()]));
    let text: Vec<String> = told.filter(|text| !text.is_empty()).collect();
    (!text.is_empty()).then(|| text.join("\n"))
}
