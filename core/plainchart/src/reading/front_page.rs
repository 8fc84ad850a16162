//! The front page of a chart: the newest fifty of each list, sealed, so that a first list needs no walk through the
//! chart (DESIGN "Front page").

use plainchart_access::{Act, ChartId, Classes};
use serde::{Deserialize, Serialize};

use super::notes::Window;
use crate::error::PlainchartError;
use crate::session::Session;
use crate::store::ChartScope;
use crate::views::{NoteSummary, ResultView};

/// Items of each list on a front page.
const NEWEST: usize = 50;

/// What a front page holds, per set of classes.
#[derive(Default, Serialize, Deserialize)]
pub struct FrontPage {
    /// Newest notes.
    pub notes: FrontList<NoteSummary>,
    /// Newest results.
    pub results: FrontList<ResultView>,
}

/// The beginning of a list.
#[derive(Serialize, Deserialize)]
pub struct FrontList<T> {
    /// Newest items, each with its place in the order.
    pub newest: Vec<(i64, T)>,
    /// How many there are in all.
    pub total: u64,
}

impl<T> Default for FrontList<T> {
    fn default() -> Self {
        Self { newest: Vec::new(), total: 0 }
    }
}

impl<T> FrontList<T> {
    fn of(all: impl Iterator<Item = (i64, T)>) -> Self {
        let mut all = all.peekable();
        let newest: Vec<_> = all.by_ref().take(NEWEST).collect();
        let total = newest.len() as u64 + all.count() as u64;
        Self { newest, total }
    }
}

impl Session {
    /// Writes a chart's front pages anew: one for each set of classes, as no file mixes them (V2).
    pub(crate) fn write_front_page(&self, chart: &ChartId) -> Result<(), PlainchartError> {
        let items = self.items_of(chart)?;
        let scope = ChartScope::of(chart);
        for classes in self.store.classes_of(&scope)? {
            let notes = items.notes.iter().filter(|note| note.place.classes == classes);
            let results = items.results.iter().filter(|result| result.place.classes == classes);
            let page = FrontPage {
                notes: FrontList::of(notes.map(|note| (note.view.order, note.view.clone()))),
                results: FrontList::of(results.map(|result| (result.view.order, result.view.clone()))),
            };
            let bytes = serde_json::to_vec(&page).map_err(|_| PlainchartError::internal("front_page.write"))?;
            self.store.put_front_page(&scope, classes, &bytes)?;
        }
        Ok(())
    }

    /// The front pages of a chart, if they answer the question: the window lies within them, they are of the store's
    /// last batch, and nothing of the chart is closed to this reader, so that their totals are true.
    pub(crate) fn front_pages(
        &self,
        chart: &ChartId,
        act: Act,
        window: Window,
    ) -> Result<Option<Vec<FrontPage>>, PlainchartError> {
        if window.offset.saturating_add(window.limit) > NEWEST || !self.sees_everything(chart, act) {
            return Ok(None);
        }
        let (scope, batch) = (ChartScope::of(chart), self.store.batch()?);
        let mut pages = Vec::new();
        for classes in self.store.classes_of(&scope)? {
            match self.front_page(scope, classes, batch)? {
                Some(page) => pages.push(page),
                None => return Ok(None),
            }
        }
        Ok(Some(pages))
    }

    fn front_page(
        &self,
        scope: ChartScope,
        classes: Classes,
        batch: u64,
    ) -> Result<Option<FrontPage>, PlainchartError> {
        let page = self.store.front_page(&scope, classes)?.filter(|(written, _)| *written == batch);
        // A page of another version is made anew, like a missing one.
        Ok(page.and_then(|(_, bytes)| serde_json::from_slice(&bytes).ok()))
    }
}
