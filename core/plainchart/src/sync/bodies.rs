//! Fetching the bodies that pages named (D11): two at a time, kept wanted until the hospital answers.

use plainchart_access::Classes;
use plainchart_record::{Binary, JsonLimits, check};

use super::engine::Syncing;
use super::report::Progress;
use crate::error::PlainchartError;
use crate::ingest::{BodyHeader, BodyState, Want, body_name, differs};
use crate::net::Answer;
use crate::stored::{join, tree};

/// Bound on one body; a larger one is fetched when the reader asks for it.
pub const BODY_BYTES: usize = 32 << 20;
/// Times a body is asked for within one sync before it waits for the next.
const MOST_ATTEMPTS: u32 = 3;
/// Requests to one host at a time.
const AT_ONCE: usize = 2;
const ANY: &str = "*/*";

/// A body that came, or the reason why none did.
struct Fetched {
    header: BodyHeader,
    bytes: Vec<u8>,
}

impl Syncing<'_> {
    /// Fetches every body wanted now.
    ///
    /// # Errors
    /// The vault's, and the network's when the hospital cannot be reached at all: the bodies stay wanted.
    pub(super) async fn fetch_bodies(&mut self) -> Result<(), PlainchartError> {
        let wanted: Vec<(Classes, Want)> = self
            .writer
            .wants()
            .filter(|(_, want)| want.attempts < MOST_ATTEMPTS)
            .map(|(classes, want)| (classes, want.clone()))
            .collect();
        for (number, pair) in wanted.chunks(AT_ONCE).enumerate() {
            self.fetcher.cancel.check()?;
            let fetched = match pair {
                [(_, one), (_, other)] => {
                    let (one, other) = tokio::join!(self.fetch_body(one), self.fetch_body(other));
                    vec![one, other]
                }
                [(_, one)] => vec![self.fetch_body(one).await],
                _ => Vec::new(),
            };
            let mut failed = None;
            for ((classes, want), fetched) in pair.iter().zip(fetched) {
                match fetched {
                    Ok(fetched) => self.keep_body(*classes, want, &fetched)?,
                    Err(error) => {
                        self.writer.count_attempt(&want.document, want.index);
                        failed = Some(error);
                    }
                }
            }
            let underway = self.position.underway.clone();
            self.commit(underway)?;
            if let Some(error) = failed {
                return Err(error);
            }
            let done = (number * AT_ONCE + pair.len()) as u64;
            self.listener.progress(&Progress::Bodies { done, total: wanted.len() as u64 })?;
        }
        Ok(())
    }

    async fn fetch_body(&self, want: &Want) -> Result<Fetched, PlainchartError> {
        let settled = |state, content_type: Option<String>, bytes: Vec<u8>| {
            let differs = state == BodyState::Here && differs(want.size, want.hash.as_deref(), &bytes);
            let header = BodyHeader { state, content_type, received_ms: self.now_ms, differs };
            Ok(Fetched { header, bytes })
        };
        if want.size.is_some_and(|size| size > BODY_BYTES as u64) {
            return settled(BodyState::TooLarge, want.content_type.clone(), Vec::new());
        }
        let Ok(url) = self.fetcher.base.resolve_for_token(&want.url) else {
            return settled(BodyState::Elsewhere, want.content_type.clone(), Vec::new());
        };
        let answer = match self.fetcher.get(&url, ANY, BODY_BYTES).await {
            Ok(answer) => answer,
            Err(PlainchartError::ServerProblem { code: "too_large" }) => {
                return settled(BodyState::TooLarge, want.content_type.clone(), Vec::new());
            }
            Err(PlainchartError::ServerProblem { .. }) => {
                return settled(BodyState::Broken, want.content_type.clone(), Vec::new());
            }
            Err(error) => return Err(error),
        };
        match answer.status {
            200..=299 => match unwrap_binary(answer) {
                Some((content_type, bytes)) => {
                    settled(BodyState::Here, content_type.or(want.content_type.clone()), bytes)
                }
                None => settled(BodyState::Broken, want.content_type.clone(), Vec::new()),
            },
            401 | 403 => settled(BodyState::NotShared, want.content_type.clone(), Vec::new()),
            404 | 410 => settled(BodyState::Gone, want.content_type.clone(), Vec::new()),
            _ => settled(BodyState::Broken, want.content_type.clone(), Vec::new()),
        }
    }

    fn keep_body(&mut self, classes: Classes, want: &Want, fetched: &Fetched) -> Result<(), PlainchartError> {
        let name = body_name(&want.document, want.index);
        let value = join(&fetched.header, &fetched.bytes)?;
        self.writer.put_value(classes, tree::BODIES, &name, &value)?;
        self.writer.settle(&want.document, want.index);
        self.bodies += u64::from(fetched.header.state == BodyState::Here);
        Ok(())
    }
}

/// A Binary comes raw, or as FHIR JSON with base64, whatever was asked (seen on real servers).
fn unwrap_binary(answer: Answer) -> Option<(Option<String>, Vec<u8>)> {
    let content_type = answer.content_type.clone();
    let says_fhir = content_type.as_deref().is_some_and(|kind| kind.contains("fhir+json") || kind.contains("/json"));
    if says_fhir
        && let Ok(text) = check(&answer.body, &JsonLimits::PAGE)
        && let Ok(binary) = Binary::read(text, BODY_BYTES)
    {
        let media_type = binary.media_type.map(|media_type| match media_type.charset {
            Some(charset) => format!("{}; charset={charset}", media_type.essence),
            None => media_type.essence,
        });
        return Some((media_type, binary.bytes));
    }
    // FHIR JSON that is no Binary is an error page, not a note.
    let is_fhir = content_type.as_deref().is_some_and(|kind| kind.contains("fhir+json"));
    (!is_fhir).then_some((content_type, answer.body))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(content_type: &str, body: &str) -> Answer {
        Answer {
            status: 200,
            content_type: Some(content_type.into()),
            retry_after: None,
            date: None,
            body: body.into(),
            wire_bytes: 0,
        }
    }

    /// Proves D2: a Binary is unwrapped whether it comes raw or as FHIR JSON; an error page is no note.
    #[test]
    fn a_body_in_both_forms() {
        let raw = unwrap_binary(answer("text/plain", "81M here w/ dtr")).unwrap();
        assert_eq!(raw, (Some("text/plain".into()), b"81M here w/ dtr".to_vec()));
        let json = r#"{"resourceType":"Binary","contentType":"text/html","data":"PGI+"}"#;
        let wrapped = unwrap_binary(answer("application/fhir+json; charset=utf-8", json)).unwrap();
        assert_eq!(wrapped, (Some("text/html".into()), b"<b>".to_vec()));
        assert!(unwrap_binary(answer("application/fhir+json", r#"{"resourceType":"OperationOutcome"}"#)).is_none());
    }
}
