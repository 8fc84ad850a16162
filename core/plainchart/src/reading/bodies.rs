//! A note's bytes: inside the resource, in the vault, or not here and why.

use plainchart_access::{ChartId, Classes};
use plainchart_record::document_reference::{Content, attachment_bytes};

use crate::error::PlainchartError;
use crate::ingest::{BodyHeader, BodyState, body_name, differs};
use crate::session::Session;
use crate::store::ChartScope;
use crate::stored::{StoredResource, split, tree};

/// Bound on an inline body.
const INLINE_BYTES: usize = 32 << 20;

/// A body that is here.
pub struct Body {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Media type as declared.
    pub content_type: Option<String>,
    /// What to know about it.
    pub remark: Option<String>,
}

/// One of a note's renditions.
pub enum Rendition {
    /// Its bytes are here.
    Here(Body),
    /// They are not; one plain sentence says why.
    NotHere(String),
}

impl Session {
    pub(super) fn rendition(
        &self,
        chart: &ChartId,
        classes: Classes,
        key: &str,
        stored: &StoredResource,
        content: &Content,
    ) -> Result<Rendition, PlainchartError> {
        let attachment = &content.attachment;
        let declared = attachment.media_type.as_ref().map(|media_type| match &media_type.charset {
            Some(charset) => format!("{}; charset={charset}", media_type.essence),
            None => media_type.essence.clone(),
        });
        if attachment.data_length.is_some() {
            return Ok(match attachment_bytes(&stored.raw, content.index, INLINE_BYTES) {
                Ok(Some(bytes)) => {
                    let remark = differs(attachment.size, attachment.hash.as_deref(), &bytes).then(differs_remark);
                    Rendition::Here(Body { bytes, content_type: declared, remark })
                }
                _ => Rendition::NotHere("The text of this note came damaged from the hospital.".to_owned()),
            });
        }
        let name = body_name(key, content.index);
        let Some(value) = self.store.value(&ChartScope::of(chart), classes, tree::BODIES, &name)? else {
            return Ok(Rendition::NotHere(match attachment.url {
                Some(ref url) if !url.starts_with('#') => "The text of this note is not downloaded yet.".to_owned(),
                _ => "The hospital lists this note without its text.".to_owned(),
            }));
        };
        let (header, bytes): (BodyHeader, &[u8]) = split(&value)?;
        let source = self.source_of(chart)?.name;
        Ok(match header.state {
            BodyState::Here => Rendition::Here(Body {
                bytes: bytes.to_vec(),
                content_type: header.content_type.or(declared),
                remark: if header.differs {
                    Some(differs_remark())
                } else {
                    header.version.filter(|version| *version != stored.header.digest).map(|_| former_remark())
                },
            }),
            BodyState::NotShared => Rendition::NotHere(format!("{source} does not share this file.")),
            BodyState::Gone => Rendition::NotHere(format!("{source} no longer has this file.")),
            BodyState::TooLarge => Rendition::NotHere("This file is too large to keep here.".to_owned()),
            BodyState::Elsewhere => Rendition::NotHere(
                "This file lies outside the hospital's own server, so it was not fetched.".to_owned(),
            ),
            BodyState::Broken => Rendition::NotHere(format!("{source} sent this file in a form that cannot be read.")),
        })
    }
}

/// The document was changed, says that its file was not, and the file was not fetched again yet (D4).
fn former_remark() -> String {
    "The hospital has changed this entry since. This text may be the one from before.".to_owned()
}

fn differs_remark() -> String {
    "The file is not quite what the hospital's list says (its size or checksum differs).".to_owned()
}
