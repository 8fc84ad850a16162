//! The front page of a chart: the newest fifty of each list, sealed, so that a first list needs no walk through the
//! chart (DESIGN "Front page").

use std::cmp::Reverse;

use plainchart_access::{Act, ChartId, Classes};
use serde::{Deserialize, Serialize};

use super::note_groups::NoteGroups;
use super::notes::Window;
use super::results::{Desk, Gate};
use super::same_note::Group;
use crate::error::PlainchartError;
use crate::session::Session;
use crate::store::ChartScope;
use crate::views::{NoteSummary, ResultView};
use crate::words::edition;

/// Items of each list on a front page.
const NEWEST: usize = 50;

/// Goes up whenever the same chart would give other pages; a page of another number is made anew.
const FRONT_PAGE_VERSION: u32 = 1;

/// What a front page holds, per set of classes.
#[derive(Default, Serialize, Deserialize)]
pub struct FrontPage {
    /// [`FRONT_PAGE_VERSION`] of what made it.
    pub version: u32,
    /// The words that it is told in.
    pub edition: String,
    /// Some note's line would tell of versions under other classes; then no page answers for the notes (V2).
    pub notes_mixed: bool,
    /// Newest notes.
    pub notes: FrontList<NoteSummary>,
    /// Some result's row would show parts or versions under other classes; then no page answers for the results (V2).
    pub results_mixed: bool,
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
        let mut pages = Vec::new();
        let notes = NoteGroups::of(&items, |_| true);
        let desk = Desk::new(&items, Gate::Nobody);
        for classes in self.store.classes_of(&scope)? {
            let own = |group: &&Group| notes.entries_of(group).next().is_some_and(|note| note.place.classes == classes);
            let whole = |group: &&Group| notes.is_of_one_class(group);
            let lines = notes.standing().filter(own).filter(whole).filter_map(|group| notes.summary(group));
            let mut lines: Vec<_> = lines.map(|note| (note.order, note)).collect();
            lines.sort_by_key(|(order, _)| Reverse(*order));
            let (rows, results_mixed) = desk.rows_under(classes);
            let newest = rows.iter().take(NEWEST).filter_map(|row| Some((desk.order(row), desk.row(row)?)));
            let results = FrontList { newest: newest.collect(), total: rows.len() as u64 };
            let page = FrontPage {
                version: FRONT_PAGE_VERSION,
                edition: edition(),
                notes_mixed: notes.standing().filter(own).any(|group| !notes.is_of_one_class(group)),
                notes: FrontList::of(lines.into_iter()),
                results_mixed,
                results,
            };
            let bytes = serde_json::to_vec(&page).map_err(|_| PlainchartError::internal("front_page.write"))?;
            pages.push((classes, bytes));
        }
        self.store.put_front_pages(&scope, pages)
    }

    /// The front pages of a chart, if they answer the question: the window lies within them, nothing was written to the
    /// chart since, and nothing of the chart is closed to this reader, so that their totals are true.
    pub(crate) fn front_pages(
        &self,
        chart: &ChartId,
        act: Act,
        window: Window,
    ) -> Result<Option<Vec<FrontPage>>, PlainchartError> {
        if window.offset.saturating_add(window.limit) > NEWEST || !self.sees_everything(chart, act) {
            return Ok(None);
        }
        let scope = ChartScope::of(chart);
        let mut pages = Vec::new();
        for classes in self.store.classes_of(&scope)? {
            match self.front_page(scope, classes)? {
                Some(page) => pages.push(page),
                None => return Ok(None),
            }
        }
        Ok(Some(pages))
    }

    fn front_page(&self, scope: ChartScope, classes: Classes) -> Result<Option<FrontPage>, PlainchartError> {
        // A page of another version is made anew, like a missing one.
        let page = self.store.front_page(&scope, classes)?;
        let page = page.and_then(|bytes| serde_json::from_slice::<FrontPage>(&bytes).ok());
        Ok(page.filter(|page| page.version == FRONT_PAGE_VERSION && page.edition == edition()))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use plainchart_vault::MemoryKeystore;

    use super::*;
    use crate::cancel::CancelToken;
    use crate::clock::FrozenClock;
    use crate::session::Configuration;
    use crate::sync::{ProgressListener, Quiet};

    fn record(name: &str, results: u32) -> String {
        let mut lines = format!(
            "{{\"resourceType\":\"Patient\",\"id\":\"{name}\",\"name\":[{{\"text\":\"{name}\"}}],\"birthDate\":\"1980\"}}\n"
        );
        for number in 0..results {
            lines.push_str(&format!(
                "{{\"resourceType\":\"Observation\",\"id\":\"{name}{number}\",\"status\":\"final\",\
                 \"code\":{{\"text\":\"Zinc\"}},\"subject\":{{\"reference\":\"Patient/{name}\"}},\"valueInteger\":{number}}}\n"
            ));
        }
        lines
    }

    /// Proves D6: in a family each chart's front page fits until that chart itself changes, also over a restart, and
    /// one that no longer fits is never shown.
    #[test]
    fn a_front_page_fits_until_its_own_chart_changes() {
        let folder = tempfile::tempdir().unwrap();
        let configuration = Configuration { folder: folder.path().join("store"), ..Configuration::default() };
        let keystore = Arc::new(MemoryKeystore::new());
        let open = || Session::open(&configuration, keystore.clone(), Arc::new(FrozenClock::at(1_000))).unwrap();
        let session = open();
        let quiet: Arc<dyn ProgressListener> = Arc::new(Quiet);
        let import = |session: &Session, name: &str, results: u32| {
            let file = folder.path().join(format!("{name}.ndjson"));
            std::fs::write(&file, record(name, results)).unwrap();
            session.import(&file, None, &quiet, &CancelToken::new()).unwrap();
        };
        let total = |session: &Session, name: &str| {
            let people = session.people().unwrap();
            let person = people.iter().find(|person| person.name.as_deref() == Some(name)).unwrap();
            let id = plainchart_access::PersonId::try_from(person.id.clone()).unwrap();
            let chart = session.charts_of(&id).unwrap()[0].facts.chart.clone();
            let pages = session.front_pages(&chart, Act::ListedResults, Window::default()).unwrap();
            (pages.map(|pages| pages[0].results.total), session.results(&id, Window::ALL).unwrap().total)
        };
        import(&session, "ines", 3);
        import(&session, "otto", 2);
        assert_eq!((total(&session, "ines"), total(&session, "otto")), ((Some(3), 3), (Some(2), 2)));
        drop(session);
        let session = open();
        assert_eq!(total(&session, "ines"), (Some(3), 3));
        import(&session, "otto", 5);
        assert_eq!((total(&session, "ines"), total(&session, "otto")), ((Some(3), 3), (Some(5), 5)));
        // As after a crash between a batch and the new front page.
        let chart = session.with_household(|household| household.charts().next().unwrap().facts.chart.clone());
        let mut batch = plainchart_vault::Batch::new();
        let scope = ChartScope::of(&chart);
        batch.put_value(session.store.scope(scope, Classes::NONE).unwrap(), plainchart_vault::Tree(4), b"x", b"y");
        session.store.commit(scope, batch).unwrap();
        drop(session);
        let pages = open().front_pages(&chart, Act::ListedResults, Window::default()).unwrap();
        assert!(pages.is_none());
    }
}
