//! The choke point (P2): one question, one answer, for owner and proxy alike.

use crate::{Act, ChartId, Hold, Item, KnownTime, Lease, LeaseState, Verb};

/// How the actor stands to the chart.
#[derive(Debug, Clone, Copy)]
pub enum Standing<'a> {
    /// The actor's own chart.
    Own,
    /// Someone else's chart, by a lease.
    Proxy(&'a Lease),
    /// Neither: no lease was ever made.
    Stranger,
}

/// Why not. The reason goes to the log; to a proxy, everything but an ended or paused lease reads as "not found".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// Nothing allows this actor to open this chart.
    NoLease,
    /// The lease has ended.
    LeaseEnded,
    /// The lease is paused: one sign-in restores it.
    LeasePaused,
    /// Outside the lease's kinds, dates or items.
    OutsideScope,
    /// A sensitivity class that was not granted.
    SensitivityClass,
    /// The lease lets the actor see, not do this.
    Verb,
}

impl Refusal {
    /// The reason code of the access log.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NoLease => "no_lease",
            Self::LeaseEnded => "lease_ended",
            Self::LeasePaused => "lease_paused",
            Self::OutsideScope => "outside_scope",
            Self::SensitivityClass => "sensitivity_class",
            Self::Verb => "verb",
        }
    }

    /// Whether the actor may learn that something was refused. An item outside scope or class does not exist for a
    /// proxy (N4): no distinct error may tell.
    #[must_use]
    pub const fn is_told(self) -> bool {
        !matches!(self, Self::OutsideScope | Self::SensitivityClass)
    }
}

/// The answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Show it.
    Allow,
    /// The reader's own hold folds it away; it can be lifted at once.
    Held,
    /// Do not.
    Refuse(Refusal),
}

impl Decision {
    /// Whether the content may be shown.
    #[must_use]
    pub fn is_allowed(self) -> bool {
        self == Self::Allow
    }
}

/// Decides whether the actor may do `act` to `item` of `chart` now.
///
/// `item` is absent for acts on the chart as a whole (a first list, a search). `received_ms` is when the item came to
/// this phone (ms since 1970 UTC), for holds (R3). Source: SPEC P2, P3, R3, N4.
#[must_use]
pub fn decide(
    standing: Standing<'_>,
    chart: &ChartId,
    act: Act,
    item: Option<(&Item, i64)>,
    holds: &[Hold],
    now: KnownTime,
) -> Decision {
    if let Some(refusal) = standing_refusal(standing, chart, act, item.map(|(item, _)| item), now) {
        return Decision::Refuse(refusal);
    }
    match item {
        Some((item, received_ms)) if holds.iter().any(|hold| hold.applies(chart, item, received_ms, now)) => {
            Decision::Held
        }
        _ => Decision::Allow,
    }
}

fn standing_refusal(
    standing: Standing<'_>,
    chart: &ChartId,
    act: Act,
    item: Option<&Item>,
    now: KnownTime,
) -> Option<Refusal> {
    let lease = match standing {
        Standing::Own => return None,
        Standing::Stranger => return Some(Refusal::NoLease),
        Standing::Proxy(lease) if lease.chart != *chart => return Some(Refusal::NoLease),
        Standing::Proxy(lease) => lease,
    };
    match lease.state(now) {
        LeaseState::Ended => return Some(Refusal::LeaseEnded),
        LeaseState::Paused => return Some(Refusal::LeasePaused),
        LeaseState::Active | LeaseState::Unconfirmed { .. } => {}
    }
    if !lease.scope.verbs.contains(&act.verb()) {
        return Some(Refusal::Verb);
    }
    let item = item?;
    if !lease.classes(now).covers(item.classes) {
        return Some(Refusal::SensitivityClass);
    }
    (!lease.scope.covers(item)).then_some(Refusal::OutsideScope)
}

impl Act {
    /// The verb of a lease that this act needs.
    #[must_use]
    pub const fn verb(self) -> Verb {
        match self {
            Self::Exported => Verb::Export,
            _ => Verb::See,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use chrono::NaiveDate;
    use proptest::prelude::*;

    use super::*;
    use crate::lease::tests::lease;
    use crate::{Classes, HoldTerm, Kind, Kinds, LeaseScope, SensitivityClass};

    const DAY_MS: i64 = 24 * 3_600_000;
    const NOW: KnownTime = KnownTime { wall_ms: 20 * DAY_MS, known_ms: 20 * DAY_MS, continuous: true };

    fn note(classes: Classes) -> Item {
        Item { kind: Kind::Note, classes, date: NaiveDate::from_ymd_opt(2026, 11, 18), id: "n1".into() }
    }

    fn ask(lease: &Lease, act: Act, item: &Item) -> Decision {
        decide(Standing::Proxy(lease), &lease.chart, act, Some((item, 0)), &[], NOW)
    }

    /// Proves P2: a lease opens its own chart and no other.
    #[test]
    fn a_lease_for_one_chart_opens_no_other() {
        let other = ChartId::from_bytes([9; 16]);
        let decision = decide(Standing::Proxy(&lease()), &other, Act::OpenedNote, None, &[], NOW);
        assert_eq!(decision, Decision::Refuse(Refusal::NoLease));
    }

    /// Proves N4: without the class the item does not exist for a proxy; the owner sees it.
    #[test]
    fn a_class_that_was_not_granted_is_refused_and_not_told() {
        let item = note(Classes::NONE.with(SensitivityClass::Hiv));
        let refused = ask(&lease(), Act::OpenedNote, &item);
        assert_eq!(refused, Decision::Refuse(Refusal::SensitivityClass));
        assert!(!Refusal::SensitivityClass.is_told());
        let own = decide(Standing::Own, &lease().chart, Act::OpenedNote, Some((&item, 0)), &[], NOW);
        assert!(own.is_allowed());
    }

    /// Proves P2: kinds, dates, single items and verbs each narrow.
    #[test]
    fn each_part_of_the_scope_narrows() {
        let day = |d| NaiveDate::from_ymd_opt(2026, 11, d);
        let open = LeaseScope::see_everything_not_sensitive();
        let with = |scope| Lease { scope, ..lease() };
        let item = note(Classes::NONE);
        assert!(ask(&with(open.clone()), Act::OpenedNote, &item).is_allowed());
        let narrowed = [
            LeaseScope { kinds: Kinds::Only(BTreeSet::from([Kind::Result])), ..open.clone() },
            LeaseScope { from: day(19), ..open.clone() },
            LeaseScope { to: day(17), ..open.clone() },
            LeaseScope { items: BTreeSet::from(["n2".to_owned()]), ..open.clone() },
        ];
        for scope in narrowed {
            assert_eq!(ask(&with(scope), Act::OpenedNote, &item), Decision::Refuse(Refusal::OutsideScope));
        }
        assert_eq!(ask(&with(open), Act::Exported, &item), Decision::Refuse(Refusal::Verb));
    }

    /// Proves P2: an undated item lies outside a lease limited to dates.
    #[test]
    fn an_undated_item_is_not_guessed_into_a_period() {
        let scope =
            LeaseScope { from: NaiveDate::from_ymd_opt(2020, 1, 1), ..LeaseScope::see_everything_not_sensitive() };
        let item = Item { date: None, ..note(Classes::NONE) };
        assert_eq!(ask(&Lease { scope, ..lease() }, Act::OpenedNote, &item), Decision::Refuse(Refusal::OutsideScope));
    }

    /// Proves R3: a hold folds away the owner's own new item, for its kind and term only.
    #[test]
    fn a_hold_binds_its_kind_until_its_term() {
        let chart = lease().chart;
        let hold = Hold { chart: chart.clone(), kind: Kind::Note, term: HoldTerm::Until(21 * DAY_MS), from_ms: 10 };
        let ask = |item: &Item, received, now| {
            decide(Standing::Own, &chart, Act::OpenedNote, Some((item, received)), std::slice::from_ref(&hold), now)
        };
        let item = note(Classes::NONE);
        assert_eq!(ask(&item, 10, NOW), Decision::Held);
        assert!(ask(&item, 9, NOW).is_allowed(), "what was there before is not hidden");
        assert!(ask(&Item { kind: Kind::Result, ..item.clone() }, 10, NOW).is_allowed());
        let later = KnownTime { wall_ms: 21 * DAY_MS, known_ms: 21 * DAY_MS, continuous: true };
        assert!(ask(&item, 10, later).is_allowed());
    }

    proptest! {
        /// Proves P2, P3: whatever the times, an ended or withdrawn lease never allows, and a stranger never reads.
        #[test]
        fn nothing_is_ever_allowed_without_a_living_lease(
            wall in -1i64..200, known in -1i64..200, end in 0i64..200, withdrawn: bool, classes in 0u8..64, granted in 0u8..64,
        ) {
            let now = KnownTime { wall_ms: wall * DAY_MS, known_ms: known * DAY_MS, continuous: true };
            let mut lease = lease();
            lease.ends_ms = Some(end * DAY_MS);
            lease.withdrawn = withdrawn;
            lease.scope.classes = Classes::from_byte(granted);
            let item = note(Classes::from_byte(classes));
            let chart = lease.chart.clone();
            let decision = decide(Standing::Proxy(&lease), &chart, Act::OpenedNote, Some((&item, 0)), &[], now);
            if decision.is_allowed() {
                prop_assert!(!withdrawn && end > wall.max(known));
                prop_assert_eq!(classes & !granted, 0);
            }
            prop_assert!(!decide(Standing::Stranger, &chart, Act::OpenedNote, Some((&item, 0)), &[], now).is_allowed());
        }
    }
}
