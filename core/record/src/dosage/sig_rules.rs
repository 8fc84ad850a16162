//! The rules of the grammar of typed instructions, one for each part.

use super::amount::{Amount, Number, Unit};
use super::instruction::{Frequency, Maximum, Span, When};
use super::lexicon::{ACTIONS, AS_NEEDED, DESCRIBED, ROUTES, SITES};
use super::sig::{Parser, Refused, Taken, once};
use super::times_of_use::{DAYS, EVERY_OTHER, SINGLE, TIME_UNITS, TIMES, WHEN, WHEN_GOES_ON, slot};
use super::token::Token;

type Rule = for<'p, 't> fn(&'p mut Parser<'t>) -> Taken;

/// Each rule takes its part if it is next; the first that does wins. Longer wordings stand before shorter ones.
pub(super) const RULES: &[Rule] =
    &[maximum, as_needed, when, frequency, days, duration, purpose, dose, bracketed_dose, site, route, action];

/// What is done. A second sentence may begin with the same word.
fn action(parser: &mut Parser<'_>) -> Taken {
    let Some(action) = parser.entry(ACTIONS) else { return Ok(false) };
    match parser.found.action {
        None => once(&mut parser.found.action, action),
        Some(known) if known == action && parser.sentence_begins => Ok(true),
        Some(_) => Err(Refused),
    }
}

/// A number and a unit, or an amount in words.
fn dose(parser: &mut Parser<'_>) -> Taken {
    match amount(parser)? {
        Some(amount) => once(&mut parser.found.dose, amount),
        None => Ok(false),
    }
}

/// `(10 mg)`, `(10 mg total)` behind a dose.
fn bracketed_dose(parser: &mut Parser<'_>) -> Taken {
    if !parser.mark('(') {
        return Ok(false);
    }
    let Some(amount) = amount(parser)? else { return Err(Refused) };
    parser.found.total_is_sum = parser.words("total") || parser.words("in total");
    let other_unit = parser.found.dose.as_ref().is_some_and(|dose| dose.unit != amount.unit);
    if !parser.mark(')') || !other_unit {
        return Err(Refused);
    }
    once(&mut parser.found.total, amount)
}

/// The way into the body; it may stand there twice in two wordings ("PO by mouth").
fn route(parser: &mut Parser<'_>) -> Taken {
    let Some(route) = parser.entry(ROUTES) else { return Ok(false) };
    if parser.found.route.is_some_and(|known| known != route) {
        return Err(Refused);
    }
    parser.found.route = Some(route);
    Ok(true)
}

fn site(parser: &mut Parser<'_>) -> Taken {
    match parser.entry(SITES) {
        Some(site) => once(&mut parser.found.site, site),
        None => Ok(false),
    }
}

fn frequency(parser: &mut Parser<'_>) -> Taken {
    let found = frequency_words(parser).map(Ok).or_else(|| times_in_a_day(parser).transpose());
    match found.or_else(|| every_so_many(parser).transpose()) {
        Some(frequency) => once(&mut parser.found.frequency, frequency?),
        None if parser.any_words(SINGLE) => once(&mut parser.found.frequency, Frequency::Single),
        None => Ok(false),
    }
}

fn frequency_words(parser: &mut Parser<'_>) -> Option<Frequency> {
    if let Some(unit) = parser.entry(EVERY_OTHER) {
        return Some(Frequency::EveryOther { unit });
    }
    let known = TIMES.iter().filter_map(|(words, times, unit)| Some((parser.length_of(words)?, *times, *unit)));
    let (length, times, unit) = known.max_by_key(|(length, ..)| *length)?;
    parser.at += length;
    Some(Frequency::Times { times: Number::read(times)?, high: None, unit })
}

/// `2 times a day`, `2 (two) times daily`, `2x/day`, `3 to 4 times per day`.
fn times_in_a_day(parser: &mut Parser<'_>) -> Result<Option<Frequency>, Refused> {
    let before = parser.at;
    let Some((times, high)) = range(parser)? else { return Ok(None) };
    let unit = if parser.any_words(&["times", "time", "x"]) { per_unit(parser) } else { None };
    match unit {
        Some(unit) if times.whole().is_some() && high.as_ref().is_none_or(|high| high.whole().is_some()) => {
            Ok(Some(Frequency::Times { times, high, unit }))
        }
        Some(_) => Err(Refused),
        None => {
            parser.at = before;
            Ok(None)
        }
    }
}

/// `a day`, `per week`, `/day`, `daily`.
fn per_unit(parser: &mut Parser<'_>) -> Option<&'static str> {
    const UNITS: &[(&str, &str)] = &[
        ("daily", "day"),
        ("a day", "day"),
        ("per day", "day"),
        ("each day", "day"),
        ("every day", "day"),
        ("weekly", "week"),
        ("a week", "week"),
        ("per week", "week"),
        ("each week", "week"),
        ("every week", "week"),
        ("a month", "month"),
        ("per month", "month"),
    ];
    const AFTER_SLASH: &[(&str, &str)] = &[("day", "day"), ("week", "week"), ("wk", "week")];
    if parser.mark('/') { parser.entry(AFTER_SLASH) } else { parser.entry(UNITS) }
}

/// `every 8 hours`, `q4-6h`, `every 3 days`.
fn every_so_many(parser: &mut Parser<'_>) -> Result<Option<Frequency>, Refused> {
    let before = parser.at;
    if parser.words("every") || parser.words("q") {
        if let Some((number, high)) = range(parser)? {
            let unit = parser.entry(TIME_UNITS).ok_or(Refused)?;
            return Ok(Some(Frequency::Every { number, high, unit }));
        }
        if parser.any_words(&["hour", "h", "hr"]) {
            let number = Number::read("1").ok_or(Refused)?;
            return Ok(Some(Frequency::Times { times: number, high: None, unit: "hour" }));
        }
    }
    parser.at = before;
    Ok(None)
}

/// `in the morning and at bedtime`, `30 minutes before breakfast`, `every morning and evening`.
fn when(parser: &mut Parser<'_>) -> Taken {
    let Some(first) = one_when(parser)? else { return Ok(false) };
    // "Every morning for 7 days, every night" is a second step.
    if parser.found.duration.is_some() && slot(first.code).is_some() && times_of_day(parser) > 0 {
        return Err(Refused);
    }
    push_when(parser, first)?;
    loop {
        let before = parser.at;
        let (last, offset) = parser.found.when.last().map_or(("", None), |when| (when.code, when.offset.clone()));
        if !parser.all_of_list_go_on() {
            return Ok(true);
        }
        if let Some(next) = one_when(parser)? {
            push_when(parser, next)?;
            continue;
        }
        let goes_on =
            WHEN_GOES_ON.iter().find(|(start, word, _)| last.starts_with(start) && parser.length_of(word).is_some());
        match goes_on {
            Some((_, word, code)) if parser.words(word) => push_when(parser, When { offset, code })?,
            _ => {
                parser.at = before;
                return Ok(true);
            }
        }
    }
}

fn one_when(parser: &mut Parser<'_>) -> Result<Option<When>, Refused> {
    let before = parser.at;
    let offset = match range(parser)? {
        None => None,
        // "Take 1 1/2 hour before": one and a half hours, or one, half an hour before.
        Some((number, None)) if parser.found.dose.is_none() && number.text().contains(' ') => None,
        Some((number, None)) => {
            parser.entry(TIME_UNITS).filter(|unit| matches!(*unit, "minute" | "hour")).map(|unit| (number, unit))
        }
        Some(_) => None,
    };
    let moved = parser.at != before;
    match parser.entry(WHEN) {
        Some(code) if !moved => Ok(Some(When { offset: None, code })),
        Some(code) if offset.is_some() && (code.starts_with("before-") || code.starts_with("after-")) => {
            Ok(Some(When { offset, code }))
        }
        _ => {
            parser.at = before;
            Ok(None)
        }
    }
}

fn times_of_day(parser: &Parser<'_>) -> usize {
    parser.found.when.iter().filter(|when| slot(when.code).is_some()).count()
}

fn push_when(parser: &mut Parser<'_>, when: When) -> Result<(), Refused> {
    if parser.found.when.iter().any(|known| known.code == when.code) {
        return Err(Refused);
    }
    parser.found.when.push(when);
    Ok(())
}

/// `on Monday and Thursday`, `every Monday`, `Mon, Wed, Fri`.
fn days(parser: &mut Parser<'_>) -> Taken {
    let _ = parser.words("on") || parser.words("every") || parser.words("each");
    let Some(first) = parser.entry(DAYS) else { return Ok(false) };
    if !parser.found.days.is_empty() {
        return Err(Refused);
    }
    parser.found.days.push(first);
    loop {
        let before = parser.at;
        let next = if parser.all_of_list_go_on() || parser.mark('/') { parser.entry(DAYS) } else { None };
        match next {
            Some(day) if !parser.found.days.contains(&day) => parser.found.days.push(day),
            Some(_) => return Err(Refused),
            None => {
                parser.at = before;
                return Ok(true);
            }
        }
    }
}

/// `as needed for pain or fever`, `prn nausea`.
fn as_needed(parser: &mut Parser<'_>) -> Taken {
    if !parser.any_words(AS_NEEDED) {
        return Ok(false);
    }
    // "In the morning and at bedtime as needed": whether both are only if needed, nobody can tell.
    if times_of_day(parser) > 1 {
        return Err(Refused);
    }
    once(&mut parser.found.as_needed, true)?;
    let before = parser.at;
    let _ = parser.words("for");
    if !parser.found.reasons.is_empty() || !parser.reason_list() {
        parser.at = before;
    }
    Ok(true)
}

/// `for high blood pressure`.
fn purpose(parser: &mut Parser<'_>) -> Taken {
    if !parser.words("for") {
        return Ok(false);
    }
    if !parser.found.reasons.is_empty() {
        return Err(Refused);
    }
    Ok(parser.reason_list())
}

/// `for 7 days`, `x 10 days`, `for up to 2 weeks`, `for 3 doses`.
fn duration(parser: &mut Parser<'_>) -> Taken {
    if !(parser.words("for") || parser.words("x")) {
        return Ok(false);
    }
    let up_to = parser.words("up to");
    let Some((number, high)) = range(parser)? else { return if up_to { Err(Refused) } else { Ok(false) } };
    const UNITS: &[(&str, &str)] = &[
        ("day", "day"),
        ("days", "day"),
        ("week", "week"),
        ("weeks", "week"),
        ("month", "month"),
        ("months", "month"),
        ("dose", "dose"),
        ("doses", "dose"),
    ];
    let unit = parser.entry(UNITS).ok_or(Refused)?;
    once(&mut parser.found.duration, Span { number, high, unit, up_to })
}

/// `max 4 tablets per day`, `do not exceed 8 tablets in 24 hours`.
fn maximum(parser: &mut Parser<'_>) -> Taken {
    const BEGINS: &[&str] = &[
        "max",
        "max of",
        "maximum",
        "maximum of",
        "do not exceed",
        "not to exceed",
        "no more than",
        "max dose",
        "do not take more than",
    ];
    const IN_A: &[(&str, &str)] = &[
        ("per day", "day"),
        ("a day", "day"),
        ("daily", "day"),
        ("in a day", "day"),
        ("each day", "day"),
        ("per week", "week"),
        ("a week", "week"),
    ];
    if !parser.any_words(BEGINS) {
        return Ok(false);
    }
    let amount = amount(parser)?.filter(|amount| amount.number.is_some()).ok_or(Refused)?;
    let maximum = if parser.mark('/') {
        Maximum { amount, number: None, unit: parser.entry(&[("day", "day")]).ok_or(Refused)? }
    } else if let Some(unit) = parser.entry(IN_A) {
        Maximum { amount, number: None, unit }
    } else {
        let within = parser.words("in") || parser.words("per") || parser.words("within");
        let (Some((number, None)), true) = (range(parser)?, within) else { return Err(Refused) };
        Maximum { amount, number: Some(number), unit: parser.entry(TIME_UNITS).ok_or(Refused)? }
    };
    once(&mut parser.found.maximum, maximum)
}

fn amount(parser: &mut Parser<'_>) -> Result<Option<Amount>, Refused> {
    if let Some(code) = parser.entry(DESCRIBED) {
        return Ok(Some(Amount { number: None, high: None, unit: Unit::Described(code) }));
    }
    let before = parser.at;
    let Some((number, high)) = range(parser)? else { return Ok(None) };
    let half = number.is_fraction() && high.is_none();
    let _ = half && (parser.words("of a") || parser.words("a"));
    let unit = match parser.piece(0) {
        Some(piece) if matches!(piece.token, Token::Word(_)) => Unit::read(piece.text),
        _ => None,
    };
    match unit {
        Some(unit) => {
            parser.at += 1;
            // `10 mg/kg` is another amount for everybody.
            if parser.piece(0).is_some_and(|piece| piece.token == Token::Mark('/')) && parser.word_at(1) != Some("day")
            {
                return Err(Refused);
            }
            Ok(Some(Amount { number: Some(number), high, unit }))
        }
        None => {
            parser.at = before;
            Ok(None)
        }
    }
}

/// One number, or from one to another: `1-2`, `4 to 6`. `1-1/2` may be one and a half, so that it is refused.
fn range(parser: &mut Parser<'_>) -> Result<Option<(Number, Option<Number>)>, Refused> {
    let Some(low) = number(parser)? else { return Ok(None) };
    let before = parser.at;
    if !(parser.mark('-') || parser.words("to")) {
        return Ok(Some((low, None)));
    }
    match number(parser)? {
        Some(high) if low.is_below(&high) => Ok(Some((low, Some(high)))),
        Some(_) => Err(Refused),
        None => {
            parser.at = before;
            Ok(Some((low, None)))
        }
    }
}

/// `2`, `two`, `2 (two)`, `1 1/2`, `1 and 1/2`, `half`, `one half`.
fn number(parser: &mut Parser<'_>) -> Result<Option<Number>, Refused> {
    let Some(first) = simple_number(parser) else { return Ok(None) };
    let before = parser.at;
    let _ = parser.words("and");
    match simple_number(parser) {
        Some(second) if second.is_fraction() && first.whole().is_some() => {
            Number::read(&format!("{} {}", first.text(), second.text())).map(Some).ok_or(Refused)
        }
        Some(_) => Err(Refused),
        None => {
            parser.at = before;
            same_number_in_brackets(parser, &first)?;
            Ok(Some(first))
        }
    }
}

fn simple_number(parser: &mut Parser<'_>) -> Option<Number> {
    if parser.words("one half") {
        return Number::of_word("half");
    }
    let number = match &parser.piece(0)?.token {
        Token::Number(number) => Some(number.clone()),
        Token::Word(word) => Number::of_word(word),
        Token::Mark(_) => None,
    }?;
    parser.at += 1;
    Some(number)
}

/// `2 (two)`: both must be the same number.
fn same_number_in_brackets(parser: &mut Parser<'_>, number: &Number) -> Result<(), Refused> {
    let before = parser.at;
    if parser.mark('(') {
        if let Some(again) = simple_number(parser)
            && parser.mark(')')
        {
            return if again == *number { Ok(()) } else { Err(Refused) };
        }
        parser.at = before;
    }
    Ok(())
}
