//! Calls by the hour and by token: those with the new one, and on top those with the old one.

use std::fmt::Write as _;

use contract::Timestamp;
use contract::usage::Calls;
use leptos::prelude::*;

use crate::components::When;
use crate::wording;

const HOUR: i64 = 3_600_000;
/// How many hours before the rotation are shown, and before now at the least.
const BEFORE: usize = 6;
const LEAST: usize = 24;
/// The end of the grace is in the picture when it is no further away.
const AHEAD: usize = 24;
/// In units of the picture, which is stretched to the width there is: an hour, its bar, the height.
const STEP: usize = 10;
const BAR: usize = 8;
const HEIGHT: u64 = 100;

/// Which hours the picture has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Span {
    /// The first of the hours that were counted.
    first: usize,
    /// All of them, those to come included.
    count: usize,
    /// Where the token was rotated, and where its grace ends, in hundredths of an hour from the first.
    rotated: Option<usize>,
    ends: Option<usize>,
}

impl Span {
    fn of(hours: &[Calls], rotated: Timestamp, ends: Timestamp) -> Self {
        let Some(start) = hours.first().map(|hour| hour.at.unix_millis()) else {
            return Self {
                first: 0,
                count: 0,
                rotated: None,
                ends: None,
            };
        };
        let place = |at: Timestamp| usize::try_from((at.unix_millis() - start) * 100 / HOUR).ok();
        let counted = hours.len();
        let latest = counted.saturating_sub(LEAST);
        let first = place(rotated).map_or(0, |at| (at / 100).saturating_sub(BEFORE));
        let first = first.min(latest);
        let end = place(ends).filter(|at| *at <= (counted + AHEAD) * 100);
        let count = end.map_or(counted, |at| counted.max(at.div_ceil(100))) - first;
        let within = |at: usize| at.checked_sub(first * 100);
        Self {
            first,
            count,
            rotated: place(rotated).and_then(within),
            ends: end.and_then(within),
        }
    }

    /// A place in percent of the width.
    fn percent(&self, at: usize) -> String {
        let thousandths = at * 1_000 / (self.count.max(1));
        format!("{}.{}%", thousandths / 1_000, thousandths / 100 % 10)
    }
}

#[component]
pub(super) fn ByToken(
    hours: Vec<Calls>,
    of_old: Vec<Calls>,
    rotated: Timestamp,
    ends: Timestamp,
    now: Timestamp,
    /// Of the new token and the old one.
    hints: (String, String),
) -> impl IntoView {
    let span = Span::of(&hours, rotated, ends);
    let pairs: Vec<(Calls, u64)> = hours
        .into_iter()
        .zip(
            of_old
                .into_iter()
                .map(|hour| hour.calls)
                .chain(std::iter::repeat(0)),
        )
        .skip(span.first)
        .collect();
    let (new, old) = bars(&pairs);
    let calls = |of: fn(&(Calls, u64)) -> u64| pairs.last().map_or(0, of);
    let (newest, oldest) = (
        calls(|(all, old)| all.calls.saturating_sub(*old)),
        calls(|(_, old)| *old),
    );
    let this_hour = |calls: u64| format!("{} this hour", wording::calls(calls));
    let summary = format!(
        "Calls by the hour and by token. With the new token {}, with the old one {}.",
        this_hour(newest),
        this_hour(oldest)
    );
    let hover = pairs.iter().enumerate().map(|(at, (all, old))| {
        let title = format!(
            "{}: {} with the new token, {} with the old one",
            all.at.date_and_time(),
            wording::grouped(all.calls.saturating_sub(*old)),
            wording::grouped(*old)
        );
        view! { <rect class="hour" x=at * STEP y="0" width=STEP height=HEIGHT><title>{title}</title></rect> }
    });
    let view_box = format!("0 0 {} {HEIGHT}", STEP * span.count.max(1));
    let mark = |at: Option<usize>, class: &'static str, text: &'static str| {
        at.map(|at| {
            let anchor = if at * 2 > span.count * 100 {
                "end"
            } else {
                "start"
            };
            let x = span.percent(at);
            let shift = if anchor == "end" { "-6" } else { "6" };
            view! {
                <line class=class x1=x.clone() x2=x.clone() y1="0" y2="100%"></line>
                <text class=class x=x dx=shift y="11" text-anchor=anchor>{text}</text>
            }
        })
    };
    let (current, before) = hints;
    let last = if ends.since(now).is_zero() || span.ends.is_none() {
        "now".into_any()
    } else {
        view! { <When at=ends/> }.into_any()
    };
    let first = pairs.first().map(|(hour, _)| view! { <When at=hour.at/> });
    view! {
        <figure class="chart by-token">
            <svg role="img" aria-label=summary>
                <svg viewBox=view_box preserveAspectRatio="none" y="16" height="96">
                    <path class="allowed" d=new></path>
                    <path class="old" d=old></path>
                    {hover.collect_view()}
                </svg>
                {mark(span.rotated, "rotated", "rotated")}
                {mark(span.ends, "ends", "grace ends")}
            </svg>
            <div class="axis" aria-hidden="true"><span>{first}</span><span>{last}</span></div>
            <figcaption>
                <span class="key"><i class="allowed"></i><span>"new " <code>{current}</code> ", " {this_hour(newest)}</span></span>
                <span class="key"><i class="old"></i><span>"old " <code>{before}</code> ", " {this_hour(oldest)}</span></span>
            </figcaption>
        </figure>
    }
    .into_any()
}

/// The paths of the bars: calls with the new token, and on top those with the old one.
fn bars(hours: &[(Calls, u64)]) -> (String, String) {
    let most = hours
        .iter()
        .map(|(all, _)| all.calls)
        .max()
        .unwrap_or(0)
        .max(1);
    let (mut new, mut old) = (String::new(), String::new());
    for (at, (all, with_old)) in hours.iter().enumerate() {
        let left = at * STEP + (STEP - BAR) / 2;
        let draw = |path: &mut String, count: u64, base: u64| {
            if count == 0 {
                return base;
            }
            let height = (count * HEIGHT / most).max(2).min(base);
            let top = base - height;
            // Writing to a text does not fail.
            let _ = write!(path, "M{left} {top}h{BAR}v{height}h-{BAR}z");
            top
        };
        let top = draw(&mut new, all.calls.saturating_sub(*with_old), HEIGHT);
        draw(&mut old, *with_old, top);
    }
    (new, old)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hours(count: i64) -> Vec<Calls> {
        let hour = |at: i64| Calls {
            at: Timestamp::from_unix_millis(at * HOUR),
            calls: 4,
            denials: 0,
        };
        (0..count).map(hour).collect()
    }

    fn at(hundredths: i64) -> Timestamp {
        Timestamp::from_unix_millis(hundredths * HOUR / 100)
    }

    #[test]
    fn the_picture_has_the_rotation_and_the_end_if_it_is_near() {
        let of = |rotated, ends| Span::of(&hours(48), at(rotated), at(ends));
        let recent = of(4_650, 5_250);
        assert_eq!((recent.first, recent.count), (24, 29));
        assert_eq!((recent.rotated, recent.ends), (Some(2_250), Some(2_850)));
        let older = of(1_050, 5_000);
        assert_eq!((older.first, older.rotated), (4, Some(650)));
        let far = of(4_650, 40_000);
        assert_eq!((far.count, far.ends), (24, None));
        let long_ago = of(-500, 5_000);
        assert_eq!((long_ago.first, long_ago.rotated), (0, None));
    }

    #[test]
    fn the_old_token_stands_on_the_new_one() {
        let pairs: Vec<_> = hours(2).into_iter().zip([1, 4]).collect();
        let (new, old) = bars(&pairs);
        assert_eq!(new, "M1 25h8v75h-8z");
        assert_eq!(old, "M1 0h8v25h-8zM11 0h8v100h-8z");
    }
}
