//! Medicines (R4): what each source has on its list, side by side; nothing merged, nothing about what anybody takes.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate};
use plainchart_access::{Act, ChartId, PersonId};
use plainchart_record::contained::Party;
use plainchart_record::medicine::{Strength, Supply};
use plainchart_record::medicine_state::StateReason;
use plainchart_record::{MedicationRequest, MedicineEntry, MedicineState};

use super::items::{Items, Listed, Shelf};
use super::links::{Back, link, plain_link};
use super::medicine_name::{keys, none_known, plain_words};
use super::notes::{Window, tell_damage};
use super::results::spoken_date;
use super::wording::sentence;
use crate::error::PlainchartError;
use crate::explain::marks_of;
use crate::session::Session;
use crate::sync::keys_of;
use crate::views::{Listing, MedicineView, SupplyView, Time};
use crate::words::say;

const HOUR_MS: i64 = 3_600_000;

/// The groups of a list, in the order of the screen.
const GROUPS: [MedicineState; 10] = [
    MedicineState::Taking,
    MedicineState::OnHold,
    MedicineState::Planned,
    MedicineState::Stopped,
    MedicineState::Completed,
    MedicineState::CalledOff,
    MedicineState::NotTaken,
    MedicineState::Unknown,
    MedicineState::NotToBeTaken,
    MedicineState::EnteredInError,
];

/// A medicine's line, without what depends on the day or on the reader.
pub struct MedicineLine {
    /// The line.
    pub view: MedicineView,
    request: MedicationRequest,
    /// What other entries of the same medicine have in common with it.
    keys: BTreeSet<String>,
}

/// The earliest and the latest day that it can be where the source is.
#[derive(Debug, Clone, Copy)]
struct Today {
    earliest: Option<NaiveDate>,
    latest: Option<NaiveDate>,
}

impl Today {
    /// An offset of zero says nothing: servers write UTC for any place.
    fn at(now_ms: i64, offset_minutes: Option<i32>) -> Self {
        let day = |minutes: i64| {
            let local = now_ms.saturating_add(minutes.saturating_mul(HOUR_MS / 60));
            DateTime::from_timestamp_millis(local).map(|time| time.date_naive())
        };
        match offset_minutes.filter(|minutes| *minutes != 0).map(i64::from) {
            Some(minutes) => Self { earliest: day(minutes), latest: day(minutes) },
            None => Self { earliest: day(-12 * 60), latest: day(14 * 60) },
        }
    }

    /// The state on this day; where the day is not sure and decides, the state without it.
    fn state(self, request: &MedicationRequest) -> (MedicineState, StateReason) {
        let early = MedicineState::of(request, self.earliest);
        if early == MedicineState::of(request, self.latest) { early } else { MedicineState::of(request, None) }
    }
}

impl Session {
    /// The medicines on the lists of a person's sources: source by source, in each by state (`taking` first), in that
    /// newest first.
    ///
    /// # Errors
    /// `NotFound`, `NotPermitted`, `LeaseEnded`, the vault's.
    pub fn medicines(&self, person: &PersonId, window: Window) -> Result<Listing<MedicineView>, PlainchartError> {
        let (mut all, mut sources) = (Vec::new(), Vec::new());
        for chart in self.charts_of(person)? {
            let id = &chart.facts.chart;
            self.permit(id, Act::ListedMedicines)?;
            let searches: Vec<&str> = keys_of("MedicationRequest").collect();
            let mut state = self.source_state(id, &searches)?;
            state.heading = Some(say("medicine.heading", &[("source", &state.source)]));
            let as_of = state.as_of_ms;
            let list = sources.len();
            sources.push(state);
            let items = self.items_of(id)?;
            tell_damage(&items, &mut sources);
            let may_list =
                |line: &&Listed<MedicineLine>| self.may_list(id, Act::ListedMedicines, &line.item, line.received_ms);
            let open: Vec<_> = items.medicines.iter().filter(may_list).collect();
            self.tell_empty(id, sources.last_mut(), "medicines", open.len() as u64)?;
            let known = self.known_time(id);
            let (now_ms, offset) = (known.wall_ms.max(known.known_ms), self.offset_of(id, &items));
            for line in open {
                let own = line.view.view.date.as_ref().and_then(|date| date.offset_minutes);
                let today = Today::at(now_ms, own.filter(|minutes| *minutes != 0).or(offset));
                let view = self.medicine_view(id, &items, line, today);
                let view = MedicineView { list, as_of: as_of.unwrap_or(view.as_of), ..view };
                all.push((view, line.view.keys.clone()));
            }
        }
        let mut items = side_by_side(all);
        let group = |view: &MedicineView| GROUPS.iter().position(|state| state.code() == view.state);
        items.sort_by_key(|view| (view.list, group(view), std::cmp::Reverse(view.order)));
        let total = items.len() as u64;
        let items = items.into_iter().skip(window.offset).take(window.limit).collect();
        Ok(Listing { person: person.to_string(), items, total, sources })
    }

    /// A line as of today, with its links opened for this reader.
    fn medicine_view(&self, chart: &ChartId, items: &Items, line: &Listed<MedicineLine>, today: Today) -> MedicineView {
        let own = &line.view.view;
        let (state, reason) = today.state(&line.view.request);
        MedicineView {
            links: self.open_links(chart, Act::ListedMedicines, items, &own.links),
            made_by: self.links_back(chart, Act::ListedMedicines, items, (Back::Made, &line.addresses)),
            ..with_state(own.clone(), state, reason)
        }
    }
}

/// Entries that share a key with one of another source name it. Nothing is joined.
fn side_by_side(all: Vec<(MedicineView, BTreeSet<String>)>) -> Vec<MedicineView> {
    let mut by_key: BTreeMap<String, Vec<(usize, String)>> = BTreeMap::new();
    for (view, keys) in &all {
        for key in keys {
            by_key.entry(key.clone()).or_default().push((view.list, view.id.clone()));
        }
    }
    let elsewhere = |view: &MedicineView, keys: &BTreeSet<String>| {
        let shared = keys.iter().filter_map(|key| by_key.get(key)).flatten().filter(|(list, _)| *list != view.list);
        shared.cloned().collect::<BTreeSet<_>>().into_iter().map(|(_, id)| id).collect()
    };
    let told = |(view, keys): &(MedicineView, BTreeSet<String>)| MedicineView {
        same_as: elsewhere(view, keys),
        ..view.clone()
    };
    all.iter().map(told).collect()
}

fn with_state(view: MedicineView, state: MedicineState, reason: StateReason) -> MedicineView {
    let source = view.source.clone();
    MedicineView {
        state: state.code().to_owned(),
        state_words: say(&format!("medicine.state.{}", state.code()), &[]),
        reason: reason.code().to_owned(),
        reason_words: say(&format!("medicine.reason.{}", reason.code()), &[("source", &source)]),
        ..view
    }
}

/// The line of a MedicationRequest.
pub(super) fn medicine_line(shelf: &Shelf<'_>, request: MedicationRequest, raw: &str, id: String) -> MedicineLine {
    let looked_up = request.medication.unresolved().and_then(|reference| shelf.directory.medication(reference));
    let entry = MedicineEntry::of(&request, looked_up, None);
    let view = blank(shelf, &entry, id);
    if entry.marker_only {
        let name = say("record.marker.medicines", &[]);
        let view = MedicineView { name, entered_in_error: true, ..view };
        return MedicineLine { view, request, keys: BTreeSet::new() };
    }
    let none = none_known(entry.name.as_deref(), &entry.codings);
    let ingredients =
        request.medication.medication(looked_up).map(|one| one.ingredients.as_slice()).unwrap_or_default();
    // Two ingredients are another medicine than either.
    let single = if let [one] = ingredients { one.item.as_ref() } else { None };
    let codings = entry.codings.iter().chain(single.into_iter().flat_map(|item| &item.codings));
    let keys = if none.is_some() { BTreeSet::new() } else { keys(entry.name.as_deref(), codings) };
    let prohibits = request.do_not_perform != Some(false);
    let view = with_instruction(with_name(shelf, view, &entry, none), &entry, prohibits);
    let party = |party: &Option<Party>| party.as_ref().and_then(|party| shelf.directory.party_in(raw, party));
    let visit = entry.encounter.iter().map(|visit| ("medicine.label.encounter", visit));
    let behind = entry.prior.iter().map(|prior| ("medicine.label.prior", prior));
    let behind = visit.chain(behind).chain(entry.based_on.iter().map(|order| ("referral.label.based-on", order)));
    let links = behind.filter_map(|(label, reference)| plain_link(shelf, raw, label, reference));
    let reasons = entry.reason_links.iter().filter_map(|party| link(shelf, raw, "medicine.label.reasons", party));
    let view = MedicineView {
        status_reasons: entry.status_reasons.clone(),
        strengths: strengths(&entry.strengths),
        form: entry.form.clone(),
        ordered_by: party(&entry.requester),
        recorded_by: party(&entry.recorder),
        told_by: party(&entry.reported_by),
        is_reported: entry.is_reported,
        why: entry.reasons.clone(),
        categories: entry.categories.clone(),
        course: entry.course.clone(),
        supply: entry.supply.as_ref().map(|supply| supply_view(shelf, raw, supply)),
        notes: entry.notes.clone(),
        links: reasons.chain(links).collect(),
        ..view
    };
    MedicineLine { view, request, keys }
}

fn blank(shelf: &Shelf<'_>, entry: &MedicineEntry, id: String) -> MedicineView {
    let period = entry.period.as_ref();
    let view = MedicineView {
        id,
        list: 0,
        state: String::new(),
        state_words: String::new(),
        reason: String::new(),
        reason_words: String::new(),
        status_reasons: Vec::new(),
        name: String::new(),
        plain: None,
        marks: Vec::new(),
        rxnorm: entry.rxnorm.clone(),
        none_known: None,
        strengths: Vec::new(),
        form: None,
        instructions: Vec::new(),
        plain_instruction: None,
        not_plain: None,
        not_plain_words: None,
        date: entry.authored.as_ref().map(Time::of),
        start: period.and_then(|period| period.start.as_ref()).map(Time::of),
        end: period.and_then(|period| period.end.as_ref()).map(Time::of),
        ordered_by: None,
        recorded_by: None,
        is_reported: None,
        told_by: None,
        why: Vec::new(),
        categories: Vec::new(),
        course: None,
        supply: None,
        notes: Vec::new(),
        links: Vec::new(),
        made_by: Vec::new(),
        same_as: Vec::new(),
        entered_in_error: false,
        source: shelf.source.name.clone(),
        as_of: shelf.source.as_of_ms,
        withdrawn: false,
        sensitive: false,
        order: entry.order_key(),
    };
    with_state(view, entry.state, entry.state_reason)
}

fn with_name(shelf: &Shelf<'_>, view: MedicineView, entry: &MedicineEntry, none: Option<bool>) -> MedicineView {
    let unnamed = || say("record.unnamed.medicines", &[]);
    let none_words = |known| if known { "medicine.none-known" } else { "medicine.none-known.no-information" };
    MedicineView {
        plain: none.is_none().then(|| plain_words(shelf.glossary, entry.name.as_deref(), &entry.codings)).flatten(),
        marks: entry.name.as_deref().map(|name| marks_of(shelf.glossary, name)).unwrap_or_default(),
        name: entry.name.clone().unwrap_or_else(unnamed),
        none_known: none.map(|known| say(none_words(known), &[("source", &view.source)])),
        ..view
    }
}

/// An order not to take it has no plain directions: they would read as an order to take it.
fn with_instruction(view: MedicineView, entry: &MedicineEntry, prohibits: bool) -> MedicineView {
    let instructions = entry.instructions.clone();
    let phrases = match &entry.plain_instruction {
        Ok(instruction) if !prohibits => instruction.sentences(),
        understood => {
            let code = understood.as_ref().err().map(|reason| reason.code());
            let not_plain = code.or((!instructions.is_empty()).then_some("not-all-understood")).map(str::to_owned);
            let not_plain_words = not_plain.as_ref().map(|code| say(&format!("dosage.not-plain.{code}"), &[]));
            return MedicineView { instructions, not_plain, not_plain_words, ..view };
        }
    };
    let told = phrases.iter().map(|phrase| sentence(&phrase.render(&say, &spoken_date)));
    MedicineView { instructions, plain_instruction: Some(told.collect::<Vec<_>>().join(" ")), ..view }
}

fn strengths(all: &[Strength]) -> Vec<String> {
    let amount = |strength: &Strength| match &strength.per {
        Some(per) => say("medicine.strength.per", &[("amount", &strength.amount), ("per", per)]),
        None => strength.amount.clone(),
    };
    let told = |strength: &Strength| match &strength.ingredient {
        Some(name) if all.len() > 1 => {
            say("medicine.strength.of", &[("ingredient", name), ("strength", &amount(strength))])
        }
        _ => amount(strength),
    };
    all.iter().map(told).collect()
}

fn supply_view(shelf: &Shelf<'_>, raw: &str, supply: &Supply) -> SupplyView {
    let validity = supply.validity.as_ref();
    SupplyView {
        quantity: supply.quantity.clone(),
        repeats: supply.repeats.clone(),
        lasts: supply.lasts.clone(),
        fill_from: validity.and_then(|period| period.start.as_ref()).map(Time::of),
        fill_until: validity.and_then(|period| period.end.as_ref()).map(Time::of),
        pharmacy: supply.pharmacy.as_ref().and_then(|party| shelf.directory.party_in(raw, party)),
    }
}
