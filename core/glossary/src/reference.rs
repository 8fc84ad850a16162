//! A slow matcher, to hold the fast one against: every span spelled out and looked up as a string.

use std::collections::HashMap;

use proptest::prelude::*;

use crate::annotate::{Found, read};
use crate::compile::tables::{Table, form};
use crate::compile::trie::DEPTH;
use crate::glossary::Glossary;
use crate::lexicon::{Form, Lexicon};
use crate::mark::Context;
use crate::scan::Scan;
use crate::text::fold::{folded, is_apostrophe, is_ignorable};
use crate::text::token::{Gap, flag};

type Spelled<'g> = HashMap<(&'g str, bool), Vec<u32>>;

/// All forms by their text and whether case counts.
fn spelled(lexicon: &Lexicon) -> Spelled<'_> {
    let mut all: Spelled<'_> = HashMap::new();
    let count = lexicon.table(Table::Forms).len() / form::WIDTH;
    for number in 0..count as u32 {
        let form = lexicon.form(Table::Forms, number);
        all.entry((form.text, form.has(form::EXACT))).or_default().push(number);
    }
    all
}

/// The ways tokens `first..=last` can be read: as they stand, or with one word joined across a line end.
fn readings(scan: &Scan<'_>, first: usize, last: usize) -> Vec<(String, String)> {
    let joins = (first..last).filter(|at| scan.joins(*at)).map(Some);
    std::iter::once(None)
        .chain(joins)
        .filter_map(|joined| {
            let mut text = String::new();
            for at in first..=last {
                let token = scan.tokens[at];
                if token.is(flag::OPAQUE) || (at > first && token.gap == Gap::Break) {
                    return None;
                }
                if at > first && token.gap != Gap::None && joined != Some(at - 1) {
                    text.push(' ');
                }
                text.push_str(token.text(scan.text));
            }
            let kept = text.chars().filter(|c| !is_ignorable(*c)).map(|c| if is_apostrophe(c) { '\'' } else { c });
            Some((folded(&text), kept.collect()))
        })
        .collect()
}

fn reference(glossary: &Glossary, text: &str) -> Vec<(usize, usize, u32)> {
    let lexicon = glossary.base();
    let forms = spelled(lexicon);
    let context = Context::default();
    let scan = read(lexicon, text, &context);
    let mut found = Vec::new();
    let mut first = 0;
    while first < scan.tokens.len() {
        let mut best: Option<Found<'_>> = None;
        for last in first..(first + 2 * DEPTH).min(scan.tokens.len()) {
            let mut here: Vec<Found<'_>> = Vec::new();
            for (small, kept) in readings(&scan, first, last) {
                for (text, exact) in [(&small, false), (&kept, true)] {
                    for number in forms.get(&(text.as_str(), exact)).into_iter().flatten() {
                        let form: Form<'_> = lexicon.form(Table::Forms, *number);
                        here.extend(glossary.admit(lexicon, &form, &scan, first, last, &context));
                    }
                }
            }
            best = here.into_iter().max_by_key(|found| (found.exact, std::cmp::Reverse(found.entry.number()))).or(best);
        }
        first = best.as_ref().map_or(first, |best| best.last) + 1;
        found.extend(best.map(|best| (scan.tokens[best.first].start as usize, best.last, best.entry.number())));
    }
    found
}

fn fast(glossary: &Glossary, text: &str) -> Vec<(usize, usize, u32)> {
    let context = Context::default();
    let scan = read(glossary.base(), text, &context);
    let layers = glossary.open_layers();
    let mut ends = Vec::new();
    let mut found = Vec::new();
    let mut at = 0;
    while at < scan.tokens.len() {
        let best = glossary.longest(&layers, &scan, at, &context, &mut ends);
        at = best.as_ref().map_or(at, |best| best.last) + 1;
        found.extend(best.map(|best| (scan.tokens[best.first].start as usize, best.last, best.entry.number())));
    }
    found
}

/// Forms of the library as they may be met: whole, cut, in capitals, stuck to something.
fn words() -> impl Strategy<Value = String> {
    let glossary = Glossary::embedded();
    let forms: Vec<&'static str> = glossary.entries().flat_map(|entry| entry.forms()).collect();
    let form = prop::sample::select(forms);
    prop_oneof![
        6 => form.clone().prop_map(str::to_owned),
        1 => form.clone().prop_map(str::to_uppercase),
        1 => form.clone().prop_map(|form| form.replace(' ', "\n")),
        1 => (form, any::<prop::sample::Index>()).prop_map(|(form, at)| {
            let letters: Vec<char> = form.chars().collect();
            let at = at.index(letters.len());
            format!("{}-\n{}", letters[..at].iter().collect::<String>(), letters[at..].iter().collect::<String>())
        }),
        1 => any::<String>(),
        1 => "[a-zA-Z'/&.+-]{1,4}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Proves G1: the fast matcher finds what a slow one finds, on any text.
    #[test]
    fn matches_equal_a_slow_reference(parts in prop::collection::vec((words(), "[ \n.,/:-]{0,2}"), 0..24)) {
        let text: String = parts.into_iter().flat_map(|(word, gap)| [word, gap]).collect();
        let glossary = Glossary::embedded();
        prop_assert_eq!(fast(glossary, &text), reference(glossary, &text));
    }
}

/// Proves G1: nearly every form of the library is found where it stands alone; little words and units
/// want a context.
#[test]
fn forms_are_found_where_they_stand_alone() {
    let glossary = Glossary::embedded();
    let (mut found, mut count) = (0, 0);
    for form in glossary.entries().flat_map(|entry| entry.forms()) {
        found += usize::from(!fast(glossary, form).is_empty());
        count += 1;
    }
    assert!(found * 10 > count * 9, "{found} of {count}");
}
