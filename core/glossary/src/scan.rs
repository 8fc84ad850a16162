//! A text cut into tokens, and finding the forms of a trie in it.

use crate::compile::tables::{Table, form};
use crate::compile::trie::DEPTH;
use crate::lexicon::{Form, Lexicon, Pattern, Trie};
use crate::text::fold::strip;
use crate::text::token::{Gap, Hash, Token, flag, tokens};

/// A text and its tokens.
pub(crate) struct Scan<'t> {
    pub(crate) text: &'t str,
    pub(crate) tokens: Vec<Token>,
}

/// A place where some form may end.
#[derive(Clone, Copy)]
pub(crate) struct End {
    /// The last token of the match.
    pub(crate) last: usize,
    node: u32,
    /// The token whose word goes on after a line-end hyphen; `usize::MAX`: none.
    joined: usize,
}

const NEVER: usize = usize::MAX;

impl<'t> Scan<'t> {
    pub(crate) fn new(text: &'t str) -> Self {
        let mut cut = Vec::new();
        tokens(text, &mut cut);
        Scan { text, tokens: cut }
    }

    pub(crate) fn get(&self, at: usize) -> Option<&Token> {
        self.tokens.get(at)
    }

    /// The text of token `at`; empty past the end.
    pub(crate) fn word(&self, at: usize) -> &'t str {
        self.get(at).map_or("", |token| token.text(self.text))
    }

    /// Where forms that begin at token `from` may end, shortest first. At most [`DEPTH`] tokens are looked at.
    ///
    /// `ends` is the caller's, to be used again: most words begin nothing.
    pub(crate) fn ends(&self, trie: Trie<'_>, from: usize, ends: &mut Vec<End>) {
        ends.clear();
        let Some(first) = self.get(from) else { return };
        if trie.may_begin(first.hash) || self.joins(from) {
            self.follow(trie, from, 0, from, NEVER, ends);
            // A word joined across a line end is found before the plain words it holds.
            ends.sort_by_key(|end| end.last);
        }
    }

    /// Goes on from `node` with token `at`; one word of a match may be joined across a line end.
    fn follow(&self, trie: Trie<'_>, from: usize, mut node: u32, mut at: usize, joined: usize, ends: &mut Vec<End>) {
        while at < from + DEPTH {
            let Some(token) = self.get(at) else { return };
            let first = at == from;
            if token.is(flag::OPAQUE) || (!first && token.gap == Gap::Break) {
                return;
            }
            let gap = !first && token.gap != Gap::None;
            if joined == NEVER && self.joins(at) {
                let mut hash = Hash::new();
                hash.push_folded(self.word(at));
                hash.push_folded(self.word(at + 1));
                let next = trie.child(node, gap, hash.finish());
                if next != 0 {
                    if !trie.ends(next).is_empty() {
                        ends.push(End { last: at + 1, node: next, joined: at });
                    }
                    self.follow(trie, from, next, at + 2, at, ends);
                }
            }
            node = trie.child(node, gap, token.hash);
            if node == 0 {
                return;
            }
            if !trie.ends(node).is_empty() {
                ends.push(End { last: at, node, joined });
            }
            at += 1;
        }
    }

    /// Whether the word at `at` may go on in the next line: `hyper-` and `tension`.
    pub(crate) fn joins(&self, at: usize) -> bool {
        let (Some(here), Some(next)) = (self.get(at), self.get(at + 1)) else { return false };
        next.gap == Gap::Broken
            && here.is(flag::WORD)
            && here.tail == 0
            && !here.is(flag::DIGIT)
            && !next.is(flag::CAPITAL | flag::DIGIT | flag::OPAQUE)
            && next.is(flag::WORD)
    }

    /// The numbers of the forms that really end at `end`, letter by letter.
    pub(crate) fn forms<'l>(
        &self,
        lexicon: &'l Lexicon,
        table: Table,
        trie: Trie<'l>,
        from: usize,
        end: End,
    ) -> impl Iterator<Item = (u32, Form<'l>)> {
        trie.ends(end.node)
            .map(move |number| (number, lexicon.form(table, number)))
            .filter(move |(_, form)| self.spells(form, from, end))
    }

    fn spells(&self, form: &Form<'_>, from: usize, end: End) -> bool {
        let mut rest = form.text;
        for at in from..=end.last {
            let Some(token) = self.get(at) else { return false };
            let gap = at > from && token.gap != Gap::None && at.checked_sub(1) != Some(end.joined);
            if gap {
                let Some(after) = rest.strip_prefix(' ') else { return false };
                rest = after;
            }
            match strip(rest, token.text(self.text), form.has(form::EXACT)) {
                Some(after) => rest = after,
                None => return false,
            }
        }
        rest.is_empty()
    }

    /// Whether `pattern` stands at token `at`.
    pub(crate) fn stands(&self, pattern: &Pattern<'_>, at: usize) -> bool {
        let mut rest = pattern.text;
        for step in at..at + DEPTH {
            let Some(token) = self.get(step) else { return false };
            if step > at && token.gap != Gap::None {
                let Some(after) = rest.strip_prefix(' ') else { return false };
                rest = after;
            }
            let word = token.text(self.text);
            if pattern.prefix && !rest.contains(' ') && begins(word, rest) {
                return true;
            }
            match strip(rest, word, false) {
                Some("") => return true,
                Some(after) => rest = after,
                None => return false,
            }
        }
        false
    }
}

/// Whether `word`, folded, begins with `stem`.
fn begins(word: &str, stem: &str) -> bool {
    let mut stem = stem.chars();
    let mut wrong = false;
    for c in word.chars() {
        if stem.as_str().is_empty() {
            break;
        }
        crate::text::fold::fold(c, &mut |folded| {
            if let Some(expected) = stem.next() {
                wrong |= expected != folded;
            }
        });
        if wrong {
            return false;
        }
    }
    stem.as_str().is_empty()
}
