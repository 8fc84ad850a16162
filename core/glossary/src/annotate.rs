//! The scan: which spans of a text are explained, and how.

use crate::compile::tables::{Table, form};
use crate::cue;
use crate::entry::Entry;
use crate::glossary::Glossary;
use crate::kind::Kind;
use crate::lexicon::{Form, Lexicon, Trie};
use crate::mark::{Context, Mark, Senses, count_utf16};
use crate::prose;
use crate::scan::{End, Scan};
use crate::sense::{Decision, Mention, decide};
use crate::signal;
use crate::text::token::{Gap, flag};

impl Glossary {
    /// Explains a text: its marks, in order, none overlapping.
    ///
    /// Time is linear in the text. The text is never changed. At one place the longest form wins; a
    /// form that may not stand there never hides a shorter one that may.
    pub fn annotate(&self, text: &str, context: &Context<'_>) -> Vec<Mark<'_>> {
        let scan = read(self.base(), text, context);
        // A note has a mark every thirty bytes or so.
        let mut marks = Vec::with_capacity(text.len().min(1 << 20) / 40);
        let layers = self.open_layers();
        let mut ends = Vec::new();
        let mut at = 0;
        while at < scan.tokens.len() {
            let found = self.longest(&layers, &scan, at, context, &mut ends);
            at = found.as_ref().map_or(at, |found| found.last) + 1;
            marks.extend(found.and_then(|found| self.mark(&scan, found, context)));
        }
        count_utf16(text, &mut marks);
        marks
    }

    /// The layers and their tries, the last laid first.
    pub(crate) fn open_layers(&self) -> Vec<(&Lexicon, Trie<'_>)> {
        self.layers().map(|lexicon| (lexicon, lexicon.forms())).collect()
    }

    /// The longest admissible match that begins at token `first`, among all layers.
    pub(crate) fn longest<'g>(
        &'g self,
        layers: &[(&'g Lexicon, Trie<'g>)],
        scan: &Scan<'_>,
        first: usize,
        context: &Context<'_>,
        ends: &mut Vec<End>,
    ) -> Option<Found<'g>> {
        let mut best: Option<Found<'g>> = None;
        for (lexicon, trie) in layers.iter().copied() {
            scan.ends(trie, first, ends);
            for end in ends.iter().rev().copied() {
                if best.as_ref().is_some_and(|best| best.last > end.last) {
                    break;
                }
                // A form given with its case comes first.
                let found = scan
                    .forms(lexicon, Table::Forms, trie, first, end)
                    .filter(|(_, form)| !self.is_replaced(lexicon, form.owner))
                    .filter_map(|(_, form)| self.admit(lexicon, &form, scan, first, end.last, context))
                    .max_by_key(|found| (found.exact, std::cmp::Reverse(found.entry.number())));
                if let Some(found) = found {
                    best = Some(found);
                    break;
                }
            }
        }
        best
    }

    /// Whether this form may stand here at all, and what it then means.
    pub(crate) fn admit<'g>(
        &'g self,
        lexicon: &'g Lexicon,
        form: &Form<'_>,
        scan: &Scan<'_>,
        first: usize,
        last: usize,
        context: &Context<'_>,
    ) -> Option<Found<'g>> {
        let entry = Entry::new(lexicon, form.owner);
        let exact = form.has(form::EXACT);
        let short = exact || entry.kind() == Kind::Abbreviation;
        if !entry.is_scanned() || !fits_its_edges(scan, first, last, short) || is_unit(scan, first, last, entry.kind())
        {
            return None;
        }
        let token = scan.get(first)?;
        let also_word = form.has(form::ALSO_WORD | form::LITTLE_WORD);
        if also_word && token.is(flag::LOWER) {
            return None;
        }
        if form.has(form::LITTLE_WORD) && token.is(flag::CAPITALS) {
            return None;
        }
        let decision = decide(lexicon, self.base(), entry, &Mention { scan, first, last, context })?;
        let needs_reason = form.has(form::LITTLE_WORD) || (also_word && token.is(flag::CAPITALS));
        if needs_reason && !decision.by_rule {
            return None;
        }
        Some(Found { entry, decision, first, last, exact, possessive: form.has(form::POSSESSIVE) })
    }

    fn mark<'g>(&'g self, scan: &Scan<'_>, found: Found<'g>, context: &Context<'_>) -> Option<Mark<'g>> {
        let (start, end) = (scan.get(found.first)?, scan.get(found.last)?);
        let tail = if found.possessive { usize::from(end.tail) } else { 0 };
        let kind = found.entry.kind();
        let is_test = matches!(kind, Kind::Test | Kind::Drug);
        let (senses, language) = self.translate(&found, context);
        Some(Mark {
            start: start.start as usize,
            end: end.end as usize + tail,
            start_utf16: 0,
            end_utf16: 0,
            entry: found.entry.id(),
            kind,
            tier: found.entry.tier(),
            certain: found.decision.certain,
            senses,
            cue: cue::of(scan, found.first, found.last, is_test),
            language,
        })
    }

    /// The senses in the reader's language where the entry has all of them, else as they are.
    fn translate<'g>(&'g self, found: &Found<'g>, context: &Context<'_>) -> (Senses<'g>, &'g str) {
        let senses = || found.decision.senses.into_iter().flatten().map(|number| found.entry.sense(number));
        let other = context
            .reader_language
            .and_then(|wanted| self.entry_in(found.entry.id(), wanted))
            .filter(|other| *other != found.entry);
        if let Some(other) = other {
            let translated: Senses<'g> =
                senses().filter_map(|own| other.senses().find(|sense| sense.id == own.id)).collect();
            if translated.len() == senses().count() {
                return (translated, other.language());
            }
        }
        (senses().collect(), found.entry.language())
    }
}

/// A match that may stand.
pub(crate) struct Found<'g> {
    pub(crate) entry: Entry<'g>,
    decision: Decision,
    pub(crate) first: usize,
    pub(crate) last: usize,
    pub(crate) exact: bool,
    possessive: bool,
}

/// Cuts the text and writes on its tokens all that does not depend on entries.
pub(crate) fn read<'t>(base: &Lexicon, text: &'t str, context: &Context<'_>) -> Scan<'t> {
    let mut scan = Scan::new(text);
    prose::addresses(&mut scan);
    let signals = signal::find(base, &scan);
    prose::stops(&mut scan, &signals);
    prose::units(&mut scan, &signals);
    prose::capitals(&mut scan);
    prose::names(&mut scan, &signals);
    cue::apply(&mut scan, &signals, context.section);
    scan
}

/// Whether what touches the span leaves it a word of its own; `short`: an abbreviation.
pub(crate) fn fits_its_edges(scan: &Scan<'_>, first: usize, last: usize, short: bool) -> bool {
    let (Some(start), Some(end)) = (scan.get(first), scan.get(last)) else { return false };
    let before = first.checked_sub(1).and_then(|before| scan.get(before));
    let after = scan.get(last + 1);
    let single = first == last && start.length == 1;
    if let Some(before) = before {
        match start.gap {
            Gap::None => {
                let symbol = before.symbol();
                // One letter beside a sign is part of a shorthand (s/p, U.S.), a word after # or @ a tag.
                if matches!(symbol, Some('#' | '@' | '$' | '\\'))
                    || (single && matches!(symbol, Some('/' | '&' | '.' | '+' | '\'' | '^')))
                {
                    return false;
                }
            }
            Gap::Hyphen if single || (short && before.is(flag::DIGIT)) => return false,
            _ => {}
        }
    }
    if let Some(after) = after {
        match after.gap {
            Gap::None => {
                let symbol = after.symbol();
                let goes_on = scan.get(last + 2).is_some_and(|next| next.gap == Gap::None && next.is(flag::WORD));
                if (single && matches!(symbol, Some('/' | '&' | '+' | '\'' | '^' | '@')))
                    || (single && goes_on && symbol == Some('.'))
                    || (short && end.length <= 2 && symbol == Some('+'))
                {
                    return false;
                }
            }
            Gap::Hyphen if single || (short && after.is(flag::DIGIT)) => return false,
            _ => {}
        }
    }
    true
}

/// Whether the span is a number's unit (must-not 5); only entries of that kind are looked for there.
fn is_unit(scan: &Scan<'_>, first: usize, last: usize, kind: Kind) -> bool {
    let unit = scan.get(first).is_some_and(|token| token.is(flag::UNIT))
        && (first..=last).all(|at| scan.get(at).is_some_and(|token| token.is(flag::UNIT) || token.is_symbol('/')));
    unit != (kind == Kind::Unit)
}
