//! Where text goes: which groups hold words of the note, and which hold something else.

/// What becomes of the text in a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Destination {
    /// Words of the note.
    Body,
    /// The text before a list's item.
    Marker,
    FontTable,
    StyleSheet,
    /// What a field does.
    Instruction,
    /// The settings of a form's field.
    FormField,
    /// One choice of a form's field.
    Choice,
    /// How the row of a table within a table is cut; it has no text, but ends the row.
    NestedRow,
    /// The name of a drawing's property.
    PropertyName,
    /// Its value.
    PropertyValue,
    /// The tags of a page that was wrapped in RTF.
    Tag,
    /// No words, but groups within may have some.
    Hollow,
    /// Nothing for a reader, and nothing in it either.
    Skipped,
}

impl Destination {
    /// Whether groups within are looked at.
    pub(super) fn is_open(self) -> bool {
        self != Self::Skipped
    }
}

/// What a group's first control word starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Start {
    Into(Destination),
    /// Words that stand beside the text: they follow the paragraph that calls for them.
    Aside,
    Field,
    FieldResult,
    /// A picture.
    Picture,
    /// A choice of the same words in two spellings, of which the second, `\ud`, is kept.
    Alternatives,
    /// The second spelling.
    Unicode,
}

/// Control words that start a destination (RTF 1.9.1, and MS-OXRTFEX for `\htmltag`).
pub(super) fn start(word: &str) -> Option<Start> {
    use Destination as D;
    Some(match word {
        "header" | "headerl" | "headerr" | "headerf" | "footer" | "footerl" | "footerr" | "footerf" | "footnote"
        | "annotation" | "shptxt" | "dptxbxtext" => Start::Aside,
        "field" => Start::Field,
        "fldrslt" => Start::FieldResult,
        "fldinst" => Start::Into(D::Instruction),
        "formfield" => Start::Into(D::FormField),
        "ffl" => Start::Into(D::Choice),
        "listtext" | "pntext" => Start::Into(D::Marker),
        "fonttbl" => Start::Into(D::FontTable),
        "stylesheet" => Start::Into(D::StyleSheet),
        "nesttableprops" => Start::Into(D::NestedRow),
        "pict" => Start::Picture,
        "upr" => Start::Alternatives,
        "ud" => Start::Unicode,
        "htmltag" => Start::Into(D::Tag),
        "sn" => Start::Into(D::PropertyName),
        "sv" => Start::Into(D::PropertyValue),
        // An equation, and the runs of text in it.
        "moMath" | "moMathPara" | "mmath" => Start::Into(D::Hollow),
        "mr" | "result" => Start::Into(D::Body),
        "object" | "shp" | "shpinst" | "shpgrp" | "do" | "shppict" | "picprop" => Start::Into(D::Hollow),
        "colortbl" | "info" | "filetbl" | "listtable" | "listoverridetable" | "revtbl" | "rsidtbl" | "generator"
        | "themedata" | "colorschememapping" | "latentstyles" | "datastore" | "xmlnstbl" | "mmathPr" | "pgptbl"
        | "nonshppict" | "shprslt" | "objdata" | "objclass" | "objname" | "nonesttables" | "xe" | "tc" | "tcn"
        | "rxe" | "txe" | "bkmkstart" | "bkmkend" | "ftnsep" | "ftnsepc" | "ftncn" | "aftnsep" | "aftnsepc"
        | "aftncn" | "private" | "privatel" | "template" | "atnid" | "atnauthor" | "atndate" | "atnref"
        | "atnparent" | "atrfstart" | "atrfend" | "mhtmltag" | "datafield" | "blipuid" | "pn" | "pnseclvl"
        | "background" | "docvar" | "userprops" | "falt" | "panose" | "fontemb" | "listname" | "nextfile" => {
            Start::Into(D::Skipped)
        }
        _ => return None,
    })
}

/// In these no paragraph can start: one that does shows that a brace is missing.
pub(super) fn lacks_its_brace(word: &str, inside: Destination, opened_by: Opener) -> bool {
    match (inside, opened_by) {
        (Destination::FontTable, _) | (_, Opener::HeaderTable) => {
            matches!(word, "pard" | "par" | "sectd" | "trowd" | "plain" | "intbl")
        }
        (Destination::StyleSheet, _) => matches!(word, "par" | "sectd" | "trowd" | "cell"),
        _ => false,
    }
}

/// Which kind of word opened a skipped group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Opener {
    /// `\colortbl`, `\info`, `\generator`: tables at the head of the file.
    HeaderTable,
    Other,
}

impl Opener {
    pub(super) fn of(word: &str) -> Self {
        if matches!(word, "colortbl" | "info" | "generator" | "filetbl") { Self::HeaderTable } else { Self::Other }
    }
}

/// The characters that control words and symbols stand for.
pub(super) fn character(word: &str) -> Option<&'static str> {
    Some(match word {
        "tab" => "\t",
        "emdash" => "\u{2014}",
        "endash" => "\u{2013}",
        "bullet" => "\u{2022}",
        "lquote" => "\u{2018}",
        "rquote" => "\u{2019}",
        "ldblquote" => "\u{201C}",
        "rdblquote" => "\u{201D}",
        "emspace" | "enspace" | "qmspace" => " ",
        "zwj" => "\u{200D}",
        "zwnj" => "\u{200C}",
        "ltrmark" => "\u{200E}",
        "rtlmark" => "\u{200F}",
        "zwbo" | "zwnbo" => "",
        _ => return None,
    })
}

/// The character of a backslash and a mark; `None` where it stands for the mark itself.
pub(super) fn symbol(mark: u8) -> Option<&'static str> {
    Some(match mark {
        b'~' => "\u{A0}",
        b'_' => "\u{2011}",
        b'\t' => "\t",
        // A place where a word may be broken, and marks of index entries and formulas.
        b'-' | b':' | b'|' | b'*' => "",
        _ => return None,
    })
}
