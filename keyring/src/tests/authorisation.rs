//! Who may do what, to their own, to others', and to what is of another account: one table, from which every
//! cell is tried, and which the documentation shows.

use std::fmt::Write as _;

use contract::console::Role;
use contract::page::PageRequest;
use contract::people::{Legacy, NewPerson};
use contract::request::{
    KeyChanges, ListEvents, ListKeys, ListProfiles, NewMember, NewWorkspace, Rotate,
};
use contract::resource::ApiKey;
use contract::settings::SettingsChanges;
use contract::text::{Email, WorkspaceName};
use contract::{ApiKeyId, Kind, Labels, ProfileId, SessionId, WorkspaceId};

use super::bench::{account, person, somebody};
use super::{Bench, issue_request, on_both};
use crate::caller::Entrance;
use crate::error::Result;
use crate::{
    Caller, access, audit, factor, grants, keys, members, people, sessions, settings, workspaces,
};

on_both!(everybody_may_what_the_table_says);

/// What is acted on, as whoever acts sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Whose {
    /// Nobody's: it is about the account.
    Account,
    /// Themselves, what they own, or a workspace they belong to.
    Own,
    /// A person of the account with this role.
    Person(Role),
    /// Another person's key, or a workspace they do not belong to.
    Other,
    /// Of another account.
    Foreign,
}

use Whose::{Account, Foreign, Other, Own, Person};

impl Whose {
    const fn told(self) -> &'static str {
        match self {
            Account => "the account's",
            Own => "own",
            Person(Role::Member) => "a member",
            Person(Role::Admin) => "an admin",
            Person(Role::Owner) => "an owner",
            Other => "another's",
            Foreign => "another account's",
        }
    }
}

/// What comes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answer {
    Yes,
    /// They lack the right: 403.
    No,
    /// As if there were none: 404.
    None,
    /// Nobody may: 400.
    Never,
}

impl Answer {
    const fn told(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::No => "no",
            Self::None => "unknown",
            Self::Never => "never",
        }
    }

    fn of(outcome: &Result<()>) -> Self {
        match outcome.as_ref().err().map(|error| error.public().kind) {
            None => Self::Yes,
            Some(Kind::PermissionDenied) => Self::No,
            Some(Kind::NotFound) => Self::None,
            Some(Kind::FailedPrecondition) => Self::Never,
            Some(other) => panic!("neither allowed nor refused: {other:?}"),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Act {
    SeePeople,
    InviteMember,
    InviteOwner,
    SeePerson,
    MakeAdmin,
    MakeOwner,
    HandOver,
    Disable,
    Enable,
    Remove,
    EndSessions,
    RemoveFactor,
    ListKeys,
    SeeKey,
    IssueKey,
    ChangeKey,
    RotateKey,
    EndGrace,
    DisableKey,
    RevokeKey,
    GrantWorkspace,
    SeeMatrix,
    CreateWorkspace,
    SeeWorkspace,
    ArchiveWorkspace,
    SeeMembers,
    AddMember,
    SeeProfiles,
    SeeAudit,
    ChangeSettings,
}

impl Act {
    const fn told(self) -> &'static str {
        match self {
            Self::SeePeople => "See the people",
            Self::InviteMember => "Invite a member or an admin",
            Self::InviteOwner => "Invite an owner",
            Self::SeePerson => "See a person's page",
            Self::MakeAdmin => "Make a person an admin or a member",
            Self::MakeOwner => "Make a person an owner",
            Self::HandOver => "Hand one's ownership over",
            Self::Disable => "Disable a person",
            Self::Enable => "Enable a person",
            Self::Remove => "Remove a person",
            Self::EndSessions => "End a person's sessions",
            Self::RemoveFactor => "Take a person's second factor away",
            Self::ListKeys => "List the keys one sees",
            Self::SeeKey => "See a key",
            Self::IssueKey => "Issue a key within what one holds",
            Self::ChangeKey => "Change a key's details",
            Self::RotateKey => "Rotate a key",
            Self::EndGrace => "End a rotation in progress",
            Self::DisableKey => "Disable and enable a key",
            Self::RevokeKey => "Revoke a key",
            Self::GrantWorkspace => "Grant a workspace to a key of one's own",
            Self::SeeMatrix => "See the matrix of what one sees",
            Self::CreateWorkspace => "Create a workspace",
            Self::SeeWorkspace => "See a workspace",
            Self::ArchiveWorkspace => "Change, archive and restore a workspace",
            Self::SeeMembers => "See who belongs to a workspace",
            Self::AddMember => "Add and remove who belongs to a workspace",
            Self::SeeProfiles => "List every principal",
            Self::SeeAudit => "Read and export the audit log",
            Self::ChangeSettings => "See and change the settings",
        }
    }
}

/// Who acts: owner, admin, member, and a key that holds everything.
const CALLERS: [&str; 4] = ["owner", "admin", "member", "key with `*`"];

type Row = (Act, Whose, [Answer; 4]);

const fn row(act: Act, whose: Whose, answers: [Answer; 4]) -> Row {
    (act, whose, answers)
}

const MEMBER: Whose = Person(Role::Member);
const ADMIN: Whose = Person(Role::Admin);
const OWNER: Whose = Person(Role::Owner);

const TABLE: &[Row] = {
    use Act::*;
    use Answer::{Never, No, None, Yes};
    &[
        row(SeePeople, Account, [Yes, Yes, No, No]),
        row(InviteMember, Account, [Yes, Yes, No, No]),
        row(InviteOwner, Account, [Yes, No, No, No]),
        row(SeePerson, Own, [Yes, Yes, No, No]),
        row(SeePerson, MEMBER, [Yes, Yes, No, No]),
        row(SeePerson, OWNER, [Yes, Yes, No, No]),
        row(SeePerson, Foreign, [None, None, No, No]),
        row(MakeAdmin, Own, [Yes, Yes, No, No]),
        row(MakeAdmin, MEMBER, [Yes, Yes, No, No]),
        row(MakeAdmin, ADMIN, [Yes, Yes, No, No]),
        row(MakeAdmin, OWNER, [Yes, No, No, No]),
        row(MakeAdmin, Foreign, [None, None, No, No]),
        row(MakeOwner, Own, [Yes, No, No, No]),
        row(MakeOwner, MEMBER, [Yes, No, No, No]),
        row(MakeOwner, ADMIN, [Yes, No, No, No]),
        row(MakeOwner, Foreign, [None, None, No, No]),
        row(HandOver, Own, [Never, No, No, No]),
        row(HandOver, MEMBER, [Yes, No, No, No]),
        row(HandOver, OWNER, [Yes, No, No, No]),
        row(HandOver, Foreign, [None, None, No, No]),
        row(Disable, Own, [Never, Never, No, No]),
        row(Disable, MEMBER, [Yes, Yes, No, No]),
        row(Disable, ADMIN, [Yes, Yes, No, No]),
        row(Disable, OWNER, [Yes, No, No, No]),
        row(Disable, Foreign, [None, None, No, No]),
        row(Enable, MEMBER, [Yes, Yes, No, No]),
        row(Enable, OWNER, [Yes, No, No, No]),
        row(Enable, Foreign, [None, None, No, No]),
        row(Remove, Own, [Never, Never, No, No]),
        row(Remove, MEMBER, [Yes, Yes, No, No]),
        row(Remove, ADMIN, [Yes, Yes, No, No]),
        row(Remove, OWNER, [Yes, No, No, No]),
        row(Remove, Foreign, [None, None, No, No]),
        row(EndSessions, Own, [Yes, Yes, Yes, No]),
        row(EndSessions, MEMBER, [Yes, Yes, No, No]),
        row(EndSessions, ADMIN, [Yes, Yes, No, No]),
        row(EndSessions, OWNER, [Yes, No, No, No]),
        row(EndSessions, Foreign, [None, None, No, No]),
        row(RemoveFactor, Own, [Never, Never, No, No]),
        row(RemoveFactor, MEMBER, [Yes, Yes, No, No]),
        row(RemoveFactor, ADMIN, [Yes, Yes, No, No]),
        row(RemoveFactor, OWNER, [Yes, No, No, No]),
        row(RemoveFactor, Foreign, [None, None, No, No]),
        row(ListKeys, Account, [Yes, Yes, Yes, Yes]),
        row(IssueKey, Account, [Yes, Yes, Yes, Yes]),
        row(SeeKey, Own, [Yes, Yes, Yes, Yes]),
        row(SeeKey, Other, [Yes, Yes, None, Yes]),
        row(SeeKey, Foreign, [None, None, None, None]),
        row(ChangeKey, Own, [Yes, Yes, Yes, Yes]),
        row(ChangeKey, Other, [Yes, Yes, None, Yes]),
        row(ChangeKey, Foreign, [None, None, None, None]),
        row(RotateKey, Own, [Yes, Yes, Yes, Yes]),
        row(RotateKey, Other, [Yes, Yes, None, Yes]),
        row(RotateKey, Foreign, [None, None, None, None]),
        row(EndGrace, Own, [Yes, Yes, Yes, Yes]),
        row(EndGrace, Other, [Yes, Yes, None, Yes]),
        row(EndGrace, Foreign, [None, None, None, None]),
        row(DisableKey, Own, [Yes, Yes, Yes, Yes]),
        row(DisableKey, Other, [Yes, Yes, None, Yes]),
        row(DisableKey, Foreign, [None, None, None, None]),
        row(RevokeKey, Own, [Yes, Yes, Yes, Yes]),
        row(RevokeKey, Other, [Yes, Yes, None, Yes]),
        row(RevokeKey, Foreign, [None, None, None, None]),
        row(GrantWorkspace, Own, [Yes, Yes, Yes, Yes]),
        row(GrantWorkspace, Other, [Yes, Yes, None, Yes]),
        row(GrantWorkspace, Foreign, [None, None, None, None]),
        row(SeeMatrix, Account, [Yes, Yes, Yes, Yes]),
        row(CreateWorkspace, Account, [Yes, Yes, No, Yes]),
        row(SeeWorkspace, Own, [Yes, Yes, Yes, Yes]),
        row(SeeWorkspace, Other, [Yes, Yes, None, Yes]),
        row(SeeWorkspace, Foreign, [None, None, None, None]),
        row(ArchiveWorkspace, Own, [Yes, Yes, No, Yes]),
        row(ArchiveWorkspace, Other, [Yes, Yes, No, Yes]),
        row(ArchiveWorkspace, Foreign, [None, None, No, None]),
        row(SeeMembers, Own, [Yes, Yes, Yes, Yes]),
        row(SeeMembers, Other, [Yes, Yes, None, Yes]),
        row(SeeMembers, Foreign, [None, None, None, None]),
        row(AddMember, Own, [Yes, Yes, No, Yes]),
        row(AddMember, Other, [Yes, Yes, No, Yes]),
        row(AddMember, Foreign, [None, None, No, None]),
        row(SeeProfiles, Account, [Yes, Yes, No, Yes]),
        row(SeeAudit, Account, [Yes, Yes, No, Yes]),
        row(ChangeSettings, Account, [Yes, Yes, No, Yes]),
    ]
};

/// What there is to act on, made anew for every cell.
struct Cell {
    caller: Caller,
    /// Whom a person's acts are about, if anybody.
    person: ProfileId,
    session: Option<SessionId>,
    key: ApiKeyId,
    workspace: WorkspaceId,
    /// A key of the caller's, to be granted the workspace.
    own_key: ApiKeyId,
}

async fn everybody_may_what_the_table_says(bench: Bench) {
    account(&bench.keyring, "Globex", "hank@globex.example").await;
    let hank = person(&bench.keyring, "hank@globex.example").await;
    // The last enabled one cannot be archived.
    bench.workspace("stays").await;
    for (act, whose, answers) in TABLE {
        for (at, answer) in answers.iter().enumerate() {
            let cell = cell(&bench, &hank, CALLERS[at], *whose).await;
            let outcome = done(&bench, &cell, *act).await;
            assert_eq!(
                Answer::of(&outcome),
                *answer,
                "{}: {}, {}: {outcome:?}",
                CALLERS[at],
                act.told(),
                whose.told()
            );
        }
    }
}

async fn cell(bench: &Bench, hank: &Caller, who: &str, whose: Whose) -> Cell {
    let k = &bench.keyring;
    let by = if whose == Foreign { hank } else { &bench.owner };
    let workspace = workspaces::create(k, by, new_workspace()).await.unwrap();
    let workspace = workspace.metadata.id;
    let (caller, own) = caller(bench, who).await;
    let is_person = caller.role().is_some();
    if whose == Own && is_person {
        let them = NewMember::Profile(caller.profile);
        members::add(k, &bench.owner, workspace, them)
            .await
            .unwrap();
    }
    let caller = crate::callers::refresh(k.reader(), &caller, k.clock().now())
        .await
        .unwrap();
    let other = match whose {
        Foreign => somebody(k, hank, "Foreign", Role::Member).await,
        Person(role) => bench.somebody("Person", role).await,
        _ => bench.somebody("Other", Role::Admin).await,
    };
    let target = if whose == Own && is_person {
        &caller
    } else {
        &other
    };
    let key = match whose {
        Own => own.metadata.id,
        Foreign => issued(bench, hank).await.metadata.id,
        _ => issued(bench, &other).await.metadata.id,
    };
    Cell {
        person: target.profile,
        session: match target.entrance {
            Entrance::Session(id) => Some(id),
            _ => None,
        },
        key,
        workspace,
        own_key: own.metadata.id,
        caller,
    }
}

/// Somebody who acts, with a key of their own; a key's own is itself.
async fn caller(bench: &Bench, who: &str) -> (Caller, ApiKey) {
    let role = match who {
        "owner" => Role::Owner,
        "admin" => Role::Admin,
        "member" => Role::Member,
        _ => {
            let mut request = issue_request("root", &["*"], &[]);
            request.all_workspaces = true;
            let issued = keys::issue(&bench.keyring, &bench.owner, request);
            let (key, token) = issued.await.unwrap();
            return (bench.bearer(&token).await.unwrap(), key);
        }
    };
    let caller = bench.somebody(who, role).await;
    let key = issued(bench, &caller).await;
    (caller, key)
}

async fn issued(bench: &Bench, by: &Caller) -> ApiKey {
    let request = issue_request("ci", &["tools:read"], &[]);
    keys::issue(&bench.keyring, by, request).await.unwrap().0
}

fn new_workspace() -> NewWorkspace {
    NewWorkspace {
        name: WorkspaceName::parse("prod-eu").unwrap(),
        external_id: None,
        labels: Labels::default(),
        description: None,
    }
}

async fn done(bench: &Bench, cell: &Cell, act: Act) -> Result<()> {
    let (k, by) = (&bench.keyring, &cell.caller);
    let (whom, key, workspace) = (cell.person, cell.key, cell.workspace);
    let invite = |role| {
        let email = format!(
            "{}@new.example",
            ProfileId::from_uuid(k.new_id(k.clock().now()))
        );
        NewPerson {
            email: Email::parse(&email).unwrap(),
            role,
            workspaces: std::collections::BTreeSet::new(),
        }
    };
    match act {
        Act::SeePeople => people::list(k, by, "", None).await.map(drop),
        Act::InviteMember => {
            people::invite(k, by, invite(Role::Member)).await?;
            people::invite(k, by, invite(Role::Admin)).await.map(drop)
        }
        Act::InviteOwner => people::invite(k, by, invite(Role::Owner)).await.map(drop),
        Act::SeePerson => people::get(k, by, whom).await.map(drop),
        Act::MakeAdmin => people::set_role(k, by, whom, Role::Admin).await,
        Act::MakeOwner => people::set_role(k, by, whom, Role::Owner).await,
        Act::HandOver => people::transfer_ownership(k, by, whom).await,
        Act::Disable => people::disable(k, by, whom).await,
        Act::Enable => people::enable(k, by, whom).await,
        Act::Remove => people::remove(k, by, whom, Legacy::Revoke).await,
        Act::EndSessions => match cell.session {
            Some(session) => sessions::end(k, by, session).await,
            None => sessions::end_all(k, by, whom).await,
        },
        Act::RemoveFactor => factor::remove(k, by, whom).await,
        Act::ListKeys => keys::list(k, by, ListKeys::default()).await.map(drop),
        Act::SeeKey => keys::get(k, by, key).await.map(drop),
        Act::IssueKey => {
            let request = issue_request("ci", &["tools:read"], &[]);
            keys::issue(k, by, request).await.map(drop)
        }
        Act::ChangeKey => keys::update(k, by, key, KeyChanges::default())
            .await
            .map(drop),
        Act::RotateKey => keys::rotate(k, by, key, Rotate::default()).await.map(drop),
        Act::EndGrace => keys::end_grace(k, by, key).await.map(drop),
        Act::DisableKey => keys::disable(k, by, key, None).await.map(drop),
        Act::RevokeKey => keys::revoke(k, by, key, None).await,
        Act::GrantWorkspace => grants::grant(k, by, cell.own_key, workspace)
            .await
            .map(drop),
        Act::SeeMatrix => access::matrix(k, by, access::SHOWN).await.map(drop),
        Act::CreateWorkspace => workspaces::create(k, by, new_workspace()).await.map(drop),
        Act::SeeWorkspace => workspaces::get(k, by, workspace).await.map(drop),
        Act::ArchiveWorkspace => {
            workspaces::archive(k, by, workspace).await?;
            workspaces::restore(k, by, workspace).await.map(drop)
        }
        Act::SeeMembers => members::list(k, by, workspace, PageRequest::default())
            .await
            .map(drop),
        Act::AddMember => {
            let who = NewMember::Profile(bench.owner.profile);
            members::add(k, by, workspace, who).await?;
            members::remove(k, by, workspace, bench.owner.profile).await
        }
        Act::SeeProfiles => crate::profiles::list(k, by, ListProfiles::default())
            .await
            .map(drop),
        Act::SeeAudit => audit::list(k, by, ListEvents::default()).await.map(drop),
        Act::ChangeSettings => {
            settings::get(k, by).await?;
            settings::update(k, by, SettingsChanges::default())
                .await
                .map(drop)
        }
    }
}

/// The table as the documentation shows it.
fn table() -> String {
    let mut text = format!("| act | whose | {} |\n|---|---|", CALLERS.join(" | "));
    text.push_str(&"---|".repeat(CALLERS.len()));
    let mut last = None;
    for (act, whose, answers) in TABLE {
        let name = if last == Some(*act) { "" } else { act.told() };
        last = Some(*act);
        let _ = write!(text, "\n| {name} | {} |", whose.told());
        for answer in answers {
            let _ = write!(text, " {} |", answer.told());
        }
    }
    text
}

#[test]
fn the_documentation_shows_the_table() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/people.md");
    let shown = std::fs::read_to_string(path).unwrap();
    let lines = shown.lines().filter(|line| line.starts_with('|'));
    let shown = lines.collect::<Vec<_>>().join("\n");
    assert_eq!(
        shown,
        table(),
        "put this table into docs/people.md:\n{}",
        table()
    );
}
