//! Sentences and command lines made of data.

mod access;
pub(crate) mod attention;
pub(crate) mod audit;
pub(crate) mod bulk;
mod curl;
mod issue;
mod token;
mod usage;

use std::time::Duration;

pub(crate) use access::{applied, cells, reviewed, signed, spread, staged};
pub(crate) use curl::{call_with_body, issue_call, open_call, plain_call, whoami_call};
pub(crate) use issue::{IssueDraft, Piece};
pub(crate) use token::{docker_lines, env_file, env_line, masked};
pub(crate) use usage::{because, calls, told_hour, told_hours};

/// A refusal as people read it: with a capital letter and a full stop.
pub(crate) fn sentence(text: &str) -> String {
    let mut characters = text.chars();
    let mut sentence: String = characters
        .next()
        .into_iter()
        .flat_map(char::to_uppercase)
        .chain(characters)
        .collect();
    if !sentence.ends_with(['.', '!', '?', '…']) {
        sentence.push('.');
    }
    sentence
}

/// "1 key", "4 keys", "1,204 keys".
pub(crate) fn counted(count: u64, one: &str, many: &str) -> String {
    let noun = if count == 1 { one } else { many };
    format!("{} {noun}", grouped(count))
}

/// A number with its thousands set apart: "1,204".
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// A length of time in its largest whole unit: "6 hours", "90 min", "7 days".
pub(crate) fn lasting(period: Duration) -> String {
    let seconds = period.as_secs();
    match seconds {
        0 => "a moment".to_owned(),
        _ if seconds.is_multiple_of(86_400) => counted(seconds / 86_400, "day", "days"),
        _ if seconds.is_multiple_of(3_600) => counted(seconds / 3_600, "hour", "hours"),
        _ if seconds.is_multiple_of(60) => format!("{} min", grouped(seconds / 60)),
        _ => counted(seconds, "second", "seconds"),
    }
}

/// "read", "read and manage", "a, b and c".
pub(crate) fn listed(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_are_sentences() {
        assert_eq!(sentence("give a name"), "Give a name.");
        assert_eq!(sentence("Done?"), "Done?");
    }

    #[test]
    fn words_are_listed_as_people_do() {
        let words = |words: &[&str]| {
            listed(
                &words
                    .iter()
                    .map(|word| (*word).to_owned())
                    .collect::<Vec<_>>(),
            )
        };
        assert_eq!(words(&[]), "");
        assert_eq!(words(&["a"]), "a");
        assert_eq!(words(&["a", "b", "c"]), "a, b and c");
        assert_eq!(counted(1, "key", "keys"), "1 key");
        assert_eq!(counted(0, "key", "keys"), "0 keys");
    }

    #[test]
    fn a_length_of_time_has_its_largest_whole_unit() {
        let told = [
            (0, "a moment"),
            (90, "90 seconds"),
            (5_400, "90 min"),
            (3_600, "1 hour"),
            (129_600, "36 hours"),
            (604_800, "7 days"),
        ];
        for (seconds, text) in told {
            assert_eq!(lasting(Duration::from_secs(seconds)), text);
        }
    }

    #[test]
    fn thousands_are_set_apart() {
        let told = [
            (0, "0"),
            (999, "999"),
            (1_204, "1,204"),
            (1_000_000, "1,000,000"),
        ];
        for (number, text) in told {
            assert_eq!(grouped(number), text);
        }
    }
}
