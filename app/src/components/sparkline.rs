use std::fmt::Write as _;

use leptos::prelude::*;

/// In tenths of a pixel: how far apart the bars stand, how wide and how high they are. Whole numbers,
/// because the code that writes others is more than all the rest of this.
const STEP: u64 = 31;
const BAR: u64 = 21;
const HEIGHT: u64 = 200;

/// Thirty counts at the most as thin bars, oldest first, for the cell of a table. One path, whatever
/// there is to draw.
#[component]
pub fn Sparkline(
    counts: Vec<u64>,
    /// What it says to whoever does not see it: "1,204 calls in 30 days".
    #[prop(into)]
    label: String,
) -> impl IntoView {
    view! {
        <svg class="spark" viewBox="0 0 920 200" role="img" aria-label=label>
            <path d=bars(&counts)></path>
        </svg>
    }
    .into_any()
}

/// What is more than nothing is seen, however little it is beside the most.
fn bars(counts: &[u64]) -> String {
    let most = counts.iter().copied().max().unwrap_or_default().max(1);
    let mut path = String::new();
    for (at, count) in (0_u64..).zip(counts).filter(|(_, count)| **count > 0) {
        let height = (count * HEIGHT / most).max(15);
        let (left, top) = (at * STEP, HEIGHT - height);
        // Writing to a text does not fail.
        let _ = write!(path, "M{left} {top}h{BAR}v{height}h-{BAR}z");
    }
    path
}

#[cfg(test)]
mod tests {
    use super::bars;

    #[test]
    fn a_bar_for_each_count_but_none_for_nothing() {
        assert_eq!(bars(&[]), "");
        assert_eq!(bars(&[0, 0]), "");
        assert_eq!(bars(&[4, 0, 2]), "M0 0h21v200h-21zM62 100h21v100h-21z");
        assert_eq!(bars(&[1, 1_000]), "M0 185h21v15h-21zM31 0h21v200h-21z");
    }
}
