//! The heads of the sheet: names of workspaces under those of their groups.

use web_sys::{Document, HtmlElement};

use super::parts::{SLOT, element, place, set, set_or_not, size};
use super::work::{Group, Work, checked};

pub(super) struct HeadPart {
    pub(super) head: HtmlElement,
    at: Option<usize>,
    link: HtmlElement,
    name: HtmlElement,
    tri: HtmlElement,
    told: Told,
    /// Whether the column stays in sight.
    sticky: bool,
}

#[derive(Clone, Default, PartialEq, Eq)]
struct Told {
    name: String,
    href: Option<String>,
    state: &'static str,
    class: &'static str,
    hint: String,
}

impl HeadPart {
    pub(super) fn new(document: &Document, sticky: bool) -> Option<Self> {
        let head = element(document, "div", "w", "columnheader")?;
        let link = element(document, "a", "name", "")?;
        set(&link, "tabindex", "-1");
        let name = element(document, "span", "", "")?;
        set(&name, "dir", "auto");
        let tri = element(document, "button", "tri", "checkbox")?;
        set(&tri, "type", "button");
        set(&tri, "tabindex", "-1");
        link.append_child(&name).ok()?;
        head.append_child(&link).ok()?;
        head.append_child(&tri).ok()?;
        Some(Self {
            head,
            at: None,
            link,
            name,
            tri,
            told: Told::default(),
            sticky,
        })
    }

    pub(super) fn show(&mut self, work: &Work, at: usize, left: usize, anew: bool) {
        let moved = self.at != Some(at);
        if moved {
            let x = left + at * SLOT;
            if self.sticky {
                size(&self.head, "left", x);
            } else {
                place(&self.head, x, 0);
            }
            set(&self.head, "aria-colindex", &(at + 3).to_string());
            self.at = Some(at);
        }
        if !moved && !anew {
            return;
        }
        let told = Told {
            name: work.column_name(at).to_owned(),
            href: work.column_href(at),
            state: checked(work.column_count(at)),
            class: work.column_class(at),
            hint: work.column_hint(at),
        };
        if told == self.told {
            return;
        }
        if told.name != self.told.name {
            self.name.set_text_content(Some(&told.name));
            set(&self.link, "title", &told.name);
        }
        if told.href != self.told.href {
            set_or_not(&self.link, "href", told.href.as_deref());
        }
        if told.hint != self.told.hint {
            set(&self.tri, "aria-label", &told.hint);
            set(&self.tri, "title", &told.hint);
        }
        set(&self.tri, "aria-checked", told.state);
        self.head.set_class_name(told.class);
        if self.sticky {
            let _ = self.head.class_list().add_1("pinned");
        }
        self.told = told;
    }
}

/// The name of a group, over its columns.
pub(super) struct GroupPart {
    head: HtmlElement,
    fold: HtmlElement,
    name: HtmlElement,
    count: HtmlElement,
    told: Option<Group>,
}

impl GroupPart {
    pub(super) fn new(document: &Document) -> Option<Self> {
        let head = element(document, "div", "g", "columnheader")?;
        let fold = element(document, "button", "", "")?;
        set(&fold, "type", "button");
        set(&fold, "tabindex", "-1");
        let name = element(document, "span", "truncate", "")?;
        let count = element(document, "small", "", "")?;
        fold.append_child(&name).ok()?;
        fold.append_child(&count).ok()?;
        head.append_child(&fold).ok()?;
        Some(Self {
            head,
            fold,
            name,
            count,
            told: None,
        })
    }

    pub(super) fn element(&self) -> &HtmlElement {
        &self.head
    }

    pub(super) fn show(&mut self, group: Group, left: usize) {
        if self.told.as_ref() == Some(&group) {
            return;
        }
        self.head.set_class_name("g");
        // Not by a transform: what sticks inside goes by where its parent is laid out.
        size(&self.head, "left", left + group.start * SLOT);
        size(&self.head, "width", group.columns * SLOT);
        set(&self.head, "aria-colindex", &(group.start + 3).to_string());
        set(&self.head, "aria-colspan", &group.columns.to_string());
        set(&self.fold, "data-group", &group.at.to_string());
        set(
            &self.fold,
            "aria-expanded",
            if group.folded { "false" } else { "true" },
        );
        set(&self.fold, "title", &group.name);
        self.name.set_text_content(Some(&group.name));
        self.count.set_text_content(Some(&group.count));
        self.told = Some(group);
    }

    pub(super) fn park(&mut self) {
        if self.told.take().is_some() {
            self.head.set_class_name("g parked");
        }
    }
}
