use leptos::prelude::*;

/// The slots that fit in a row of a list.
const SLOTS: u64 = 8;

/// How many workspaces a key reaches, at a glance: a slot each for up to eight workspaces, a share of
/// eight slots for more, and a rail when it reaches all there are and will be.
#[component]
pub fn Rack(
    #[prop(into)] reach: Signal<u64>,
    #[prop(into)] total: Signal<u64>,
    #[prop(optional, into)] all: Signal<bool>,
    /// Which of the first eight workspaces it reaches. Drawn as they are when there are no more;
    /// among more, the share says more than the first eight do.
    #[prop(optional)]
    slots: Vec<bool>,
) -> impl IntoView {
    move || {
        if all.get() {
            return view! { <span class="rack"><i class="reach-all"></i><span class="truncate">"All, present and future"</span></span> }.into_any();
        }
        let (reach, total) = (reach.get(), total.get());
        let on: Vec<bool> = if total <= SLOTS && !slots.is_empty() {
            slots.clone()
        } else {
            let on = filled(reach, total);
            (0..total.min(SLOTS)).map(|slot| slot < on).collect()
        };
        let slots = on.into_iter().map(|on| view! { <i class:on=on></i> });
        view! {
            <span class="rack">
                <span class="slots" aria-hidden="true">{slots.collect_view()}</span>
                {format!("{reach} of {total}")}
            </span>
        }
        .into_any()
    }
}

/// Slots to fill. Among more than eight workspaces one is never none, and all but one is never all.
const fn filled(reach: u64, total: u64) -> u64 {
    if total <= SLOTS {
        return if reach < total { reach } else { total };
    }
    if reach == 0 {
        0
    } else if reach >= total {
        SLOTS
    } else {
        let share = (reach * SLOTS + total / 2) / total;
        if share < 1 {
            1
        } else if share >= SLOTS {
            SLOTS - 1
        } else {
            share
        }
    }
}

#[cfg(test)]
mod tests {
    use super::filled;

    #[test]
    fn a_share_never_shows_none_for_some_or_all_for_most() {
        assert_eq!([filled(0, 0), filled(3, 5), filled(8, 8)], [0, 3, 8]);
        assert_eq!(
            [filled(0, 400), filled(1, 400), filled(200, 400)],
            [0, 1, 4]
        );
        assert_eq!([filled(399, 400), filled(400, 400)], [7, 8]);
    }
}
