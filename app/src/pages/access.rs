//! The matrix: which key reaches which workspace. Keys are rows, workspaces are columns, and a press
//! grants or takes back at once.

mod board;
mod checklist;
mod grid;

use contract::access::AccessMatrix;
use contract::resource::ApiKey;
use contract::{ApiKeyId, WorkspaceId};
use leptos::prelude::*;

use self::board::Board;
use self::checklist::Checklist;
use self::grid::Grid;
use super::PageTitle;
use super::failed::Failed;
use crate::components::{EmptyState, LinkButton, Look, Notice, PageHeader, Skeleton, Tone};
use crate::fns;
use crate::problem::Problem;
use crate::session::Session;

/// Grants a workspace to a key, or takes it back.
pub(crate) async fn set_grant(
    key: ApiKeyId,
    workspace: WorkspaceId,
    granted: bool,
) -> Result<ApiKey, Problem> {
    if granted {
        fns::grants::grant(key, workspace).await
    } else {
        fns::grants::revoke(key, workspace).await
    }
}

#[component]
pub(crate) fn Access() -> impl IntoView {
    let session = Session::expect();
    let matrix = Resource::new(move || session.changes(), |_| fns::access::matrix());
    let board = move || {
        Suspend::new(async move {
            match matrix.await {
                Ok(matrix) => view! { <Matrix matrix/> }.into_any(),
                Err(problem) => view! { <Failed problem/> }.into_any(),
            }
        })
    };
    view! {
        <PageTitle text="Access"/>
        <PageHeader
            title="Access"
            sub=|| "Which key reaches which workspace. Move with the arrows, press Space to grant or take back."
        >
            <LinkButton href="/access/explain" icon="circle-question-mark">"Explain"</LinkButton>
            <LinkButton href="/keys/new" look=Look::Primary icon="plus" kbd="c">"Issue key"</LinkButton>
        </PageHeader>
        <Transition fallback=|| view! { <div class="panel"><Skeleton rows=10/></div> }>{board}</Transition>
    }
    .into_any()
}

#[component]
fn Matrix(matrix: AccessMatrix) -> impl IntoView {
    if matrix.workspaces.is_empty() || matrix.keys.is_empty() {
        let (text, href, label) = if matrix.workspaces.is_empty() {
            (
                "A workspace is what keys are granted. With the first one, this page shows who reaches it.",
                "/workspaces/new",
                "New workspace",
            )
        } else {
            (
                "With the first key, this page shows what it reaches.",
                "/keys/new",
                "Issue key",
            )
        };
        return view! {
            <div class="panel">
                <EmptyState icon="grid-3x3" title="Nothing to grant yet" text=text>
                    <LinkButton href=href look=Look::Primary icon="plus">{label}</LinkButton>
                </EmptyState>
            </div>
        }
        .into_any();
    }
    let board = Board::new(matrix);
    let refused = board.refused();
    view! {
        <div aria-live="assertive">
            {move || refused.get().map(|text| view! { <Notice tone=Tone::Bad>{text}</Notice> })}
        </div>
        <Grid board=board/>
        <Checklist board=board/>
        <p class="legend">
            <span><i class="slot on"></i>"granted"</span>
            <span><i class="slot"></i>"none"</span>
            <span><i class="reach-all"></i>"all, present and future"</span>
        </p>
    }
    .into_any()
}
