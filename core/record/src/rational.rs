//! Exact fractions of whole numbers, for the factors between units. Every step is checked: what does not fit is `None`.

/// A fraction in lowest terms, its denominator above zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rational {
    numerator: i128,
    denominator: i128,
}

impl Rational {
    /// 0
    pub const ZERO: Self = Self { numerator: 0, denominator: 1 };
    /// 1
    pub const ONE: Self = Self { numerator: 1, denominator: 1 };

    /// A fraction. `None` for a denominator of zero, and for numbers that have no opposite.
    #[must_use]
    pub fn new(numerator: i128, denominator: i128) -> Option<Self> {
        let sign = denominator.signum();
        let common = i128::try_from(common_divisor(numerator.unsigned_abs(), denominator.unsigned_abs())).ok()?;
        let reduce = |number: i128| number.checked_div(common)?.checked_mul(sign);
        (sign != 0).then_some(Self { numerator: reduce(numerator)?, denominator: reduce(denominator)? })
    }

    /// The number above the line; it carries the sign.
    #[must_use]
    pub fn numerator(self) -> i128 {
        self.numerator
    }

    /// The number below the line, above zero.
    #[must_use]
    pub fn denominator(self) -> i128 {
        self.denominator
    }

    /// The product. Shared factors go first, so that it fits whenever the result does.
    #[must_use]
    pub fn times(self, other: Self) -> Option<Self> {
        let left = Self::new(self.numerator, other.denominator)?;
        let right = Self::new(other.numerator, self.denominator)?;
        Some(Self {
            numerator: left.numerator.checked_mul(right.numerator)?,
            denominator: left.denominator.checked_mul(right.denominator)?,
        })
    }

    /// The quotient. `None` for a division by zero.
    #[must_use]
    pub fn over(self, other: Self) -> Option<Self> {
        self.times(Self::new(other.denominator, other.numerator)?)
    }

    /// The sum.
    #[must_use]
    pub fn plus(self, other: Self) -> Option<Self> {
        let common = i128::try_from(common_divisor(self.denominator.unsigned_abs(), other.denominator.unsigned_abs()));
        let own = self.denominator.checked_div(common.ok()?)?;
        let theirs = other.denominator.checked_mul(own)?.checked_div(self.denominator)?;
        let sum = self.numerator.checked_mul(theirs)?.checked_add(other.numerator.checked_mul(own)?)?;
        Self::new(sum, self.denominator.checked_mul(theirs)?)
    }

    /// The difference.
    #[must_use]
    pub fn minus(self, other: Self) -> Option<Self> {
        self.plus(Self { numerator: other.numerator.checked_neg()?, denominator: other.denominator })
    }

    /// The power; a negative exponent turns the fraction over.
    #[must_use]
    pub fn power(self, exponent: i32) -> Option<Self> {
        let raised = Self {
            numerator: self.numerator.checked_pow(exponent.unsigned_abs())?,
            denominator: self.denominator.checked_pow(exponent.unsigned_abs())?,
        };
        if exponent < 0 { Self::ONE.over(raised) } else { Some(raised) }
    }
}

/// The greatest number that divides both; 1 where both are zero.
fn common_divisor(a: u128, b: u128) -> u128 {
    let (mut a, mut b) = (a, b);
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a.max(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn fraction() -> impl Strategy<Value = Rational> {
        (-1_000_000_i128..1_000_000, 1_i128..1_000_000).prop_map(|(n, d)| Rational::new(n, d).unwrap())
    }

    /// Proves R2: what cannot be said exactly is refused, never rounded.
    #[test]
    fn what_does_not_fit_is_refused() {
        assert_eq!(Rational::new(1, 0), None);
        assert_eq!(Rational::ONE.over(Rational::ZERO), None);
        assert_eq!(Rational::new(10, 1).unwrap().power(39), None);
        let huge = Rational::new(i128::MAX, 1).unwrap();
        assert_eq!(huge.times(huge), None);
        assert_eq!(huge.plus(Rational::ONE), None);
        assert_eq!(Rational::new(3, -6).unwrap(), Rational::new(-1, 2).unwrap());
    }

    proptest! {
        /// Proves R2: sums and products keep the laws of arithmetic.
        #[test]
        fn arithmetic_is_exact(a in fraction(), b in fraction(), c in fraction()) {
            prop_assert_eq!(a.times(b).unwrap().times(c).unwrap(), a.times(b.times(c).unwrap()).unwrap());
            prop_assert_eq!(a.plus(b).unwrap().times(c).unwrap(), a.times(c).unwrap().plus(b.times(c).unwrap()).unwrap());
            prop_assert_eq!(a.plus(b).unwrap().minus(b).unwrap(), a);
            if b != Rational::ZERO {
                prop_assert_eq!(a.over(b).unwrap().times(b).unwrap(), a);
            }
        }
    }
}
