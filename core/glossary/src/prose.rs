//! What in a text is not prose: addresses, names, units, capitals; and where sentences end.

use crate::compile::rules::Role;
use crate::scan::Scan;
use crate::signal::Signal;
use crate::text::token::{Gap, Token, flag};

/// Endings by which a dotted word is an address or a file.
const ADDRESS_ENDINGS: [&str; 18] = [
    "com", "org", "net", "gov", "edu", "info", "io", "mil", "health", "uk", "pdf", "html", "htm", "jpg", "png", "doc",
    "docx", "txt",
];

/// Marks each chunk without spaces that is an e-mail address, a handle, a file or a URL.
pub(crate) fn addresses(scan: &mut Scan<'_>) {
    let mut first = 0;
    while first < scan.tokens.len() {
        let mut next = first + 1;
        let mut suspect = looks_odd(scan, first);
        while scan.get(next).is_some_and(|token| matches!(token.gap, Gap::None | Gap::Hyphen)) {
            suspect |= looks_odd(scan, next);
            next += 1;
        }
        if suspect && (first..next).any(|at| is_address(scan, first, at)) {
            set(scan, first, next, flag::OPAQUE);
        }
        first = next;
    }
}

fn looks_odd(scan: &Scan<'_>, at: usize) -> bool {
    scan.get(at).is_some_and(|token| matches!(token.symbol(), Some('@' | ':' | '.')))
}

fn is_address(scan: &Scan<'_>, first: usize, at: usize) -> bool {
    let touches = |at: usize| scan.get(at).filter(|token| matches!(token.gap, Gap::None | Gap::Hyphen));
    let Some(token) = scan.get(at) else { return false };
    match token.symbol() {
        Some('@') => touches(at + 1).is_some_and(|next| next.is(flag::WORD)),
        Some(':') => [at + 1, at + 2].iter().all(|at| touches(*at).is_some_and(|token| token.is_symbol('/'))),
        Some('.') if at > first => {
            let before = scan.word(at - 1);
            let known = touches(at + 1).is_some_and(|next| next.gap == Gap::None && !next.is(flag::UPPER))
                && ADDRESS_ENDINGS.contains(&scan.word(at + 1));
            known || (at - 1 == first && before.eq_ignore_ascii_case("www"))
        }
        _ => false,
    }
}

/// Marks what ends a sentence.
pub(crate) fn stops(scan: &mut Scan<'_>, signals: &[Signal]) {
    let mut quiet = signals.iter().filter(|signal| signal.roles.any(&[Role::NoStop, Role::Title])).peekable();
    for at in 0..scan.tokens.len() {
        while quiet.next_if(|signal| signal.last + 1 < at).is_some() {}
        let Some(token) = scan.get(at) else { return };
        let next = scan.get(at + 1);
        let stop = match token.symbol() {
            Some('!') => true,
            Some('?') => next.is_none_or(|next| {
                let leans = next.gap == Gap::None || (next.gap == Gap::Space && token.gap != Gap::None);
                !(leans && next.is(flag::WORD))
            }),
            Some('.') if !token.is(flag::OPAQUE) => {
                let signal = quiet.peek().filter(|signal| signal.last + 1 == at && token.gap == Gap::None);
                is_full_stop(scan, at, next, signal.copied())
            }
            _ => false,
        };
        if stop {
            set(scan, at, at + 1, flag::STOP);
        }
    }
}

fn is_full_stop(scan: &Scan<'_>, at: usize, next: Option<&Token>, signal: Option<&Signal>) -> bool {
    let Some(next) = next else { return true };
    let before = at.checked_sub(1).and_then(|before| scan.get(before));
    match next.gap {
        // `pain.No fever` is a sentence typed in a hurry; `3.5` and `q.d.` are not.
        Gap::None if next.is(flag::WORD) => {
            before.is_some_and(|before| before.is(flag::LOWER) && before.length > 2) && next.is(flag::CAPITAL)
        }
        Gap::None => true,
        Gap::Line | Gap::Broken | Gap::Break => true,
        _ => match signal {
            Some(signal) if signal.roles.has(Role::Title) => false,
            Some(_) => next.is(flag::CAPITAL) && next.is(flag::LOWER),
            None => true,
        },
    }
}

/// Marks headings and sentences written in capitals, where capitals tell nothing of a word.
pub(crate) fn capitals(scan: &mut Scan<'_>) {
    let mut first = 0;
    let (mut words, mut long, mut lower) = (0, false, false);
    for at in 0..=scan.tokens.len() {
        let edge = scan.get(at).is_none_or(|token| {
            matches!(token.gap, Gap::Line | Gap::Broken | Gap::Break)
                || token.is(flag::STOP)
                || matches!(token.symbol(), Some(':' | ';'))
        });
        if edge {
            if !lower && (long || words >= 4) {
                set(scan, first, at, flag::CAPITALS);
            }
            (first, words, long, lower) = (at, 0, false, false);
        }
        if let Some(token) = scan.get(at)
            && token.is(flag::WORD)
            && !token.is(flag::DIGIT | flag::UNIT)
        {
            words += 1;
            long |= token.length > 4;
            lower |= token.is(flag::LOWER);
        }
    }
}

/// Marks units after numbers, and what is left of `mg/kg/day` after the first.
pub(crate) fn units(scan: &mut Scan<'_>, signals: &[Signal]) {
    for signal in signals.iter().filter(|signal| signal.roles.has(Role::Unit) && signal.first == signal.last) {
        let number = signal.first.checked_sub(1).and_then(|before| scan.get(before));
        let follows =
            scan.get(signal.first).is_some_and(|unit| matches!(unit.gap, Gap::None | Gap::Space | Gap::Hyphen));
        if follows && number.is_some_and(|number| number.is(flag::NUMBER)) {
            set(scan, signal.first, signal.first + 1, flag::UNIT);
        }
    }
    for at in 2..scan.tokens.len() {
        let (Some(unit), Some(slash), Some(token)) = (scan.get(at - 2), scan.get(at - 1), scan.get(at)) else { return };
        let quantity =
            unit.is(flag::UNIT) || (unit.is(flag::DIGIT) && !unit.is(flag::NUMBER) && starts_with_digit(scan, at - 2));
        if quantity && slash.is_symbol('/') && slash.gap == Gap::None && token.gap == Gap::None && token.length <= 4 {
            set(scan, at, at + 1, flag::UNIT);
        }
    }
}

fn starts_with_digit(scan: &Scan<'_>, at: usize) -> bool {
    scan.word(at).starts_with(|c: char| c.is_ascii_digit())
}

/// Marks people's names: after a title or a label, before a degree.
pub(crate) fn names(scan: &mut Scan<'_>, signals: &[Signal]) {
    for signal in signals {
        if signal.roles.has(Role::Title) {
            after_title(scan, signal);
        }
        if signal.roles.has(Role::NameLabel) && scan.get(signal.last + 1).is_some_and(|next| next.is_symbol(':')) {
            name_run(scan, signal.last + 2, 4);
        }
        if signal.roles.has(Role::Credential) {
            before_credential(scan, signal.first);
        }
    }
}

fn after_title(scan: &mut Scan<'_>, title: &Signal) {
    let Some(token) = scan.get(title.first) else { return };
    let shaped = token.is(flag::CAPITAL) && (token.is(flag::LOWER) || token.is(flag::CAPITALS));
    let dot = scan.get(title.last + 1).is_some_and(|next| next.is_symbol('.') && next.gap == Gap::None);
    if !shaped || (token.is(flag::CAPITALS) && !dot) {
        return;
    }
    let first = title.last + 1 + usize::from(dot);
    if name_run(scan, first, 2) > 0 {
        set(scan, title.first, first, flag::OPAQUE);
    }
}

/// Marks capitalised words from `at` as a name, initials aside at most `most`. How many words it was.
fn name_run(scan: &mut Scan<'_>, mut at: usize, most: usize) -> usize {
    let mut words = 0;
    let mut count = 0;
    while words < most {
        let Some(token) = scan.get(at) else { break };
        if count > 0 && matches!(token.gap, Gap::Line | Gap::Broken | Gap::Break) {
            break;
        }
        let initial = at.checked_sub(1).and_then(|before| scan.get(before)).is_some_and(|before| before.length == 1);
        if count > 0 && ((token.is_symbol('.') && initial) || token.is_symbol(',')) {
            at += 1;
            continue;
        }
        // In a text of mixed case a name is Capitalised; only the word right after a title may be in capitals.
        let shaped = token.is(flag::LOWER) || token.length == 1 || count == 0 || (most > 2 && token.is(flag::CAPITALS));
        if !token.is(flag::CAPITAL) || token.is(flag::DIGIT) || !shaped {
            break;
        }
        words += usize::from(token.length > 1);
        count += 1;
        set(scan, at, at + 1, flag::OPAQUE);
        at += 1;
    }
    count
}

fn before_credential(scan: &mut Scan<'_>, credential: usize) {
    let Some(mut at) = credential.checked_sub(1) else { return };
    if scan.get(at).is_some_and(|token| token.is_symbol(',')) {
        let Some(before) = at.checked_sub(1) else { return };
        at = before;
    }
    for _ in 0..3 {
        let Some(token) = scan.get(at).copied() else { return };
        let initial =
            token.is_symbol('.') && at.checked_sub(1).and_then(|at| scan.get(at)).is_some_and(|t| t.length == 1);
        let name = token.is(flag::CAPITAL) && (token.is(flag::LOWER | flag::CAPITALS) || token.length == 1);
        if !(initial || name) {
            return;
        }
        set(scan, at, at + 1, flag::OPAQUE);
        if matches!(token.gap, Gap::Line | Gap::Broken | Gap::Break | Gap::Dash) {
            return;
        }
        let Some(before) = at.checked_sub(1) else { return };
        at = before;
    }
}

fn set(scan: &mut Scan<'_>, first: usize, next: usize, flags: u32) {
    for token in scan.tokens.iter_mut().take(next).skip(first) {
        token.flags |= flags;
    }
}
