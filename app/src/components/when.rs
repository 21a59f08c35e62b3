use contract::Timestamp;
use leptos::prelude::*;

use crate::browser;

/// How often relative times are said anew.
const REFRESH_SECONDS: u32 = 30;

/// The reader's clock, ticking for the whole page. `None` on the server and until the page is awake.
#[derive(Clone, Copy)]
pub struct Now(RwSignal<Option<i64>>);

impl Now {
    /// Starts the clock of the page. Once, above everything that says a time.
    pub fn provide() {
        let now = RwSignal::new(None);
        Effect::new(move || {
            now.set(Some(browser::now_millis()));
            browser::every(REFRESH_SECONDS, move || {
                now.try_set(Some(browser::now_millis()));
            });
        });
        provide_context(Self(now));
    }

    /// The time by the reader's clock, in Unix milliseconds.
    pub fn get(self) -> Option<i64> {
        self.0.get()
    }
}

/// A time. The server writes it absolute, in UTC; once the page is awake it is told relative to now,
/// with the absolute one on hover.
#[component]
pub fn When(#[prop(into)] at: Signal<Timestamp>) -> impl IntoView {
    told(at, Timestamp::date_and_time, relative)
}

/// How much time is left until then: "5 h left". The server writes until when.
#[component]
pub fn Left(#[prop(into)] at: Signal<Timestamp>) -> impl IntoView {
    told(at, |at| format!("until {}", at.date_and_time()), left)
}

/// A time as the server writes it, and then by its distance in milliseconds.
fn told(
    at: Signal<Timestamp>,
    absolute: fn(Timestamp) -> String,
    distance: fn(i64) -> String,
) -> AnyView {
    let now = use_context::<Now>();
    // Its own turn, and not only that of the clock: this may wake up later than the page.
    let awake = RwSignal::new(false);
    Effect::new(move || awake.set(true));
    let text = move || {
        let at = at.get();
        match now.filter(|_| awake.get()).and_then(Now::get) {
            // The clock of the page says when to look again; what is new since its last tick would
            // lie in its future.
            Some(_) => distance(at.unix_millis() - browser::now_millis()),
            None => absolute(at),
        }
    };
    view! { <time datetime=move || at.get().to_string() title=move || at.get().date_and_time()>{text}</time> }.into_any()
}

/// `millis` from now, in words: "just now", "2 min ago", "in 41 days".
fn relative(millis: i64) -> String {
    let past = millis < 0;
    match (span(millis), past) {
        (None, true) => "just now".to_owned(),
        (None, false) => "in a moment".to_owned(),
        (Some((1, "days")), true) => "yesterday".to_owned(),
        (Some((1, "days")), false) => "tomorrow".to_owned(),
        (Some((count, unit)), true) => format!("{count} {unit} ago"),
        (Some((count, unit)), false) => format!("in {count} {unit}"),
    }
}

/// What is left of `millis`, in words: "5 h left", "1 day left".
fn left(millis: i64) -> String {
    match span(millis).filter(|_| millis > 0) {
        None => "ending".to_owned(),
        Some((1, "days")) => "1 day left".to_owned(),
        Some((count, unit)) => format!("{count} {unit} left"),
    }
}

/// A distance in its largest fitting unit; less than a minute is none.
fn span(millis: i64) -> Option<(u64, &'static str)> {
    let seconds = millis.unsigned_abs() / 1_000;
    let (minutes, hours, days) = (seconds / 60, seconds / 3_600, seconds / 86_400);
    Some(match (minutes, hours, days) {
        (0, ..) => return None,
        (..60, ..) => (minutes, "min"),
        (_, ..24, _) => (hours, "h"),
        (_, _, ..60) => (days, "days"),
        (_, _, ..730) => (days / 30, "months"),
        _ => (days / 365, "years"),
    })
}

#[cfg(test)]
mod tests {
    use super::{left, relative};

    #[test]
    fn what_is_left_is_told_in_its_largest_fitting_unit() {
        const HOUR: i64 = 3_600_000;
        let told = [
            (-5_000, "ending"),
            (5_000, "ending"),
            (90_000, "1 min left"),
            (5 * HOUR + 1_000, "5 h left"),
            (30 * HOUR, "1 day left"),
            (170 * HOUR, "7 days left"),
        ];
        for (millis, words) in told {
            assert_eq!(left(millis), words);
        }
    }

    #[test]
    fn the_distance_is_told_in_its_largest_fitting_unit() {
        const MINUTE: i64 = 60_000;
        const DAY: i64 = 86_400_000;
        let told = [
            (-5_000, "just now"),
            (5_000, "in a moment"),
            (-2 * MINUTE, "2 min ago"),
            (-6 * 60 * MINUTE, "6 h ago"),
            (-30 * 60 * MINUTE, "yesterday"),
            (41 * DAY, "in 41 days"),
            (-94 * DAY, "3 months ago"),
            (240 * DAY, "in 8 months"),
            (-800 * DAY, "2 years ago"),
        ];
        for (millis, words) in told {
            assert_eq!(relative(millis), words);
        }
    }
}
