//! Links between the items of a chart, forward and back: they lead only where the reader may go, and what is closed
//! looks as if it were not there (N4).

use std::collections::HashMap;

use plainchart_access::{Act, ChartId};
use plainchart_record::contained::Party;
use plainchart_record::provenance::Provenance;
use plainchart_record::{Reference, ServiceRequest};

use super::items::{ItemPlace, Items, Shelf};
use super::medicines::MedicineLine;
use super::note_line::NoteLine;
use super::referrals::ReferralLine;
use super::results::{ReportItem, ResultItem};
use crate::ingest::{Tie, address, tie, type_of};
use crate::session::Session;
use crate::stored::StoredResource;
use crate::views::{EntryKind, EntryView, LinkView, Time};
use crate::words::say;

/// What points at an item, by the item's addresses.
#[derive(Default)]
pub struct Backlinks {
    /// What belongs to a visit.
    of_visit: HashMap<Tie, Vec<Tie>>,
    /// Who made or changed something: Provenance.
    made: HashMap<Tie, Vec<Tie>>,
    /// Requests that took the place of another.
    replaced: HashMap<Tie, Vec<Tie>>,
}

/// Which of an item's backlinks.
#[derive(Debug, Clone, Copy)]
pub enum Back {
    /// What belongs to it, if it is a visit.
    Visit,
    /// Who made or changed it.
    Made,
    /// What took its place.
    Replaced,
}

/// What a resource goes by in the lists.
pub(super) fn own_tie(place: &ItemPlace, stored: &StoredResource) -> Option<Tie> {
    let addresses = &stored.header.ties.as_ref()?.addresses;
    let key = tie(&place.key);
    if addresses.contains(&key) { Some(key) } else { addresses.first().copied() }
}

impl Backlinks {
    /// Adds what a resource points at.
    pub(super) fn add(&mut self, shelf: &Shelf<'_>, place: &ItemPlace, stored: &StoredResource) {
        let (Some(own), Some(ties)) = (own_tie(place, stored), &stored.header.ties) else { return };
        let resource_type = type_of(&place.key);
        // Who made the entry of a visit is no part of the visit.
        let visits = ties.visits.iter().filter(|visit| !ties.addresses.contains(visit));
        for visit in visits.filter(|_| resource_type != "Provenance") {
            self.of_visit.entry(*visit).or_default().push(own);
        }
        let (map, targets): (_, Vec<Reference>) = match resource_type {
            "Provenance" => {
                let targets = Provenance::read(&stored.raw).map(|provenance| provenance.targets).unwrap_or_default();
                (&mut self.made, targets.into_iter().map(|party| party.reference).collect())
            }
            "ServiceRequest" => {
                (&mut self.replaced, ServiceRequest::read(&stored.raw).map(|one| one.replaces).unwrap_or_default())
            }
            _ => return,
        };
        for target in targets.iter().filter_map(|reference| address(&reference.target, shelf.base)) {
            map.entry(tie(&target)).or_default().push(own);
        }
    }

    fn to(&self, back: Back, addresses: &[Tie]) -> Vec<Tie> {
        let map = match back {
            Back::Visit => &self.of_visit,
            Back::Made => &self.made,
            Back::Replaced => &self.replaced,
        };
        let mut found: Vec<Tie> = addresses.iter().filter_map(|address| map.get(address)).flatten().copied().collect();
        found.sort_unstable();
        found.dedup();
        found
    }
}

/// What every line of a list can say of itself.
pub trait Titled {
    /// What it is called.
    fn title(&self) -> &str;
    /// When it was.
    fn time(&self) -> Option<&Time>;
    /// Which list it stands in.
    fn kind(&self) -> &'static str;
}

impl Titled for NoteLine {
    fn title(&self) -> &str {
        &self.view.title
    }

    fn time(&self) -> Option<&Time> {
        self.view.date.as_ref()
    }

    fn kind(&self) -> &'static str {
        "note"
    }
}

impl Titled for ResultItem {
    fn title(&self) -> &str {
        &self.view.name
    }

    fn time(&self) -> Option<&Time> {
        self.view.date.as_ref()
    }

    fn kind(&self) -> &'static str {
        "result"
    }
}

impl Titled for ReportItem {
    fn title(&self) -> &str {
        &self.title
    }

    fn time(&self) -> Option<&Time> {
        self.date.as_ref()
    }

    fn kind(&self) -> &'static str {
        "report"
    }
}

impl Titled for EntryView {
    /// Of a provenance entry: who made it.
    fn title(&self) -> &str {
        let who = || self.people.iter().find_map(|role| role.party.name.as_deref());
        let is_provenance = self.kind == EntryKind::Provenance;
        is_provenance.then(who).flatten().unwrap_or(&self.title)
    }

    /// The times of a device are those of its making.
    fn time(&self) -> Option<&Time> {
        let is_device = self.kind == EntryKind::Devices;
        self.times.iter().filter(|_| !is_device).find_map(|moment| moment.start.as_ref().or(moment.end.as_ref()))
    }

    fn kind(&self) -> &'static str {
        self.kind.code()
    }
}

impl Titled for MedicineLine {
    fn title(&self) -> &str {
        &self.view.name
    }

    fn time(&self) -> Option<&Time> {
        self.view.date.as_ref()
    }

    fn kind(&self) -> &'static str {
        "medicine"
    }
}

impl Titled for ReferralLine {
    fn title(&self) -> &str {
        &self.view.title
    }

    fn time(&self) -> Option<&Time> {
        self.view.date.as_ref()
    }

    fn kind(&self) -> &'static str {
        "referral"
    }
}

/// A link as the resource has it, not opened yet; none if it says nothing.
pub(super) fn link(shelf: &Shelf<'_>, raw: &str, label: &str, party: &Party) -> Option<LinkView> {
    let target = address(&party.reference.target, shelf.base).map(|address| tie(&address));
    let name = shelf.directory.party_in(raw, party).and_then(|party| party.name);
    let label = say(label, &[]);
    (target.is_some() || name.is_some()).then_some(LinkView { label, name, id: None, kind: None, when: None, target })
}

/// As [`link`], for a reference without words.
pub(super) fn plain_link(shelf: &Shelf<'_>, raw: &str, label: &str, reference: &Reference) -> Option<LinkView> {
    link(shelf, raw, label, &Party { name: reference.display.clone(), reference: reference.clone() })
}

impl Session {
    /// Opens links for this reader. One that leads nowhere keeps its words; one without words goes.
    pub(super) fn open_links(&self, chart: &ChartId, act: Act, items: &Items, links: &[LinkView]) -> Vec<LinkView> {
        let open = |link: &LinkView| {
            let found = link.target.and_then(|target| self.open_target(chart, act, items, target));
            match found {
                Some(target) => {
                    Some(LinkView { label: link.label.clone(), name: link.name.clone().or(target.name), ..target })
                }
                None => link.name.is_some().then(|| link.clone()),
            }
        };
        links.iter().filter_map(open).collect()
    }

    /// What points back at the item that goes by these addresses, as far as it is open to this reader, newest first.
    pub(super) fn links_back(
        &self,
        chart: &ChartId,
        act: Act,
        items: &Items,
        (back, addresses): (Back, &[Tie]),
    ) -> Vec<LinkView> {
        let targets = items.backlinks.to(back, addresses);
        let mut links: Vec<(i64, LinkView)> = Vec::new();
        for target in targets {
            let Some(link) = self.open_target(chart, act, items, target) else { continue };
            let when = link.when.as_ref().map(|time| plainchart_record::FhirTime::from_text(&time.text).order_key());
            links.push((when.unwrap_or(i64::MIN), link));
        }
        links.sort_by(|(a, left), (b, right)| b.cmp(a).then_with(|| left.id.cmp(&right.id)));
        links.dedup_by(|a, b| a.1.id == b.1.id);
        links.into_iter().map(|(_, link)| link).collect()
    }

    pub(super) fn open_target(&self, chart: &ChartId, act: Act, items: &Items, target: Tie) -> Option<LinkView> {
        let found = items.named(target)?;
        self.may_list(chart, act, found.item, found.received_ms).then(|| LinkView {
            label: say(&format!("record.link.{}", found.kind), &[]),
            name: Some(found.title.to_owned()),
            id: Some(found.item.id.clone()),
            kind: Some(found.kind.to_owned()),
            when: found.when.cloned(),
            target: Some(target),
        })
    }
}
