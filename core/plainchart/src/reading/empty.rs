//! What is said where a source has nothing to show in a list: none shared as of a time, or why not; never "none" (D6).

use plainchart_access::{Act, ChartId};

use super::items::Items;
use super::wording::written_day;
use crate::error::PlainchartError;
use crate::session::Session;
use crate::views::SourceState;
use crate::words::{find, say};

impl Session {
    /// Completes what a source says about a list of which it shows `shown` items to this reader: where that is none,
    /// one sentence says so. `what`: the list's word in the catalogue, `list.what.<what>`.
    ///
    /// # Errors
    /// The vault's.
    pub(super) fn tell_empty(
        &self,
        chart: &ChartId,
        source: Option<&mut SourceState>,
        what: &str,
        shown: u64,
    ) -> Result<(), PlainchartError> {
        let Some(state) = source.filter(|_| shown == 0) else { return Ok(()) };
        // The owner's own hold may have folded them away; it is not true then that there are none.
        if self.is_own(chart) && !self.sees_everything(chart, Act::ListedRecord) {
            return Ok(());
        }
        let from_file =
            self.with_household(|household| household.chart(chart).is_some_and(|chart| chart.facts.from_file));
        let offset = self.offset_of(chart, &*self.items_of(chart)?).unwrap_or_default();
        state.empty = Some(sentence(state, what, from_file, offset));
        Ok(())
    }

    /// Minutes east of UTC where a chart's source is, by what is open to this reader (N4).
    pub(super) fn offset_of(&self, chart: &ChartId, items: &Items) -> Option<i32> {
        items.offset_minutes(|item, received_ms| self.may_list(chart, Act::ListedRecord, item, received_ms))
    }
}

fn sentence(state: &SourceState, what: &str, from_file: bool, offset_minutes: i32) -> String {
    let what = say(&format!("list.what.{what}"), &[]);
    let told = |id: &str, date: &str| say(id, &[("source", &state.source), ("what", &what), ("date", date)]);
    match (state.problem.as_deref(), state.as_of_ms) {
        (Some(problem), _) => {
            let id = format!("list.problem.{}", problem.replace('_', "-"));
            told(find(&id).map_or("list.problem.incomplete", |_| id.as_str()), "")
        }
        (None, _) if from_file => told("list.empty.file", ""),
        (None, Some(as_of_ms)) => told("list.empty.none", &written_day(as_of_ms, offset_minutes)),
        (None, None) => told("list.empty.not-asked", ""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(as_of_ms: Option<i64>, problem: Option<&str>) -> SourceState {
        let problem = problem.map(str::to_owned);
        SourceState { source: "Lakeside".into(), as_of_ms, problem, heading: None, empty: None }
    }

    /// Proves D6: an empty list says what was shared, by whom and as of when; a refused one never says "no".
    #[test]
    fn none_shared_is_not_none() {
        let none = sentence(&state(Some(1_795_000_000_000), None), "medicines", false, 0);
        assert_eq!(none, "Lakeside shared no medicines as of November 18, 2026.");
        for problem in ["not_granted", "not_shared", "endless_paging", "damaged", "anything_new"] {
            let told = sentence(&state(Some(1_795_000_000_000), Some(problem)), "medicines", false, 0);
            assert!(told.contains("Lakeside") && !told.contains("shared no"), "{problem}: {told}");
        }
        assert!(!sentence(&state(None, None), "medicines", false, 0).contains("shared no"));
    }

    /// Proves D6: each kind of the record has its word.
    #[test]
    fn each_list_has_its_word() {
        let own = ["notes", "results", "medicines", "referrals"];
        for what in own.into_iter().chain(crate::views::EntryKind::ALL.map(crate::views::EntryKind::code)) {
            assert!(find(&format!("list.what.{what}")).is_some(), "{what}");
        }
    }
}
