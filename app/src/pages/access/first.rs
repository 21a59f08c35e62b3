//! The first window of the matrix, as the server writes it: there before the page is awake, and readable
//! without scripting. Once awake, the painter takes its place.

use contract::console::{FirstGroup, FirstHead, FirstLine, FirstWindow};
use leptos::prelude::*;

use super::face::{Face, aria, cell_name};
use crate::wording::counted;

/// As much of the matrix as the server writes: what fits on a screen of a usual size.
#[cfg(feature = "ssr")]
const ROWS: usize = 20;
#[cfg(feature = "ssr")]
const COLUMNS: usize = 28;

/// What stands in the first window, by the query of the page's address.
#[cfg(feature = "ssr")]
pub(crate) fn first_window(
    snapshot: contract::access::Snapshot,
    me: contract::ProfileId,
    pairs: &[(String, String)],
) -> FirstWindow {
    use super::work::{Query, Work, checked};
    let pairs = pairs.iter();
    let query = Query::of(pairs.map(|(name, value)| (name.as_str(), value.as_str())));
    let work = Work::new(snapshot, me, query, false);
    let told = work.told();
    let (rows, columns) = (work.rows().min(ROWS), work.columns().min(COLUMNS));
    let head = |at: usize| FirstHead {
        name: work.column_name(at).to_owned(),
        href: work.column_href(at).unwrap_or_default(),
        starts: work.starts(at),
        state: checked(work.column_count(at)).to_owned(),
    };
    let line = |row: usize| FirstLine {
        name: work.key_name(row).to_owned(),
        href: work.key_href(row),
        reach: work.reach(row),
        off: work.is_off(row),
        cells: std::iter::once(work.all_face(row))
            .chain((0..columns).map(|column| work.face(row, column)))
            .map(Face::letter)
            .collect(),
    };
    let groups = work.groups_in(&(0..columns)).into_iter();
    FirstWindow {
        keys: told.keys.0,
        workspaces: told.workspaces.0,
        rows: work.rows(),
        columns: work.columns(),
        refused: told.refused,
        unused: told.unused,
        labels: matrix::Grouping::choices(work.board().matrix()),
        groups: groups
            .map(|group| FirstGroup {
                columns: group.columns.min(columns - group.start),
                name: group.name,
                count: group.count,
            })
            .collect(),
        heads: (0..columns).map(head).collect(),
        lines: (0..rows).map(line).collect(),
    }
}

/// The sheet with the first window on it.
#[component]
pub(super) fn FirstSheet(first: FirstWindow) -> impl IntoView {
    let FirstWindow {
        rows,
        columns,
        groups,
        heads,
        lines,
        ..
    } = first;
    let names: Vec<String> = heads.iter().map(|head| head.name.clone()).collect();
    let starts: Vec<bool> = heads.iter().map(|head| head.starts).collect();
    let hidden = (lines.len() < rows || heads.len() < columns).then(|| {
        let (keys, workspaces) = (rows as u64, columns as u64);
        format!(
            "Here are the first of {} and {}. With scripting on, this page shows all of them; each key has a page of its own as well.",
            counted(keys, "key", "keys"),
            counted(workspaces, "workspace", "workspaces"),
        )
    });
    let flat = groups.is_empty();
    view! {
        <div class="sheet" class:flat=flat role="presentation">
            <div class="top" role="rowgroup">
                <div class="line groups" role="row" aria-rowindex="1">
                    <div class="corner" role="columnheader" aria-colindex="1"><span class="vh">"Groups"</span></div>
                    <div class="all" role="columnheader" aria-colindex="2"><span class="vh">"No group"</span></div>
                    {groups.into_iter().map(group).collect_view()}
                </div>
                <div class="line names" role="row" aria-rowindex="2">
                    <div class="corner" role="columnheader" aria-colindex="1">"Key"<span>"grants"</span></div>
                    <div class="w all" role="columnheader" aria-colindex="2">
                        <span class="name"><span>"all workspaces"</span></span>
                    </div>
                    {heads.into_iter().enumerate().map(head).collect_view()}
                </div>
            </div>
            {lines.into_iter().enumerate().map(|(at, line)| row(at, line, &names, &starts)).collect_view()}
        </div>
        {hidden.map(|text| view! { <noscript><p class="hint">{text}</p></noscript> })}
    }
    .into_any()
}

fn group(group: FirstGroup) -> impl IntoView {
    let FirstGroup {
        name,
        count,
        columns,
    } = group;
    view! {
        <div class="g" role="columnheader" aria-colspan=columns.to_string()>
            // As wide as its columns, without a style that would stand in the markup.
            {(0..columns).map(|_| view! { <i></i> }).collect_view()}
            <span><span class="truncate">{name}</span><small>{count}</small></span>
        </div>
    }
}

fn head((at, head): (usize, FirstHead)) -> impl IntoView {
    let FirstHead {
        name,
        href,
        starts,
        state,
    } = head;
    let class = if starts { "w starts" } else { "w" };
    view! {
        <div class=class role="columnheader" aria-colindex=(at + 3).to_string()>
            <a class="name" href=href title=name.clone() tabindex="-1"><span dir="auto">{name.clone()}</span></a>
            <span class="tri" role="checkbox" aria-checked=state aria-label=name aria-disabled="true"></span>
        </div>
    }
}

fn row(at: usize, line: FirstLine, names: &[String], starts: &[bool]) -> impl IntoView + use<> {
    let FirstLine {
        name,
        href,
        reach,
        off,
        cells,
        ..
    } = line;
    let mut faces = cells.chars().map(Face::of_letter);
    let all = faces.next().unwrap_or_default();
    let cells = faces
        .zip(names)
        .zip(starts)
        .map(|((face, workspace), starts)| {
            let class = if *starts { "c starts" } else { "c" };
            view! { <div class=class role="gridcell">{slot(face, cell_name(&name, workspace))}</div> }
        })
        .collect_view();
    let class = if off { "r off" } else { "r" };
    view! {
        <div class=class role="row" aria-rowindex=(at + 3).to_string()>
            <div class="key" role="rowheader">
                <a class="truncate" dir="auto" href=href title=name.clone()>{name.clone()}</a>
                <span class="reach">{reach}</span>
            </div>
            <div class="all" role="gridcell">{slot(all, cell_name(&name, "all workspaces, present and future"))}</div>
            {cells}
        </div>
    }
    .into_any()
}

fn slot(face: Face, name: String) -> impl IntoView {
    view! {
        <div
            class=face.class()
            role="checkbox"
            aria-checked=aria(face.is_checked())
            aria-disabled="true"
            aria-label=name
        ></div>
    }
}
