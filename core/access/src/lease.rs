//! A proxy's permission for a chart, shaped like a FHIR Consent (P2), and its states (P3).

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::{ActorId, ChartId, Classes, Item, Kind, KnownTime, LeaseId, SensitivityClass};

const DAY_MS: i64 = 24 * 3_600_000;

/// Why the actor may read at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// A parent.
    Parent,
    /// A legal guardian.
    Guardian,
    /// A power of attorney for health care.
    PowerOfAttorney,
    /// The patient said so.
    PatientsPermission,
    /// "I help this person", said at sign-in (A9); never refused, always logged.
    Helper,
}

impl Basis {
    /// Age from which a parent's lease narrows (P4), in years.
    pub const TEEN: u32 = 12;

    /// The sensitivity classes that a lease of this basis begins with (N4): a parent of a child under 12, a guardian
    /// and a power of attorney get all but violence, others none unless granted. `age_years` is the patient's, counted
    /// from the earliest day the birth date can mean; an age nobody knows counts as no child's.
    #[must_use]
    pub fn default_classes(self, age_years: Option<u32>) -> Classes {
        let all_but_violence = Classes::ALL.without(SensitivityClass::Violence);
        match self {
            Self::Parent if age_years.is_some_and(|age| age < Self::TEEN) => all_but_violence,
            Self::Guardian | Self::PowerOfAttorney => all_but_violence,
            Self::Parent | Self::PatientsPermission | Self::Helper => Classes::NONE,
        }
    }
}

/// Who made the lease. One that nobody signed is never called "set by the patient" (P7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GrantedBy {
    /// Set on this phone, signed by nobody.
    ThisPhone,
    /// Signed on the grantor's own device.
    Grantor,
}

/// What the actor may do with what the lease covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verb {
    /// Read on this phone.
    See,
    /// Take a copy out.
    Export,
    /// Show or hand to a third person.
    Share,
    /// Send something in.
    Send,
}

/// Which kinds a lease covers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kinds {
    /// Every kind.
    All,
    /// Only these.
    Only(BTreeSet<Kind>),
}

/// What a lease covers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeaseScope {
    /// Kinds of content.
    pub kinds: Kinds,
    /// First day covered, if limited.
    pub from: Option<NaiveDate>,
    /// Last day covered, if limited.
    pub to: Option<NaiveDate>,
    /// Sensitivity classes granted; none unless named (N4).
    pub classes: Classes,
    /// If not empty, only these items, by opaque id.
    pub items: BTreeSet<String>,
    /// What may be done.
    pub verbs: BTreeSet<Verb>,
}

impl LeaseScope {
    /// Everything that is not sensitive, to see and nothing else: what a helper gets.
    #[must_use]
    pub fn see_everything_not_sensitive() -> Self {
        Self {
            kinds: Kinds::All,
            from: None,
            to: None,
            classes: Classes::NONE,
            items: BTreeSet::new(),
            verbs: BTreeSet::from([Verb::See]),
        }
    }

    /// Whether the item lies inside this scope.
    #[must_use]
    pub fn covers(&self, item: &Item) -> bool {
        // Whose chart it is can always be told: every screen shows it.
        if item.kind == Kind::Identity {
            return true;
        }
        let kind = match &self.kinds {
            Kinds::All => true,
            Kinds::Only(kinds) => kinds.contains(&item.kind),
        };
        let date = match (self.from, self.to, item.date) {
            (None, None, _) => true,
            (from, to, Some(date)) => from.is_none_or(|from| from <= date) && to.is_none_or(|to| date <= to),
            (_, _, None) => false,
        };
        let single = self.items.is_empty() || self.items.contains(&item.id);
        kind && date && single && self.classes.covers(item.classes)
    }
}

/// A lease with what has happened to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lease {
    /// Its id.
    pub id: LeaseId,
    /// The chart it opens.
    pub chart: ChartId,
    /// Who may read.
    pub actor: ActorId,
    /// Why.
    pub basis: Basis,
    /// Who made it.
    pub granted_by: GrantedBy,
    /// What it covers.
    pub scope: LeaseScope,
    /// Start, ms since 1970 UTC.
    pub starts_ms: i64,
    /// End, ms since 1970 UTC, if it has one.
    pub ends_ms: Option<i64>,
    /// Days without a confirmed sync before it pauses (1 to 90, default 30).
    pub grace_days: i64,
    /// When a server last confirmed the access, ms since 1970 UTC.
    pub confirmed_ms: i64,
    /// Since when the server's answers leave it in doubt, ms since 1970 UTC.
    pub unconfirmed_since_ms: Option<i64>,
    /// Withdrawn by reader or grantor.
    pub withdrawn: bool,
    /// The ledger has lost events that may have withdrawn it: paused until a sign-in makes it anew.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub suspect: bool,
    /// When the sensitivity classes close, whatever the scope says, ms since 1970 UTC: the child of a parent's lease turns
    /// twelve (N4, P4).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub classes_close_ms: Option<i64>,
}

/// The states of P3.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeaseState {
    /// Reading goes on.
    Active,
    /// Reading goes on, and says since when (ms since 1970 UTC) the hospital has not confirmed it.
    Unconfirmed {
        /// Since when.
        since_ms: i64,
    },
    /// Unreadable; the key is kept; one sign-in restores.
    Paused,
    /// Refused for good; the key is destroyed.
    Ended,
}

impl Lease {
    /// The sensitivity classes that the lease opens at a time. The later of wall and known time counts: setting the clock
    /// back opens nothing.
    #[must_use]
    pub fn classes(&self, now: KnownTime) -> Classes {
        let closed = self.classes_close_ms.is_some_and(|close| close <= now.latest_ms());
        if closed { Classes::NONE } else { self.scope.classes }
    }

    /// The lease's state at a time (P3). Setting the clock back extends nothing (the later of wall and known time
    /// counts for the pause); setting it forward destroys nothing (only known time ends).
    #[must_use]
    pub fn state(&self, now: KnownTime) -> LeaseState {
        let silent_ms = |time: i64| time.saturating_sub(self.confirmed_ms);
        let grace_ms = self.grace_days.clamp(1, 90) * DAY_MS;
        if self.withdrawn
            || self.ends_ms.is_some_and(|end| end <= now.known_ms)
            || silent_ms(now.known_ms) > grace_ms + 60 * DAY_MS
        {
            LeaseState::Ended
        } else if self.starts_ms > now.latest_ms()
            || self.ends_ms.is_some_and(|end| end <= now.latest_ms())
            || silent_ms(now.latest_ms()) > grace_ms
            || now.clock_is_ahead()
            || self.suspect
        {
            LeaseState::Paused
        } else if let Some(since_ms) = self.unconfirmed_since_ms {
            LeaseState::Unconfirmed { since_ms }
        } else {
            LeaseState::Active
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn lease() -> Lease {
        Lease {
            id: LeaseId::from_bytes([1; 8]),
            chart: ChartId::from_bytes([2; 16]),
            actor: ActorId::from_bytes([3; 8]),
            basis: Basis::Helper,
            granted_by: GrantedBy::ThisPhone,
            scope: LeaseScope::see_everything_not_sensitive(),
            starts_ms: 0,
            ends_ms: Some(100 * DAY_MS),
            grace_days: 30,
            confirmed_ms: 10 * DAY_MS,
            unconfirmed_since_ms: None,
            withdrawn: false,
            suspect: false,
            classes_close_ms: None,
        }
    }

    /// Proves N4: what a parent of a child sees closes when the child turns twelve, by the later of the two clocks.
    #[test]
    fn classes_close_with_age() {
        let scope = LeaseScope { classes: Classes::ALL, ..LeaseScope::see_everything_not_sensitive() };
        let parent = Lease { scope, classes_close_ms: Some(20 * DAY_MS), ..lease() };
        assert_eq!(parent.classes(at(19)), Classes::ALL);
        assert_eq!(parent.classes(at(20)), Classes::NONE);
        let set_back = KnownTime { wall_ms: 0, ..at(20) };
        assert_eq!(parent.classes(set_back), Classes::NONE);
    }

    fn at(day: i64) -> KnownTime {
        KnownTime { wall_ms: day * DAY_MS, known_ms: day * DAY_MS, continuous: true }
    }

    /// Proves P3: grace pauses, silence of 60 days more ends, the period ends.
    #[test]
    fn time_moves_a_lease_from_active_to_paused_to_ended() {
        assert_eq!(lease().state(at(20)), LeaseState::Active);
        assert_eq!(lease().state(at(41)), LeaseState::Paused);
        assert_eq!(lease().state(at(101)), LeaseState::Ended);
        let confirmed = Lease { confirmed_ms: 99 * DAY_MS, ..lease() };
        assert_eq!(confirmed.state(at(99)), LeaseState::Active);
        assert_eq!(confirmed.state(at(100)), LeaseState::Ended);
    }

    /// Proves P3: clock back extends nothing, clock forward destroys nothing.
    #[test]
    fn the_clock_can_neither_extend_nor_destroy() {
        let back = KnownTime { wall_ms: 5 * DAY_MS, known_ms: 100 * DAY_MS, continuous: true };
        assert_eq!(lease().state(back), LeaseState::Ended);
        let forward = KnownTime { wall_ms: 5000 * DAY_MS, known_ms: 20 * DAY_MS, continuous: true };
        assert_eq!(lease().state(forward), LeaseState::Paused);
        assert_eq!(lease().state(at(20)), LeaseState::Active, "and it is back when the clock is right");
    }

    /// Proves P3: after a restart, days without the hospital are the grace they are, not a clock that was set.
    #[test]
    fn days_after_a_restart_are_grace() {
        let restarted = |wall: i64| KnownTime { wall_ms: wall * DAY_MS, known_ms: 10 * DAY_MS, continuous: false };
        assert_eq!(lease().state(restarted(35)), LeaseState::Active);
        assert_eq!(lease().state(restarted(41)), LeaseState::Paused);
        assert_eq!(lease().state(restarted(5000)), LeaseState::Paused, "and a clock set forward destroys nothing");
    }

    /// Proves P3: doubt keeps reading and says since when.
    #[test]
    fn doubt_is_told_and_reading_goes_on() {
        let doubted = Lease { unconfirmed_since_ms: Some(15 * DAY_MS), ..lease() };
        assert_eq!(doubted.state(at(20)), LeaseState::Unconfirmed { since_ms: 15 * DAY_MS });
    }
}
