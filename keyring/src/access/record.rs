//! How a changeset is carried out and written down.

use contract::ApiKeyId;
use contract::audit::Action;
use contract::request::KeyReach;
use serde_json::{Value, json};

use super::found::{Found, Pair};
use crate::error::Result;
use crate::store;
use crate::store::audit::NewEvent;
use crate::unit::Unit;

/// Carries out what was found to be different, in a unit of work whose events are one batch.
pub(super) struct Record<'a> {
    pub(super) unit: &'a Unit,
    pub(super) found: &'a Found,
}

impl Record<'_> {
    pub(super) async fn write(
        &self,
        turned: &[&KeyReach],
        granted: &[Pair],
        revoked: &[Pair],
    ) -> Result<()> {
        let (unit, by) = (self.unit, self.unit.caller.profile);
        let mut events = Vec::with_capacity(turned.len() + granted.len() + revoked.len());
        for on in [true, false] {
            let ids = turned.iter().filter(|key| key.all_workspaces == on);
            let ids: Vec<_> = ids.map(|key| key.key.uuid()).collect();
            store::keys::set_all_workspaces(&*unit.txn, &ids, on).await?;
        }
        for change in turned {
            let is = change.all_workspaces;
            let details = json!({
                "before": { "allWorkspaces": !is },
                "after": { "allWorkspaces": is },
            });
            events.push(self.event(Action::KeyUpdated, change.key, details));
        }
        let account = unit.caller.account;
        store::grants::insert_all(&*unit.txn, account, granted, by, unit.now).await?;
        store::grants::delete_all(&*unit.txn, revoked).await?;
        for (action, pairs) in [
            (Action::WorkspaceGranted, granted),
            (Action::WorkspaceUngranted, revoked),
        ] {
            for (key, workspace) in pairs {
                let name = &self.found.workspaces[workspace].name;
                let details = json!({ "workspaceId": workspace, "workspaceName": name });
                events.push(self.event(action, *key, details));
            }
        }
        unit.record_all(events).await
    }

    fn event(&self, action: Action, key: ApiKeyId, details: Value) -> NewEvent<'_> {
        NewEvent {
            id: self.unit.new_id(),
            at: self.unit.now,
            action,
            target: key.to_string(),
            target_name: &self.found.keys[&key].name,
            details,
            batch: None,
        }
    }
}
