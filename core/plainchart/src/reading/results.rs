//! Results and vital signs (R1): the lab's words, the lab's range, the lab's flag; nothing that it did not give.

mod corrected;
mod critical;
mod desk;
mod detail;
mod kept;
mod line;
mod panels;
mod spoken_date;
#[cfg(test)]
pub(super) mod tests;
mod value;

use plainchart_access::{Act, PersonId};
use plainchart_record::panel::Group;

use super::notes::{Window, tell_damage};
use crate::error::PlainchartError;
use crate::session::Session;
use crate::views::{Listing, ResultView};

pub(super) use desk::{Desk, Gate};
pub(super) use detail::result_id;
pub use kept::{KeptResults, ReportItem, ResultItem};
pub(super) use line::{flag_words, status_words};
pub(super) use spoken_date::spoken_date;
pub(super) use value::{keep_own_ranges, spoken_unit, value_with_unit, with_unit};

/// Searches whose as-of time is that of the results.
pub(super) const RESULT_SEARCHES: &[&str] = &["observation-laboratory", "observation-vital-signs"];

/// A row that is to be shown: sealed before, or still to be made.
enum Found {
    Sealed(Box<ResultView>),
    Row(usize, Group),
}

impl Session {
    /// The results and vital signs of a person, newest first, from all sources (D9). Each result stands in one row, by
    /// itself or as a part.
    ///
    /// # Errors
    /// `NotFound`, `NotPermitted`, `LeaseEnded`, the vault's.
    pub fn results(&self, person: &PersonId, window: Window) -> Result<Listing<ResultView>, PlainchartError> {
        let (mut all, mut beyond) = (Vec::new(), 0);
        let mut sources = Vec::new();
        let (mut charts, mut places) = (Vec::new(), Vec::new());
        for chart in self.charts_of(person)? {
            let id = chart.facts.chart;
            self.permit(&id, Act::ListedResults)?;
            sources.push(self.source_state(&id, RESULT_SEARCHES)?);
            let pages = self.front_pages(&id, Act::ListedResults, window)?;
            if let Some(pages) = pages.filter(|pages| pages.iter().all(|page| !page.results_mixed)) {
                let shown = pages.iter().map(|page| page.results.total).sum();
                self.tell_empty(&id, sources.last_mut(), "results", shown)?;
                for list in pages.into_iter().map(|page| page.results) {
                    beyond += list.total - list.newest.len() as u64;
                    all.extend(list.newest.into_iter().map(|(order, row)| (order, Found::Sealed(Box::new(row)))));
                }
                continue;
            }
            let items = self.items_of(&id)?;
            tell_damage(&items, &mut sources);
            charts.push((id, items));
            places.push(sources.len() - 1);
        }
        let desks: Vec<Desk<'_>> =
            (charts.iter()).map(|(id, items)| Desk::new(items, Gate::Reader(self, id, Act::ListedResults))).collect();
        for (chart, (((id, _), desk), place)) in charts.iter().zip(&desks).zip(places).enumerate() {
            let rows = desk.rows();
            self.tell_empty(id, sources.get_mut(place), "results", rows.len() as u64)?;
            all.extend(rows.into_iter().map(|group| (desk.order(&group), Found::Row(chart, group))));
        }
        let (cut, total) = window.cut(all, beyond);
        let show = |found| match found {
            Found::Sealed(row) => Some(*row),
            Found::Row(chart, group) => desks.get(chart)?.row(&group),
        };
        Ok(Listing { person: person.to_string(), items: cut.into_iter().filter_map(show).collect(), total, sources })
    }
}
