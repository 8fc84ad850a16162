//! The elements that mean something in narrative, and what (CDA R2, 4.3.5 "Section Narrative Block").
//!
//! Those of HTML are there too: many systems write them where the standard asks for its own.

use crate::inline::Style;

/// What an element does to the text in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// Starts and ends a paragraph.
    Paragraph,
    /// A paragraph in bold: a heading of HTML.
    Label,
    /// Its text stands in the line like any other.
    Inline,
    /// `content`: in the line, told apart from one that follows straight on.
    Content,
    /// A part of a name or an address: set apart by a space.
    Part,
    /// `br`.
    Break,
    Rule,
    List {
        ordered: bool,
    },
    Item,
    Table,
    /// `thead`, `tbody`, `tfoot`.
    RowGroup {
        head: bool,
        foot: bool,
    },
    Row,
    Cell {
        header: bool,
    },
    Caption,
    Superscript,
    Strong,
    Emphasis,
    Struck,
    Link,
    Footnote,
    FootnoteReference,
    Picture,
    Preformatted,
    /// Could act; goes with all it holds.
    Active,
    /// Has nothing to show.
    Void,
    /// Not an element of narrative.
    Unknown,
}

impl Role {
    /// Whether it ends the paragraph before it.
    pub(super) fn is_block(self) -> bool {
        matches!(
            self,
            Self::Paragraph
                | Self::Label
                | Self::Rule
                | Self::List { .. }
                | Self::Item
                | Self::Table
                | Self::RowGroup { .. }
                | Self::Row
                | Self::Cell { .. }
                | Self::Caption
                | Self::Preformatted
        )
    }

    /// The style of everything in it.
    pub(super) fn style(self) -> Option<Style> {
        match self {
            Self::Strong | Self::Label => Some(Style::Strong),
            Self::Emphasis => Some(Style::Emphasis),
            Self::Struck => Some(Style::Struck),
            _ => None,
        }
    }
}

/// The role of an element; `name` without a namespace prefix.
pub(super) fn role(name: &str) -> Role {
    match name {
        "td" => Role::Cell { header: false },
        "content" => Role::Content,
        "tr" => Role::Row,
        "paragraph" | "p" | "div" | "blockquote" | "dl" | "dt" | "dd" | "center" => Role::Paragraph,
        "br" => Role::Break,
        "th" => Role::Cell { header: true },
        "list" | "ul" => Role::List { ordered: false },
        "ol" => Role::List { ordered: true },
        "item" | "li" => Role::Item,
        "table" => Role::Table,
        "thead" => Role::RowGroup { head: true, foot: false },
        "tbody" => Role::RowGroup { head: false, foot: false },
        "tfoot" => Role::RowGroup { head: false, foot: true },
        "caption" => Role::Caption,
        "sup" => Role::Superscript,
        "sub" | "span" | "u" | "font" | "small" | "big" | "code" | "tt" | "label" | "ins" | "abbr" => Role::Inline,
        "linkHtml" | "a" => Role::Link,
        "footnote" => Role::Footnote,
        "footnoteRef" => Role::FootnoteReference,
        "renderMultiMedia" | "img" => Role::Picture,
        "b" | "strong" => Role::Strong,
        "i" | "em" | "cite" => Role::Emphasis,
        "s" | "strike" | "del" => Role::Struck,
        "pre" => Role::Preformatted,
        "hr" => Role::Rule,
        "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => Role::Label,
        "col" | "colgroup" => Role::Void,
        "script" | "style" | "iframe" => Role::Active,
        _ => Role::Unknown,
    }
}

/// As [`role`], outside narrative, where coded elements hold the words.
pub(super) fn role_outside_narrative(name: &str) -> Role {
    match name {
        "name" | "addr" => Role::Paragraph,
        "prefix" | "given" | "family" | "suffix" | "delimiter" | "streetAddressLine" | "streetName" | "houseNumber"
        | "additionalLocator" | "city" | "county" | "state" | "postalCode" | "country" => Role::Part,
        // Elements of CDA, of the same name as one of HTML.
        "code" | "label" => Role::Paragraph,
        _ => match role(name) {
            Role::Unknown => Role::Paragraph,
            known => known,
        },
    }
}

/// Elements of the document around the narrative.
const STRUCTURE: &[&str] = &[
    "ClinicalDocument",
    "component",
    "structuredBody",
    "nonXMLBody",
    "section",
    "title",
    "text",
    "entry",
    "code",
    "templateId",
    "paragraph",
    "content",
    "list",
    "item",
    "table",
    "thead",
    "tbody",
    "tfoot",
    "caption",
    "colgroup",
    "linkHtml",
    "footnoteRef",
    "renderMultiMedia",
    "br",
    "tr",
    "th",
    "td",
    "sub",
    "sup",
    "div",
    "span",
];

/// Whether `name` is an element that is looked for.
pub(super) fn is_known_name(name: &str) -> bool {
    role(name) != Role::Unknown || STRUCTURE.contains(&name)
}

/// Whether `start` can be the beginning of such a name, cut off.
pub(super) fn begins_known_name(start: &str) -> bool {
    is_known_name(start) || STRUCTURE.iter().any(|name| name.starts_with(start))
}
