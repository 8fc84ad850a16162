//! The people on this phone: the fold of the ledger's events.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::{
    ActorId, ChartFacts, ChartId, ConnectionFacts, ConnectionId, Event, Hold, ImportFacts, Lease, LeaseId,
    LogCheckpoint, PersonId, Standing,
};

/// An event that does not fit what came before it: the ledger is damaged or of a newer version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an event of the ledger names something that was never added")]
pub struct HouseholdError;

/// A person: one or more charts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// The person's id on this phone.
    pub id: PersonId,
    /// Their charts, in the order they came.
    pub charts: Vec<ChartId>,
}

/// A chart and whose it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chart {
    /// Whose.
    pub person: PersonId,
    /// Its identity.
    pub facts: ChartFacts,
}

/// A connection.
pub type Connection = ConnectionFacts;

/// Everyone and everything the ledger knows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Household {
    owner: Option<ActorId>,
    people: BTreeMap<PersonId, Person>,
    charts: BTreeMap<ChartId, Chart>,
    connections: BTreeMap<ConnectionId, Connection>,
    leases: BTreeMap<LeaseId, Lease>,
    holds: Vec<Hold>,
    imports: Vec<ImportFacts>,
    seen: BTreeMap<ChartId, BTreeMap<String, i64>>,
    #[serde(default)]
    log_checkpoint: Option<LogCheckpoint>,
}

impl Household {
    /// Applies one event.
    ///
    /// # Errors
    /// [`HouseholdError`] when the event names a person, chart or lease that was never added; nothing is changed.
    pub fn apply(&mut self, event: Event) -> Result<(), HouseholdError> {
        match event {
            Event::OwnerMade { actor } => self.owner = Some(actor),
            Event::PersonAdded { person } => {
                self.people.entry(person.clone()).or_insert(Person { id: person, charts: Vec::new() });
            }
            Event::ChartAdded { person, facts } => {
                let charts = &mut self.people.get_mut(&person).ok_or(HouseholdError)?.charts;
                if !charts.contains(&facts.chart) {
                    charts.push(facts.chart.clone());
                }
                self.charts.insert(facts.chart.clone(), Chart { person, facts });
            }
            Event::ChartMoved { chart, person } => {
                if !self.people.contains_key(&person) {
                    return Err(HouseholdError);
                }
                self.charts.get_mut(&chart).ok_or(HouseholdError)?.person = person.clone();
                self.forget_in_people(&chart);
                if let Some(person) = self.people.get_mut(&person) {
                    person.charts.push(chart);
                }
                self.people.retain(|_, person| !person.charts.is_empty());
            }
            Event::ChartErased { chart } => self.erase(&chart),
            Event::ConnectionAdded { facts } => {
                self.charts.get(&facts.chart).ok_or(HouseholdError)?;
                self.connections.insert(facts.connection.clone(), facts);
            }
            Event::ConnectionRemoved { connection } => {
                self.connections.remove(&connection);
            }
            Event::LeaseMade { lease } => {
                self.leases.insert(lease.id.clone(), lease);
            }
            Event::LeaseConfirmed { lease, time_ms } => {
                let lease = self.leases.get_mut(&lease).ok_or(HouseholdError)?;
                lease.confirmed_ms = lease.confirmed_ms.max(time_ms);
                lease.unconfirmed_since_ms = None;
            }
            Event::LeaseDoubted { lease, time_ms } => {
                let lease = self.leases.get_mut(&lease).ok_or(HouseholdError)?;
                lease.unconfirmed_since_ms.get_or_insert(time_ms);
            }
            Event::LeaseWithdrawn { lease } => {
                self.leases.get_mut(&lease).ok_or(HouseholdError)?.withdrawn = true;
            }
            Event::HoldSet { hold } => {
                self.holds.retain(|other| other.chart != hold.chart || other.kind != hold.kind);
                self.holds.push(hold);
            }
            Event::HoldLifted { chart, kind } => {
                self.holds.retain(|hold| hold.chart != chart || hold.kind != kind);
            }
            Event::Imported { facts } => self.imports.push(facts),
            Event::LogCheckpoint { checkpoint } => self.log_checkpoint = Some(checkpoint),
            Event::Seen { chart, item, time_ms } => {
                self.seen.entry(chart).or_default().entry(item).or_insert(time_ms);
            }
        }
        Ok(())
    }

    /// Leases touched by a gap in the ledger fail closed (DESIGN "Ledger"): a lost event may have withdrawn any of them,
    /// so each is paused, its key kept, until a sign-in makes it anew.
    pub fn close_leases(&mut self) {
        for lease in self.leases.values_mut() {
            lease.suspect = true;
        }
    }

    fn forget_in_people(&mut self, chart: &ChartId) {
        for person in self.people.values_mut() {
            person.charts.retain(|other| other != chart);
        }
    }

    fn erase(&mut self, chart: &ChartId) {
        self.forget_in_people(chart);
        self.people.retain(|_, person| !person.charts.is_empty());
        self.charts.remove(chart);
        self.connections.retain(|_, connection| connection.chart != *chart);
        self.leases.retain(|_, lease| lease.chart != *chart);
        self.holds.retain(|hold| hold.chart != *chart);
        self.seen.remove(chart);
    }

    /// The holder of the phone, once the store is made.
    #[must_use]
    pub fn owner(&self) -> Option<&ActorId> {
        self.owner.as_ref()
    }

    /// All people, in the order of their ids.
    pub fn people(&self) -> impl Iterator<Item = &Person> {
        self.people.values()
    }

    /// One person.
    #[must_use]
    pub fn person(&self, id: &PersonId) -> Option<&Person> {
        self.people.get(id)
    }

    /// All charts.
    pub fn charts(&self) -> impl Iterator<Item = &Chart> {
        self.charts.values()
    }

    /// One chart.
    #[must_use]
    pub fn chart(&self, id: &ChartId) -> Option<&Chart> {
        self.charts.get(id)
    }

    /// The chart with this identity.
    #[must_use]
    pub fn chart_of(&self, base: &str, patient: &str) -> Option<&Chart> {
        self.charts.values().find(|chart| chart.facts.base == base && chart.facts.patient == patient)
    }

    /// Connections that reach a chart.
    pub fn connections_of<'a>(&'a self, chart: &'a ChartId) -> impl Iterator<Item = &'a Connection> {
        self.connections.values().filter(move |connection| connection.chart == *chart)
    }

    /// All connections.
    pub fn connections(&self) -> impl Iterator<Item = &Connection> {
        self.connections.values()
    }

    /// One connection.
    #[must_use]
    pub fn connection(&self, id: &ConnectionId) -> Option<&Connection> {
        self.connections.get(id)
    }

    /// The newest lease of an actor for a chart.
    #[must_use]
    pub fn lease(&self, actor: &ActorId, chart: &ChartId) -> Option<&Lease> {
        self.leases
            .values()
            .filter(|lease| lease.actor == *actor && lease.chart == *chart)
            .max_by_key(|lease| (!lease.withdrawn, !lease.suspect, lease.starts_ms))
    }

    /// Holds the reader has set.
    #[must_use]
    pub fn holds(&self) -> &[Hold] {
        &self.holds
    }

    /// Files brought in.
    #[must_use]
    pub fn imports(&self) -> &[ImportFacts] {
        &self.imports
    }

    /// Where the access log ended when the store was last closed.
    #[must_use]
    pub fn log_checkpoint(&self) -> Option<&LogCheckpoint> {
        self.log_checkpoint.as_ref()
    }

    /// When the reader first opened an item (ms since 1970 UTC), if they did.
    #[must_use]
    pub fn seen_ms(&self, chart: &ChartId, item: &str) -> Option<i64> {
        self.seen.get(chart)?.get(item).copied()
    }

    /// How an actor stands to a chart: own, by lease, or not at all.
    #[must_use]
    pub fn standing(&self, actor: &ActorId, chart: &ChartId) -> Standing<'_> {
        match self.chart(chart) {
            Some(known) if known.facts.own && self.owner.as_ref() == Some(actor) => Standing::Own,
            Some(_) => self.lease(actor, chart).map_or(Standing::Stranger, Standing::Proxy),
            None => Standing::Stranger,
        }
    }

    /// All chart ids: what has a share in the keystore.
    #[must_use]
    pub fn chart_ids(&self) -> BTreeSet<ChartId> {
        self.charts.keys().cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lease::tests::lease;

    fn facts(chart: u8, patient: &str, own: bool) -> ChartFacts {
        ChartFacts {
            chart: ChartId::from_bytes([chart; 16]),
            base: "https://lakeside.example/fhir".into(),
            patient: patient.into(),
            own,
            added_ms: 5,
            from_file: false,
        }
    }

    fn two_people() -> Household {
        let mut household = Household::default();
        let (rosa, aurelio) = (PersonId::from_bytes([1; 4]), PersonId::from_bytes([2; 4]));
        for event in [
            Event::OwnerMade { actor: ActorId::from_bytes([3; 8]) },
            Event::PersonAdded { person: rosa.clone() },
            Event::PersonAdded { person: aurelio.clone() },
            Event::ChartAdded { person: rosa, facts: facts(1, "r", true) },
            Event::ChartAdded { person: aurelio, facts: facts(2, "a", false) },
            Event::LeaseMade { lease: lease() },
        ] {
            household.apply(event).unwrap();
        }
        household
    }

    /// Proves A8: two relatives at one hospital are two people with two charts; actor and subject differ.
    #[test]
    fn two_relatives_at_one_hospital_stay_apart() {
        let household = two_people();
        assert_eq!(household.people().count(), 2);
        let owner = household.owner().unwrap();
        assert!(matches!(household.standing(owner, &ChartId::from_bytes([1; 16])), Standing::Own));
        assert!(matches!(household.standing(owner, &ChartId::from_bytes([2; 16])), Standing::Proxy(_)));
        assert!(matches!(household.standing(owner, &ChartId::from_bytes([7; 16])), Standing::Stranger));
        let other = ActorId::from_bytes([9; 8]);
        assert!(matches!(household.standing(&other, &ChartId::from_bytes([1; 16])), Standing::Stranger));
    }

    /// Proves P1: erasing one person's chart touches no other's.
    #[test]
    fn erasing_one_chart_leaves_the_others() {
        let mut household = two_people();
        household.apply(Event::ChartErased { chart: ChartId::from_bytes([2; 16]) }).unwrap();
        assert_eq!(household.people().count(), 1);
        assert!(household.chart(&ChartId::from_bytes([1; 16])).is_some());
        assert!(household.lease(&ActorId::from_bytes([3; 8]), &ChartId::from_bytes([2; 16])).is_none());
    }

    /// Proves A8: the reader joins two charts into one person, and splits them again.
    #[test]
    fn charts_are_joined_and_split_by_the_reader() {
        let mut household = two_people();
        let (rosa, chart) = (PersonId::from_bytes([1; 4]), ChartId::from_bytes([2; 16]));
        household.apply(Event::ChartMoved { chart: chart.clone(), person: rosa.clone() }).unwrap();
        assert_eq!(household.person(&rosa).unwrap().charts.len(), 2);
        assert_eq!(household.people().count(), 1);
        let new = PersonId::from_bytes([8; 4]);
        household.apply(Event::PersonAdded { person: new.clone() }).unwrap();
        household.apply(Event::ChartMoved { chart: chart.clone(), person: new.clone() }).unwrap();
        assert_eq!(household.person(&rosa).unwrap().charts.len(), 1);
        assert_eq!(household.chart(&chart).unwrap().person, new);
    }

    /// Proves P2, P3: a gap in the ledger pauses leases, never opens or destroys them.
    #[test]
    fn a_gap_fails_closed() {
        let mut household = two_people();
        household.close_leases();
        let lease = household.lease(&ActorId::from_bytes([3; 8]), &ChartId::from_bytes([2; 16])).unwrap();
        let now = crate::KnownTime { wall_ms: 864_000_000, known_ms: 864_000_000, continuous: true };
        assert_eq!(lease.state(now), crate::LeaseState::Paused);
    }

    #[test]
    fn an_event_about_the_unknown_is_an_error_and_changes_nothing() {
        let mut household = two_people();
        let before = household.clone();
        let stray = Event::LeaseWithdrawn { lease: LeaseId::from_bytes([7; 8]) };
        assert_eq!(household.apply(stray), Err(HouseholdError));
        assert_eq!(household, before);
    }

    /// The stored shape of events is for ever: these lines must always be read.
    #[test]
    fn the_stored_shape_is_pinned() {
        for line in [
            r#"{"event":"owner_made","actor":"0303030303030303"}"#,
            r#"{"event":"person_added","person":"01010101"}"#,
            r#"{"event":"chart_added","person":"01010101","facts":{"chart":"01010101010101010101010101010101","base":"https://h.example/fhir","patient":"7","own":true,"added_ms":5}}"#,
            r#"{"event":"chart_erased","chart":"01010101010101010101010101010101"}"#,
            r#"{"event":"hold_set","hold":{"chart":"01010101010101010101010101010101","kind":"note","term":{"until":9},"from_ms":3}}"#,
        ] {
            let event: Event = serde_json::from_str(line).unwrap();
            assert_eq!(serde_json::to_string(&event).unwrap(), line);
        }
    }
}
