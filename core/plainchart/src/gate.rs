//! The choke point in the facade (P2): every read, list, search, export and glossary call on a note asks here, for the
//! owner too, and leaves its line in the access log (P6).

use plainchart_access::{Act, ChartId, Classes, Decision, Item, LogLine, Refusal, Standing, decide};

use crate::error::{NotPermittedReason, PlainchartError};
use crate::session::Session;

impl Session {
    /// Decides on an act on the chart as a whole, writes the line, and answers with the error if it is refused.
    ///
    /// # Errors
    /// `NotPermitted`, `LeaseEnded`, or the vault's when a line that must be durable cannot be written.
    pub(crate) fn permit(&self, chart: &ChartId, act: Act) -> Result<(), PlainchartError> {
        let decision = self.decide(chart, act, None);
        let line = LogLine::new(self.clock.wall_ms(), self.actor()?, chart.clone(), act, decision);
        self.write_line(&line)?;
        refused(decision)
    }

    /// Decides on an act on one item, writes the line, and answers with the error if it is refused.
    ///
    /// # Errors
    /// As [`Session::permit`]; `NotFound` for an item that does not exist for this actor (N4).
    pub(crate) fn permit_item(
        &self,
        chart: &ChartId,
        act: Act,
        resource_type: &str,
        item: &Item,
        received_ms: i64,
    ) -> Result<(), PlainchartError> {
        let decision = self.decide(chart, act, Some((item, received_ms)));
        let line = LogLine::new(self.clock.wall_ms(), self.actor()?, chart.clone(), act, decision)
            .about(resource_type, &item.id);
        self.write_line(&line)?;
        refused(decision)
    }

    /// Whether an item may stand in a list. The list itself has its own line.
    pub(crate) fn may_list(&self, chart: &ChartId, act: Act, item: &Item, received_ms: i64) -> bool {
        self.decide(chart, act, Some((item, received_ms))).is_allowed()
    }

    /// Whether nothing of the chart is closed to this reader: their own, without holds.
    pub(crate) fn sees_everything(&self, chart: &ChartId, act: Act) -> bool {
        let own = self.with_household(|household| {
            let standing = household.owner().map(|actor| household.standing(actor, chart));
            matches!(standing, Some(Standing::Own))
                && self.classes_of_file(household, chart) == Classes::ALL
                && household.holds().iter().all(|hold| hold.chart != *chart)
        });
        own && self.decide(chart, act, None).is_allowed()
    }

    fn decide(&self, chart: &ChartId, act: Act, item: Option<(&Item, i64)>) -> Decision {
        let now = self.known_time(chart);
        self.with_household(|household| {
            let standing = household.owner().map_or(Standing::Stranger, |actor| household.standing(actor, chart));
            let is_closed = |(item, _): &(&Item, i64)| !self.classes_of_file(household, chart).covers(item.classes);
            if matches!(standing, Standing::Own) && item.as_ref().is_some_and(is_closed) {
                return Decision::Refuse(Refusal::SensitivityClass);
            }
            decide(standing, chart, act, item, household.holds(), now)
        })
    }
}

fn refused(decision: Decision) -> Result<(), PlainchartError> {
    let not_permitted = |reason| Err(PlainchartError::NotPermitted { reason });
    match decision {
        Decision::Allow => Ok(()),
        Decision::Held => not_permitted(NotPermittedReason::Held),
        Decision::Refuse(Refusal::LeaseEnded | Refusal::LeasePaused) => Err(PlainchartError::LeaseEnded),
        Decision::Refuse(Refusal::OutsideScope | Refusal::SensitivityClass) => Err(PlainchartError::NotFound),
        Decision::Refuse(Refusal::NoLease) => not_permitted(NotPermittedReason::NoLease),
        Decision::Refuse(Refusal::Verb) => not_permitted(NotPermittedReason::Verb),
    }
}
