//! The WASM entry: what the browser runs once the page that the server rendered has arrived.

use wasm_bindgen::prelude::wasm_bindgen;

/// Called by the script in the document's head.
#[wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_body(app::App);
}
