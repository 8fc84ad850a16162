//! An open store: who reads, what the ledger says, what time is known.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use plainchart_access::{
    ActorId, ChartId, Classes, Connection, Event, Household, KnownTime, LeaseState, LogCheckpoint, LogLine, Standing,
};
use plainchart_auth::{Policy, StoredTokens};
use plainchart_glossary::Glossary;
use plainchart_vault::PlatformKeystore;

use crate::clock::Clock;
use crate::connect::SignInOffer;
use crate::error::PlainchartError;
use crate::net::HttpClient;
use crate::random;
use crate::store::{ChartScope, Opened, Store};
use crate::sync::read_position;
use crate::tokens::TokenKeeper;

/// Events before the ledger is replaced by the state they led to.
const MOST_EVENTS: usize = 2000;

/// Where the store lies and what the app allows.
#[derive(Clone, Debug, Default)]
pub struct Configuration {
    /// The store's folder; made if it is not there.
    pub folder: PathBuf,
    /// Trust anchors on top of the bundled ones, PEM: for a test server.
    pub extra_roots_pem: Option<Vec<u8>>,
    /// Plain http to loopback: for development.
    pub allow_http_loopback: bool,
}

/// What is known of the time from one chart's server.
#[derive(Debug, Clone, Copy, Default)]
struct Known {
    /// The latest `Date` it sent, ms since 1970 UTC.
    server_ms: i64,
    /// The monotonic time when that was; none if it was before this start.
    learnt_at: Option<i64>,
}

/// The state behind the facade. Everything in it may be used from several threads.
pub struct Session {
    pub(crate) store: Arc<Store>,
    pub(crate) http: HttpClient,
    pub(crate) policy: Policy,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) glossary: &'static Glossary,
    pub(crate) opened: Opened,
    household: RwLock<Household>,
    /// Per chart, the latest `Date` its own server sent, and the monotonic time when it was learnt. A server's clock
    /// counts for its own charts alone: one that is years ahead ends nobody else's lease.
    known: Mutex<HashMap<ChartId, Known>>,
    keepers: Mutex<HashMap<String, Arc<TokenKeeper>>>,
    pub(crate) offers: Mutex<HashMap<String, SignInOffer>>,
    /// Charts of which something damaged was given up, until a full walk has brought it again.
    pub(crate) damaged: Mutex<Vec<ChartScope>>,
    /// One sync a chart at a time.
    pub(crate) syncing: Mutex<HashMap<ChartId, Arc<tokio::sync::Mutex<()>>>>,
    /// Opaque note and result ids to places, made when first needed, dropped when the chart changes.
    pub(crate) items: Mutex<HashMap<ChartId, Arc<crate::reading::Items>>>,
}

impl Session {
    /// Opens the store in the folder, or makes one.
    ///
    /// # Errors
    /// The vault's; `InvalidInput{ca}`.
    pub fn open(
        configuration: &Configuration,
        keystore: Arc<dyn PlatformKeystore>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, PlainchartError> {
        let http = HttpClient::new(configuration.extra_roots_pem.as_deref())?;
        let (store, opened) = Store::open(&configuration.folder, keystore)?;
        let session = Self {
            store: Arc::new(store),
            http,
            policy: Policy { allow_http_loopback: configuration.allow_http_loopback },
            glossary: Glossary::embedded(),
            opened,
            household: RwLock::default(),
            known: Mutex::default(),
            clock,
            keepers: Mutex::default(),
            offers: Mutex::default(),
            damaged: Mutex::default(),
            syncing: Mutex::default(),
            items: Mutex::default(),
        };
        session.load()?;
        // Not landing today is no reason not to open: damage is mended by the next sync.
        let _ = session.land_what_is_supported_now();
        Ok(session)
    }

    /// Reads the ledger into the household, and what time is known.
    pub(crate) fn load(&self) -> Result<(), PlainchartError> {
        let ledger = self.store.ledger()?;
        let mut household = match &ledger.snapshot {
            Some(bytes) => serde_json::from_slice(bytes).map_err(|_| PlainchartError::VaultDamaged)?,
            None => Household::default(),
        };
        let count = ledger.events.len();
        for bytes in &ledger.events {
            // An event of a newer version, or one that a gap left without its start, is passed over; a gap closes
            // leases below.
            if let Ok(event) = serde_json::from_slice::<Event>(bytes) {
                let _ = household.apply(event);
            }
        }
        if ledger.has_gap {
            household.close_leases();
            // With the state as it is now the gap is behind us; the file with it is kept once.
            let snapshot = serde_json::to_vec(&household).map_err(|_| PlainchartError::internal("ledger.snapshot"))?;
            self.store.compact_ledger(&snapshot)?;
        }
        if household.owner().is_none() {
            let event = Event::OwnerMade { actor: ActorId::from_bytes(random::bytes()?) };
            self.append(&event)?;
            household.apply(event).map_err(|_| PlainchartError::internal("ledger.owner"))?;
        }
        let charts: Vec<ChartId> = household.charts().map(|chart| chart.facts.chart.clone()).collect();
        *self.household.write().unwrap_or_else(PoisonError::into_inner) = household;
        for chart in charts {
            if let Ok(position) = read_position(&self.store, ChartScope::of(&chart)) {
                let known = Known { server_ms: position.server_date_ms, learnt_at: None };
                self.known.lock().unwrap_or_else(PoisonError::into_inner).insert(chart, known);
            }
        }
        if count > MOST_EVENTS {
            self.compact_ledger()?;
        }
        self.destroy_ended()
    }

    /// Replaces the ledger's events by the household they led to.
    pub(crate) fn compact_ledger(&self) -> Result<(), PlainchartError> {
        let snapshot = self.with_household(serde_json::to_vec);
        self.store.compact_ledger(&snapshot.map_err(|_| PlainchartError::internal("ledger.snapshot"))?)
    }

    /// Destroys the keys and tokens of charts whose lease has ended (P3): after that the cached chart is unreadable
    /// even from a raw copy of the disk. The entry stays, so that the reader is told.
    pub(crate) fn destroy_ended(&self) -> Result<(), PlainchartError> {
        let charts: Vec<ChartId> =
            self.with_household(|household| household.charts().map(|chart| chart.facts.chart.clone()).collect());
        for chart in charts {
            let now = self.known_time(&chart);
            let ended = self.with_household(|household| {
                match household.owner().map(|actor| household.standing(actor, &chart)) {
                    Some(Standing::Proxy(lease)) => lease.state(now) == LeaseState::Ended,
                    _ => false,
                }
            });
            if ended && !self.store.classes_of(&ChartScope::of(&chart))?.is_empty() {
                self.destroy_chart(&chart)?;
            }
        }
        Ok(())
    }

    /// Destroys a chart's tokens and keys.
    pub(crate) fn destroy_chart(&self, chart: &ChartId) -> Result<(), PlainchartError> {
        let connections: Vec<_> = self.with_household(|household| household.connections_of(chart).cloned().collect());
        for connection in connections {
            self.drop_connection(&connection)?;
        }
        self.store.erase_chart(&ChartScope::of(chart))?;
        self.forget_items(chart);
        Ok(())
    }

    /// Takes a connection away, and its tokens where no other chart lives on them; those that went, to be revoked.
    pub(crate) fn drop_connection(&self, connection: &Connection) -> Result<Option<StoredTokens>, PlainchartError> {
        self.record(Event::ConnectionRemoved { connection: connection.connection.clone() })?;
        let is_shared =
            self.with_household(|household| household.connections().any(|other| other.grant == connection.grant));
        if is_shared {
            return Ok(None);
        }
        let name = TokenKeeper::file_name(&connection.grant);
        let tokens = self.store.secret(&name)?;
        // Closed first: a refresh under way must not write the file again.
        self.forget_keeper(&connection.grant);
        self.store.delete_secret(&name)?;
        Ok(tokens.and_then(|bytes| StoredTokens::from_bytes(bytes.expose()).ok()))
    }

    /// Writes an event to the ledger, durably, then applies it.
    ///
    /// # Errors
    /// The vault's; `Internal` if it does not fit what came before.
    pub(crate) fn record(&self, event: Event) -> Result<(), PlainchartError> {
        let mut household = self.household.write().unwrap_or_else(PoisonError::into_inner);
        let mut next = household.clone();
        next.apply(event.clone()).map_err(|_| PlainchartError::internal("ledger.event"))?;
        self.append(&event)?;
        *household = next;
        Ok(())
    }

    fn append(&self, event: &Event) -> Result<(), PlainchartError> {
        let bytes = serde_json::to_vec(event).map_err(|_| PlainchartError::internal("ledger.write"))?;
        self.store.append_event(&bytes)
    }

    pub(crate) fn with_household<T>(&self, read: impl FnOnce(&Household) -> T) -> T {
        read(&self.household.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Who reads on this phone.
    pub(crate) fn actor(&self) -> Result<ActorId, PlainchartError> {
        self.with_household(|household| household.owner().cloned()).ok_or(PlainchartError::VaultLocked)
    }

    /// The classes this reader may hold of a chart; the rest is not even stored (N4).
    pub(crate) fn readable_classes(&self, chart: &ChartId) -> Classes {
        let now = self.known_time(chart);
        self.with_household(|household| {
            let Some(actor) = household.owner() else { return Classes::NONE };
            match household.standing(actor, chart) {
                Standing::Own => self.classes_of_file(household, chart),
                Standing::Proxy(lease) => lease.classes(now),
                Standing::Stranger => Classes::NONE,
            }
        })
    }

    /// What a file about someone whom the reader helps opens: no more than the leases for that person do (N4). A file
    /// about anyone else is the reader's own.
    pub(crate) fn classes_of_file(&self, household: &Household, chart: &ChartId) -> Classes {
        let file = household.chart(chart).filter(|known| known.facts.from_file);
        let (Some(file), Some(actor)) = (file, household.owner()) else { return Classes::ALL };
        let charts = household.person(&file.person).map(|person| person.charts.as_slice()).unwrap_or_default();
        let leases = charts.iter().filter_map(|other| match household.standing(actor, other) {
            Standing::Proxy(lease) => Some(lease.classes(self.known_time(other))),
            Standing::Own | Standing::Stranger => None,
        });
        leases.fold(Classes::ALL, Classes::intersection)
    }

    /// Wall time beside what this chart's own server is known to have said.
    pub(crate) fn known_time(&self, chart: &ChartId) -> KnownTime {
        let wall_ms = self.clock.wall_ms();
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner).get(chart).copied().unwrap_or_default();
        match known.learnt_at {
            Some(at) => {
                let since = self.clock.monotonic_ms().saturating_sub(at).max(0);
                KnownTime { wall_ms, known_ms: known.server_ms.saturating_add(since), continuous: true }
            }
            None => KnownTime { wall_ms, known_ms: known.server_ms, continuous: false },
        }
    }

    /// A chart's server named a time.
    pub(crate) fn learn_time(&self, chart: &ChartId, server_ms: i64) {
        if server_ms > self.known_time(chart).known_ms {
            let known = Known { server_ms, learnt_at: Some(self.clock.monotonic_ms()) };
            self.known.lock().unwrap_or_else(PoisonError::into_inner).insert(chart.clone(), known);
        }
    }

    /// Writes a line of the access log; on disk before this returns if it must be (P6).
    pub(crate) fn write_line(&self, line: &LogLine) -> Result<(), PlainchartError> {
        let bytes = serde_json::to_vec(line).map_err(|_| PlainchartError::internal("log.write"))?;
        self.store.append_line(&bytes, line.must_be_durable())
    }

    /// The keeper of a grant's tokens: one for all who ask, so that a refresh is single-flight.
    pub(crate) fn keeper(&self, grant: &str) -> Result<Arc<TokenKeeper>, PlainchartError> {
        let mut keepers = self.keepers.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(keeper) = keepers.get(grant) {
            return Ok(Arc::clone(keeper));
        }
        let keeper = TokenKeeper::open(Arc::clone(&self.store), self.http.clone(), Arc::clone(&self.clock), grant)?;
        let keeper = Arc::new(keeper);
        keepers.insert(grant.to_owned(), Arc::clone(&keeper));
        Ok(keeper)
    }

    pub(crate) fn forget_keeper(&self, grant: &str) {
        if let Some(keeper) = self.keepers.lock().unwrap_or_else(PoisonError::into_inner).remove(grant) {
            keeper.close();
        }
    }

    /// Drops what is remembered about a chart's items: it has changed.
    pub(crate) fn forget_items(&self, chart: &ChartId) {
        self.items.lock().unwrap_or_else(PoisonError::into_inner).remove(chart);
    }

    /// Notes in the ledger where the access log ends (P6): cutting its end off then leaves a trace.
    pub(crate) fn checkpoint_log(&self) -> Result<(), PlainchartError> {
        if self.store.is_locked() {
            return Ok(());
        }
        // An end that is noted must be on disk, or a power cut would look like a cut log.
        self.store.sync_access_log()?;
        let end = self.store.access_log_end()?;
        if self.with_household(|household| household.log_checkpoint().is_none_or(|known| known.count != end.count)) {
            let hash = end.hash.iter().map(|byte| format!("{byte:02x}")).collect();
            self.record(Event::LogCheckpoint { checkpoint: LogCheckpoint { count: end.count, hash } })?;
        }
        Ok(())
    }

    /// Wipes what was read, and the keys.
    pub(crate) fn lock(&self) -> Result<(), PlainchartError> {
        // Whatever cannot be written any more, keys and texts are wiped.
        let noted = self.checkpoint_log();
        self.keepers.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.offers.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.items.lock().unwrap_or_else(PoisonError::into_inner).clear();
        *self.household.write().unwrap_or_else(PoisonError::into_inner) = Household::default();
        let locked = self.store.lock();
        noted.and(locked)
    }

    pub(crate) fn unlock(&self) -> Result<(), PlainchartError> {
        self.store.unlock()?;
        self.load()
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // Nobody is left to tell; the store settles after this.
        let _ = self.checkpoint_log();
    }
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Session(hidden)")
    }
}
