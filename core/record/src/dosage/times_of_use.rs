//! The words for times in instructions: how often, when in the day, for how long. See [`super::lexicon`].

use super::lexicon::Table;

/// Frequencies that are words of their own: how many times, in which unit.
pub(super) const TIMES: &[(&str, &str, &str)] = &[
    ("daily", "1", "day"),
    ("once daily", "1", "day"),
    ("once a day", "1", "day"),
    ("once per day", "1", "day"),
    ("once every day", "1", "day"),
    ("every day", "1", "day"),
    ("each day", "1", "day"),
    ("qd", "1", "day"),
    ("qday", "1", "day"),
    ("q day", "1", "day"),
    ("twice daily", "2", "day"),
    ("twice a day", "2", "day"),
    ("twice per day", "2", "day"),
    ("bid", "2", "day"),
    ("tid", "3", "day"),
    ("thrice daily", "3", "day"),
    ("qid", "4", "day"),
    ("weekly", "1", "week"),
    ("once weekly", "1", "week"),
    ("once a week", "1", "week"),
    ("once per week", "1", "week"),
    ("every week", "1", "week"),
    ("twice weekly", "2", "week"),
    ("twice a week", "2", "week"),
    ("twice per week", "2", "week"),
    ("monthly", "1", "month"),
    ("once monthly", "1", "month"),
    ("once a month", "1", "month"),
    ("every month", "1", "month"),
];

/// Every other day and the like.
pub(super) const EVERY_OTHER: Table =
    &[("every other day", "day"), ("qod", "day"), ("every other week", "week"), ("every other month", "month")];

/// One time and no more.
pub(super) const SINGLE: &[&str] =
    &["once", "one time", "one time only", "one time dose", "for one dose", "as a single dose"];

/// Units of time, as they stand after a number.
pub(super) const TIME_UNITS: Table = &[
    ("minute", "minute"),
    ("minutes", "minute"),
    ("min", "minute"),
    ("mins", "minute"),
    ("hour", "hour"),
    ("hours", "hour"),
    ("hr", "hour"),
    ("hrs", "hour"),
    ("h", "hour"),
    ("day", "day"),
    ("days", "day"),
    ("week", "week"),
    ("weeks", "week"),
    ("wk", "week"),
    ("wks", "week"),
    ("month", "month"),
    ("months", "month"),
];

/// When in the day.
pub(super) const WHEN: Table = &[
    ("in the morning", "in-the-morning"),
    ("in morning", "in-the-morning"),
    ("in the am", "in-the-morning"),
    ("in am", "in-the-morning"),
    ("at noon", "at-noon"),
    ("in the afternoon", "in-the-afternoon"),
    ("in the evening", "in-the-evening"),
    ("in evening", "in-the-evening"),
    ("in the pm", "in-the-evening"),
    ("in pm", "in-the-evening"),
    ("at night", "at-night"),
    ("in the night", "at-night"),
    ("at bedtime", "at-bedtime"),
    ("before bedtime", "before-bedtime"),
    ("before bed", "before-bedtime"),
    ("before going to bed", "before-bedtime"),
    ("on waking", "on-waking"),
    ("every morning", "every-morning"),
    ("each morning", "every-morning"),
    ("qam", "every-morning"),
    ("q am", "every-morning"),
    ("every am", "every-morning"),
    ("every afternoon", "every-afternoon"),
    ("every evening", "every-evening"),
    ("each evening", "every-evening"),
    ("qpm", "every-evening"),
    ("q pm", "every-evening"),
    ("every night", "every-night"),
    ("each night", "every-night"),
    ("nightly", "every-night"),
    ("every night at bedtime", "every-bedtime"),
    ("nightly at bedtime", "every-bedtime"),
    ("every bedtime", "every-bedtime"),
    ("qhs", "every-bedtime"),
    ("q hs", "every-bedtime"),
    ("with food", "with-food"),
    ("with meals", "with-meals"),
    ("with a meal", "with-food"),
    ("with food or milk", "with-food-or-milk"),
    ("with or without food", "with-or-without-food"),
    ("on an empty stomach", "on-an-empty-stomach"),
    ("on empty stomach", "on-an-empty-stomach"),
    ("with breakfast", "with-breakfast"),
    ("with lunch", "with-lunch"),
    ("with dinner", "with-dinner"),
    ("with supper", "with-dinner"),
    ("with evening meal", "with-dinner"),
    ("with the evening meal", "with-dinner"),
    ("before meals", "before-meals"),
    ("before each meal", "before-meals"),
    ("before food", "before-meals"),
    ("ac", "before-meals"),
    ("after meals", "after-meals"),
    ("after each meal", "after-meals"),
    ("after food", "after-meals"),
    ("pc", "after-meals"),
    ("before breakfast", "before-breakfast"),
    ("before lunch", "before-lunch"),
    ("before dinner", "before-dinner"),
    ("before supper", "before-dinner"),
    ("after breakfast", "after-breakfast"),
    ("after lunch", "after-lunch"),
    ("after dinner", "after-dinner"),
    ("after supper", "after-dinner"),
];

/// "... and evening", "... and dinner": the word that goes on after a code that begins so.
pub(super) const WHEN_GOES_ON: &[(&str, &str, &str)] = &[
    ("in-the-", "afternoon", "in-the-afternoon"),
    ("in-the-", "evening", "in-the-evening"),
    ("in-the-", "pm", "in-the-evening"),
    ("in-the-", "night", "at-night"),
    ("every-", "evening", "every-evening"),
    ("every-", "night", "every-night"),
    ("every-", "bedtime", "every-bedtime"),
    ("with-", "lunch", "with-lunch"),
    ("with-", "dinner", "with-dinner"),
    ("with-", "supper", "with-dinner"),
    ("before-", "lunch", "before-lunch"),
    ("before-", "dinner", "before-dinner"),
    ("before-", "supper", "before-dinner"),
    ("before-", "bedtime", "before-bedtime"),
    ("after-", "lunch", "after-lunch"),
    ("after-", "dinner", "after-dinner"),
    ("after-", "supper", "after-dinner"),
];

/// HL7's EventTiming.
pub(super) const EVENT_TIMING: Table = &[
    ("MORN", "in-the-morning"),
    ("NOON", "at-noon"),
    ("AFT", "in-the-afternoon"),
    ("EVE", "in-the-evening"),
    ("NIGHT", "at-night"),
    ("HS", "at-bedtime"),
    ("WAKE", "on-waking"),
    ("C", "with-meals"),
    ("CM", "with-breakfast"),
    ("CD", "with-lunch"),
    ("CV", "with-dinner"),
    ("AC", "before-meals"),
    ("ACM", "before-breakfast"),
    ("ACD", "before-lunch"),
    ("ACV", "before-dinner"),
    ("PC", "after-meals"),
    ("PCM", "after-breakfast"),
    ("PCD", "after-lunch"),
    ("PCV", "after-dinner"),
];

/// HL7's GTSAbbreviation in words that [`super::sig`] reads. `PM` is left out: every afternoon to HL7, the evening to
/// those who type it.
pub(super) const TIMING_ABBREVIATIONS: Table = &[
    ("BID", "bid"),
    ("TID", "tid"),
    ("QID", "qid"),
    ("AM", "every morning"),
    ("QD", "qd"),
    ("QOD", "qod"),
    ("Q1H", "q 1 h"),
    ("Q2H", "q 2 h"),
    ("Q3H", "q 3 h"),
    ("Q4H", "q 4 h"),
    ("Q6H", "q 6 h"),
    ("Q8H", "q 8 h"),
    ("BED", "at bedtime"),
    ("WK", "weekly"),
    ("MO", "monthly"),
];

/// Days of the week, as typed and as coded.
pub(super) const DAYS: Table = &[
    ("monday", "monday"),
    ("mondays", "monday"),
    ("mon", "monday"),
    ("tuesday", "tuesday"),
    ("tuesdays", "tuesday"),
    ("tue", "tuesday"),
    ("wednesday", "wednesday"),
    ("wednesdays", "wednesday"),
    ("wed", "wednesday"),
    ("thursday", "thursday"),
    ("thursdays", "thursday"),
    ("thu", "thursday"),
    ("friday", "friday"),
    ("fridays", "friday"),
    ("fri", "friday"),
    ("saturday", "saturday"),
    ("saturdays", "saturday"),
    ("sat", "saturday"),
    ("sunday", "sunday"),
    ("sundays", "sunday"),
    ("sun", "sunday"),
];

/// The place of a time of day in the day, so that breakfast and morning count once.
pub(super) fn slot(code: &str) -> Option<u8> {
    Some(match code {
        "in-the-morning" | "every-morning" | "on-waking" | "with-breakfast" | "before-breakfast"
        | "after-breakfast" => 1,
        "at-noon" | "with-lunch" | "before-lunch" | "after-lunch" => 2,
        "in-the-afternoon" | "every-afternoon" => 3,
        "in-the-evening" | "every-evening" | "with-dinner" | "before-dinner" | "after-dinner" => 4,
        "at-night" | "every-night" | "at-bedtime" | "before-bedtime" | "every-bedtime" => 5,
        _ => return None,
    })
}

/// Meals in general: how many a day is for the reader to know.
pub(super) const GENERIC_MEALS: &[&str] = &["with-meals", "before-meals", "after-meals", "with-food"];
