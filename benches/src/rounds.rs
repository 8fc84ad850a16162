//! Time, taken in turns.

use std::error::Error;
use std::hint::black_box;
use std::time::Instant;

/// What anything here answers with.
pub type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// Milliseconds in a second.
pub const MS: f64 = 1e3;
/// Microseconds in a second.
pub const US: f64 = 1e6;

/// The seconds a piece of work took, and what it answered.
#[allow(clippy::disallowed_methods, reason = "nothing sleeps here, and only differences are looked at")]
pub fn timed<T>(work: impl FnOnce() -> Result<T>) -> Result<(f64, T)> {
    let start = Instant::now();
    let answer = work()?;
    Ok((start.elapsed().as_secs_f64(), answer))
}

/// The median seconds of `count` runs, each told its number. Dropping the answer belongs to the time.
pub fn typical<T>(count: usize, mut work: impl FnMut(usize) -> Result<T>) -> Result<f64> {
    typical_opening(count, |number| {
        black_box(work(number)?);
        Ok(())
    })
}

/// As [`typical`], but the answer, an open store, is closed outside the time.
pub fn typical_opening<T>(count: usize, mut open: impl FnMut(usize) -> Result<T>) -> Result<f64> {
    let taken = (0..count).map(|number| Ok(timed(|| open(number))?.0)).collect::<Result<Vec<f64>>>()?;
    Ok(median(&taken))
}

/// The middle figure; of an even number of them the upper middle; not a number if there are none.
#[must_use]
pub fn median(figures: &[f64]) -> f64 {
    let mut sorted = figures.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
}

/// One side: does all the work of a round and answers with one figure for each.
pub type Side<'a> = Box<dyn FnMut() -> Result<Vec<f64>> + 'a>;

/// Lets the sides take turns for some rounds, after one that does not count; each round another one begins. The answer
/// has for each side and each work the figures of all rounds.
///
/// # Errors
/// Whatever a side says.
pub fn in_turns(rounds: usize, sides: &mut [Side<'_>]) -> Result<Vec<Vec<Vec<f64>>>> {
    let mut figures: Vec<Vec<Vec<f64>>> = vec![Vec::new(); sides.len()];
    for round in 0..=rounds {
        for turn in 0..sides.len() {
            let side = (round + turn) % sides.len();
            let taken = sides[side]()?;
            if round > 0 {
                figures[side].resize(taken.len(), Vec::new());
                figures[side].iter_mut().zip(taken).for_each(|(of_work, figure)| of_work.push(figure));
            }
        }
    }
    Ok(figures)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first round warms up and is thrown away; the others arrive by side and work, and nobody always begins.
    #[test]
    fn rounds_are_counted_without_the_first_and_begun_in_turns() {
        let order = std::cell::RefCell::new(String::new());
        let side = |name: char, figure: f64| -> Side<'_> {
            let (order, mut calls) = (&order, 0.0);
            Box::new(move || {
                order.borrow_mut().push(name);
                calls += 1.0;
                Ok(vec![figure, calls])
            })
        };
        let figures = in_turns(3, &mut [side('a', 5.0), side('b', 7.0)]).unwrap();
        assert_eq!(figures[0], [vec![5.0; 3], vec![2.0, 3.0, 4.0]]);
        assert_eq!(figures[1], [vec![7.0; 3], vec![2.0, 3.0, 4.0]]);
        assert_eq!(*order.borrow(), "abbaabba");
    }

    #[test]
    fn the_median_is_in_the_middle() {
        assert_eq!(median(&[9.0, 1.0, 2.0]), 2.0);
        assert!(median(&[]).is_nan());
    }
}
