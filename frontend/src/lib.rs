//! The WASM entry: what the browser runs once the page that the server rendered has arrived.

use leptos::web_sys::window;
use wasm_bindgen::JsError;
use wasm_bindgen::prelude::wasm_bindgen;

/// Called by the script in the document's head. An error when the code of the page cannot be loaded;
/// the page then works as it does without scripting.
#[wasm_bindgen]
pub async fn hydrate() -> Result<(), JsError> {
    console_error_panic_hook::set_once();
    let path = window().and_then(|window| window.location().pathname().ok());
    app::chunks::load(&path.unwrap_or_default())
        .await
        .map_err(|_| JsError::new("the code of this page could not be loaded"))?;
    leptos::mount::hydrate_body(app::App);
    Ok(())
}
