//! Which meaning is meant here: decided by a rule that holds, or left open.

use crate::entry::{Entry, Grounds};
use crate::kind::{GUARDS, Guard};
use crate::lexicon::{Lexicon, Rule};
use crate::mark::{Context, MOST_SENSES};
use crate::scan::Scan;
use crate::text::token::{Gap, flag};

/// Words on each side in which a deciding word counts.
const NEAR: usize = 10;
/// Words on each side in which a cue for a guarded sense counts.
const GUARD_NEAR: usize = 15;

/// A mention: where it stands and what surrounds it.
pub(crate) struct Mention<'m, 't> {
    pub(crate) scan: &'m Scan<'t>,
    /// First and last token.
    pub(crate) first: usize,
    pub(crate) last: usize,
    pub(crate) context: &'m Context<'m>,
}

/// What was made of a mention's senses.
pub(crate) struct Decision {
    /// The numbers of the senses to show, the likeliest first.
    pub(crate) senses: [Option<u32>; MOST_SENSES],
    /// A rule or the lack of any other meaning leaves one.
    pub(crate) certain: bool,
    /// A rule decided.
    pub(crate) by_rule: bool,
}

/// Picks among the senses of `entry`. None if none may be offered here. Guards are those of `base`.
pub(crate) fn decide(
    lexicon: &Lexicon,
    base: &Lexicon,
    entry: Entry<'_>,
    mention: &Mention<'_, '_>,
) -> Option<Decision> {
    let mut best: [Option<(i32, u32)>; MOST_SENSES] = [None; MOST_SENSES];
    let (mut decided, mut offered, mut unruled) = (0, 0, 0);
    let count = entry.grounds().len();
    for grounds in entry.grounds() {
        if grounds.guards != 0 && !guard_lifted(lexicon, base, &grounds, mention) {
            continue;
        }
        let fit = fit(lexicon, &grounds, mention);
        offered += 1;
        decided += usize::from(fit == HOLDS);
        unruled += usize::from(grounds.rules == 0);
        insert(&mut best, fit, grounds.number);
    }
    if offered == 0 {
        return None;
    }
    let by_rule = decided > 0;
    let senses = best.map(|sense| sense.filter(|(fit, _)| !by_rule || *fit == HOLDS).map(|(_, number)| number));
    let certain = decided == 1 || (count == 1 && unruled == 1);
    Some(Decision { senses, certain, by_rule })
}

/// Keeps the best fits, earlier senses first among equals.
fn insert(best: &mut [Option<(i32, u32)>; MOST_SENSES], fit: i32, number: u32) {
    let mut next = Some((fit, number));
    for place in best {
        let moves = match (&next, &place) {
            (Some((fit, _)), Some((there, _))) => fit > there,
            (Some(_), None) => true,
            (None, _) => false,
        };
        if moves {
            std::mem::swap(place, &mut next);
        }
    }
}

/// A rule of the sense holds.
const HOLDS: i32 = 9;

/// How well a sense fits: [`HOLDS`], or less.
fn fit(lexicon: &Lexicon, grounds: &Grounds, mention: &Mention<'_, '_>) -> i32 {
    let mut fit = None;
    for number in 0..grounds.rules {
        let rule = lexicon.rule(grounds.first_rule + number);
        let section = mention.context.section.map(|section| section.bit());
        let in_section = section.map(|bit| rule.sections & bit != 0);
        let note = mention.context.note_type.map(|code| rule.notes.clone().any(|at| lexicon.note_type(at) == code));
        let section_holds = rule.sections == 0 || in_section == Some(true);
        let note_holds = rule.notes.is_empty() || note == Some(true);
        let words_hold = words_hold(lexicon, &rule, mention);
        // What is not near decides nothing by itself.
        let silent = rule.sections == 0 && rule.notes.is_empty() && rule.near.is_empty();
        if section_holds && note_holds && words_hold && !silent {
            return HOLDS;
        }
        // Half a reason puts a sense before those with none.
        let hint = match (rule.sections != 0, in_section) {
            _ if silent => i32::from(words_hold),
            (true, Some(true)) => 2,
            (true, Some(false)) => -1,
            _ => i32::from(note == Some(true)),
        };
        fit = fit.max(Some(hint));
    }
    fit.unwrap_or(0)
}

fn words_hold(lexicon: &Lexicon, rule: &Rule, mention: &Mention<'_, '_>) -> bool {
    let around = |patterns: &std::ops::Range<u32>| {
        !patterns.is_empty() && mention.any_near(NEAR, false, |at| stands(lexicon, mention.scan, patterns, at))
    };
    (rule.near.is_empty() || around(&rule.near)) && !around(&rule.not_near)
}

fn stands(lexicon: &Lexicon, scan: &Scan<'_>, patterns: &std::ops::Range<u32>, at: usize) -> bool {
    let hash = scan.get(at).map_or(0, |token| token.hash);
    patterns.clone().filter_map(|number| lexicon.pattern(number, hash)).any(|pattern| scan.stands(&pattern, at))
}

/// Whether each thing a sense names is spoken of nearby, in the mention itself, or by the sense's own words.
fn guard_lifted(lexicon: &Lexicon, base: &Lexicon, grounds: &Grounds, mention: &Mention<'_, '_>) -> bool {
    let by_own_words = (0..grounds.rules).map(|number| lexicon.rule(grounds.first_rule + number)).any(|rule| {
        !rule.near.is_empty() && mention.any_near(GUARD_NEAR, false, |at| stands(lexicon, mention.scan, &rule.near, at))
    });
    by_own_words
        || GUARDS
            .iter()
            .filter(|(_, guard)| grounds.guards & guard.bit() != 0)
            .all(|(_, guard)| spoken_of(base, *guard, mention))
}

/// The words of a guard are the rule of its number.
fn spoken_of(base: &Lexicon, guard: Guard, mention: &Mention<'_, '_>) -> bool {
    let words = base.rule(guard as u32).near;
    mention.any_near(GUARD_NEAR, true, |at| stands(base, mention.scan, &words, at))
}

impl Mention<'_, '_> {
    /// Whether `found` holds at a token within `words` words on either side, in the same paragraph.
    fn any_near(&self, words: usize, itself: bool, mut found: impl FnMut(usize) -> bool) -> bool {
        let tokens = &self.scan.tokens;
        let mut left = words;
        let mut gap = tokens.get(self.first).map_or(Gap::None, |token| token.gap);
        for (at, token) in tokens.iter().enumerate().take(self.first).rev() {
            if left == 0 || gap == Gap::Break {
                break;
            }
            if token.is(flag::WORD) {
                left -= 1;
            }
            if found(at) {
                return true;
            }
            gap = token.gap;
        }
        if itself && (self.first..=self.last).any(&mut found) {
            return true;
        }
        let mut left = words;
        for (at, token) in tokens.iter().enumerate().skip(self.last + 1) {
            if left == 0 || token.gap == Gap::Break {
                break;
            }
            if token.is(flag::WORD) {
                left -= 1;
            }
            if found(at) {
                return true;
            }
        }
        false
    }
}
