//! The paragraph being gathered: runs of text, each with its marks.

use crate::inline::{Inline, Span, Style};

/// Marks of a run of text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Marks {
    pub(super) strong: bool,
    pub(super) emphasis: bool,
    pub(super) struck: bool,
    pub(super) hidden: bool,
    pub(super) raised: bool,
    /// Taken out by someone who tracked changes.
    pub(super) deleted: bool,
    /// Number of the link it belongs to.
    pub(super) link: Option<usize>,
}

struct Run {
    start: usize,
    end: usize,
    marks: Marks,
}

/// Text since the last paragraph's end.
#[derive(Default)]
pub(super) struct Line {
    text: String,
    runs: Vec<Run>,
}

impl Line {
    pub(super) fn is_blank(&self) -> bool {
        self.text.trim().is_empty()
    }

    pub(super) fn push(&mut self, text: &str, marks: Marks) {
        let start = self.text.len();
        if marks.raised {
            self.text.extend(text.chars().map(crate::html::superscript));
        } else {
            self.text.push_str(text);
        }
        let end = self.text.len();
        match self.runs.last_mut() {
            Some(last) if last.marks == marks => last.end = end,
            _ => self.runs.push(Run { start, end, marks }),
        }
    }

    /// Ends the paragraph. White space is as written, for it may make columns.
    pub(super) fn take(&mut self, links: &[String]) -> Inline {
        let runs = core::mem::take(&mut self.runs);
        let mut spans = Vec::new();
        for (style, has) in [
            (Style::Strong, (|marks| marks.strong) as fn(&Marks) -> bool),
            (Style::Emphasis, |marks| marks.emphasis),
            (Style::Struck, |marks| marks.struck),
            (Style::Hidden, |marks| marks.hidden),
        ] {
            join(runs.iter().filter(|run| has(&run.marks)).map(|run| (run, style.clone())), &mut spans);
        }
        let linked = runs.iter().filter_map(|run| {
            let url = links.get(run.marks.link?)?;
            Some((run, Style::Link { url: url.clone() }))
        });
        join(linked, &mut spans);
        spans.sort_by_key(|span: &Span| span.end);
        Inline { text: core::mem::take(&mut self.text), spans }
    }
}

/// Adds spans, one for runs that touch.
fn join<'a>(runs: impl Iterator<Item = (&'a Run, Style)>, spans: &mut Vec<Span>) {
    for (run, style) in runs.filter(|(run, _)| run.start < run.end) {
        match spans.last_mut() {
            Some(last) if last.style == style && last.end == run.start => last.end = run.end,
            _ => spans.push(Span { start: run.start, end: run.end, style }),
        }
    }
}

/// The same with single spaces between words and none at the ends of lines.
pub(super) fn collapsed(inline: &Inline) -> Inline {
    respaced(inline, |_, line_start| if line_start { "" } else { " " }).trimmed()
}

/// The same with no white space at the ends of lines.
pub(super) fn ends_trimmed(inline: &Inline) -> Inline {
    respaced(inline, |gap, _| gap)
}

/// The same with other gaps: `gap` gives what stands for white space before a word, knowing if a line starts with it.
fn respaced(inline: &Inline, gap: impl for<'a> Fn(&'a str, bool) -> &'a str) -> Inline {
    let mut text = String::with_capacity(inline.text.len());
    // Where text was dropped: the place behind it, before and after.
    let mut drops: Vec<(usize, usize)> = Vec::new();
    let mut gap_start: Option<usize> = None;
    for (at, c) in inline.text.char_indices() {
        if c.is_whitespace() && c != '\n' {
            gap_start.get_or_insert(at);
            continue;
        }
        if let Some(start) = gap_start.take()
            && c != '\n'
        {
            let line_start = text.is_empty() || text.ends_with('\n');
            text.push_str(gap(inline.text.get(start..at).unwrap_or_default(), line_start));
        }
        if drops.last().map_or(0, |(before, after)| before - after) != at - text.len() {
            drops.push((at, text.len()));
        }
        text.push(c);
    }
    let place = |old: usize| {
        let next = drops.partition_point(|(before, _)| *before <= old);
        let shifted = match next.checked_sub(1).and_then(|last| drops.get(last)) {
            Some((before, after)) => after + (old - before),
            None => old,
        };
        // A place within a gap is where the gap ends.
        shifted.min(drops.get(next).map_or(text.len(), |(_, after)| *after))
    };
    let spans = inline.spans.iter().map(|span| (place(span.start), place(span.end), &span.style));
    let spans = spans
        .filter(|(start, end, _)| start < end)
        .map(|(start, end, style)| Span { start, end, style: style.clone() })
        .collect();
    Inline { text, spans }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Proves N1: emphasis stays on its words when white space goes.
    #[test]
    fn spans_follow_their_words() {
        let mut line = Line::default();
        let strong = Marks { strong: true, ..Marks::default() };
        line.push("  Na\t\t", strong);
        line.push("  140 \n \u{A0}K", Marks::default());
        line.push(" 4.1", Marks { struck: true, link: Some(0), ..strong });
        line.push(" \t", strong);
        line.push("high", strong);
        let inline = collapsed(&line.take(&["https://a.example/".to_owned()]));
        assert_eq!(inline.text, "Na 140\nK 4.1 high");
        let styled: Vec<(&str, &Style)> = inline
            .spans
            .iter()
            .filter_map(|span| Some((inline.text.get(span.start..span.end)?, &span.style)))
            .collect();
        assert_eq!(styled.iter().map(|(text, _)| text.trim()).collect::<Vec<_>>(), ["Na", "4.1", "4.1", "4.1 high"]);
        assert!(styled.iter().all(|(text, _)| !text.contains("140")));
    }
}
