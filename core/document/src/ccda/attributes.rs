//! What the attributes of an element of narrative say.

use std::borrow::Cow;

use super::events::Tag;
use super::frames::Numbering;
use crate::html::safe_link;
use crate::inline::Style;

/// Largest `colspan` and `rowspan` kept, as in HTML.
const LARGEST_SPAN: u32 = 1000;

/// What the attributes of an element say.
#[derive(Default)]
pub(super) struct Said<'a> {
    pub(super) styles: Vec<Style>,
    /// It has a `styleCode`.
    pub(super) styled: bool,
    pub(super) ordered: bool,
    pub(super) numbering: Option<Numbering>,
    pub(super) preserve: Option<bool>,
    pub(super) link: Option<String>,
    pub(super) id: Option<Cow<'a, str>>,
    pub(super) idref: Option<Cow<'a, str>>,
    pub(super) description: Option<Cow<'a, str>>,
    pub(super) column_span: u32,
    pub(super) row_span: u32,
}

impl<'a> Said<'a> {
    pub(super) fn by(tag: &Tag<'a>) -> Self {
        let mut said = Self { column_span: 1, row_span: 1, ..Self::default() };
        if !tag.has_attributes() {
            return said;
        }
        for (name, value) in tag.attributes() {
            match name {
                "styleCode" => {
                    said.styled = true;
                    value.split_ascii_whitespace().for_each(|code| said.style_code(code));
                }
                "revised" if value == "delete" => said.styles.push(Style::Struck),
                "listType" => said.ordered = value == "ordered",
                "xml:space" => said.preserve = Some(value == "preserve"),
                "href" => said.link = safe_link(value.trim()),
                "ID" | "id" => said.id = Some(value),
                "IDREF" | "idref" => said.idref = Some(value),
                "alt" => said.description = Some(value),
                "colspan" => said.column_span = span(&value),
                // Down to the end of its group of rows.
                "rowspan" if value.trim() == "0" => said.row_span = LARGEST_SPAN,
                "rowspan" => said.row_span = span(&value),
                _ => {}
            }
        }
        said
    }

    fn style_code(&mut self, code: &str) {
        let style = match code {
            "Bold" | "bold" => Style::Strong,
            "Italics" | "italics" | "Emphasis" | "emphasis" => Style::Emphasis,
            _ => {
                self.numbering = Numbering::of_style_code(code).or(self.numbering);
                return;
            }
        };
        if !self.styles.contains(&style) {
            self.styles.push(style);
        }
    }
}

fn span(value: &str) -> u32 {
    value.trim().parse().unwrap_or(1_u32).clamp(1, LARGEST_SPAN)
}
