//! The seam: bytes in, bytes out. The vault is one implementation; another one is the oracle in tests.

use zeroize::Zeroizing;

use crate::batch::Batch;
use crate::error::Result;
use crate::rows::Row;
use crate::scope::{BatchNumber, Scope, Tree};
use crate::upkeep::Stats;
use crate::vault::Vault;

/// A store of values and rows by scope and tree.
pub trait RecordStore: Send + Sync {
    /// Makes a batch durable, whole or not at all.
    fn commit(&self, batch: Batch) -> Result<BatchNumber>;

    /// A value, or none.
    fn value(&self, scope: Scope, tree: Tree, name: &[u8]) -> Result<Option<Zeroizing<Vec<u8>>>>;

    /// The clear names of a tree's values, sorted.
    fn value_names(&self, scope: Scope, tree: Tree) -> Result<Vec<Vec<u8>>>;

    /// A group's rows, ascending by order, then id.
    fn rows(&self, scope: Scope, tree: Tree, group: &[u8]) -> Result<Vec<Row>>;

    /// The groups that have rows, sorted.
    fn groups(&self, scope: Scope, tree: Tree) -> Result<Vec<Vec<u8>>>;

    /// Visits all rows of a tree, group by group.
    fn for_each_row(&self, scope: Scope, tree: Tree, visit: &mut dyn FnMut(&[u8], Row)) -> Result<()>;

    /// Erases a scope for good.
    fn erase_scope(&self, scope: Scope) -> Result<()>;

    /// Counts.
    fn stats(&self) -> Result<Stats>;

    /// Gives back the room of what was replaced and deleted.
    fn compact(&self) -> Result<()>;

    /// Destroys everything.
    fn destroy(&self) -> Result<()>;
}

impl RecordStore for Vault {
    fn commit(&self, batch: Batch) -> Result<BatchNumber> {
        self.commit(batch)
    }

    fn value(&self, scope: Scope, tree: Tree, name: &[u8]) -> Result<Option<Zeroizing<Vec<u8>>>> {
        self.value(scope, tree, name)
    }

    fn value_names(&self, scope: Scope, tree: Tree) -> Result<Vec<Vec<u8>>> {
        self.value_names(scope, tree)
    }

    fn rows(&self, scope: Scope, tree: Tree, group: &[u8]) -> Result<Vec<Row>> {
        self.rows(scope, tree, group)
    }

    fn groups(&self, scope: Scope, tree: Tree) -> Result<Vec<Vec<u8>>> {
        self.groups(scope, tree)
    }

    fn for_each_row(&self, scope: Scope, tree: Tree, visit: &mut dyn FnMut(&[u8], Row)) -> Result<()> {
        self.for_each_row(scope, tree, visit)
    }

    fn erase_scope(&self, scope: Scope) -> Result<()> {
        self.erase_scope(scope)
    }

    fn stats(&self) -> Result<Stats> {
        self.stats()
    }

    fn compact(&self) -> Result<()> {
        self.compact()
    }

    fn destroy(&self) -> Result<()> {
        self.destroy()
    }
}
