//! What the account decides for itself.

use axum::response::Response;
use contract::settings::SettingsChanges;

use super::super::forms::Post;

/// `POST /settings`
pub(super) async fn update(post: Post) -> Response {
    let fields = post.fields.clone();
    post.act("/settings", "/settings", async move |keyring, caller| {
        let changes = SettingsChanges::from_form(&fields)?;
        Ok(keyring::settings::update(&keyring, &caller, changes).await?)
    })
    .await
}
