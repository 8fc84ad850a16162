//! The vault as the facade uses it: charts and trees instead of scopes, our errors instead of its.

mod records;

use std::collections::HashSet;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use plainchart_access::{ChartId, Classes};
use plainchart_vault::{
    AnchorCheck, Batch, CheckReport, Class, Error, OpenReport, PlatformKeystore, Row, Scope, Stats, Vault,
};

use crate::class_numbers::ClassNumbers;
use crate::error::PlainchartError;
use crate::log_sync::LogSync;
use crate::stored::tree::tree;

/// A chart as the vault names it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ChartScope(plainchart_vault::ChartId);

impl ChartScope {
    /// From the chart's id.
    #[must_use]
    pub fn of(chart: &ChartId) -> Self {
        Self(plainchart_vault::ChartId(chart.to_bytes()))
    }

    fn key(self) -> String {
        self.0.0.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    const fn with(self, number: u8) -> Scope {
        Scope { chart: self.0, class: Class(number) }
    }
}

/// What opening found, for the reader to be told.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Opened {
    /// The store was made now.
    pub created: bool,
    /// It is behind what the keystore remembers: an older copy was put in its place. Sync again; nothing is erased.
    pub rolled_back: bool,
    /// Its index was built anew. Nothing is lost by that.
    pub index_rebuilt: bool,
    /// Parts that are damaged.
    pub damaged: usize,
    /// Bytes of a batch that was never acknowledged, dropped from the end.
    pub torn_bytes: u64,
}

impl Opened {
    fn of(report: &OpenReport) -> Self {
        Self {
            created: false,
            rolled_back: report.rolled_back() || report.anchor == AnchorCheck::OtherStore,
            index_rebuilt: report.index_rebuilt,
            damaged: report.damage.len(),
            torn_bytes: report.torn_bytes,
        }
    }
}

/// What stands in a front page that no longer fits.
const OUTDATED: &[u8] = b"";

/// Name of the sealed table of class numbers.
const CLASS_NUMBERS: &str = "class-numbers";

/// Told each row with its group; may say stop.
pub type RowVisitor<'a> = &'a mut dyn FnMut(&[u8], Row) -> Result<(), PlainchartError>;

/// Told each value with its name; may say stop.
pub type ValueVisitor<'a> = &'a mut dyn FnMut(&[u8], &[u8]) -> Result<(), PlainchartError>;

/// The open store.
pub struct Store {
    vault: Arc<Vault>,
    log_sync: LogSync,
    /// Something could not be read: the next sync gives it up and fetches it again.
    saw_damage: AtomicBool,
    numbers: Mutex<ClassNumbers>,
    /// Charts whose front pages no longer fit, by key.
    outdated: Mutex<HashSet<String>>,
    /// Secrets are looked up and deleted as one step (A16: taken out once).
    secrets: Mutex<()>,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Store(hidden)")
    }
}

impl Store {
    /// Opens the store in a folder, or makes one where there is none.
    ///
    /// # Errors
    /// The vault's, as ours.
    pub fn open(folder: &Path, keystore: Arc<dyn PlatformKeystore>) -> Result<(Self, Opened), PlainchartError> {
        let (vault, opened) = match Vault::open(folder, Arc::clone(&keystore)) {
            Ok((vault, report)) => (vault, Opened::of(&report)),
            Err(Error::NotFound) => (Vault::create(folder, keystore)?, Opened { created: true, ..Opened::default() }),
            Err(error) => return Err(error.into()),
        };
        let vault = Arc::new(vault);
        let store = Self {
            log_sync: LogSync::new(&vault),
            vault,
            saw_damage: AtomicBool::new(opened.damaged > 0),
            numbers: Mutex::default(),
            outdated: Mutex::default(),
            secrets: Mutex::new(()),
        };
        store.load_class_numbers()?;
        Ok((store, opened))
    }

    fn load_class_numbers(&self) -> Result<(), PlainchartError> {
        let read = match self.secret(CLASS_NUMBERS) {
            Ok(Some(bytes)) => ClassNumbers::read(bytes.expose()),
            Ok(None) => Ok(ClassNumbers::default()),
            Err(error) => Err(error),
        };
        let numbers = match read {
            // What it numbered cannot be found without it: the next sync brings it again, under new numbers.
            Err(PlainchartError::VaultDamaged) => {
                self.saw_damage.store(true, Ordering::SeqCst);
                ClassNumbers::default()
            }
            numbers => numbers?,
        };
        *self.numbers() = numbers;
        Ok(())
    }

    fn numbers(&self) -> MutexGuard<'_, ClassNumbers> {
        self.numbers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The scope of a set of classes: the unit of keys (V2). A set that comes up for the first time gets its number,
    /// durably, before anything is written under it.
    ///
    /// # Errors
    /// The vault's.
    pub fn scope(&self, chart: ChartScope, classes: Classes) -> Result<Scope, PlainchartError> {
        let mut numbers = self.numbers();
        if numbers.number(&chart.key(), classes).is_none() {
            let mut next = numbers.clone();
            let highest = self.vault.classes(chart.0)?.last().map_or(0, |class| class.0);
            next.add(&chart.key(), classes, highest);
            self.put_secret(CLASS_NUMBERS, &next.write()?)?;
            *numbers = next;
        }
        let number = numbers.number(&chart.key(), classes).unwrap_or(0);
        Ok(chart.with(number))
    }

    /// The scope of a set of classes, if it was written to and not erased: what is gone reads as empty.
    fn known_scope(&self, chart: &ChartScope, classes: Classes) -> Result<Option<Scope>, PlainchartError> {
        let living = self.vault.classes(chart.0)?;
        let number = self.numbers().number(&chart.key(), classes);
        Ok(number.filter(|number| living.contains(&Class(*number))).map(|number| chart.with(number)))
    }

    /// # Errors
    /// `VaultLocked`.
    pub fn check_unlocked(&self) -> Result<(), PlainchartError> {
        if self.vault.is_locked() { Err(PlainchartError::VaultLocked) } else { Ok(()) }
    }

    /// Whether keys are in memory.
    #[must_use]
    pub fn is_locked(&self) -> bool {
        self.vault.is_locked()
    }

    /// Makes all lines durable, remembers how far the store is, wipes keys.
    ///
    /// # Errors
    /// The vault's; it is locked all the same.
    pub fn lock(&self) -> Result<(), PlainchartError> {
        let settled = self.settle();
        self.vault.lock();
        *self.numbers() = ClassNumbers::default();
        settled
    }

    /// Notes in the keystore how far the store is: after whatever must not be rolled back unseen.
    ///
    /// # Errors
    /// The vault's.
    pub fn write_anchor(&self) -> Result<(), PlainchartError> {
        Ok(self.vault.write_anchor()?)
    }

    /// Makes all lines durable, saves the index and remembers how far the store is.
    ///
    /// # Errors
    /// The vault's.
    pub fn settle(&self) -> Result<(), PlainchartError> {
        if self.vault.is_locked() {
            return Ok(());
        }
        self.vault.sync_access_log()?;
        self.vault.checkpoint()?;
        Ok(self.vault.write_anchor()?)
    }

    /// # Errors
    /// The vault's.
    pub fn unlock(&self) -> Result<Opened, PlainchartError> {
        let opened = Opened::of(&self.vault.unlock()?);
        self.load_class_numbers()?;
        Ok(opened)
    }

    /// The sets of classes of a chart that hold something.
    ///
    /// # Errors
    /// The vault's.
    pub fn classes_of(&self, chart: &ChartScope) -> Result<Vec<Classes>, PlainchartError> {
        let numbers = self.numbers();
        let living = self.vault.classes(chart.0)?;
        Ok(living.into_iter().map(|class| numbers.classes(&chart.key(), class.0)).collect())
    }

    /// # Errors
    /// The vault's.
    pub fn value(
        &self,
        chart: &ChartScope,
        classes: Classes,
        number: u8,
        name: &str,
    ) -> Result<Option<Vec<u8>>, PlainchartError> {
        let Some(scope) = self.known_scope(chart, classes)? else { return Ok(None) };
        let value = self.noticed(self.vault.value(scope, tree(number), name.as_bytes()))?;
        Ok(value.map(|bytes| bytes.to_vec()))
    }

    /// Visits all values of a tree, name and bytes, in no order, until the visitor says stop.
    ///
    /// # Errors
    /// The visitor's first, else the vault's.
    pub fn for_each_value(
        &self,
        chart: &ChartScope,
        classes: Classes,
        number: u8,
        visit: ValueVisitor<'_>,
    ) -> Result<(), PlainchartError> {
        let Some(scope) = self.known_scope(chart, classes)? else { return Ok(()) };
        let mut stopped = Ok(());
        self.noticed(self.vault.for_each_value(scope, tree(number), &mut |name, bytes| {
            if stopped.is_ok() {
                stopped = visit(name, bytes);
            }
        }))?;
        stopped
    }

    /// # Errors
    /// The vault's.
    pub fn rows(
        &self,
        chart: &ChartScope,
        classes: Classes,
        number: u8,
        group: &[u8],
    ) -> Result<Vec<Row>, PlainchartError> {
        let Some(scope) = self.known_scope(chart, classes)? else { return Ok(Vec::new()) };
        self.noticed(self.vault.rows(scope, tree(number), group))
    }

    /// The rows of a group as far as they can be read.
    ///
    /// # Errors
    /// The vault's, but not damage: what is damaged is left out and fetched again.
    pub fn readable_rows(
        &self,
        chart: &ChartScope,
        classes: Classes,
        number: u8,
        group: &[u8],
    ) -> Result<Vec<Row>, PlainchartError> {
        let Some(scope) = self.known_scope(chart, classes)? else { return Ok(Vec::new()) };
        let (rows, damage) = self.vault.readable_rows(scope, tree(number), group)?;
        if damage.is_some() {
            self.saw_damage.store(true, Ordering::SeqCst);
        }
        Ok(rows)
    }

    /// The groups of a tree that have rows.
    ///
    /// # Errors
    /// The vault's.
    pub fn groups(&self, chart: &ChartScope, classes: Classes, number: u8) -> Result<Vec<Vec<u8>>, PlainchartError> {
        let Some(scope) = self.known_scope(chart, classes)? else { return Ok(Vec::new()) };
        self.noticed(self.vault.groups(scope, tree(number)))
    }

    /// Visits all rows of a tree, group by group, until the visitor says stop.
    ///
    /// # Errors
    /// The visitor's first, else the vault's.
    pub fn for_each_row(
        &self,
        chart: &ChartScope,
        classes: Classes,
        number: u8,
        visit: RowVisitor<'_>,
    ) -> Result<(), PlainchartError> {
        let Some(scope) = self.known_scope(chart, classes)? else { return Ok(()) };
        let mut stopped = Ok(());
        self.noticed(self.vault.for_each_row(scope, tree(number), &mut |group, row| {
            if stopped.is_ok() {
                stopped = visit(group, row);
            }
        }))?;
        stopped
    }

    /// Makes a batch of one chart durable, whole or not at all; an empty one is done already. The chart's front pages
    /// are outdated first, so that after a crash none is shown that no longer fits.
    ///
    /// # Errors
    /// The vault's.
    pub fn commit(&self, chart: ChartScope, batch: Batch) -> Result<(), PlainchartError> {
        if batch.is_empty() {
            return Ok(());
        }
        if self.outdated().insert(chart.key()) {
            for classes in self.classes_of(&chart)? {
                self.vault.put_front_page(self.scope(chart, classes)?, OUTDATED)?;
            }
        }
        self.vault.commit(batch)?;
        Ok(())
    }

    /// The last durable batch.
    #[cfg(test)]
    pub fn batch(&self) -> Result<u64, PlainchartError> {
        Ok(self.vault.batch()?.0)
    }

    fn outdated(&self) -> MutexGuard<'_, HashSet<String>> {
        self.outdated.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What belongs to the end of a sync or an import.
    ///
    /// # Errors
    /// The vault's.
    pub fn end_of_walk(&self) -> Result<(), PlainchartError> {
        self.vault.end_of_walk()?;
        Ok(self.vault.write_anchor()?)
    }

    /// Writes a chart's front pages, one for each set of classes: they fit until its next batch.
    ///
    /// # Errors
    /// The vault's.
    pub fn put_front_pages(&self, chart: &ChartScope, pages: Vec<(Classes, Vec<u8>)>) -> Result<(), PlainchartError> {
        for (classes, bytes) in pages {
            self.vault.put_front_page(self.scope(*chart, classes)?, &bytes)?;
        }
        self.outdated().remove(&chart.key());
        Ok(())
    }

    /// A front page that fits; an outdated or damaged one counts as none, and is written again.
    ///
    /// # Errors
    /// The vault's.
    pub fn front_page(&self, chart: &ChartScope, classes: Classes) -> Result<Option<Vec<u8>>, PlainchartError> {
        let Some(scope) = self.known_scope(chart, classes)? else { return Ok(None) };
        match self.vault.front_page(scope) {
            Ok(page) => Ok(page.map(|page| page.bytes.to_vec()).filter(|bytes| bytes != OUTDATED)),
            Err(Error::Damaged { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Destroys a chart's keys; works while locked.
    ///
    /// # Errors
    /// The vault's.
    pub fn erase_chart(&self, chart: &ChartScope) -> Result<(), PlainchartError> {
        Ok(self.vault.erase_chart(chart.0)?)
    }

    /// Remembers that a part could not be read, and hands the result on.
    fn noticed<T>(&self, result: Result<T, Error>) -> Result<T, PlainchartError> {
        if matches!(result, Err(Error::Damaged { .. })) {
            self.saw_damage.store(true, Ordering::SeqCst);
        }
        Ok(result?)
    }

    /// Gives up what is damaged, if anything was found so: the charts it was of must be walked anew (V3). Nothing
    /// readable is touched.
    ///
    /// # Errors
    /// The vault's.
    pub fn give_up_damaged(&self) -> Result<Vec<ChartScope>, PlainchartError> {
        if !self.saw_damage.swap(false, Ordering::SeqCst) {
            return Ok(Vec::new());
        }
        let dropped = self.vault.drop_damaged()?;
        Ok(dropped.into_iter().map(|dropped| ChartScope(dropped.scope.chart)).collect())
    }

    /// Counts.
    ///
    /// # Errors
    /// The vault's.
    pub fn stats(&self) -> Result<Stats, PlainchartError> {
        Ok(self.vault.stats()?)
    }

    /// Opens every block.
    ///
    /// # Errors
    /// The vault's.
    pub fn check(&self) -> Result<CheckReport, PlainchartError> {
        let check = self.vault.check()?;
        if !check.is_sound() {
            self.saw_damage.store(true, Ordering::SeqCst);
        }
        Ok(check)
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        self.log_sync.stop();
        // Nobody is left to tell; what was acknowledged is durable already, only grouped log lines are not.
        let _ = self.settle();
    }
}
