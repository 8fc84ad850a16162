//! Referrals and orders (R5): what was asked for, of whom, and what was seen of it since, as far as it was shared.

#[cfg(test)]
mod tests;

use plainchart_access::{Act, ChartId, PersonId, Standing};
use plainchart_record::contained::Party;
use plainchart_record::identity::Identity;
use plainchart_record::quantity::Quantity;
use plainchart_record::referral_answer::{AnswerKind, AnswerStanding};
use plainchart_record::service_request::{HowMuch, Occurrence, Priority};
use plainchart_record::{ReferralEntry, ReferralState, ServiceRequest, Target};

use super::answers::Answered;
use super::entries::{plain_words, when_view};
use super::items::{Items, Listed, Shelf};
use super::links::{Back, link, plain_link};
use super::notes::{Window, tell_damage};
use super::wording::{range, written_day};
use crate::error::PlainchartError;
use crate::explain::marks_of;
use crate::session::Session;
use crate::sync::keys_of;
use crate::views::{CameOfView, Listing, MomentView, PartyView, ReferralView, SourceState, Time};
use crate::words::{find, say};

/// Where a visit or a report would be seen: FHIR's type, and the list's word in the catalogue.
const SEEN_IN: [(&str, &str); 4] = [
    ("Encounter", "visits"),
    ("DiagnosticReport", "reports"),
    ("Observation", "results"),
    ("DocumentReference", "notes"),
];

/// A request's line, without what depends on the reader.
pub struct ReferralLine {
    /// The line.
    pub view: ReferralView,
    state: ReferralState,
    /// What names it.
    targets: Vec<Target>,
}

impl Session {
    /// The referrals and orders of a person, newest first, from all sources (D9), each with what came of it.
    ///
    /// # Errors
    /// `NotFound`, `NotPermitted`, `LeaseEnded`, the vault's.
    pub fn referrals(&self, person: &PersonId, window: Window) -> Result<Listing<ReferralView>, PlainchartError> {
        let (mut all, mut sources) = (Vec::new(), Vec::new());
        for chart in self.charts_of(person)? {
            let id = &chart.facts.chart;
            self.permit(id, Act::ListedReferrals)?;
            let searches: Vec<&str> = keys_of("ServiceRequest").collect();
            let state = self.source_state(id, &searches)?;
            let (list, as_of) = (sources.len(), state.as_of_ms);
            sources.push(state);
            let items = self.items_of(id)?;
            tell_damage(&items, &mut sources);
            let may_list =
                |line: &&Listed<ReferralLine>| self.may_list(id, Act::ListedReferrals, &line.item, line.received_ms);
            let open: Vec<_> = items.referrals.iter().filter(may_list).collect();
            self.tell_empty(id, sources.last_mut(), "referrals", open.len() as u64)?;
            let nothing_seen = self.nothing_seen(id, &items)?;
            all.extend(open.into_iter().map(|line| {
                let view = self.referral_view(id, &items, line, &nothing_seen);
                (view.order, ReferralView { list, as_of: as_of.unwrap_or(view.as_of), ..view })
            }));
        }
        let (items, total) = window.cut(all, 0);
        Ok(Listing { person: person.to_string(), items, total, sources })
    }

    /// A line with what came of it, as far as it is open to this reader.
    fn referral_view(
        &self,
        chart: &ChartId,
        items: &Items,
        line: &Listed<ReferralLine>,
        nothing_seen: &str,
    ) -> ReferralView {
        let act = Act::ListedReferrals;
        let answers = items.answers.of(&line.view.targets);
        let all = answers.len();
        let open: Vec<_> = answers.into_iter().filter(|answer| self.answer_is_open(chart, items, answer)).collect();
        // The owner's own hold folds an answer away: then it is not true that nothing is here.
        let folded = open.len() < all && self.is_own(chart);
        let unseen = line.view.state.is_open() && !folded && !open.iter().any(|answer| is_seen(answer));
        let back = |back| self.links_back(chart, act, items, (back, line.addresses.as_slice()));
        let replaced = say("referral.label.replaced-by", &[]);
        ReferralView {
            came_of: open.into_iter().map(|answer| came_of(items, answer)).collect(),
            nothing_seen: unseen.then(|| nothing_seen.to_owned()),
            replaced_by: back(Back::Replaced)
                .into_iter()
                .map(|mut link| {
                    link.label.clone_from(&replaced);
                    link
                })
                .collect(),
            links: self.open_links(chart, act, items, &line.view.view.links),
            made_by: back(Back::Made),
            ..line.view.view.clone()
        }
    }

    fn answer_is_open(&self, chart: &ChartId, items: &Items, answer: &Answered) -> bool {
        let listed = answer.tie.and_then(|tie| items.named(tie));
        let (item, received_ms) =
            listed.map_or((&answer.item, answer.received_ms), |listed| (listed.item, listed.received_ms));
        self.may_list(chart, Act::ListedReferrals, item, received_ms)
    }

    /// Whether it is the reader's own chart.
    pub(super) fn is_own(&self, chart: &ChartId) -> bool {
        self.with_household(|household| {
            household.owner().is_some_and(|actor| matches!(household.standing(actor, chart), Standing::Own))
        })
    }

    /// What is said of an open request that no visit or report names: as of when, or why nobody can tell. Never that
    /// anything is late.
    fn nothing_seen(&self, chart: &ChartId, items: &Items) -> Result<String, PlainchartError> {
        let mut states = Vec::new();
        for (resource_type, what) in SEEN_IN {
            let searches: Vec<&str> = keys_of(resource_type).collect();
            let mut state = self.source_state(chart, &searches)?;
            if items.damaged {
                state.problem = Some("damaged".to_owned());
            }
            states.push((what, state));
        }
        let from_file =
            self.with_household(|household| household.chart(chart).is_some_and(|chart| chart.facts.from_file));
        Ok(told_of(&states, from_file, self.offset_of(chart, items).unwrap_or_default()))
    }
}

/// `states`: of each kind in which a visit or report would be seen.
fn told_of(states: &[(&str, SourceState)], from_file: bool, offset_minutes: i32) -> String {
    let cannot_tell = |id: &str, same: &dyn Fn(&SourceState) -> bool, source: &str| {
        let what =
            states.iter().filter(|(_, state)| same(state)).map(|(what, _)| say(&format!("list.what.{what}"), &[]));
        let what = what.reduce(|first, next| say("dosage.list.comma", &[("first", &first), ("next", &next)]));
        let why = say(id, &[("source", source), ("what", &what.unwrap_or_default())]);
        format!("{why} {}", say("referral.not-told", &[]))
    };
    if let Some((_, first)) = states.iter().find(|(_, state)| state.problem.is_some()) {
        let code = first.problem.as_deref().unwrap_or_default().replace('_', "-");
        let id = format!("list.problem.{code}");
        let id = find(&id).map_or("list.problem.incomplete", |_| id.as_str());
        return cannot_tell(id, &|state| state.problem == first.problem, &first.source);
    }
    let elsewhere = say("referral.nothing-seen-elsewhere", &[]);
    if from_file {
        return format!("{} {elsewhere}", say("referral.nothing-seen-file", &[]));
    }
    if let Some((_, first)) = states.iter().find(|(_, state)| state.as_of_ms.is_none()) {
        return cannot_tell("list.empty.not-asked", &|state| state.as_of_ms.is_none(), &first.source);
    }
    let as_of_ms = states.iter().filter_map(|(_, state)| state.as_of_ms).min().unwrap_or_default();
    let date = written_day(as_of_ms, offset_minutes);
    format!("{} {elsewhere}", say("referral.nothing-seen", &[("date", &date)]))
}

/// Whether it can be the visit or the report. What lies ahead, was called off, or is work on the order, is neither.
fn is_seen(answer: &Answered) -> bool {
    answer.kind != AnswerKind::Task && matches!(answer.standing, AnswerStanding::Here | AnswerStanding::Unknown)
}

fn came_of(items: &Items, answer: &Answered) -> CameOfView {
    let listed = answer.tie.and_then(|tie| items.named(tie));
    CameOfView {
        kind: answer.kind.code().to_owned(),
        kind_words: say(&format!("referral.answer.{}", answer.kind.code()), &[]),
        id: listed.as_ref().map(|listed| listed.item.id.clone()),
        title: listed.map(|listed| listed.title.to_owned()).or_else(|| answer.title.clone()),
        when: answer.when.as_ref().map(Time::of),
        standing: answer.standing.code().to_owned(),
        standing_words: say(&format!("referral.answer-standing.{}", answer.standing.code()), &[]),
    }
}

/// The line of a ServiceRequest.
pub(super) fn referral_line(
    shelf: &Shelf<'_>,
    request: &ServiceRequest,
    (raw, full_url): (&str, Option<&str>),
    id: String,
) -> ReferralLine {
    let entry = ReferralEntry::of(request);
    let view = blank(shelf, &entry, id);
    let line = |view| ReferralLine { view, state: entry.state, targets: targets(shelf, request, raw, full_url) };
    if entry.marker_only {
        let title = say("record.marker.referrals", &[]);
        return line(ReferralView { title, entered_in_error: true, ..view });
    }
    let parties = |parties: &[Party]| -> Vec<PartyView> {
        parties.iter().filter_map(|party| shelf.directory.party_in(raw, party)).collect()
    };
    let in_words =
        entry.location_words.iter().map(|words| PartyView { name: Some(words.clone()), ..PartyView::default() });
    let visit = entry.encounter.iter().map(|visit| ("referral.label.encounter", visit));
    let behind = entry.based_on.iter().map(|one| ("referral.label.based-on", one));
    let before = entry.replaces.iter().map(|one| ("referral.label.replaces", one));
    let links = visit.chain(behind).chain(before);
    let links = links.filter_map(|(label, reference)| plain_link(shelf, raw, label, reference));
    let reasons = entry.reason_links.iter().filter_map(|party| link(shelf, raw, "referral.label.reasons", party));
    let priority = Some(entry.priority).filter(|priority| *priority != Priority::NotGiven);
    let details = entry.details.iter().cloned().chain(entry.quantity.as_ref().and_then(how_much));
    line(ReferralView {
        plain: plain_words(shelf, &entry.codings),
        marks: entry.what.as_deref().map(|what| marks_of(shelf.glossary, what)).unwrap_or_default(),
        title: entry.what.clone().unwrap_or_else(|| say("record.unnamed.referrals", &[])),
        priority: priority.map(|priority| priority.code().to_owned()),
        priority_words: priority.map(|priority| say(&format!("referral.priority.{}", priority.code()), &[])),
        details: details.chain(entry.body_sites.iter().cloned()).collect(),
        why: entry.reasons.clone(),
        to: parties(&entry.performers),
        to_kind: entry.performer_type.clone(),
        places: parties(&entry.locations).into_iter().chain(in_words).collect(),
        asked_by: entry.requester.as_ref().and_then(|party| shelf.directory.party_in(raw, party)),
        set_for: entry.occurrence.as_ref().map(set_for),
        patient_instruction: entry.patient_instruction.clone(),
        notes: entry.notes.clone(),
        links: reasons.chain(links).collect(),
        ..view
    })
}

fn blank(shelf: &Shelf<'_>, entry: &ReferralEntry, id: String) -> ReferralView {
    ReferralView {
        id,
        list: 0,
        kind: entry.kind.code().to_owned(),
        kind_words: say(&format!("referral.kind.{}", entry.kind.code()), &[]),
        title: String::new(),
        plain: None,
        marks: Vec::new(),
        state: entry.state.code().to_owned(),
        state_words: say(&format!("referral.state.{}", entry.state.code()), &[]),
        status: entry.status.code().to_owned(),
        priority: None,
        priority_words: None,
        details: Vec::new(),
        why: Vec::new(),
        to: Vec::new(),
        to_kind: None,
        places: Vec::new(),
        asked_by: None,
        date: entry.authored.as_ref().map(Time::of),
        set_for: None,
        patient_instruction: None,
        notes: Vec::new(),
        came_of: Vec::new(),
        nothing_seen: None,
        replaced_by: Vec::new(),
        links: Vec::new(),
        made_by: Vec::new(),
        entered_in_error: false,
        source: shelf.source.name.clone(),
        as_of: shelf.source.as_of_ms,
        withdrawn: false,
        sensitive: false,
        order: entry.order_key(),
    }
}

/// All that means the request: its address, its numbers, and the number that orders written together share.
fn targets(shelf: &Shelf<'_>, request: &ServiceRequest, raw: &str, full_url: Option<&str>) -> Vec<Target> {
    let own = Identity::read(raw, full_url).map(|identity| identity.targets(shelf.base)).unwrap_or_default();
    let numbers = request.requisition.iter().filter_map(|number| Some((number.system.clone()?, number.value.clone()?)));
    let together = numbers.flat_map(|(system, value)| {
        let of = |resource_type: &str| Target::Conditional {
            resource_type: resource_type.to_owned(),
            system: Some(system.clone()),
            value: value.clone(),
        };
        [of(plainchart_record::identity::ANY_TYPE), of("ServiceRequest")]
    });
    own.into_iter().chain(together).collect()
}

fn how_much(amount: &HowMuch) -> Option<String> {
    match amount {
        HowMuch::Quantity(quantity) => Some(quantity.shown()),
        HowMuch::Ratio(ratio) => Some(ratio.shown()),
        HowMuch::Range(amounts) => range(amounts, Quantity::shown),
    }
}

fn set_for(occurrence: &Occurrence) -> MomentView {
    use plainchart_record::when::When;
    let label = "referral.label.occurrence";
    match occurrence {
        Occurrence::At(time) => when_view(label, &When::Time(time.clone())),
        Occurrence::Within(period) => when_view(label, &When::Period(period.clone())),
        Occurrence::Repeated { words, events } => {
            let first = events.first().map(Time::of);
            MomentView { label: say(label, &[]), start: first, end: None, open_ended: false, text: words.clone() }
        }
    }
}
