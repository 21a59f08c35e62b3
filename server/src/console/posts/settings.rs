//! What the account decides for itself.

use axum::response::{IntoResponse, Response};
use contract::settings::SettingsChanges;

use super::super::forms::Post;
use crate::answer::Refusal;

/// `POST /settings`
pub(super) async fn update(post: Post) -> Response {
    const PAGE: &str = "/settings";
    let caller = match post.caller(PAGE) {
        Ok(caller) => caller,
        Err(sign_in) => return sign_in.into_response(),
    };
    let updated = async {
        let changes = SettingsChanges::from_form(&post.fields)?;
        keyring::settings::update(&post.house.keyring, &caller, changes)
            .await
            .map_err(Refusal::from)
    };
    match updated.await {
        Ok(_) => post.done(PAGE),
        Err(refusal) => post.refused(PAGE, refusal).await,
    }
}
