//! Whether two readings of one instruction agree, and what they say together.

use super::NotPlain;
use super::amount::{Amount, Unit};
use super::instruction::{Frequency, Instruction, When};
use super::lexicon::SAME_ROUTES;
use super::times_of_use::{GENERIC_MEALS, slot};

/// Both readings as one. Where both say something about the same part, the first is kept.
///
/// # Errors
/// [`NotPlain::TextAndCodesDiffer`] if they contradict each other; [`NotPlain::NotAllUnderstood`] if nobody can tell
/// whether they do, such as 1 tablet and 2 puffs' worth in another unit.
pub fn merge(first: &Instruction, second: &Instruction) -> Result<Instruction, NotPlain> {
    if *first == Instruction::default() {
        return Ok(second.clone());
    }
    if *second == Instruction::default() {
        return Ok(first.clone());
    }
    let contradicted =
        differ(&first.action, &second.action, |a, b| is_injected(a).zip(is_injected(b)).is_none_or(|(a, b)| a == b))
            || differ(&first.route, &second.route, |a, b| a == b || same_route(a, b))
            || differ(&first.site, &second.site, |a, b| a == b)
            || differ(&first.frequency, &second.frequency, |a, b| a.agrees_with(b))
            || differ(&first.maximum, &second.maximum, super::Maximum::agrees_with)
            || differ(&first.duration, &second.duration, |a, b| a == b)
            || differ(&first.bounds, &second.bounds, |a, b| a == b)
            || lists_differ(&slots(&first.when), &slots(&second.when))
            || lists_differ(&first.days, &second.days)
            || days_differ(first, second)
            || days_differ(second, first)
            || lists_differ(&first.reasons, &second.reasons)
            || needed_differs(first, second);
    if contradicted {
        return Err(NotPlain::TextAndCodesDiffer);
    }
    let (dose, total) = doses(first, second)?;
    Ok(Instruction {
        action: first.action.or(second.action),
        total_is_sum: first.total_is_sum || second.total_is_sum,
        dose,
        total,
        route: first.route.or(second.route),
        site: first.site.or(second.site),
        frequency: first.frequency.clone().or_else(|| second.frequency.clone()),
        when: either(&first.when, &second.when),
        days: either(&first.days, &second.days),
        as_needed: first.as_needed.or(second.as_needed),
        reasons: either(&first.reasons, &second.reasons),
        all_reasons: if first.reasons.is_empty() { second.all_reasons } else { first.all_reasons },
        duration: first.duration.clone().or_else(|| second.duration.clone()),
        bounds: first.bounds.clone().or_else(|| second.bounds.clone()),
        maximum: first.maximum.clone().or_else(|| second.maximum.clone()),
    })
}

/// Some actions say how, others, such as "give", leave it open.
fn is_injected(action: &&str) -> Option<bool> {
    match *action {
        "give" | "use" | "place" => None,
        known => Some(known == "inject"),
    }
}

fn differ<T>(first: &Option<T>, second: &Option<T>, same: impl Fn(&T, &T) -> bool) -> bool {
    matches!((first, second), (Some(first), Some(second)) if !same(first, second))
}

fn lists_differ<T: PartialEq>(first: &[T], second: &[T]) -> bool {
    let within = |a: &[T], b: &[T]| a.iter().all(|one| b.contains(one));
    !(first.is_empty() || second.is_empty() || within(first, second) && within(second, first))
}

/// Some days of the week against every day: one names days, the other how often or when in each day.
fn days_differ(first: &Instruction, second: &Instruction) -> bool {
    let weekly = matches!(second.frequency, None | Some(Frequency::Times { unit: "week", .. }));
    let each_day = !weekly || second.when.iter().any(|when| slot(when.code).is_some());
    !first.days.is_empty() && second.days.is_empty() && each_day
}

fn either<T: Clone>(first: &[T], second: &[T]) -> Vec<T> {
    if first.is_empty() { second.to_vec() } else { first.to_vec() }
}

fn same_route(first: &str, second: &str) -> bool {
    SAME_ROUTES.iter().any(|group| group.contains(&first) && group.contains(&second))
}

/// Times of day by their place in the day, so that "every morning" is "in the morning"; others by their code.
fn slots(when: &[When]) -> Vec<(Option<u8>, Option<&'static str>)> {
    let meal = |code: &str| code.contains("before") || code.contains("after");
    when.iter()
        .map(|one| match (slot(one.code), &one.offset) {
            (Some(slot), None) if !meal(one.code) || one.code == "before-bedtime" => (Some(slot), None),
            _ if GENERIC_MEALS.contains(&one.code) && !meal(one.code) => (None, Some("with-meals")),
            _ => (None, Some(one.code)),
        })
        .collect()
}

/// Two typed texts agree: what one allows only if needed, the other does not tell to use without more.
pub(super) fn texts_agree(texts: &[Instruction]) -> bool {
    let needed = |one: &Instruction| one.as_needed == Some(true);
    let freely = |one: &Instruction| !needed(one) && (one.dose.is_some() || one.frequency.is_some());
    !(texts.iter().any(needed) && texts.iter().any(freely))
}

/// A structure that says "only if needed" against a text that does not, or the other way about. A structure without
/// the element says nothing.
fn needed_differs(first: &Instruction, second: &Instruction) -> bool {
    let says = |one: &Instruction| one.dose.is_some() || one.frequency.is_some() || !one.when.is_empty();
    match (first.as_needed, second.as_needed) {
        (Some(a), Some(b)) => a != b,
        (None, Some(true)) => says(first),
        _ => false,
    }
}

type Doses = (Option<Amount>, Option<Amount>);

fn doses(first: &Instruction, second: &Instruction) -> Result<Doses, NotPlain> {
    let (Some(dose), Some(other)) = (&first.dose, &second.dose) else {
        let with = if first.dose.is_some() { first } else { second };
        return Ok((with.dose.clone(), with.total.clone()));
    };
    let known: Vec<&Amount> = [Some(dose), first.total.as_ref()].into_iter().flatten().collect();
    let mut total = first.total.clone();
    for amount in [Some(other), second.total.as_ref()].into_iter().flatten() {
        match known.iter().find(|known| known.unit == amount.unit) {
            Some(same) if *same == amount => {}
            Some(_) => return Err(NotPlain::TextAndCodesDiffer),
            // 1 tablet in the text and 10 mg in the codes: the same dose, counted and measured.
            None if counted_and_measured(dose, amount) && total.is_none() => total = Some(amount.clone()),
            None => return Err(NotPlain::NotAllUnderstood),
        }
    }
    Ok((Some(dose.clone()), total))
}

fn counted_and_measured(a: &Amount, b: &Amount) -> bool {
    matches!((&a.unit, &b.unit), (Unit::Counted(_), Unit::Measured(_)) | (Unit::Measured(_), Unit::Counted(_)))
}
