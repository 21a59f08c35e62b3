//! What pages and server functions find in their context.

use app::context::PublicUrl;
use axum::http::request::Parts;
use leptos::nonce::Nonce;
use leptos::prelude::{provide_context, use_context};

use crate::house::House;
use crate::security::PageNonce;

/// Provides the same to a page and to a server function, because during rendering a page calls
/// the function in its own context.
pub(super) fn provider(house: &House) -> impl Fn() + Clone + Send + Sync + 'static {
    let house = house.clone();
    move || {
        provide_context(house.keyring.clone());
        provide_context(house.assets.clone());
        provide_context(house.reference.clone());
        provide_context(house.cookies());
        provide_context(PublicUrl(house.public_url.origin().to_owned()));
        let nonce =
            use_context::<Parts>().and_then(|parts| parts.extensions.get::<PageNonce>().cloned());
        if let Some(PageNonce(nonce)) = nonce {
            provide_context(Nonce::from_value(nonce));
        }
    }
}
