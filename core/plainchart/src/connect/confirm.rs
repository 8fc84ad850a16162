//! "Is this you, or do you help this person?" (A9), and what follows from the answer.

use std::sync::PoisonError;

use plainchart_access::{
    Act, Basis, Chart, ChartFacts, ChartId, Classes, ConnectionFacts, ConnectionId, Decision, Event, GrantedBy, Lease,
    LeaseId, LeaseScope, LogLine, PersonId,
};
use plainchart_record::ownership::KnownPatient;
use plainchart_record::{FhirTime, Patient};
use serde::Serialize;

use super::{Candidate, SignInOffer};
use crate::error::{PlainchartError, SignInReason};
use crate::ingest::{ChartWriter, Incoming};
use crate::random;
use crate::session::Session;
use crate::store::ChartScope;
use crate::tokens::TokenKeeper;

const GRACE_DAYS: i64 = 30;

/// The reader's answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    /// "This is me."
    Own,
    /// "I help this person": makes a lease on this phone.
    Helper {
        /// Why.
        basis: Basis,
        /// Until when, ms since 1970 UTC.
        until_ms: Option<i64>,
    },
}

/// The confirmation of an offer.
#[derive(Clone, PartialEq, Eq)]
pub struct Confirmation {
    /// Which candidate, by the source's Patient id.
    pub patient: String,
    /// Who they are to the reader.
    pub relation: Relation,
    /// A person on this phone whose chart this is too; absent: a new person, or the one who has the chart.
    pub person: Option<PersonId>,
}

/// A connection that was made.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Connected {
    /// Its id.
    pub connection: String,
    /// Whose chart it reaches.
    pub person: ConnectedPerson,
    /// Scopes granted.
    pub granted: Vec<String>,
    /// Scopes asked for and not granted.
    pub not_granted: Vec<String>,
}

/// Whose chart a connection reaches.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct ConnectedPerson {
    /// Opaque id on this phone.
    pub id: String,
    /// Name as confirmed.
    pub name: Option<String>,
    /// Birth date as written.
    pub birth_date: Option<String>,
}

impl std::fmt::Debug for Confirmation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Confirmation").field("relation", &self.relation).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Connected {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Connected(hidden)")
    }
}

impl std::fmt::Debug for ConnectedPerson {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ConnectedPerson(hidden)")
    }
}

impl Session {
    /// The reader confirmed: chart, connection and, for a helper, lease are made.
    ///
    /// # Errors
    /// `NotFound` for an offer that is gone, `InvalidInput{patient}`, `InvalidInput{person}`, the vault's.
    pub fn confirm(&self, offer_id: &str, confirmation: &Confirmation) -> Result<Connected, PlainchartError> {
        self.store.check_unlocked()?;
        if let Some(person) = &confirmation.person {
            self.with_household(|household| household.person(person).map(|_| ()))
                .ok_or(PlainchartError::invalid("person"))?;
        }
        let mut offers = self.offers.lock().unwrap_or_else(PoisonError::into_inner);
        let offer = offers.get(offer_id).ok_or(PlainchartError::NotFound)?;
        let candidate = offer
            .candidates
            .iter()
            .find(|candidate| candidate.patient == confirmation.patient)
            .cloned()
            .ok_or(PlainchartError::invalid("patient"))?;
        // A verified identity that is not this patient cannot say "this is me" (A8): actor and subject differ.
        if candidate.is_reader == Some(false) && confirmation.relation == Relation::Own {
            return Err(PlainchartError::invalid("relation"));
        }
        let connected = self.connect_chart(offer_id, offer, &candidate, confirmation)?;
        // One offer may reach several people: it stays for the next pick until it is dropped. Its tokens are the
        // grant's file from now on.
        if offer.candidates.len() == 1 {
            offers.remove(offer_id);
        }
        Ok(connected)
    }

    /// The reader said no: no chart is made, and the access is given back.
    ///
    /// # Errors
    /// `NotFound`, the vault's.
    pub async fn decline(&self, offer_id: &str) -> Result<(), PlainchartError> {
        self.store.check_unlocked()?;
        let offer = self.offers.lock().unwrap_or_else(PoisonError::into_inner).remove(offer_id);
        let offer = offer.ok_or(PlainchartError::NotFound)?;
        self.store.delete_secret(&TokenKeeper::file_name(offer_id))?;
        for form in plainchart_auth::revocation_requests(&offer.signed_in.tokens) {
            self.post_and_forget(&form).await;
        }
        Err(PlainchartError::SignInRequired { reason: SignInReason::NotThisPerson })
    }

    fn connect_chart(
        &self,
        grant: &str,
        offer: &SignInOffer,
        candidate: &Candidate,
        confirmation: &Confirmation,
    ) -> Result<Connected, PlainchartError> {
        let base = offer.signed_in.base.as_str();
        let now_ms = self.clock.wall_ms();
        let own = confirmation.relation == Relation::Own;
        let mut person = confirmation.person.clone();
        if let Some(known) = self.to_begin_anew(base, candidate, confirmation.relation)? {
            // The person stays who they are; only the copy on this phone begins anew.
            let belongs_to = known.person.clone();
            self.destroy_chart(&known.facts.chart)?;
            self.record(Event::ChartErased { chart: known.facts.chart })?;
            self.record(Event::PersonAdded { person: belongs_to.clone() })?;
            person.get_or_insert(belongs_to);
        }
        let (chart, person) = self.chart_for(base, &candidate.patient, person.as_ref(), own, false)?;
        if let Relation::Helper { basis, until_ms } = confirmation.relation {
            self.make_lease(&chart, candidate, basis, until_ms, now_ms)?;
        }
        let tokens = &offer.signed_in.tokens;
        let facts = ConnectionFacts {
            connection: self.connection_for(offer, &chart)?,
            chart: chart.clone(),
            token_origin: tokens.token_origin(),
            grant: grant.to_owned(),
            client_id: tokens.client_id().to_owned(),
            subject: offer.signed_in.reader().map(str::to_owned),
            granted: tokens.granted().iter().map(|scope| scope.as_str().to_owned()).collect(),
            not_granted: offer.signed_in.not_granted.clone(),
        };
        let before = self.with_household(|household| household.connection(&facts.connection).cloned());
        self.record(Event::ConnectionAdded { facts: facts.clone() })?;
        if let Some(before) = before.filter(|before| before.grant != facts.grant) {
            self.drop_grant(&before.grant)?;
        }
        self.write_line(&LogLine::new(now_ms, self.actor()?, chart.clone(), Act::SignedIn, Decision::Allow))?;
        self.keep_patient(&chart, base, candidate, now_ms)?;
        Ok(Connected {
            connection: facts.connection.to_string(),
            person: ConnectedPerson {
                id: person.to_string(),
                name: candidate.name.clone(),
                birth_date: candidate.birth_date.clone(),
            },
            granted: facts.granted,
            not_granted: facts.not_granted,
        })
    }

    /// The chart with this identity, made if it is new, and whose it is. A sign-in may say anew whose a chart is; a file
    /// never takes one from somebody.
    ///
    /// # Errors
    /// `InvalidInput{person}` for a file of somebody else's, the vault's.
    pub(crate) fn chart_for(
        &self,
        base: &str,
        patient: &str,
        person: Option<&PersonId>,
        own: bool,
        from_file: bool,
    ) -> Result<(ChartId, PersonId), PlainchartError> {
        let known = self.with_household(|household| {
            household.chart_of(base, patient).map(|chart| (chart.facts.chart.clone(), chart.person.clone()))
        });
        if let Some((chart, belongs_to)) = known {
            let person = person.cloned().unwrap_or_else(|| belongs_to.clone());
            if person != belongs_to && from_file {
                return Err(PlainchartError::invalid("person"));
            }
            if person != belongs_to {
                self.record(Event::ChartMoved { chart: chart.clone(), person: person.clone() })?;
            }
            return Ok((chart, person));
        }
        let person = match person {
            Some(person) => person.clone(),
            None => {
                let person = PersonId::from_bytes(random::bytes()?);
                self.record(Event::PersonAdded { person: person.clone() })?;
                person
            }
        };
        let facts = ChartFacts {
            chart: ChartId::from_bytes(random::bytes()?),
            base: base.to_owned(),
            patient: patient.to_owned(),
            own,
            added_ms: self.clock.wall_ms(),
            from_file,
        };
        self.record(Event::ChartAdded { person: person.clone(), facts: facts.clone() })?;
        Ok((facts.chart, person))
    }

    /// The chart with this identity, if the copy on this phone has to begin anew: its keys were destroyed when an
    /// access ended, or the reader may now see other classes than it was kept for (N4).
    fn to_begin_anew(
        &self,
        base: &str,
        candidate: &Candidate,
        relation: Relation,
    ) -> Result<Option<Chart>, PlainchartError> {
        let known = self.with_household(|household| household.chart_of(base, &candidate.patient).cloned());
        let Some(known) = known else { return Ok(None) };
        let readable = match relation {
            Relation::Own => Classes::ALL,
            Relation::Helper { basis, .. } => {
                basis.default_classes(childhood(candidate.birth_date.as_deref(), self.clock.wall_ms()).0)
            }
        };
        let is_empty = self.store.classes_of(&ChartScope::of(&known.facts.chart))?.is_empty();
        let is_other = self.readable_classes(&known.facts.chart) != readable;
        let own = relation == Relation::Own;
        Ok((is_empty || is_other || known.facts.own != own).then_some(known))
    }

    /// Destroys tokens that no connection lives on any more.
    fn drop_grant(&self, grant: &str) -> Result<(), PlainchartError> {
        let is_used = self.with_household(|household| household.connections().any(|known| known.grant == grant));
        if !is_used {
            self.forget_keeper(grant);
            self.store.delete_secret(&TokenKeeper::file_name(grant))?;
        }
        Ok(())
    }

    fn make_lease(
        &self,
        chart: &ChartId,
        candidate: &Candidate,
        basis: Basis,
        until_ms: Option<i64>,
        now_ms: i64,
    ) -> Result<(), PlainchartError> {
        let actor = self.actor()?;
        let (age, twelfth_ms) = childhood(candidate.birth_date.as_deref(), now_ms);
        let scope = LeaseScope { classes: basis.default_classes(age), ..LeaseScope::see_everything_not_sensitive() };
        let lease = Lease {
            id: LeaseId::from_bytes(random::bytes()?),
            chart: chart.clone(),
            actor: actor.clone(),
            basis,
            granted_by: GrantedBy::ThisPhone,
            scope,
            starts_ms: now_ms,
            ends_ms: until_ms,
            grace_days: GRACE_DAYS,
            confirmed_ms: now_ms,
            unconfirmed_since_ms: None,
            withdrawn: false,
            suspect: false,
            classes_close_ms: twelfth_ms.filter(|_| basis == Basis::Parent),
        };
        self.record(Event::LeaseMade { lease })?;
        self.store.write_anchor()?;
        self.write_line(&LogLine::new(now_ms, actor, chart.clone(), Act::ChangedLease, Decision::Allow))
    }

    /// A connection is (token endpoint's origin, client id, `sub` or unknown, chart): the same again keeps its id.
    fn connection_for(&self, offer: &SignInOffer, chart: &ChartId) -> Result<ConnectionId, PlainchartError> {
        let tokens = &offer.signed_in.tokens;
        let known = self.with_household(|household| {
            household
                .connections_of(chart)
                .find(|known| {
                    known.token_origin == tokens.token_origin()
                        && known.client_id == tokens.client_id()
                        && known.subject.as_deref() == offer.signed_in.reader()
                })
                .map(|known| known.connection.clone())
        });
        known.map_or_else(|| Ok(ConnectionId::from_bytes(random::bytes()?)), Ok)
    }

    /// The confirmed Patient is the first resource of the chart: name and birth date are there at once.
    fn keep_patient(
        &self,
        chart: &ChartId,
        base: &str,
        candidate: &Candidate,
        now_ms: i64,
    ) -> Result<(), PlainchartError> {
        let patient = Patient::read(&candidate.raw).map_err(|_| PlainchartError::server("not_a_patient"))?;
        let identity = KnownPatient::new(base, &patient);
        let readable = self.readable_classes(chart);
        let mut writer = ChartWriter::new(&self.store, ChartScope::of(chart), base, readable, now_ms)?;
        writer.take(Incoming { raw: &candidate.raw, full_url: None, referred_to: false }, &identity)?;
        writer.commit()?;
        self.forget_items(chart);
        Ok(())
    }
}

/// What the default of a basis (N4) turns on: how old the patient is, and when a child turns twelve. An age nobody knows
/// counts as no child's.
fn childhood(birth_date: Option<&str>, now_ms: i64) -> (Option<u32>, Option<i64>) {
    let born = birth_date.and_then(FhirTime::parse).and_then(|born| born.local_date());
    let today = chrono::DateTime::from_timestamp_millis(now_ms).map(|now| now.date_naive());
    let age = born.zip(today).and_then(|(born, today)| born.years_until(today));
    let twelfth = born.and_then(|born| born.first_day()?.checked_add_months(chrono::Months::new(Basis::TEEN * 12)));
    let twelfth_ms = twelfth.and_then(|day| day.and_hms_opt(0, 0, 0)).map(|start| start.and_utc().timestamp_millis());
    (age, twelfth_ms)
}
