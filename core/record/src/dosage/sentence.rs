//! From the parts of an instruction to short sentences of the catalogue.

use super::amount::{Amount, Number, Unit};
use super::instruction::{Frequency, Instruction, Maximum, Span, When};
use super::phrase::{Phrase, joined, listed};

impl Instruction {
    /// The instruction in short sentences, to be shown one after the other with a space between. Whoever renders one
    /// sets its first letter large.
    #[must_use]
    pub fn sentences(&self) -> Vec<Phrase> {
        let mut main: Vec<Phrase> = Vec::new();
        main.extend(self.action.map(|code| Phrase::new(format!("dosage.action.{code}"))));
        main.extend(self.amount());
        main.extend(self.route.map(|code| Phrase::new(format!("dosage.route.{code}"))));
        main.extend(self.site.map(|code| Phrase::new(format!("dosage.site.{code}"))));
        main.extend(self.frequency.as_ref().filter(|_| !self.is_told_by_every()).map(Frequency::phrase));
        main.extend(listed("and", self.when.iter().map(When::phrase).collect()));
        main.extend(self.days());
        let needed = self.as_needed == Some(true);
        let reason = listed(
            if self.all_reasons { "and" } else { "or" },
            self.reasons.iter().map(|code| Phrase::new(format!("dosage.reason.{code}"))).collect(),
        );
        let needed_inside = needed && main.len() == usize::from(self.action.is_some());
        let mut sentences = Vec::new();
        if needed_inside {
            main.push(with_reason("dosage.as-needed", reason.clone()));
        }
        sentences.extend(joined("dosage.join", main));
        match reason {
            reason if needed && !needed_inside => sentences.push(with_reason("dosage.as-needed", reason)),
            Some(reason) if !needed => sentences.push(Phrase::new("dosage.purpose").phrase("reason", reason)),
            _ => {}
        }
        sentences.extend(self.duration.as_ref().map(Span::limit));
        sentences.extend(self.period());
        sentences.extend(self.maximum.as_ref().map(Maximum::phrase));
        sentences.into_iter().map(|sentence| Phrase::new("dosage.end").phrase("sentence", sentence)).collect()
    }

    fn amount(&self) -> Option<Phrase> {
        let dose = self.dose.as_ref()?.phrase();
        let Some(total) = &self.total else { return Some(dose) };
        let id = if self.total_is_sum { "dosage.total.sum" } else { "dosage.total.same" };
        Some(Phrase::new(id).phrase("dose", dose).phrase("total", total.phrase()))
    }

    /// "every morning" says "once a day" already.
    fn is_told_by_every(&self) -> bool {
        let daily = matches!(&self.frequency, Some(Frequency::Times { unit: "day", .. }));
        daily && !self.when.is_empty() && self.when.iter().all(|when| when.code.starts_with("every-"))
    }

    fn days(&self) -> Option<Phrase> {
        let days = self.days.iter().map(|code| Phrase::new(format!("dosage.day.{code}"))).collect();
        let id = if self.frequency.is_some() { "dosage.days.on" } else { "dosage.days.every" };
        Some(Phrase::new(id).phrase("days", listed("and", days)?))
    }

    fn period(&self) -> Option<Phrase> {
        let bounds = self.bounds.as_ref()?;
        Some(match (bounds.start.clone(), bounds.end.clone()) {
            (Some(start), Some(end)) => Phrase::new("dosage.period.from-to").time("start", start).time("end", end),
            (Some(start), None) => Phrase::new("dosage.period.from").time("start", start),
            (None, Some(end)) => Phrase::new("dosage.period.until").time("end", end),
            (None, None) => return None,
        })
    }
}

fn with_reason(id: &str, reason: Option<Phrase>) -> Phrase {
    match reason {
        Some(reason) => Phrase::new(format!("{id}.for")).phrase("reason", reason),
        None => Phrase::new(format!("{id}.any")),
    }
}

/// Whether the singular is right: for 1, and for fractions below it, `1/2 tablet`.
fn singular(number: &Number, high: Option<&Number>) -> bool {
    high.is_none() && number.is_one()
}

/// Whether the number may be left out: `once a day`, `every hour`.
fn exactly_one(number: &Number, high: Option<&Number>) -> bool {
    high.is_none() && number.text() == "1"
}

/// `2`, or `1 to 2`.
fn count(phrase: Phrase, number: &Number, high: Option<&Number>) -> Phrase {
    match high {
        None => phrase.text("count", number.text()),
        Some(high) => {
            let range = Phrase::new("dosage.range").text("low", number.text()).text("high", high.text());
            phrase.phrase("count", range)
        }
    }
}

fn counted(id: &str, number: &Number, high: Option<&Number>, one: fn(&Number, Option<&Number>) -> bool) -> Phrase {
    let form = if one(number, high) { "one" } else { "other" };
    count(Phrase::new(format!("{id}[{form}]")), number, high)
}

impl Amount {
    /// `1 tablet`, `2.5 mL`, `a thin layer`.
    #[must_use]
    pub fn phrase(&self) -> Phrase {
        match (&self.unit, &self.number) {
            (Unit::Described(code), _) => Phrase::new(format!("dosage.described.{code}")),
            (Unit::Counted(code), Some(number)) => {
                counted(&format!("dosage.unit.{code}"), number, self.high.as_ref(), singular)
            }
            (Unit::Measured(unit), Some(number)) => {
                count(Phrase::new("dosage.measure"), number, self.high.as_ref()).text("unit", unit.clone())
            }
            (Unit::Counted(code), None) => Phrase::new(format!("dosage.unit.{code}[other]")).text("count", ""),
            (Unit::Measured(unit), None) => Phrase::new("dosage.measure").text("count", "").text("unit", unit.clone()),
        }
    }
}

impl Frequency {
    /// `2 times a day`, `every 8 hours`.
    #[must_use]
    pub fn phrase(&self) -> Phrase {
        match self {
            Self::Times { times, high, unit } => {
                counted(&format!("dosage.times.{unit}"), times, high.as_ref(), exactly_one)
            }
            Self::Every { number, high, unit } => {
                counted(&format!("dosage.every.{unit}"), number, high.as_ref(), exactly_one)
            }
            Self::EveryOther { unit } => Phrase::new(format!("dosage.every-other.{unit}")),
            Self::Single => Phrase::new("dosage.single"),
        }
    }
}

impl When {
    /// `at bedtime`, `30 minutes before breakfast`.
    #[must_use]
    pub fn phrase(&self) -> Phrase {
        let when = Phrase::new(format!("dosage.when.{}", self.code));
        match &self.offset {
            None => when,
            Some((number, unit)) => Phrase::new("dosage.join")
                .phrase("first", counted(&format!("dosage.time.{unit}"), number, None, singular))
                .phrase("next", when),
        }
    }
}

impl Span {
    fn limit(&self) -> Phrase {
        let id = if self.up_to { "dosage.duration.up-to" } else { "dosage.duration.for" };
        Phrase::new(id)
            .phrase("time", counted(&format!("dosage.time.{}", self.unit), &self.number, self.high.as_ref(), singular))
    }
}

impl Maximum {
    fn phrase(&self) -> Phrase {
        let amount = self.amount.phrase();
        match &self.number {
            None => Phrase::new(format!("dosage.max.{}", self.unit)).phrase("dose", amount),
            Some(number) => Phrase::new("dosage.max.in")
                .phrase("dose", amount)
                .phrase("time", counted(&format!("dosage.time.{}", self.unit), number, None, singular)),
        }
    }
}
