//! A note's bytes: inside the resource, in the vault, or not here and why.

use plainchart_access::{ChartId, Classes};
use plainchart_record::attachment::Attachment;
use plainchart_record::document_reference::Content;

use crate::error::PlainchartError;
use crate::ingest::{BODY_BYTES, BodyHeader, BodyState, attachment_bytes_of, body_name, differs, type_of};
use crate::session::Session;
use crate::store::ChartScope;
use crate::stored::{StoredResource, split, tree};

/// A body that is here.
pub(super) struct Body {
    /// Its bytes.
    pub(super) bytes: Vec<u8>,
    /// Media type as declared.
    pub(super) content_type: Option<String>,
    /// What to know about it.
    pub(super) remark: Option<BodyRemark>,
}

/// What to know about a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BodyRemark {
    /// Its size or hash is not what the document says (D11).
    Differs,
    /// The document was changed, says that its file was not, and the file was not fetched again yet (D4).
    Former,
}

impl BodyRemark {
    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::Differs => "differs",
            Self::Former => "former",
        }
    }
}

/// Why a body is not here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Gap {
    /// It is still to be fetched.
    NotDownloaded,
    /// The source does not share it.
    NotShared,
    /// The source no longer has it.
    Gone,
    /// It is over the bound.
    TooLarge,
    /// It lies outside the FHIR base (A10).
    Elsewhere,
    /// The source's answer cannot be used.
    Broken,
    /// The document names neither bytes nor an address.
    LeftOut,
    /// The bytes inside the document cannot be read.
    Damaged,
    /// It stands in a resource of a kind that is not fetched.
    NotFetched,
}

impl Gap {
    /// Stable code.
    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::NotDownloaded => "not-downloaded",
            Self::NotShared => "not-shared",
            Self::Gone => "gone",
            Self::TooLarge => "too-large",
            Self::Elsewhere => "elsewhere",
            Self::Broken => "broken",
            Self::LeftOut => "left-out",
            Self::Damaged => "damaged",
            Self::NotFetched => "not-fetched",
        }
    }

    const fn of_state(state: BodyState) -> Option<Self> {
        match state {
            BodyState::Here => None,
            BodyState::NotShared => Some(Self::NotShared),
            BodyState::Gone => Some(Self::Gone),
            BodyState::TooLarge => Some(Self::TooLarge),
            BodyState::Elsewhere => Some(Self::Elsewhere),
            BodyState::Broken => Some(Self::Broken),
        }
    }
}

/// The declared media type of an attachment, with its charset.
pub(super) fn declared(attachment: &Attachment) -> Option<String> {
    attachment.media_type.as_ref().map(|media_type| match &media_type.charset {
        Some(charset) => format!("{}; charset={charset}", media_type.essence),
        None => media_type.essence.clone(),
    })
}

impl Session {
    /// The body of one rendition. `key`: of the resource, `Type/id`.
    pub(super) fn body(
        &self,
        chart: &ChartId,
        classes: Classes,
        key: &str,
        stored: &StoredResource,
        content: &Content,
    ) -> Result<Result<Body, Gap>, PlainchartError> {
        let attachment = &content.attachment;
        let resource_type = type_of(key);
        if attachment.data_length.is_some() {
            let bytes = attachment_bytes_of(resource_type, &stored.raw, content.index, BODY_BYTES);
            let Ok(Some(bytes)) = bytes else { return Ok(Err(Gap::Damaged)) };
            let differs = differs(attachment.size, attachment.hash.as_deref(), &bytes);
            let remark = differs.then_some(BodyRemark::Differs);
            return Ok(Ok(Body { bytes, content_type: declared(attachment), remark }));
        }
        let name = body_name(key, content.index);
        let Some(value) = self.store.value(&ChartScope::of(chart), classes, tree::BODIES, &name)? else {
            let has_address = attachment.url.as_ref().is_some_and(|url| !url.starts_with('#'));
            return Ok(Err(if has_address { Gap::NotDownloaded } else { Gap::LeftOut }));
        };
        let (header, bytes): (BodyHeader, &[u8]) = split(&value)?;
        if let Some(gap) = Gap::of_state(header.state) {
            return Ok(Err(gap));
        }
        let is_former = header.version.is_some_and(|version| version != stored.header.digest);
        let remark = if header.differs { Some(BodyRemark::Differs) } else { is_former.then_some(BodyRemark::Former) };
        let content_type = header.content_type.or_else(|| declared(attachment));
        Ok(Ok(Body { bytes: bytes.to_vec(), content_type, remark }))
    }
}
