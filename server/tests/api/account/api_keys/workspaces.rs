//! `/v1/account/api_keys/{id}/workspaces`, `:addWorkspace` and `:removeWorkspace`

mod grant;
mod list;
mod ungrant;
