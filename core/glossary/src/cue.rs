//! Cues: is a mention denied, doubted, a relative's, or of the past (G5)?
//!
//! A trigger opens a reach; the reach ends at a word such as "but", at the end of the sentence or
//! line, or when a list item grows longer than items do. The reach is written on the tokens.

use crate::compile::rules::Role;
use crate::scan::Scan;
use crate::section::SectionKind;
use crate::signal::{Roles, Signal};
use crate::text::token::{Gap, flag};

/// What the words around a mention say of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Cue {
    /// Looked for and not there: "no fever".
    Negated,
    /// Not settled: "possible", "r/o".
    Uncertain,
    /// A relative's.
    Family,
    /// Of the past: "h/o", "s/p".
    History,
}

impl Cue {
    /// The name used in answers, such as `negated`.
    pub fn as_str(self) -> &'static str {
        match self {
            Cue::Negated => "negated",
            Cue::Uncertain => "uncertain",
            Cue::Family => "family",
            Cue::History => "history",
        }
    }
}

pub(crate) const NEGATED: u32 = 1 << 16;
/// "Negative" after a test says what the test found, not that there was no test.
pub(crate) const NEGATIVE_RESULT: u32 = 1 << 17;
const UNCERTAIN: u32 = 1 << 18;
const FAMILY: u32 = 1 << 19;
const HISTORY: u32 = 1 << 20;
/// A token's own trigger bits are its cue bits, moved up by this.
const TRIGGER: u32 = 6;
const ALL: u32 = NEGATED | NEGATIVE_RESULT | UNCERTAIN | FAMILY | HISTORY;

/// The cue of a mention over tokens `first..=last`; a trigger inside it says nothing about it.
pub(crate) fn of(scan: &Scan<'_>, first: usize, last: usize, is_test: bool) -> Option<Cue> {
    let (mut bits, mut triggers) = (0, 0);
    for token in scan.tokens.iter().take(last + 1).skip(first) {
        bits |= token.flags & ALL;
        triggers |= token.flags >> TRIGGER & ALL;
    }
    if triggers & (NEGATED | NEGATIVE_RESULT) != 0 {
        triggers |= NEGATED | NEGATIVE_RESULT;
    }
    if is_test {
        bits &= !NEGATIVE_RESULT;
    }
    let bits = bits & !triggers;
    // "Mother: no cancer" is first of all "no".
    [
        (NEGATED | NEGATIVE_RESULT, Cue::Negated),
        (FAMILY, Cue::Family),
        (UNCERTAIN, Cue::Uncertain),
        (HISTORY, Cue::History),
    ]
    .into_iter()
    .find(|(mask, _)| bits & mask != 0)
    .map(|(_, cue)| cue)
}

/// What each trigger opens: role, cue bit, words an item may have, whether lists extend it.
const OPENERS: [(Role, u32, u8, bool); 6] = [
    (Role::NegatedAfter, NEGATED, 7, true),
    (Role::NegatedNear, NEGATED, 4, true),
    (Role::NegatedNext, NEGATED, 1, false),
    (Role::UncertainAfter, UNCERTAIN, 6, true),
    (Role::FamilyAfter, FAMILY, 8, true),
    (Role::HistoryAfter, HISTORY, 7, true),
];

/// What each trigger says of the words before it.
const BACKWARD: [(Role, u32); 6] = [
    (Role::NegatedBefore, NEGATED),
    (Role::NegatedResult, NEGATIVE_RESULT),
    (Role::UncertainBefore, UNCERTAIN),
    (Role::UncertainBoth, UNCERTAIN),
    (Role::FamilyBefore, FAMILY),
    (Role::HistoryBefore, HISTORY),
];

const BACKWARD_WORDS: usize = 6;
const BOTH_WORDS: u8 = 4;
/// Shorter lines were broken by their writer, longer ones by a margin.
const WRAPPED_LINE: u32 = 55;
/// Words a heading has at most.
const HEADING_WORDS: usize = 5;

/// An open reach.
#[derive(Clone, Copy, Default)]
struct Reach {
    /// Words the present item may still have; 0: closed.
    left: u8,
    item: u8,
    lists: bool,
    /// Words since the trigger.
    since: u32,
}

struct Walk<'s, 't> {
    scan: &'s mut Scan<'t>,
    negated: Reach,
    uncertain: Reach,
    family: Reach,
    history: Reach,
    /// Cue bits of the section, by the caller or a heading in the text.
    section: u32,
    /// What `section` was when the text began.
    given: u32,
    /// Whether the heading that set `section` had text after it in its line, and so rules that line.
    one_line: bool,
    /// Whether a relative was named since.
    kin: bool,
    line_start: u32,
    /// Whether the last token was a comma or list word.
    separated: bool,
}

/// Writes cue bits on the tokens of `scan`.
pub(crate) fn apply(scan: &mut Scan<'_>, signals: &[Signal], section: Option<SectionKind>) {
    let section = match section {
        Some(SectionKind::FamilyHistory) => FAMILY,
        Some(SectionKind::PastHistory) => HISTORY,
        _ => 0,
    };
    let closed = Reach::default();
    let mut walk = Walk {
        scan,
        negated: closed,
        uncertain: closed,
        family: closed,
        history: closed,
        section,
        given: section,
        one_line: false,
        kin: false,
        line_start: 0,
        separated: false,
    };
    let mut signals = signals.iter().peekable();
    let mut at = 0;
    while at < walk.scan.tokens.len() {
        walk.cross_gap(at);
        match signals.next_if(|signal| signal.first == at) {
            Some(signal) => {
                walk.signal(signal);
                at = signal.last + 1;
            }
            None => {
                walk.token(at);
                at += 1;
            }
        }
    }
}

impl Walk<'_, '_> {
    fn reaches(&mut self) -> [(u32, &mut Reach); 4] {
        [
            (NEGATED, &mut self.negated),
            (UNCERTAIN, &mut self.uncertain),
            (FAMILY, &mut self.family),
            (HISTORY, &mut self.history),
        ]
    }

    fn close(&mut self) {
        for (_, reach) in self.reaches() {
            reach.left = 0;
        }
    }

    fn add(&mut self, at: usize, bits: u32) {
        if let Some(token) = self.scan.tokens.get_mut(at) {
            token.flags |= bits;
        }
    }

    fn cross_gap(&mut self, at: usize) {
        let Some(token) = self.scan.get(at).copied() else { return };
        let before = at.checked_sub(1).and_then(|before| self.scan.get(before)).copied();
        match token.gap {
            Gap::Break => {
                self.close();
                self.end_line_section();
            }
            Gap::Line => {
                let long = before.is_some_and(|before| before.end.saturating_sub(self.line_start) >= WRAPPED_LINE);
                let fresh = self.reaches().iter().any(|(_, reach)| reach.left > 0 && reach.since == 0);
                let comma = before.is_some_and(|before| before.is_symbol(','));
                let wrapped =
                    (long || fresh || comma || self.separated) && !token.is(flag::CAPITAL) && token.is(flag::WORD);
                if !wrapped {
                    self.close();
                    self.end_line_section();
                }
            }
            // A dash sets a remark apart.
            Gap::Dash => self.negated.left = 0,
            _ => {}
        }
        if matches!(token.gap, Gap::Line | Gap::Broken | Gap::Break) {
            self.line_start = token.start;
        }
    }

    fn end_line_section(&mut self) {
        if self.one_line {
            (self.section, self.one_line) = (self.given, false);
        }
    }

    fn token(&mut self, at: usize) {
        let Some(token) = self.scan.get(at).copied() else { return };
        if self.section != self.given && self.heading_ends_section(at) {
            self.section = self.given;
        }
        let symbol = token.symbol();
        match symbol {
            Some(c) => self.symbol(at, c, token.is(flag::STOP)),
            None => self.word(at, !token.is(flag::NUMBER)),
        }
        self.separated = symbol == Some(',');
    }

    /// A word inside whatever reaches are open; `counts`: it uses up the item's room.
    fn word(&mut self, at: usize, counts: bool) {
        let mut bits = self.section;
        for (bit, reach) in self.reaches() {
            if reach.left > 0 {
                bits |= bit;
                reach.left -= u8::from(counts);
                reach.since += u32::from(counts);
            }
        }
        self.add(at, bits);
    }

    fn symbol(&mut self, at: usize, c: char, stop: bool) {
        match c {
            _ if stop => {
                // "Pneumonia?" doubts what it ends.
                if c == '?' && self.scan.get(at).is_some_and(|mark| mark.gap == Gap::None) {
                    self.mark_before(at, UNCERTAIN, usize::from(BOTH_WORDS), false);
                }
                self.close();
                // "FH: none. Fever today": a sentence without relatives ends what a short heading rules.
                if self.section == FAMILY && !self.kin {
                    self.end_line_section();
                }
            }
            // "Mother: cancer" and "Denies: fever" go on after the colon.
            ':' => {
                for (_, reach) in self.reaches() {
                    if reach.since > 0 {
                        reach.left = 0;
                    }
                }
            }
            ';' => self.close(),
            '+' if self.scan.get(at + 1).is_some_and(|next| next.is(flag::WORD)) => self.negated.left = 0,
            ',' => {
                self.next_item();
                if !self.lists_on(at) {
                    self.uncertain.left = 0;
                }
            }
            '/' => self.next_item(),
            // `?PE` and `? PE` doubt what follows.
            '?' if self.scan.get(at + 1).is_some_and(|next| next.is(flag::WORD)) => {
                self.open(UNCERTAIN, BOTH_WORDS, true)
            }
            ')' if self.is_minus_sign(at) => self.open(NEGATED, 4, false),
            _ => {}
        }
    }

    fn next_item(&mut self) {
        for (_, reach) in self.reaches() {
            if reach.left > 0 && reach.lists {
                reach.left = reach.item;
            }
        }
    }

    fn open(&mut self, bit: u32, item: u8, lists: bool) {
        let opened = Reach { left: item, item, lists, since: 0 };
        for (of, reach) in self.reaches() {
            if of == bit {
                *reach = opened;
            }
        }
    }

    /// `(-)` before what was not found.
    fn is_minus_sign(&self, at: usize) -> bool {
        let open = at.checked_sub(1).and_then(|before| self.scan.get(before));
        open.is_some_and(|open| open.is_symbol('(')) && self.scan.get(at).is_some_and(|close| close.gap == Gap::Hyphen)
    }

    /// Whether a list goes on after the comma at `at`.
    fn lists_on(&self, at: usize) -> bool {
        for step in 1..=4 {
            let Some(token) = self.scan.get(at + step) else { return step <= 3 };
            let list_word = matches!(self.scan.word(at + step), "or" | "and" | "vs");
            if token.is_symbol(',') || list_word {
                return true;
            }
            if token.is(flag::STOP) || matches!(token.gap, Gap::Line | Gap::Break) {
                return step <= 3;
            }
        }
        false
    }

    fn signal(&mut self, signal: &Signal) {
        let Signal { first, last, roles } = *signal;
        self.heading(signal);
        self.kin |= roles.any(&[Role::FamilyAfter, Role::FamilyBefore]);
        self.end(first, last, roles);
        for at in first..=last {
            self.word(at, self.scan.get(at).is_some_and(|token| token.is(flag::WORD)));
        }
        let mut list_word = false;
        if roles.has(Role::ListWord) {
            self.next_item();
            list_word = true;
        }
        let after = OPENERS.iter().any(|(role, ..)| roles.has(*role));
        let bounded = self.is_bounded(last);
        if !after || bounded {
            self.backward(first, last, roles);
        }
        if !(after && bounded && roles.any(&[Role::UncertainBefore, Role::HistoryBefore])) {
            for (role, bit, item, lists) in OPENERS {
                if roles.has(role) {
                    self.trigger(first, last, bit, item, lists);
                }
            }
        }
        if roles.has(Role::UncertainBoth) {
            self.trigger(first, last, UNCERTAIN, BOTH_WORDS, false);
        }
        self.answer(first, last, roles);
        self.separated = list_word;
    }

    fn trigger(&mut self, first: usize, last: usize, bit: u32, item: u8, lists: bool) {
        // "No fever, possible pneumonia": another cue begins another statement.
        if bit != NEGATED && self.negated.since > 0 && (self.separated || bit == FAMILY) {
            self.negated.left = 0;
        }
        self.open(bit, item, lists);
        for at in first..=last {
            self.add(at, bit << TRIGGER);
        }
    }

    fn end(&mut self, first: usize, last: usize, roles: Roles) {
        if roles.has(Role::Ends) {
            self.close();
            for at in first..=last {
                self.add(at, flag::ENDS);
            }
        }
        let negated = self.negated.since;
        if roles.has(Role::EndsNegated) && (negated > 2 || (negated > 0 && self.separated)) {
            self.negated.left = 0;
        }
        if roles.has(Role::EndsFamily) && self.family.since > 0 {
            self.family.left = 0;
        }
        if roles.has(Role::EndsHistory) {
            if self.history.since > 0 {
                self.history.left = 0;
            }
            if self.section == HISTORY {
                self.end_line_section();
            }
        }
    }

    /// Whether the clause ends after token `last`.
    fn is_bounded(&self, last: usize) -> bool {
        self.scan.get(last + 1).is_none_or(|next| {
            next.is(flag::STOP)
                || matches!(next.gap, Gap::Line | Gap::Break | Gap::Dash)
                || matches!(next.symbol(), Some(',' | ';' | ':' | ')' | '.'))
        })
    }

    fn backward(&mut self, first: usize, last: usize, roles: Roles) {
        for (role, bit) in BACKWARD {
            if roles.has(role) {
                let most = if role == Role::UncertainBoth { usize::from(BOTH_WORDS) } else { BACKWARD_WORDS };
                self.mark_before(first, bit, most, false);
                for at in first..=last {
                    self.add(at, bit << TRIGGER);
                }
            }
        }
    }

    /// Writes `bit` on up to `most` words before `first` in the same clause; `colon`: across one colon.
    fn mark_before(&mut self, first: usize, bit: u32, most: usize, mut colon: bool) {
        let mut words = 0;
        let mut next = self.scan.get(first).map_or(Gap::Break, |token| token.gap);
        for at in (0..first).rev() {
            if matches!(next, Gap::Line | Gap::Break) || words == most {
                return;
            }
            let Some(token) = self.scan.get(at).copied() else { return };
            let crossed = colon && token.is_symbol(':');
            colon &= !crossed;
            if !crossed && (token.is(flag::STOP | flag::ENDS) || matches!(token.symbol(), Some(',' | ';' | ':'))) {
                return;
            }
            self.add(at, bit);
            words += usize::from(token.is(flag::WORD));
            next = token.gap;
        }
    }

    /// "Chest pain: denies" answers what stands before the colon.
    fn answer(&mut self, first: usize, last: usize, roles: Roles) {
        let asked =
            first.checked_sub(1).and_then(|before| self.scan.get(before)).is_some_and(|token| token.is_symbol(':'));
        let answers = roles.any(&[Role::NegatedAfter, Role::NegatedBefore, Role::NegatedResult]);
        if asked && answers && self.is_bounded(last) {
            self.mark_before(first, NEGATED, BACKWARD_WORDS, true);
            self.negated.left = 0;
        }
    }

    /// "Family history:" or "PMH" alone on its line rules what follows, until the next heading.
    fn heading(&mut self, signal: &Signal) {
        let Signal { first, last, roles } = *signal;
        let (bit, item) = if roles.has(Role::FamilyHeading) {
            (FAMILY, 8)
        } else if roles.has(Role::HistoryHeading) {
            (HISTORY, 7)
        } else {
            if self.section != self.given && self.heading_ends_section(first) && !roles.has(Role::FamilyAfter) {
                self.section = self.given;
            }
            return;
        };
        let next = self.scan.get(last + 1);
        let opens_line = self.scan.get(first).is_some_and(|token| first == 0 || is_line(token.gap));
        let colon = next.is_some_and(|next| next.is_symbol(':'));
        if colon || (opens_line && next.is_none_or(|next| is_line(next.gap))) {
            self.section = bit;
            let after = self.scan.get(last + 2);
            self.kin = false;
            self.one_line = colon && after.is_some_and(|after| !is_line(after.gap));
        } else {
            self.trigger(first, last, bit, item, true);
        }
    }

    /// Whether a heading begins at `at`: a line's first few words and a colon, or capitals and a colon.
    fn heading_ends_section(&self, at: usize) -> bool {
        let Some(token) = self.scan.get(at) else { return false };
        let before = at.checked_sub(1).and_then(|before| self.scan.get(before));
        let opens_line = before.is_none() || is_line(token.gap);
        let opens_clause = before.is_some_and(|before| before.is(flag::STOP) || before.is_symbol(','));
        if !token.is(flag::WORD) || !(opens_line || opens_clause) {
            return false;
        }
        for step in 0..=HEADING_WORDS {
            let Some(token) = self.scan.get(at + step) else { return false };
            if token.is_symbol(':') {
                return step > 0;
            }
            let heads = token.is(flag::WORD) || matches!(token.symbol(), Some('/' | '&'));
            if !heads || (step > 0 && is_line(token.gap)) || (!opens_line && token.is(flag::LOWER)) {
                return false;
            }
        }
        false
    }
}

fn is_line(gap: Gap) -> bool {
    matches!(gap, Gap::Line | Gap::Broken | Gap::Break)
}
