//! Which sensitivity classes of a chart were ever written and not erased.

use crate::error::{Error, Result};
use crate::scope::{ChartId, Class};
use crate::scope_table::Standing;
use crate::vault::Vault;

impl Vault {
    /// The classes of a chart that hold something, sorted.
    ///
    /// # Errors
    /// `Locked`.
    pub fn classes(&self, chart: ChartId) -> Result<Vec<Class>> {
        if self.is_locked() {
            return Err(Error::Locked);
        }
        let scopes = self.scopes();
        let living = scopes.iter().filter(|(scope, known)| scope.chart == chart && known.standing == Standing::Live);
        Ok(living.map(|(scope, _)| scope.class).collect())
    }
}
