//! Words that are explained: set in ‹ › where they stand, and in plain words below.

use std::collections::HashSet;

use plainchart::MarkView;

use crate::page::{Row, Style, Text};

/// The text with every marked word in ‹ ›. Marks are those of this text, in order.
pub fn marked<'m>(text: &str, marks: impl IntoIterator<Item = &'m MarkView>) -> Text {
    let mut shown = Text::default();
    let mut at = 0;
    for mark in marks {
        // A mark that does not fit the text is left out; the text is not.
        let (Some(before), Some(word)) = (text.get(at..mark.start), text.get(mark.start..mark.end)) else { continue };
        shown.push(before, Style::Plain);
        shown.push(format!("‹{word}›"), Style::Marked);
        at = mark.end;
    }
    shown.push(text.get(at..).unwrap_or_default(), Style::Plain);
    shown
}

/// The marks without those that would be explained in the same words again. `text_of` gives the text a mark is in.
pub fn distinct<'m, 't>(marks: &[&'m MarkView], text_of: impl Fn(&MarkView) -> &'t str) -> Vec<&'m MarkView> {
    let mut seen = HashSet::new();
    let is_new = |mark: &&&MarkView| {
        let Some(word) = word(mark, text_of(mark)) else { return false };
        let senses: Vec<&str> = mark.senses.iter().map(|sense| sense.id.as_str()).collect();
        !senses.is_empty() && seen.insert((word.to_lowercase(), mark.entry.clone(), senses.join(" "), mark.cue.clone()))
    };
    marks.iter().filter(is_new).copied().collect()
}

/// What each marked word means, once per meaning and cue, in the order of the text.
pub fn explanations<'t>(marks: &[&MarkView], text_of: impl Fn(&MarkView) -> &'t str) -> Vec<Row> {
    let mut rows = Vec::new();
    for mark in distinct(marks, &text_of) {
        let mut meaning = Text::plain(meaning(mark));
        if let Some(said) = mark.cue.as_deref().and_then(cue) {
            meaning.push(" ", Style::Plain);
            // The arrow never ends a line.
            meaning.push(format!("▸\u{a0}{said}"), Style::Notice);
        }
        rows.push((Text::default().and(word(mark, text_of(mark)).unwrap_or_default(), Style::Marked), meaning));
    }
    rows
}

/// The word as it was typed, on one line.
fn word(mark: &MarkView, text: &str) -> Option<String> {
    Some(text.get(mark.start..mark.end)?.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// One meaning as it is, several as what it could mean (G3).
fn meaning(mark: &MarkView) -> String {
    let plain: Vec<&str> = mark.senses.iter().map(|sense| sense.plain.as_str()).collect();
    match plain.as_slice() {
        [one] if mark.certain => (*one).to_owned(),
        several => {
            let several: Vec<&str> = several.iter().map(|sense| sense.trim_end_matches('.')).collect();
            format!("could mean: {}", several.join(", or "))
        }
    }
}

/// What the words around it say of it (G5).
fn cue(cue: &str) -> Option<&'static str> {
    match cue {
        "negated" => Some("the note says: no"),
        "family" => Some("about a relative"),
        "uncertain" => Some("not sure"),
        "history" => Some("in the past"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use plainchart::SenseView;

    use super::*;

    fn mark(start: usize, end: usize, senses: &[&str], cue: Option<&str>) -> MarkView {
        let senses = senses.iter().map(|plain| SenseView { id: (*plain).into(), plain: (*plain).into() });
        MarkView {
            section: None,
            start,
            end,
            start_utf16: start,
            end_utf16: end,
            entry: "e".into(),
            kind: "term".into(),
            tier: 1,
            certain: senses.len() == 1,
            senses: senses.collect(),
            cue: cue.map(str::to_owned),
            first: true,
        }
    }

    fn shown(text: &Text) -> String {
        text.0.iter().map(|piece| piece.text.as_str()).collect()
    }

    /// Proves G5 and G3 on screen: each cue is said in words, several senses are offered as such.
    #[test]
    fn a_word_is_marked_where_it_stands_and_explained_once() {
        let text = "Père: no LAD, BS+, LAD, LAD";
        let marks = [
            mark(10, 13, &["swollen lymph nodes"], Some("negated")),
            mark(15, 17, &["breath sounds.", "bowel sounds."], None),
            mark(20, 23, &["swollen lymph nodes"], Some("negated")),
            mark(25, 28, &["swollen lymph nodes"], Some("family")),
        ];
        assert_eq!(shown(&marked(text, &marks)), "Père: no ‹LAD›, ‹BS›+, ‹LAD›, ‹LAD›");
        let rows = explanations(&marks.iter().collect::<Vec<_>>(), |_| text);
        let rows: Vec<String> = rows.iter().map(|(word, plain)| format!("{}: {}", shown(word), shown(plain))).collect();
        assert_eq!(
            rows,
            [
                "LAD: swollen lymph nodes ▸\u{a0}the note says: no",
                "BS: could mean: breath sounds, or bowel sounds",
                "LAD: swollen lymph nodes ▸\u{a0}about a relative",
            ]
        );
    }

    /// Proves N1 on screen: marks that do not fit lose no text.
    #[test]
    fn marks_that_do_not_fit_are_left_out() {
        let text = "é BS";
        let marks =
            [mark(1, 2, &["x"], None), mark(3, 90, &["x"], None), mark(3, 5, &["x"], None), mark(3, 4, &["x"], None)];
        assert_eq!(shown(&marked(text, &marks)), "é ‹BS›");
    }
}
