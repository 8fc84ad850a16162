//! Exact decimals: the digits as sent, and arithmetic without floats (D8, R2).

use std::cmp::Ordering;

use crate::rational::Rational;
use crate::redact::hidden_debug;

/// A number longer than this is text to us: no measurement has as many digits.
const MAX_LENGTH: usize = 256;
/// Bounds the exponent, so that a sum of two can never overflow.
const MAX_EXPONENT: i64 = 100_000;

/// A decimal number that keeps the text it came as. Two are equal when they are the same number: `1.60` and `1.6`.
#[derive(Clone)]
pub struct Decimal {
    text: String,
    negative: bool,
    /// Without zeros in front, with those at the end as written; empty for zero.
    digits: String,
    /// The power of ten of the last digit.
    exponent: i64,
}

hidden_debug!(Decimal);

impl Decimal {
    /// Reads a number as JSON writes it: `-12.50`, `1e-3`. `None` for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let bounded = Some(text).filter(|text| text.len() <= MAX_LENGTH)?;
        let (negative, rest) = match bounded.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, bounded),
        };
        let (mantissa, power) = match rest.split_once(['e', 'E']) {
            Some((mantissa, power)) => (mantissa, signed(power)?),
            None => (rest, 0),
        };
        let (whole, fraction) = match mantissa.split_once('.') {
            Some((whole, fraction)) => (whole, Some(fraction)),
            None => (mantissa, None),
        };
        let leading_zero = whole.len() > 1 && whole.starts_with('0');
        if leading_zero || !all_digits(whole) || fraction.is_some_and(|digits| !all_digits(digits)) {
            return None;
        }
        let fraction = fraction.unwrap_or_default();
        let places = i64::try_from(fraction.len()).ok()?;
        Some(Self {
            text: text.to_owned(),
            negative,
            digits: format!("{whole}{fraction}").trim_start_matches('0').to_owned(),
            exponent: power - places,
        })
    }

    /// The text as it came; for a number that was worked out, without an exponent.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// True for `0`, `-0.00` ...
    #[must_use]
    pub fn is_zero(&self) -> bool {
        self.digits.is_empty()
    }

    /// The same number as a fraction. `None` if it is too large or too fine for one.
    #[must_use]
    pub fn to_rational(&self) -> Option<Rational> {
        if self.is_zero() {
            return Some(Rational::ZERO);
        }
        let digits: i128 = self.significant().parse().ok()?;
        let dropped = i64::try_from(self.digits.len() - self.significant().len()).ok()?;
        let ten = Rational::new(10, 1)?.power(i32::try_from(self.exponent + dropped).ok()?)?;
        Rational::new(if self.negative { -digits } else { digits }, 1)?.times(ten)
    }

    /// The decimal that is exactly this fraction. `None` for one like 1/3. Zeros are added at the end until it has
    /// `digits` digits, where they stand behind the point: 1.60 made ten times larger is 16.0.
    #[must_use]
    pub fn from_rational(value: Rational, digits: usize) -> Option<Self> {
        let (twos, rest) = strip_factor(value.denominator(), 2);
        let (fives, rest) = strip_factor(rest, 5);
        if rest != 1 {
            return None;
        }
        let mut places = twos.max(fives);
        let scale = Rational::new(10, 1)?.power(i32::try_from(places).ok()?)?;
        let mut number = value.times(scale)?.numerator().unsigned_abs().to_string();
        while value != Rational::ZERO && number.len() < digits {
            number.push('0');
            places += 1;
        }
        let missing = (places + 1).saturating_sub(number.len());
        let padded = format!("{}{number}", "0".repeat(missing));
        let (whole, fraction) = padded.split_at_checked(padded.len() - places)?;
        let point = if fraction.is_empty() { "" } else { "." };
        let sign = if value.numerator() < 0 { "-" } else { "" };
        Self::parse(&format!("{sign}{whole}{point}{fraction}"))
    }

    /// The exact product, with as many digits as this number has. `None` if no decimal is that product.
    #[must_use]
    pub fn times(&self, factor: Rational) -> Option<Self> {
        Self::from_rational(self.to_rational()?.times(factor)?, self.digits.len())
    }

    /// How many digits were written, zeros in front left out.
    #[must_use]
    pub fn digit_count(&self) -> usize {
        self.digits.len()
    }

    /// The number of places before the point of the first digit: 3 for 120, -1 for 0.05. `None` for zero.
    pub(crate) fn magnitude(&self) -> Option<i64> {
        i64::try_from(self.digits.len()).ok().filter(|length| *length > 0).map(|length| length + self.exponent)
    }

    /// For drawing: this number times ten to the power of `30 - magnitude`, cut after the point. `magnitude` must be
    /// that of the largest number drawn beside it.
    pub(crate) fn scaled(&self, magnitude: i64) -> i128 {
        const KEPT: i64 = 30;
        let Some(own) = self.magnitude() else { return 0 };
        let kept = usize::try_from(own + KEPT - magnitude).unwrap_or(0).min(KEPT as usize);
        let mut digits: String = self.digits.chars().take(kept).collect();
        while digits.len() < kept {
            digits.push('0');
        }
        let number: i128 = digits.parse().unwrap_or(0);
        if self.negative { -number } else { number }
    }

    fn significant(&self) -> &str {
        self.digits.trim_end_matches('0')
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        let sign = |number: &Self| match (number.is_zero(), number.negative) {
            (true, _) => 0,
            (false, true) => -1,
            (false, false) => 1,
        };
        // Both start with a digit other than zero: of equal magnitudes the order of the digits decides.
        let size = self.magnitude().cmp(&other.magnitude()).then_with(|| self.significant().cmp(other.significant()));
        sign(self).cmp(&sign(other)).then(if self.negative { size.reverse() } else { size })
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Decimal {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Decimal {}

fn all_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn signed(power: &str) -> Option<i64> {
    let digits = power.strip_prefix(['+', '-']).unwrap_or(power);
    let number: i64 = Some(digits).filter(|digits| all_digits(digits))?.parse().ok()?;
    let signed = if power.starts_with('-') { -number } else { number };
    (number <= MAX_EXPONENT).then_some(signed)
}

/// How often the factor divides the number, and what is left.
fn strip_factor(number: i128, factor: i128) -> (usize, i128) {
    let (mut times, mut rest) = (0, number);
    while rest != 0 && rest % factor == 0 {
        rest /= factor;
        times += 1;
    }
    (times, rest)
}
