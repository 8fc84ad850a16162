//! The elements that mean something in a note, and what.

use crate::inline::Style;

/// What an element does to the text in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// Starts and ends a paragraph.
    Block,
    /// h1 to h6.
    Heading(u32),
    /// ol (true) and ul.
    List {
        ordered: bool,
    },
    Item,
    Table,
    /// thead, tbody, tfoot.
    RowGroup,
    Row,
    /// th (true) and td.
    Cell {
        header: bool,
    },
    Caption,
    Preformatted,
    /// br.
    Break,
    /// hr.
    Rule,
    Strong,
    Emphasis,
    Struck,
    Superscript,
    Link,
    Image,
    /// A form field without content.
    Input,
    /// One choice of several.
    Choice,
    /// Its text stands in the line like any other.
    Inline,
    /// Could act or fetch; what it holds for readers without that is kept.
    Active,
    /// Goes with all it holds, up to its end tag.
    Skipped {
        active: bool,
    },
    /// Has no content and nothing to show.
    Void,
    /// Not an element of HTML.
    Unknown,
}

impl Role {
    /// Whether it ends the paragraph before it.
    pub(super) fn is_block(self) -> bool {
        matches!(
            self,
            Self::Block
                | Self::Heading(_)
                | Self::List { .. }
                | Self::Item
                | Self::Table
                | Self::RowGroup
                | Self::Row
                | Self::Cell { .. }
                | Self::Caption
                | Self::Preformatted
                | Self::Rule
                | Self::Choice
        )
    }

    /// Whether it is never closed.
    pub(super) fn is_void(self) -> bool {
        matches!(self, Self::Break | Self::Rule | Self::Image | Self::Input | Self::Void | Self::Skipped { .. })
    }

    /// The style of everything in it.
    pub(super) fn style(self) -> Option<Style> {
        match self {
            Self::Strong => Some(Style::Strong),
            Self::Emphasis => Some(Style::Emphasis),
            Self::Struck => Some(Style::Struck),
            _ => None,
        }
    }

    /// Part of a table, and so able to close what was left open in a cell.
    pub(super) fn is_table_part(self) -> bool {
        matches!(self, Self::Table | Self::RowGroup | Self::Row | Self::Cell { .. } | Self::Caption)
    }
}

/// The role of an element; `name` in lower case, without a namespace prefix.
pub(super) fn role(name: &str) -> Role {
    match name {
        "p" | "div" | "section" | "article" | "header" | "footer" | "main" | "nav" | "aside" | "address"
        | "blockquote" | "center" | "fieldset" | "form" | "figure" | "figcaption" | "details" | "summary" | "dl"
        | "dt" | "dd" | "legend" | "body" | "html" | "hgroup" | "search" | "dialog" | "textarea" | "select"
        | "optgroup" | "noframes" | "frameset" | "head" | "noscript" | "template" | "multicol" | "paragraph" => {
            Role::Block
        }
        "h1" => Role::Heading(1),
        "h2" => Role::Heading(2),
        "h3" => Role::Heading(3),
        "h4" => Role::Heading(4),
        "h5" => Role::Heading(5),
        "h6" => Role::Heading(6),
        "ol" => Role::List { ordered: true },
        "ul" | "menu" | "dir" => Role::List { ordered: false },
        "li" => Role::Item,
        "table" => Role::Table,
        "thead" | "tbody" | "tfoot" | "colgroup" => Role::RowGroup,
        "tr" => Role::Row,
        "td" => Role::Cell { header: false },
        "th" => Role::Cell { header: true },
        "caption" => Role::Caption,
        "pre" | "listing" | "xmp" | "plaintext" => Role::Preformatted,
        "br" => Role::Break,
        "hr" => Role::Rule,
        "b" | "strong" => Role::Strong,
        "i" | "em" | "cite" | "dfn" | "var" => Role::Emphasis,
        "s" | "strike" | "del" => Role::Struck,
        "sup" => Role::Superscript,
        "a" => Role::Link,
        "img" | "image" => Role::Image,
        "input" => Role::Input,
        "option" => Role::Choice,
        "span" | "font" | "u" | "ins" | "sub" | "small" | "big" | "tt" | "code" | "kbd" | "samp" | "abbr"
        | "acronym" | "q" | "mark" | "label" | "time" | "data" | "bdi" | "bdo" | "ruby" | "rt" | "rp" | "output"
        | "meter" | "progress" | "nobr" | "blink" | "marquee" | "svg" | "math" | "button" | "picture" | "map"
        | "datalist" | "slot" | "desc" | "content" | "rb" | "rtc" | "basefont" => Role::Inline,
        "object" | "applet" | "audio" | "video" | "canvas" | "portal" => Role::Active,
        "script" | "iframe" | "noembed" => Role::Skipped { active: true },
        "style" | "title" => Role::Skipped { active: false },
        "wbr" | "meta" | "link" | "base" | "embed" | "param" | "source" | "track" | "area" | "col" | "frame"
        | "bgsound" | "keygen" | "spacer" => Role::Void,
        _ => Role::Unknown,
    }
}

/// Whether `name` (any case) is an element of HTML, of any age.
pub(crate) fn is_element(name: &[u8]) -> bool {
    core::str::from_utf8(name).is_ok_and(|name| name.len() <= 12 && role(&name.to_ascii_lowercase()) != Role::Unknown)
}

/// Whether `text` holds at least `most` tags of HTML, one of them an end tag; for one tag an entity will do.
pub(crate) fn holds_markup(text: &str, most: usize) -> bool {
    let mut tags = 0;
    let mut ended = most <= 1;
    for rest in text.split('<').skip(1) {
        let (name, is_end) = rest.strip_prefix('/').map_or((rest, false), |name| (name, true));
        let length = name.bytes().take_while(u8::is_ascii_alphanumeric).count();
        let closes = name
            .get(length..)
            .is_some_and(|after| after.contains('>') && after.starts_with(['>', ' ', '/', '\n', '\t']));
        if closes && name.as_bytes().get(..length).is_some_and(is_element) {
            tags += 1;
            ended |= is_end;
        }
        if tags >= most && ended {
            return true;
        }
    }
    most <= 1 && ["&nbsp;", "&amp;", "&lt;", "&gt;", "&quot;", "&#"].iter().any(|entity| text.contains(entity))
}
