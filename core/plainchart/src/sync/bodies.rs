//! Fetching the bodies that pages named (D11): two at a time, kept wanted until the hospital answers.

use plainchart_access::Classes;
use plainchart_record::{Binary, JsonLimits, check, read_header};

use super::engine::Syncing;
use super::report::Progress;
use crate::error::PlainchartError;
use crate::ingest::{BODY_BYTES, BodyHeader, BodyState, Want, body_name, differs};
use crate::net::Answer;
use crate::sensitivity::classes_of;
use crate::stored::{split, tree};

/// Times a body is asked for within one sync before it waits for the next: with its page, and at the end.
const MOST_ATTEMPTS: u32 = 2;
/// Requests to one host at a time.
const AT_ONCE: usize = 2;
const ANY: &str = "*/*";

/// A body that came, or the reason why none did.
struct Fetched {
    header: BodyHeader,
    bytes: Vec<u8>,
}

impl Syncing<'_> {
    /// Fetches the bodies wanted now; `last`: also those that failed once in this sync.
    ///
    /// # Errors
    /// The vault's, and the network's when the hospital cannot be reached at all: the bodies stay wanted. A fault at
    /// one body is no error: it stays wanted, the others are asked for.
    pub(super) async fn fetch_bodies(&mut self, last: bool) -> Result<(), PlainchartError> {
        let most = if last { MOST_ATTEMPTS } else { 1 };
        let due = self.writer.wants().filter(|(_, want)| want.attempts < most);
        let wanted: Vec<(Classes, Want)> = due.map(|(classes, want)| (classes, want.clone())).collect();
        for (number, pair) in wanted.chunks(AT_ONCE).enumerate() {
            self.fetcher.cancel.check()?;
            let fetched = match pair {
                [(in_one, one), (in_other, other)] => {
                    let (one, other) = tokio::join!(self.fetch_body(*in_one, one), self.fetch_body(*in_other, other));
                    vec![one, other]
                }
                [(classes, one)] => vec![self.fetch_body(*classes, one).await],
                _ => Vec::new(),
            };
            let mut failed = None;
            for ((classes, want), fetched) in pair.iter().zip(fetched) {
                match fetched {
                    Ok(Some(fetched)) => self.keep_body(*classes, want, fetched)?,
                    Ok(None) => self.writer.count_attempt(&want.document, want.index),
                    Err(error) => failed = Some(error),
                }
            }
            let underway = self.position.underway.clone();
            self.commit(underway)?;
            if let Some(error) = failed {
                return Err(error);
            }
            let done = (number * AT_ONCE + pair.len()) as u64;
            if !self.is_proxy() {
                self.listener.progress(&Progress::Bodies { done, total: wanted.len() as u64 })?;
            }
        }
        Ok(())
    }

    /// Looks at the bytes of what is closed to this reader, so that its duplicates are known (N4), and keeps none.
    ///
    /// # Errors
    /// As [`fetch_bodies`](Self::fetch_bodies).
    pub(super) async fn look_at_closed(&mut self) -> Result<(), PlainchartError> {
        for (closed, address) in self.writer.closed_bodies() {
            self.fetcher.cancel.check()?;
            let Ok(url) = self.fetcher.base.resolve_for_token(&address) else {
                self.writer.looked_at(closed, &address, None);
                continue;
            };
            match self.fetcher.get_file(&url, ANY, BODY_BYTES).await {
                Ok(answer) if (200..300).contains(&answer.status) => {
                    let bytes = unwrap_binary(answer).map(|(_, bytes)| bytes);
                    self.writer.looked_at(closed, &address, bytes.as_deref());
                }
                Ok(answer) if matches!(answer.status, 401 | 403 | 404 | 410) => {
                    self.writer.looked_at(closed, &address, None);
                }
                Err(PlainchartError::ServerProblem { code: "too_large" }) => {
                    self.writer.looked_at(closed, &address, None);
                }
                // It said nothing about the file: it is asked again at the next sync.
                Ok(_) | Err(PlainchartError::ServerProblem { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// What the hospital says of a body; none when it said nothing about it, as in a fault of its own.
    async fn fetch_body(&self, classes: Classes, want: &Want) -> Result<Option<Fetched>, PlainchartError> {
        let settled = |state, content_type: Option<String>, bytes: Vec<u8>| {
            let differs = state == BodyState::Here && differs(want.size, want.hash.as_deref(), &bytes);
            let version = Some(want.version.clone());
            let header = BodyHeader { state, content_type, received_ms: self.now_ms, differs, version };
            Ok(Some(Fetched { header, bytes }))
        };
        let without = |state| settled(state, want.content_type.clone(), Vec::new());
        if want.size.is_some_and(|size| size > BODY_BYTES as u64) {
            return without(BodyState::TooLarge);
        }
        let Ok(url) = self.fetcher.base.resolve_for_token(&want.url) else {
            return without(BodyState::Elsewhere);
        };
        let answer = match self.fetcher.get_file(&url, ANY, BODY_BYTES).await {
            Ok(answer) => answer,
            Err(PlainchartError::ServerProblem { code: "too_large" }) => return without(BodyState::TooLarge),
            Err(PlainchartError::ServerProblem { .. }) => return Ok(None),
            Err(error) => return Err(error),
        };
        match answer.status {
            200..=299 if !self.may_hold(classes, &answer) => without(BodyState::NotShared),
            200..=299 => match unwrap_binary(answer) {
                Some((content_type, bytes)) => {
                    settled(BodyState::Here, content_type.or(want.content_type.clone()), bytes)
                }
                None => without(BodyState::Broken),
            },
            401 | 403 => without(BodyState::NotShared),
            404 | 410 => without(BodyState::Gone),
            _ => Ok(None),
        }
    }

    /// Whether this reader may hold a Binary under its own labels and its document's (N4).
    fn may_hold(&self, classes: Classes, answer: &Answer) -> bool {
        self.writer.readable() == Classes::ALL || self.writer.readable().covers(classes.union(own_classes(answer)))
    }

    fn keep_body(&mut self, classes: Classes, want: &Want, fetched: Fetched) -> Result<(), PlainchartError> {
        let name = body_name(&want.document, want.index);
        let state = fetched.header.state;
        // An answer that cannot be used takes no text away that is here.
        if state != BodyState::Broken || !self.is_here(classes, &name)? {
            self.writer.put_body(&want.document, want.index, fetched.header, fetched.bytes)?;
        }
        self.bodies += u64::from(state == BodyState::Here);
        if state.may_change() {
            self.writer.let_rest(&want.document, want.index)
        } else {
            self.writer.settle(&want.document, want.index)
        }
    }

    fn is_here(&self, classes: Classes, name: &str) -> Result<bool, PlainchartError> {
        let Some(value) = self.store.value(&self.chart, classes, tree::BODIES, name)? else { return Ok(false) };
        let (header, _): (BodyHeader, &[u8]) = split(&value)?;
        Ok(header.state == BodyState::Here)
    }
}

fn says_json(answer: &Answer) -> bool {
    answer.content_type.as_deref().is_some_and(|kind| kind.contains("fhir+json") || kind.contains("/json"))
}

/// The classes of a Binary's own labels; none for raw bytes.
fn own_classes(answer: &Answer) -> Classes {
    let text = if says_json(answer) { check(&answer.body, &JsonLimits::PAGE).ok() } else { None };
    let header = text.and_then(|text| read_header(text).ok());
    header.map_or(Classes::NONE, |header| classes_of(&header.security))
}

/// A Binary comes raw, or as FHIR JSON with base64, whatever was asked (seen on real servers).
fn unwrap_binary(answer: Answer) -> Option<(Option<String>, Vec<u8>)> {
    let content_type = answer.content_type.clone();
    if says_json(&answer)
        && let Ok(text) = check(&answer.body, &JsonLimits::PAGE)
        && let Ok(header) = read_header(text)
    {
        // A resource that is no Binary is an error page, not a note.
        let is_binary = header.resource_type == "Binary";
        let binary = is_binary.then(|| Binary::read(text, BODY_BYTES).ok()).flatten()?;
        let media_type = binary.media_type.map(|media_type| match media_type.charset {
            Some(charset) => format!("{}; charset={charset}", media_type.essence),
            None => media_type.essence,
        });
        return Some((media_type, binary.bytes));
    }
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
        for content_type in ["application/fhir+json", "application/json", "application/json; charset=utf-8"] {
            for error in [r#"{"resourceType":"OperationOutcome"}"#, r#"{"resourceType":"Binary","data":"%"}"#] {
                assert!(unwrap_binary(answer(content_type, error)).is_none(), "{content_type} {error}");
            }
        }
        let json_note = unwrap_binary(answer("application/json", r#"{"said":"so"}"#)).unwrap();
        assert_eq!(json_note.1, br#"{"said":"so"}"#);
    }

    /// Proves N4: a Binary's own labels count beside its document's.
    #[test]
    fn a_binary_has_labels_of_its_own() {
        let labelled = r#"{"resourceType":"Binary","meta":{"security":[{"code":"HIV",
            "system":"http://terminology.hl7.org/CodeSystem/v3-ActCode"}]},"data":"PGI+"}"#;
        assert!(!Classes::NONE.covers(own_classes(&answer("application/fhir+json", labelled))));
        assert!(own_classes(&answer("text/plain", labelled)).is_empty());
    }
}
