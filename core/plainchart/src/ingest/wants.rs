//! Wants: the bodies of a chart that are still to be fetched, each a value of its own (D11).

use std::collections::BTreeMap;

use plainchart_access::Classes;
use plainchart_record::document_reference::Content;
use plainchart_vault::Batch;
use serde::{Deserialize, Serialize};

use super::bodies::body_name;
use crate::error::PlainchartError;
use crate::store::{ChartScope, Store};
use crate::stored::tree;

/// Names of wants begin like this; the body's name follows.
const PREFIX: &str = "want/";
/// Name of the value that says that wants were left out.
const LEFT_OUT: &str = "wants-left-out";
/// Wants of one chart; what is beyond is looked for at a full walk.
const MOST_WANTS: usize = 100_000;

/// A body that is still to be fetched. Stored in the same batch as the page that named it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Want {
    /// `DocumentReference/id` or `DiagnosticReport/id`.
    pub document: String,
    /// Which of its attachments, from 0.
    pub index: usize,
    /// Address as the source wrote it.
    pub url: String,
    /// Media type as declared.
    pub content_type: Option<String>,
    /// Size as declared, in bytes.
    pub size: Option<u64>,
    /// SHA-1 as declared, base64.
    pub hash: Option<String>,
    /// Digest of the document's text.
    #[serde(default)]
    pub version: String,
    /// The source refused it, or sent what cannot be used: it rests until the next full walk.
    #[serde(default)]
    pub rests: bool,
    /// Times it was asked for in this sync without an answer.
    #[serde(skip)]
    pub attempts: u32,
}

/// The attachments of a document that have an address and no bytes of their own. What is contained in the document
/// (`#id`) has no address of its own.
#[must_use]
pub fn fetchable(key: &str, version: &str, contents: &[Content]) -> Vec<Want> {
    let by_address = contents.iter().filter(|content| content.attachment.data_length.is_none());
    by_address
        .filter_map(|content| {
            let attachment = &content.attachment;
            Some(Want {
                document: key.to_owned(),
                index: content.index,
                url: attachment.url.clone().filter(|url| !url.starts_with('#'))?,
                content_type: attachment.media_type.as_ref().map(|media_type| media_type.essence.clone()),
                size: attachment.size,
                hash: attachment.hash.clone(),
                version: version.to_owned(),
                rests: false,
                attempts: 0,
            })
        })
        .collect()
}

/// The wants of a chart. Each change goes into the batch it belongs to.
pub struct Wants {
    chart: ChartScope,
    by_body: BTreeMap<(String, usize), (Classes, Want)>,
    /// Some were left out once: a full walk looks for bodies that are not here.
    left_out: bool,
}

impl Wants {
    /// Reads them.
    ///
    /// # Errors
    /// The vault's.
    pub fn read(store: &Store, chart: ChartScope) -> Result<Self, PlainchartError> {
        let mut wants = Self { chart, by_body: BTreeMap::new(), left_out: false };
        for classes in store.classes_of(&chart)? {
            store.for_each_value(&chart, classes, tree::WALK, &mut |name, bytes| {
                if name.starts_with(PREFIX.as_bytes()) {
                    let want: Want = serde_json::from_slice(bytes).map_err(|_| PlainchartError::VaultDamaged)?;
                    wants.by_body.insert((want.document.clone(), want.index), (classes, want));
                }
                wants.left_out |= name == LEFT_OUT.as_bytes();
                Ok(())
            })?;
        }
        Ok(wants)
    }

    /// Whether bodies may be missing that nothing wants.
    #[must_use]
    pub fn left_out(&self) -> bool {
        self.left_out
    }

    /// Those to be fetched now, with the classes of their document.
    pub fn due(&self) -> impl Iterator<Item = (Classes, &Want)> {
        self.by_body.values().filter(|(_, want)| !want.rests).map(|(classes, want)| (*classes, want))
    }

    /// Whether a body is wanted, now or later.
    #[must_use]
    pub fn has(&self, document: &str, index: usize) -> bool {
        self.by_body.contains_key(&(document.to_owned(), index))
    }

    /// Wants a body.
    ///
    /// # Errors
    /// The vault's.
    pub fn add(
        &mut self,
        store: &Store,
        batch: &mut Batch,
        classes: Classes,
        want: Want,
    ) -> Result<(), PlainchartError> {
        if self.by_body.len() >= MOST_WANTS && !self.has(&want.document, want.index) {
            self.left_out = true;
            let scope = store.scope(self.chart, classes)?;
            batch.put_value(scope, tree::tree(tree::WALK), LEFT_OUT.as_bytes(), b"{}");
            return Ok(());
        }
        put(store, batch, self.chart, classes, &want)?;
        self.by_body.insert((want.document.clone(), want.index), (classes, want));
        Ok(())
    }

    /// A body is no longer wanted.
    ///
    /// # Errors
    /// The vault's.
    pub fn remove(
        &mut self,
        store: &Store,
        batch: &mut Batch,
        document: &str,
        index: usize,
    ) -> Result<(), PlainchartError> {
        if let Some((classes, _)) = self.by_body.remove(&(document.to_owned(), index)) {
            let scope = store.scope(self.chart, classes)?;
            batch.delete_value(scope, tree::tree(tree::WALK), name_of(document, index).as_bytes());
        }
        Ok(())
    }

    /// No body of the document is wanted any more.
    ///
    /// # Errors
    /// The vault's.
    pub fn remove_all(&mut self, store: &Store, batch: &mut Batch, document: &str) -> Result<(), PlainchartError> {
        let of_document = (document.to_owned(), 0)..=(document.to_owned(), usize::MAX);
        let indices: Vec<usize> = self.by_body.range(of_document).map(|((_, index), _)| *index).collect();
        indices.into_iter().try_for_each(|index| self.remove(store, batch, document, index))
    }

    /// The document lies under other classes now: what is wanted of it does too.
    ///
    /// # Errors
    /// The vault's.
    pub fn move_all(
        &mut self,
        store: &Store,
        batch: &mut Batch,
        document: &str,
        classes: Classes,
    ) -> Result<(), PlainchartError> {
        let of_document = (document.to_owned(), 0)..=(document.to_owned(), usize::MAX);
        let wants: Vec<Want> = self.by_body.range(of_document).map(|(_, (_, want))| want.clone()).collect();
        self.remove_all(store, batch, document)?;
        wants.into_iter().try_for_each(|want| self.add(store, batch, classes, want))
    }

    /// A body rests until the next full walk, or is wanted again.
    ///
    /// # Errors
    /// The vault's.
    pub fn rest(
        &mut self,
        store: &Store,
        batch: &mut Batch,
        document: &str,
        index: usize,
        rests: bool,
    ) -> Result<(), PlainchartError> {
        if let Some((classes, want)) = self.by_body.get_mut(&(document.to_owned(), index))
            && want.rests != rests
        {
            want.rests = rests;
            put(store, batch, self.chart, *classes, want)?;
        }
        Ok(())
    }

    /// A full walk begins: what rests is wanted again.
    ///
    /// # Errors
    /// The vault's.
    pub fn wake(&mut self, store: &Store, batch: &mut Batch) -> Result<(), PlainchartError> {
        let resting: Vec<(String, usize)> =
            self.by_body.iter().filter(|(_, (_, want))| want.rests).map(|(body, _)| body.clone()).collect();
        resting.iter().try_for_each(|(document, index)| self.rest(store, batch, document, *index, false))
    }

    /// An attempt got no answer: the body stays wanted.
    pub fn count_attempt(&mut self, document: &str, index: usize) {
        if let Some((_, want)) = self.by_body.get_mut(&(document.to_owned(), index)) {
            want.attempts = want.attempts.saturating_add(1);
        }
    }
}

fn name_of(document: &str, index: usize) -> String {
    format!("{PREFIX}{}", body_name(document, index))
}

fn put(
    store: &Store,
    batch: &mut Batch,
    chart: ChartScope,
    classes: Classes,
    want: &Want,
) -> Result<(), PlainchartError> {
    let bytes = serde_json::to_vec(want).map_err(|_| PlainchartError::internal("wants.write"))?;
    let scope = store.scope(chart, classes)?;
    batch.put_value(scope, tree::tree(tree::WALK), name_of(&want.document, want.index).as_bytes(), &bytes);
    Ok(())
}
