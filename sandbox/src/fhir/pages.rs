//! Opaque page links: what stands behind `{base}?_page=...`.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::search::Search;
use crate::clock::Clock;
use crate::opaque::token;

/// A page that can be asked for.
#[derive(Clone, Debug)]
pub(crate) struct Page {
    pub search: Arc<Search>,
    /// Whom the token reached that made the search: another token may not use its links.
    pub patients: Vec<String>,
    /// The ids found at the first page; `None`: the search is run again.
    pub snapshot: Option<Arc<[String]>>,
    pub offset: usize,
    pub size: usize,
}

/// Every link that was given out.
#[derive(Debug)]
pub(crate) struct Pages {
    links: Mutex<HashMap<String, (i64, Page)>>,
    clock: Clock,
}

/// Above this, links that have expired are forgotten; the oldest go even before.
const MOST_LINKS: usize = 10_000;

impl Pages {
    pub fn new(clock: Clock) -> Self {
        Self { links: Mutex::default(), clock }
    }

    pub fn link(&self, page: Page) -> String {
        let name = token();
        let mut links = self.lock();
        if links.len() >= MOST_LINKS {
            let mut ages: Vec<i64> = links.values().map(|(made, _)| *made).collect();
            ages.sort_unstable();
            let middle = ages.get(MOST_LINKS / 2).copied().unwrap_or_default();
            links.retain(|_, (made, _)| *made > middle);
        }
        links.insert(name.clone(), (self.clock.now_ms(), page));
        name
    }

    pub fn get(&self, name: &str, life: Duration) -> Option<Page> {
        let links = self.lock();
        let (made, page) = links.get(name)?;
        let age = u128::try_from(self.clock.now_ms() - made).unwrap_or_default();
        (age <= life.as_millis()).then(|| page.clone())
    }

    /// The type a link is about, also when it has expired.
    pub fn resource_type(&self, name: &str) -> Option<String> {
        self.lock().get(name).map(|(_, page)| page.search.resource_type.clone())
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, (i64, Page)>> {
        self.links.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
