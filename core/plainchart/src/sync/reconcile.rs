//! What a full walk did not return (D3): unknown until the hospital says withdrawn.

use super::engine::Syncing;
use super::walk::PAGE_BYTES;
use crate::error::PlainchartError;
use crate::ingest::{Incoming, can_be_asked_for, resource_key};
use crate::net::{Answer, FHIR_JSON};
use crate::stored::Life;
use plainchart_record::{JsonLimits, check, read_header};

/// Single reads per type and sync; the rest is asked at the next full walk.
const MOST_READS: usize = 200;
/// Reads between two commits: what was learnt survives a cut.
const READS_A_COMMIT: usize = 20;
/// Faults in a row after which the server is left alone until the next sync.
const MOST_FAULTS: u32 = 5;

impl Syncing<'_> {
    /// Asks the server about every resource of the type that a whole walk did not return. Whether it came to its end.
    ///
    /// # Errors
    /// The network's and the vault's; a fault at one resource is none.
    pub(super) async fn reconcile(&mut self, resource_type: &'static str) -> Result<bool, PlainchartError> {
        let mut faults = 0;
        for (number, key) in (1..).zip(self.missing(resource_type)) {
            let Ok(url) = self.fetcher.base.resolve_for_token(&key) else { continue };
            match self.fetcher.get(&url, FHIR_JSON, PAGE_BYTES).await {
                Ok(answer) => {
                    faults = 0;
                    self.learn(resource_type, &key, &answer)?;
                }
                Err(PlainchartError::ServerProblem { .. }) => {
                    faults += 1;
                    self.writer.mark(&key, Life::Unknown)?;
                }
                Err(error) => return Err(error),
            }
            if number % READS_A_COMMIT == 0 {
                self.commit(None)?;
            }
            if faults >= MOST_FAULTS {
                self.commit(None)?;
                return Ok(false);
            }
        }
        self.commit(None)?;
        Ok(true)
    }

    /// What to ask for: first what nobody asked about yet. What has no id at the server cannot be asked for.
    fn missing(&self, resource_type: &str) -> Vec<String> {
        let prefix = format!("{resource_type}/");
        let places = self.writer.places().iter();
        let missing = places.filter(|(key, place)| {
            key.starts_with(&prefix)
                && place.life != Life::Withdrawn
                && !self.seen.contains(*key)
                && can_be_asked_for(key)
        });
        in_turn(missing.map(|(key, place)| (place.life, key.clone())).collect())
    }

    fn learn(&mut self, resource_type: &'static str, key: &str, answer: &Answer) -> Result<(), PlainchartError> {
        match answer.status {
            200..=299 => {
                let raw = check(&answer.body, &JsonLimits::PAGE).ok();
                let is_it = |raw: &&str| read_header(raw).is_ok_and(|header| resource_key(&header, None, raw) == key);
                match raw.filter(is_it) {
                    Some(raw) => {
                        self.writer.take(Incoming { raw, full_url: None, referred_to: false }, &self.patient)?;
                        Ok(())
                    }
                    None => self.writer.mark(key, Life::Unknown),
                }
            }
            404 | 410 => {
                self.writer.mark(key, Life::Withdrawn)?;
                self.count_withdrawn(resource_type);
                Ok(())
            }
            _ => self.writer.mark(key, Life::Unknown),
        }
    }
}

/// The first so many of what is missing; what the server had no answer for before comes last.
fn in_turn(mut missing: Vec<(Life, String)>) -> Vec<String> {
    missing.sort_unstable_by(|(a, one), (b, other)| (*a == Life::Unknown, one).cmp(&(*b == Life::Unknown, other)));
    missing.into_iter().take(MOST_READS).map(|(_, key)| key).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Proves D3: resources that stay unknown never keep the others from being asked about.
    #[test]
    fn the_unknown_come_last() {
        let unknown = (0..300).map(|number| (Life::Unknown, format!("Observation/a{number}")));
        let mut missing: Vec<_> = unknown.collect();
        missing.push((Life::Current, "Observation/z".into()));
        let asked = in_turn(missing);
        assert_eq!((asked.len(), asked.first().map(String::as_str)), (MOST_READS, Some("Observation/z")));
    }
}
