//! The parts of an instruction, without words of any language.

use crate::redact::hidden_debug;
use crate::time::Period;

use super::amount::{Amount, Number};
use super::times_of_use::{GENERIC_MEALS, slot};

/// How often.
#[derive(Clone, PartialEq, Eq)]
pub enum Frequency {
    /// So many times in each day, week or month.
    Times {
        /// How many times.
        times: Number,
        /// The higher end, where it is a range.
        high: Option<Number>,
        /// `day`, `week` or `month`.
        unit: &'static str,
    },
    /// Every so many hours, days ...
    Every {
        /// How many.
        number: Number,
        /// The higher end, where it is a range.
        high: Option<Number>,
        /// `minute`, `hour`, `day`, `week` or `month`.
        unit: &'static str,
    },
    /// Every other day, week or month.
    EveryOther {
        /// `day`, `week` or `month`.
        unit: &'static str,
    },
    /// One time and no more.
    Single,
}

hidden_debug!(Frequency);

/// Hours in a unit of time. Months have no fixed number of them.
fn hours(unit: &str) -> Option<u64> {
    match unit {
        "hour" => Some(1),
        "day" => Some(24),
        "week" => Some(168),
        _ => None,
    }
}

impl Frequency {
    /// Whether both say the same, in whatever words: every 6 hours is 4 times a day.
    #[must_use]
    pub fn agrees_with(&self, other: &Self) -> bool {
        self == other || self.rates().zip(other.rates()).is_some_and(|(a, b)| a == b)
    }

    /// How many times a week, lowest and highest, in lowest terms.
    fn rates(&self) -> Option<((u64, u64), (u64, u64))> {
        let per = |times: &Number, every: (u64, u64), unit: &str| {
            let (numerator, denominator) = times.ratio();
            let top = numerator.checked_mul(168)?.checked_mul(every.1)?;
            Some(lowest(top, denominator.checked_mul(hours(unit)?)?.checked_mul(every.0)?))
        };
        let once = Number::read("1")?;
        let ends = |low: &Number, high: &Option<Number>| (low.ratio(), high.as_ref().unwrap_or(low).ratio());
        match self {
            Self::Times { times, high, unit } => {
                Some((per(times, (1, 1), unit)?, per(high.as_ref().unwrap_or(times), (1, 1), unit)?))
            }
            Self::Every { number, high, unit } => {
                let (short, long) = ends(number, high);
                Some((per(&once, long, unit)?, per(&once, short, unit)?))
            }
            Self::EveryOther { unit } => {
                let rate = per(&once, (2, 1), unit)?;
                Some((rate, rate))
            }
            Self::Single => None,
        }
    }

    /// How many times a day, where it is an exact number.
    fn times_a_day(&self) -> Option<u64> {
        match self {
            Self::Times { times, high: None, unit: "day" } => times.whole(),
            Self::Every { number, high: None, unit: "day" | "week" | "month" } => number.whole().map(|_| 1),
            Self::EveryOther { .. } | Self::Single => Some(1),
            _ => None,
        }
    }
}

fn lowest(a: u64, b: u64) -> (u64, u64) {
    let (mut x, mut y) = (a, b);
    while y != 0 {
        (x, y) = (y, x % y);
    }
    (a / x.max(1), b / x.max(1))
}

/// When in the day.
#[derive(Clone, PartialEq, Eq)]
pub struct When {
    /// How long before or after: a number, and `minute` or `hour`.
    pub offset: Option<(Number, &'static str)>,
    /// `at-bedtime`, `before-breakfast`, `with-food` ...
    pub code: &'static str,
}

hidden_debug!(When);

impl When {
    pub(super) fn at(code: &'static str) -> Self {
        Self { offset: None, code }
    }
}

/// A stretch of time, or a number of doses.
#[derive(Clone, PartialEq, Eq)]
pub struct Span {
    /// How many.
    pub number: Number,
    /// The higher end, where it is a range.
    pub high: Option<Number>,
    /// `minute`, `hour`, `day`, `week`, `month` or `dose`.
    pub unit: &'static str,
    /// Up to so many.
    pub up_to: bool,
}

hidden_debug!(Span);

/// The most that may be used in some time.
#[derive(Clone, PartialEq, Eq)]
pub struct Maximum {
    /// How much.
    pub amount: Amount,
    /// In how long: `day` alone, or a number and a unit.
    pub number: Option<Number>,
    /// `hour`, `day` or `week`.
    pub unit: &'static str,
}

hidden_debug!(Maximum);

impl Maximum {
    pub(super) fn agrees_with(&self, other: &Self) -> bool {
        let time = |max: &Self| {
            let (numerator, denominator) = max.number.as_ref().map_or((1, 1), Number::ratio);
            hours(max.unit).map(|hours| lowest(numerator.saturating_mul(hours), denominator))
        };
        self.amount == other.amount && time(self) == time(other)
    }
}

/// What an instruction says, part by part. Every code is a line of the catalogue: `dosage.<part>.<code>`.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Instruction {
    /// `take`, `inject`, `apply` ...
    pub action: Option<&'static str>,
    /// How much at a time.
    pub dose: Option<Amount>,
    /// The same amount in other units, as it stands in brackets: 1 tablet (10 mg).
    pub total: Option<Amount>,
    /// The amount in brackets is called the total.
    pub total_is_sum: bool,
    /// `by-mouth`, `under-the-skin` ...
    pub route: Option<&'static str>,
    /// `affected-area`, `both-eyes` ...
    pub site: Option<&'static str>,
    /// How often.
    pub frequency: Option<Frequency>,
    /// When in the day.
    pub when: Vec<When>,
    /// `monday` to `sunday`.
    pub days: Vec<&'static str>,
    /// Only if needed; `None` if nothing is said about it.
    pub as_needed: Option<bool>,
    /// `pain`, `nausea` ...: for what it is needed, or what it is for.
    pub reasons: Vec<&'static str>,
    /// "And" stands between the reasons, not "or".
    pub all_reasons: bool,
    /// For how long.
    pub duration: Option<Span>,
    /// From when and until when.
    pub bounds: Option<Period>,
    /// The most in some time.
    pub maximum: Option<Maximum>,
}

hidden_debug!(Instruction);

/// Actions, routes and places that go together. Those that stand nowhere go with all.
const WAYS: [&[&str]; 10] = [
    &["swallow", "chew", "chew-and-swallow", "drink", "by-mouth"],
    &["under-the-tongue"],
    &["inject", "under-the-skin", "into-the-skin", "into-a-muscle", "into-a-vein"],
    &["into-the-lungs", "by-nebulizer"],
    &["into-the-rectum"],
    &["into-the-vagina"],
    &["into-the-nose", "each-nostril"],
    &["into-the-eye", "both-eyes", "right-eye", "left-eye"],
    &["into-the-ear", "both-ears", "right-ear", "left-ear"],
    &["on-the-skin", "affected-area", "face", "scalp", "rash"],
];

impl Instruction {
    /// Whether the parts make up an instruction, and none of them speaks against another.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        let how_often =
            self.frequency.is_some() || !self.when.is_empty() || !self.days.is_empty() || self.as_needed == Some(true);
        let single = self.frequency == Some(Frequency::Single);
        let goes_on = self.duration.is_some() || !self.days.is_empty() || self.when.len() > 1;
        how_often
            && !(single && goes_on)
            && self.times_of_day_fit()
            && self.days_fit()
            && self.ways_fit()
            && (self.total.is_none() || self.dose.is_some())
    }

    /// Twice a day in the morning, or once a day in the morning and at bedtime: nobody can tell what is meant.
    fn times_of_day_fit(&self) -> bool {
        let mut slots: Vec<u8> = self.when.iter().filter_map(|when| slot(when.code)).collect();
        slots.sort_unstable();
        slots.dedup();
        if slots.is_empty() {
            return true;
        }
        let any_meal = self.when.iter().any(|when| GENERIC_MEALS.contains(&when.code));
        let given = u64::try_from(slots.len()).unwrap_or(u64::MAX);
        match &self.frequency {
            None => true,
            Some(Frequency::Every { unit: "hour" | "minute", .. }) => false,
            Some(Frequency::Times { unit: "day", high: Some(_), .. }) => false,
            Some(frequency) => frequency.times_a_day().is_none_or(|times| given == times || any_meal && given < times),
        }
    }

    /// What is injected is not swallowed, and what goes into the ear does not go into the eye.
    fn ways_fit(&self) -> bool {
        let way = |ways: &[&[&str]]| {
            let codes = [self.action, self.route, self.site];
            ways.iter().filter(|way| codes.iter().flatten().any(|code| way.contains(code))).count()
        };
        way(&WAYS) <= 1
    }

    /// So many days of the week for so many times a week.
    fn days_fit(&self) -> bool {
        let given = u64::try_from(self.days.len()).unwrap_or(u64::MAX);
        given == 0
            || match &self.frequency {
                None => true,
                Some(Frequency::Times { times, high: None, unit: "week" }) => times.whole() == Some(given),
                Some(Frequency::Times { high: None, unit: "day", .. }) => true,
                _ => false,
            }
    }
}
