//! How many tests ran, read from what the runners say. Never guessed: a runner whose words are not
//! understood, or that ran nothing, is a failure.

use std::fmt;
use std::ops::AddAssign;

use serde_json::Value;

/// The counts of one or more runners.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Count {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
    pub(crate) skipped: u64,
}

impl Count {
    /// Whether anything was tried at all.
    pub(crate) fn ran(self) -> bool {
        self.passed + self.failed > 0
    }

    fn add(&mut self, number: u64, what: &str) {
        match what {
            "passed" => self.passed += number,
            "skipped" | "ignored" => self.skipped += number,
            // Failed, timed out, could not be started: all of it is not passed.
            _ => self.failed += number,
        }
    }
}

impl AddAssign for Count {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} passed, {} failed, {} skipped",
            self.passed, self.failed, self.skipped
        )
    }
}

/// From nextest's summary:
/// `Summary [   1.203s] 17 tests run: 14 passed (1 slow), 2 failed, 1 timed out, 3 skipped`.
pub(crate) fn nextest(output: &str) -> Option<Count> {
    let line = output
        .lines()
        .rev()
        .find(|line| line.trim_start().starts_with("Summary ["))?;
    let (_, list) = line.split_once(" run: ")?;
    let mut count = Count::default();
    // A remark in brackets has commas of its own.
    let list: String = list
        .split('(')
        .map(|part| part.split_once(')').map_or(part, |(_, rest)| rest))
        .collect();
    for item in list.split(',') {
        let (number, what) = item.trim().split_once(' ')?;
        count.add(number.parse().ok()?, what.trim());
    }
    Some(count)
}

/// From `cargo test`, a line for each binary:
/// `test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s`.
pub(crate) fn libtest(output: &str) -> Option<Count> {
    let mut count = None;
    for line in output
        .lines()
        .filter_map(|line| line.trim().strip_prefix("test result: "))
    {
        let (_, list) = line.split_once(". ")?;
        for item in list.split("; ") {
            if let Some((number, what @ ("passed" | "failed" | "ignored"))) = item.split_once(' ') {
                count
                    .get_or_insert_with(Count::default)
                    .add(number.parse().ok()?, what);
            }
        }
    }
    count
}

/// From the report that Playwright's `json` reporter writes.
pub(crate) fn playwright(report: &Value) -> Option<Count> {
    let number = |key: &str| report["stats"][key].as_u64();
    Some(Count {
        // Flaky is passed at a second try; we allow none, see the configuration.
        passed: number("expected")?,
        failed: number("unexpected")? + number("flaky")?,
        skipped: number("skipped")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(passed: u64, failed: u64, skipped: u64) -> Count {
        Count {
            passed,
            failed,
            skipped,
        }
    }

    #[test]
    fn nextest_summaries_are_read() {
        let plain = "    PASS [   0.1s] a\n────\n     Summary [   0.005s] 3 tests run: 3 passed, 0 skipped\n";
        assert_eq!(nextest(plain), Some(count(3, 0, 0)));
        let bad = "  Summary [ 1.2s] 17/18 tests run: 14 passed (1 slow, 1 leaky), 2 failed, 1 timed out, 3 skipped";
        assert_eq!(nextest(bad), Some(count(14, 3, 3)));
        assert_eq!(nextest("error: could not compile"), None);
    }

    #[test]
    fn libtest_results_are_added_up() {
        let two = "test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0s\n\
                   test result: FAILED. 1 passed; 2 failed; 0 ignored; 0 measured; 9 filtered out";
        assert_eq!(libtest(two), Some(count(4, 2, 1)));
        assert_eq!(libtest("error"), None);
    }

    #[test]
    fn playwright_reports_are_read() {
        let report = serde_json::json!({ "stats": { "expected": 5, "unexpected": 1, "flaky": 1, "skipped": 2 } });
        assert_eq!(playwright(&report), Some(count(5, 2, 2)));
        assert_eq!(playwright(&Value::Null), None);
    }
}
