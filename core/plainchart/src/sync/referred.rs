//! Reading who and what the chart's resources name (D1): one read each, after the walks.

use plainchart_auth::{Access, Allowance, Scopes};
use plainchart_record::identity::Identity;
use plainchart_record::{JsonLimits, check, read_header};
use url::Url;

use super::engine::Syncing;
use super::page::Page;
use crate::error::PlainchartError;
use crate::ingest::{Incoming, resource_key};
use crate::net::{Answer, FHIR_JSON};

/// Reads per sync; the rest is asked for at the next.
const MOST_READS: usize = 2000;
/// Reads between two commits: what was learnt survives a cut.
const READS_A_COMMIT: usize = 20;
/// Refusals of a type in a row after which it is left alone until the next full walk.
const MOST_REFUSALS: u32 = 3;
/// Rounds: a role names a practitioner and a place.
const MOST_ROUNDS: usize = 3;
const RESOURCE_BYTES: usize = 4 << 20;

impl Syncing<'_> {
    /// Reads what is named and not here.
    ///
    /// # Errors
    /// The network's and the vault's; a fault at one resource is none.
    pub(super) async fn fetch_referred(&mut self, granted: &Scopes) -> Result<(), PlainchartError> {
        let underway = self.position.underway.clone();
        for _ in 0..MOST_ROUNDS {
            let due = self.writer.referred().due();
            if due.is_empty() {
                return Ok(());
            }
            for address in due {
                self.fetcher.cancel.check()?;
                let Some((resource_type, _)) = address.split_once(['/', '?']) else { continue };
                let refused = self.refusals.get(resource_type).is_some_and(|count| *count >= MOST_REFUSALS);
                if refused || granted.allows(resource_type, Access::Read) == Allowance::Denied {
                    self.writer.referred().refuse(&address);
                    continue;
                }
                self.named_reads += 1;
                if self.named_reads > MOST_READS {
                    return self.commit(underway);
                }
                let url = self.url_of(&address)?;
                match self.fetcher.get(&url, FHIR_JSON, RESOURCE_BYTES).await {
                    Ok(answer) if (200..300).contains(&answer.status) => {
                        self.refusals.remove(resource_type);
                        self.take_referred(&address, &answer)?;
                    }
                    Ok(answer) if matches!(answer.status, 404 | 410) => self.writer.referred().refuse(&address),
                    Ok(_) | Err(PlainchartError::ServerProblem { .. }) => {
                        *self.refusals.entry(resource_type.to_owned()).or_default() += 1;
                        self.writer.referred().refuse(&address);
                    }
                    Err(error) => return Err(error),
                }
                if self.named_reads.is_multiple_of(READS_A_COMMIT) {
                    self.commit(underway.clone())?;
                }
            }
            self.commit(underway.clone())?;
        }
        Ok(())
    }

    /// A resource by its id, or a search by its number.
    fn url_of(&self, address: &str) -> Result<Url, PlainchartError> {
        let Some((resource_type, number)) = address.split_once('?') else {
            return Ok(self.fetcher.base.resolve_for_token(address)?);
        };
        let mut url = self.fetcher.base.resolve_for_token(resource_type)?;
        url.query_pairs_mut().append_pair("identifier", number);
        Ok(url)
    }

    fn take_referred(&mut self, address: &str, answer: &Answer) -> Result<(), PlainchartError> {
        let Some(raw) = named_resource(address, answer) else {
            self.writer.referred().refuse(address);
            return Ok(());
        };
        let outcome = self.writer.take(Incoming { raw: &raw, full_url: None, referred_to: true }, &self.patient)?;
        self.writer.referred().settle(address);
        let resource_type = address.split_once(['/', '?']).map_or("", |(resource_type, _)| resource_type);
        if let Some(resource_type) = super::plan::scope_types().into_iter().find(|known| *known == resource_type) {
            self.count(resource_type, outcome);
        }
        Ok(())
    }
}

/// What was asked for: the resource itself, or the one match of a search by its number.
fn named_resource(address: &str, answer: &Answer) -> Option<String> {
    let Some((resource_type, number)) = address.split_once('?') else {
        let raw = check(&answer.body, &JsonLimits::PAGE).ok()?;
        let is_it = read_header(raw).is_ok_and(|header| resource_key(&header, None, raw) == address);
        return is_it.then(|| raw.to_owned());
    };
    let page = Page::read(answer).ok()?;
    let (system, value) = number.split_once('|')?;
    // A server that passes over the parameter answers with somebody else.
    let is_it = |raw: &str| {
        Identity::read(raw, None).is_ok_and(|identity| {
            let has_number = identity.identifiers.iter().any(|identifier| {
                identifier.system.as_deref() == Some(system) && identifier.value.as_deref() == Some(value)
            });
            identity.resource_type == resource_type && has_number
        })
    };
    let mut matches = page.resources.into_iter().filter(|resource| !resource.included && is_it(&resource.raw));
    // Of several nobody can tell who was meant.
    let first = matches.next().filter(|_| page.next.is_none())?;
    matches.next().is_none().then_some(first.raw)
}
