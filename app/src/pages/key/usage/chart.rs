//! Calls by the hour. What was denied is hatched, on top of what was not.

use std::fmt::Write as _;

use contract::usage::Calls;
use leptos::prelude::*;

use crate::wording;

/// In units of the picture, which is stretched to the width there is: an hour, its bar, the height.
const STEP: u64 = 10;
const BAR: u64 = 8;
const HEIGHT: u64 = 100;
/// What is more than nothing is seen, however little it is beside the most.
const LEAST: u64 = 2;

#[component]
pub(super) fn Hours(hours: Vec<Calls>) -> impl IntoView {
    let summary = wording::told_hours(&hours);
    let most = hours.iter().map(|hour| hour.calls).max().unwrap_or(0);
    if most == 0 {
        return view! { <p class="t2">{summary}</p> }.into_any();
    }
    let denied = hours.iter().any(|hour| hour.denials > 0);
    let (allowed, refused) = bars(&hours, most);
    let hover = (0_u64..).zip(&hours).map(|(at, hour)| {
        let title = format!("{}: {}", hour.at.date_and_time(), wording::told_hour(hour));
        view! { <rect class="hour" x=at * STEP y="0" width=STEP height=HEIGHT><title>{title}</title></rect> }
    });
    let hover = hover.collect_view();
    let first = format!("{} h ago", hours.len());
    let span = format!("0 0 {} {HEIGHT}", STEP * hours.len() as u64);
    view! {
        <figure class="chart">
            <svg viewBox=span preserveAspectRatio="none" role="img" aria-label=summary.clone()>
                <defs>
                    <pattern id="denied" width="4" height="5" patternUnits="userSpaceOnUse">
                        <path d="M0 5L4 0M-1 1.25L1 -1.25M3 6.25L5 3.75"></path>
                    </pattern>
                </defs>
                <path class="allowed" d=allowed></path>
                <path class="denied" fill="url(#denied)" d=refused></path>
                {hover}
            </svg>
            <div class="axis" aria-hidden="true"><span>{first}</span><span>"now"</span></div>
            <figcaption>
                {summary}
                " At most " {wording::grouped(most)} " in an hour."
                {denied.then(|| view! {
                    <span class="key"><i class="allowed"></i>"allowed"</span>
                    <span class="key"><i class="denied"></i>"denied"</span>
                })}
            </figcaption>
        </figure>
        <ByTheHour hours/>
    }
    .into_any()
}

/// The paths of the bars: what was allowed, and on top what was denied.
fn bars(hours: &[Calls], most: u64) -> (String, String) {
    let (mut allowed, mut denied) = (String::new(), String::new());
    for (at, hour) in (0_u64..).zip(hours) {
        let left = at * STEP + (STEP - BAR) / 2;
        let draw = |path: &mut String, count: u64, base: u64| {
            if count == 0 {
                return base;
            }
            let height = (count * HEIGHT / most).max(LEAST).min(base);
            let top = base - height;
            // Writing to a text does not fail.
            let _ = write!(path, "M{left} {top}h{BAR}v{height}h-{BAR}z");
            top
        };
        let top = draw(
            &mut allowed,
            hour.calls.saturating_sub(hour.denials),
            HEIGHT,
        );
        draw(&mut denied, hour.denials, top);
    }
    (allowed, denied)
}

/// The same in numbers.
#[component]
fn ByTheHour(hours: Vec<Calls>) -> impl IntoView {
    let line = |hour: Calls| {
        view! {
            <tr>
                <th scope="row">{hour.at.date_and_time()}</th>
                <td>{wording::grouped(hour.calls)}</td>
                <td>{wording::grouped(hour.denials)}</td>
            </tr>
        }
    };
    // The newest is what one looks for.
    let lines = hours.into_iter().rev().filter(|hour| hour.calls > 0);
    view! {
        <details class="more">
            <summary>"Show by the hour"</summary>
            <table class="hours">
                <thead>
                    <tr><th scope="col">"Hour from"</th><th scope="col">"Calls"</th><th scope="col">"Denied"</th></tr>
                </thead>
                <tbody>{lines.map(line).collect_view()}</tbody>
            </table>
        </details>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use contract::Timestamp;

    use super::*;

    #[test]
    fn denied_calls_stand_on_those_that_were_not() {
        let hour = |calls, denials| Calls {
            at: Timestamp::from_unix_millis(0),
            calls,
            denials,
        };
        let (allowed, denied) = bars(&[hour(4, 1), hour(0, 0), hour(2, 2)], 4);
        assert_eq!(allowed, "M1 25h8v75h-8z");
        assert_eq!(denied, "M1 0h8v25h-8zM21 50h8v50h-8z");
    }

    #[test]
    fn the_least_is_seen_and_stays_in_the_picture() {
        let hour = |calls, denials| Calls {
            at: Timestamp::from_unix_millis(0),
            calls,
            denials,
        };
        let (allowed, denied) = bars(&[hour(1_000, 1), hour(1, 0)], 1_000);
        assert_eq!(allowed, "M1 1h8v99h-8zM11 98h8v2h-8z");
        assert_eq!(denied, "M1 0h8v1h-8z");
    }
}
