//! What happens meanwhile to the things that lists show: one stream of events for all pages of a tab.
//! Nothing on a page moves for it; a list says how much there is, and loads when it is asked to.

use std::collections::BTreeSet;

use contract::console::Happened;
use leptos::prelude::*;

use crate::browser::{self, Heard, Stream};
use crate::components::Button;
use crate::session::Session;

/// What happened is said a moment later: the page that did it loads anew by itself.
const LATER_MS: u32 = 400;
/// More is not remembered; a list that is so old says "99+ new" as well.
const MOST: usize = 1_000;

/// What was heard since the tab was opened. Shared by everything inside the signed-in layout.
#[derive(Clone, Copy)]
pub(crate) struct News {
    heard: RwSignal<Vec<Happened>>,
    stream: StoredValue<Option<Stream>>,
}

impl News {
    pub(crate) fn provide() {
        provide_context(Self {
            heard: RwSignal::default(),
            stream: StoredValue::new(None),
        });
    }

    /// Listens from a place in the audit log on, unless the tab listens already.
    fn listen(self, after: u64) {
        if self.stream.with_value(Option::is_some) {
            return;
        }
        let stream = Stream::open(
            &format!("/live?after={after}"),
            &["happened"],
            move |heard| {
                match heard {
                    Heard::Event(_, data) => {
                        if let Ok(happened) = serde_json::from_str(&data) {
                            browser::after(LATER_MS, move || self.note(happened));
                        }
                    }
                    // The next list opens another.
                    Heard::Dropped { for_good: true } => {
                        self.stream.try_set_value(None);
                    }
                    Heard::Open | Heard::Dropped { .. } => {}
                }
            },
        );
        self.stream.set_value(stream);
    }

    fn note(self, happened: Happened) {
        self.heard.try_update(|heard| {
            heard.push(happened);
            let over = heard.len().saturating_sub(MOST);
            heard.drain(..over);
        });
    }

    /// How many different things of a kind something happened to after a place.
    fn since<T: Ord + Copy>(self, place: u64, kind: impl Fn(&Happened) -> &Vec<T>) -> usize {
        self.heard.with(|heard| {
            let later = heard.iter().filter(|happened| happened.place > place);
            let things: BTreeSet<T> = later.flat_map(|one| kind(one).iter().copied()).collect();
            things.len()
        })
    }
}

/// Which list it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Keys,
    Workspaces,
}

/// Says how many things of a list are new or changed since it was made, and loads them when it is pressed.
/// It keeps its place while it says nothing: nothing may move when it does.
#[component]
pub(crate) fn New(
    kind: Kind,
    /// Until which place in the audit log everything is in the list.
    place: u64,
) -> impl IntoView {
    let (news, session) = (expect_context::<News>(), Session::expect());
    Effect::new(move || news.listen(place));
    let count = Memo::new(move |_| match kind {
        Kind::Keys => news.since(place, |happened| &happened.keys),
        Kind::Workspaces => news.since(place, |happened| &happened.workspaces),
    });
    let quiet = move || count.get() == 0;
    let said = move || match count.get() {
        0..100 => format!("{} new", count.get()),
        _ => "99+ new".to_owned(),
    };
    view! {
        <span class="live needs-script">
            <span role="status" class:unsaid=quiet>
                <Button disabled=Signal::derive(quiet) on_press=move || session.changed()>{said}</Button>
            </span>
        </span>
    }
    .into_any()
}
