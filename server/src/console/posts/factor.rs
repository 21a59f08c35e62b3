//! The second factor: one's own, and of whom one may change. The secret and the recovery codes are in the
//! post's own answer, so that a reload never shows them again.

use app::posted::Posted;
use axum::extract::Path;
use axum::response::Response;
use contract::factor::{CODE_FIELD, FACTOR_CODE_FIELD};
use contract::people::person_id;

use super::super::forms::Post;
use super::super::next::segment;
use crate::answer::Refusal;

const OWN: &str = "/account";

/// `POST /account/factor/begin`
pub(super) async fn begin(mut post: Post) -> Response {
    let caller = match post.caller().await {
        Ok(caller) => caller,
        Err(turned) => return post.turned(OWN, turned).await,
    };
    let passphrase = post.text("passphrase").into();
    match keyring::factor::begin(&post.house.keyring, &caller, passphrase).await {
        Ok(enrolment) => {
            let posted = Posted {
                enrolment: Some(enrolment),
                ..Posted::default()
            };
            post.answered(OWN, posted).await
        }
        Err(error) => post.refused(OWN, error).await,
    }
}

/// `POST /account/factor/on`
pub(super) async fn turn_on(mut post: Post) -> Response {
    let caller = match post.caller().await {
        Ok(caller) => caller,
        Err(turned) => return post.turned(OWN, turned).await,
    };
    let turned =
        keyring::factor::turn_on(&post.house.keyring, &caller, post.text(FACTOR_CODE_FIELD)).await;
    codes(post, turned).await
}

/// `POST /account/factor/codes`: new recovery codes.
pub(super) async fn renew_codes(mut post: Post) -> Response {
    let caller = match post.caller().await {
        Ok(caller) => caller,
        Err(turned) => return post.turned(OWN, turned).await,
    };
    let renewed =
        keyring::factor::renew_codes(&post.house.keyring, &caller, post.text(FACTOR_CODE_FIELD))
            .await;
    codes(post, renewed).await
}

async fn codes(post: Post, made: keyring::Result<contract::factor::RecoveryCodes>) -> Response {
    match made {
        Ok(codes) => {
            let posted = Posted {
                recovery_codes: Some(codes),
                ..Posted::default()
            };
            post.answered(OWN, posted).await
        }
        Err(error) => post.refused(OWN, error).await,
    }
}

/// `POST /account/factor/off`
pub(super) async fn turn_off(post: Post) -> Response {
    let code = post.text(FACTOR_CODE_FIELD).to_owned();
    post.act(OWN, OWN, async move |keyring, caller| {
        Ok(keyring::factor::turn_off(&keyring, &caller, &code).await?)
    })
    .await
}

/// `POST /people/{id}/remove-factor`
pub(super) async fn remove(Path(id): Path<String>, post: Post) -> Response {
    let page = format!("/people/{}", segment(&id));
    post.act(&page, &page, async move |keyring, caller| {
        Ok::<_, Refusal>(keyring::factor::remove(&keyring, &caller, person_id(&id)?).await?)
    })
    .await
}

/// `POST /confirm`: a code alone, on the way to what needs one.
pub(super) async fn confirm(post: Post) -> Response {
    let code = post.text(CODE_FIELD).to_owned();
    post.act("/confirm", OWN, async move |keyring, caller| {
        // What came with a code is confirmed by now; without one it is said that one is wanted.
        if code.trim().is_empty() {
            keyring::factor::confirm(&keyring, &caller, &code).await?;
        }
        Ok(())
    })
    .await
}
