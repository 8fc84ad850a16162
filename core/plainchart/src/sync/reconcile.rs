//! What a full walk did not return (D3): unknown until the hospital says withdrawn.

use super::engine::Syncing;
use super::walk::PAGE_BYTES;
use crate::error::PlainchartError;
use crate::ingest::Incoming;
use crate::net::FHIR_JSON;
use crate::stored::{Life, StoredResource, tree};
use plainchart_record::{JsonLimits, check};

/// Single reads per type and sync; the rest is asked at the next full walk.
const MOST_READS: usize = 200;

impl Syncing<'_> {
    /// Asks the server about every resource of the type that a whole walk did not return.
    ///
    /// # Errors
    /// The network's and the vault's.
    pub(super) async fn reconcile(&mut self, resource_type: &'static str) -> Result<(), PlainchartError> {
        let prefix = format!("{resource_type}/");
        let mut missing: Vec<String> = self
            .writer
            .places()
            .iter()
            .filter(|(key, place)| {
                key.starts_with(&prefix) && place.life != Life::Withdrawn && !self.seen.contains(*key)
            })
            .map(|(key, _)| key.clone())
            .collect();
        missing.sort_unstable();
        for key in missing.iter().take(MOST_READS) {
            let Ok(url) = self.fetcher.base.resolve_for_token(key) else { continue };
            let answer = self.fetcher.get(&url, FHIR_JSON, PAGE_BYTES).await?;
            match answer.status {
                200..=299 => {
                    if let Ok(raw) = check(&answer.body, &JsonLimits::PAGE) {
                        self.writer.take(Incoming { raw, full_url: None, referred_to: false }, &self.patient)?;
                    }
                }
                404 | 410 => {
                    self.mark(key, Life::Withdrawn)?;
                    self.count_withdrawn(resource_type);
                }
                _ => self.mark(key, Life::Unknown)?,
            }
        }
        self.commit(None)
    }

    /// Keeps the resource and writes down what the source says of its life; nothing is deleted.
    fn mark(&mut self, key: &str, life: Life) -> Result<(), PlainchartError> {
        let Some(place) = self.writer.places().get(key).cloned().filter(|place| place.life != life) else {
            return Ok(());
        };
        let rows = self.store.rows(&self.chart, place.classes, tree::RESOURCES, place.group.as_bytes())?;
        if let Some(row) = rows.iter().find(|row| row.id == key.as_bytes()) {
            let mut stored = StoredResource::read(&row.bytes)?;
            stored.header.life = life;
            self.writer.replace(key, &stored, row.order)?;
        }
        Ok(())
    }
}
