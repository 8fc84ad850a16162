//! The peer of the stores: SQLite as an app would use it, with SQLCipher's encryption or without.

use std::path::Path;

use rusqlite::{Connection, Row, params};

use crate::chart::Item;
use crate::rounds::Result;

/// A raw key, so that no key stretching is timed.
const KEY: &str = "PRAGMA key = \"x'4242424242424242424242424242424242424242424242424242424242424242'\";";

/// WAL with an fsync at each commit, 32 MB of cache.
const SETTINGS: &str = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -32768; \
    PRAGMA temp_store = MEMORY;";

const TABLES: &str = "
    CREATE TABLE IF NOT EXISTS note (
        id TEXT PRIMARY KEY, chart INTEGER NOT NULL, seconds INTEGER NOT NULL, resource TEXT NOT NULL, body TEXT NOT NULL);
    CREATE INDEX IF NOT EXISTS note_by_time ON note (chart, seconds);
    CREATE TABLE IF NOT EXISTS result (
        id TEXT PRIMARY KEY, chart INTEGER NOT NULL, code TEXT NOT NULL, seconds INTEGER NOT NULL, resource TEXT NOT NULL);
    CREATE INDEX IF NOT EXISTS result_by_code ON result (chart, code, seconds);";

/// Whether the peer encrypts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encryption {
    /// SQLCipher: every page.
    Pages,
    /// None.
    Off,
}

/// An open database.
#[derive(Debug)]
pub struct Sqlite(Connection);

impl Sqlite {
    /// Opens the database in a folder, or makes it.
    ///
    /// # Errors
    /// SQLite's, as with every call here.
    pub fn open(folder: &Path, encryption: Encryption) -> Result<Self> {
        let connection = Connection::open(folder.join("peer.sqlite"))?;
        if encryption == Encryption::Pages {
            connection.execute_batch(KEY)?;
        }
        connection.execute_batch(SETTINGS)?;
        connection.execute_batch(TABLES)?;
        Ok(Self(connection))
    }

    /// What it calls itself.
    pub fn name(encryption: Encryption) -> Result<String> {
        let text = |pragma: &str| -> Result<String> {
            let connection = Connection::open_in_memory()?;
            connection.execute_batch(KEY)?;
            Ok(connection.query_row(pragma, [], |row| row.get(0))?)
        };
        Ok(match encryption {
            Encryption::Pages => {
                format!("SQLCipher {} ({})", text("PRAGMA cipher_version")?, text("PRAGMA cipher_provider")?)
            }
            Encryption::Off => format!("SQLite {}, not encrypted", rusqlite::version()),
        })
    }

    /// Inserts items in one durable transaction.
    pub fn commit(&mut self, items: &[Item]) -> Result<()> {
        let transaction = self.0.transaction()?;
        for item in items {
            let Item { chart, id, seconds, group, resource, body, .. } = item;
            let chart = *chart as i64;
            if item.note {
                transaction
                    .prepare_cached("INSERT OR REPLACE INTO note VALUES (?, ?, ?, ?, ?)")?
                    .execute(params![id, chart, seconds, resource, body])?;
            } else {
                transaction
                    .prepare_cached("INSERT OR REPLACE INTO result VALUES (?, ?, ?, ?, ?)")?
                    .execute(params![id, chart, group, seconds, resource])?;
            }
        }
        Ok(transaction.commit()?)
    }

    /// The newest notes of a chart, without their texts.
    pub fn newest_notes(&self, chart: usize, count: usize) -> Result<Vec<String>> {
        let sql = "SELECT resource FROM note WHERE chart = ? ORDER BY seconds DESC LIMIT ?";
        let mut statement = self.0.prepare_cached(sql)?;
        let found = statement.query_map(params![chart as i64, count as i64], |row| row.get(0))?;
        Ok(found.collect::<rusqlite::Result<_>>()?)
    }

    /// The text of a note.
    pub fn body(&self, id: &str) -> Result<Vec<u8>> {
        Ok(self.0.prepare_cached("SELECT body FROM note WHERE id = ?")?.query_row([id], bytes)?)
    }

    /// All results of one test, oldest first.
    pub fn history(&self, chart: usize, code: &str) -> Result<Vec<Vec<u8>>> {
        let sql = "SELECT resource FROM result WHERE chart = ? AND code = ? ORDER BY seconds";
        let mut statement = self.0.prepare_cached(sql)?;
        let found = statement.query_map(params![chart as i64, code], bytes)?;
        Ok(found.collect::<rusqlite::Result<_>>()?)
    }

    /// How many items there are.
    pub fn count(&self) -> Result<u64> {
        let sql = "SELECT (SELECT count(*) FROM note) + (SELECT count(*) FROM result)";
        Ok(self.0.query_row(sql, [], |row| row.get::<_, i64>(0))?.unsigned_abs())
    }
}

/// The first column as bytes: our side does not check that text is UTF-8 either.
fn bytes(row: &Row<'_>) -> rusqlite::Result<Vec<u8>> {
    Ok(row.get_ref(0)?.as_bytes()?.to_vec())
}
