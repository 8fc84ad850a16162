//! Counting what test runners report.

/// Numbers of tests.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Tally {
    pub passed: u64,
    pub failed: u64,
    pub skipped: u64,
}

impl Tally {
    /// Adds what a line of `cargo test` or Python's unittest reports, if it is a closing line.
    pub fn read(&mut self, line: &str) {
        if let Some(counts) = line.trim().strip_prefix("test result: ") {
            self.passed += number_before(counts, " passed");
            self.failed += number_before(counts, " failed");
            self.skipped += number_before(counts, " ignored");
        } else if let Some(rest) = line.strip_prefix("Ran ") {
            self.passed += rest.split(' ').next().and_then(|count| count.parse().ok()).unwrap_or(0);
        } else if line.starts_with("OK (") || line.starts_with("FAILED (") {
            let of = |name: &str| {
                line.split_once(name).map_or(0, |(_, rest)| {
                    rest.chars().take_while(char::is_ascii_digit).collect::<String>().parse().unwrap_or(0)
                })
            };
            let failed = of("failures=") + of("errors=");
            let skipped = of("skipped=");
            self.failed += failed;
            self.skipped += skipped;
            self.passed = self.passed.saturating_sub(failed + skipped);
        }
    }

    /// Both together.
    pub fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

impl std::fmt::Display for Tally {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} passed, {} failed, {} skipped", self.passed, self.failed, self.skipped)
    }
}

fn number_before(text: &str, word: &str) -> u64 {
    let Some((before, _)) = text.split_once(word) else { return 0 };
    before.rsplit(|c: char| !c.is_ascii_digit()).next().and_then(|digits| digits.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closing_lines_are_counted() {
        let mut tally = Tally::default();
        tally
            .read("test result: FAILED. 21 passed; 2 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s");
        tally.read("a line about 7 passed things");
        assert_eq!(tally, Tally { passed: 21, failed: 2, skipped: 1 });
        tally.read("Ran 9 tests in 0.3s");
        tally.read("FAILED (failures=1, errors=1, skipped=2)");
        assert_eq!(tally, Tally { passed: 26, failed: 4, skipped: 3 });
        assert_eq!(tally.to_string(), "26 passed, 4 failed, 3 skipped");
    }
}
