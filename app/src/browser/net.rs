//! What a page asks of its own server beside the server functions, in the browser.

use js_sys::futures::JsFuture;
use wasm_bindgen::JsCast;
use web_sys::{Headers, RequestInit, Response};

/// What the server has at `path`, as text; its status when that is not 200, or 0 without an answer.
///
/// # Errors
/// The status.
pub async fn get(path: &str) -> Result<String, u16> {
    let window = web_sys::window().ok_or(0_u16)?;
    let answer = JsFuture::from(window.fetch_with_str(path)).await;
    let answer: Response = answer.and_then(JsCast::dyn_into).map_err(|_| 0_u16)?;
    if answer.status() != 200 {
        return Err(answer.status());
    }
    let text = answer.text().map_err(|_| 0_u16)?;
    let text = JsFuture::from(text).await.map_err(|_| 0_u16)?;
    text.as_string().ok_or(0)
}

/// Sends JSON to `path`, and waits for nothing.
pub fn tell(path: &str, json: &str) {
    let send = || {
        let init = RequestInit::new();
        init.set_method("POST");
        init.set_body(&json.into());
        let headers = Headers::new().ok()?;
        headers.set("content-type", "application/json").ok()?;
        init.set_headers(&headers);
        let sent = web_sys::window()?.fetch_with_str_and_init(path, &init);
        // What became of it matters to nobody; but a promise that nobody waits for complains.
        leptos::task::spawn_local(async move {
            let _ = JsFuture::from(sent).await;
        });
        Some(())
    };
    let _ = send();
}

/// What this tab keeps under a name until it is closed.
pub fn kept(name: &str) -> Option<String> {
    let storage = web_sys::window()?.session_storage().ok()??;
    storage.get_item(name).ok()?
}

/// Keeps a text in this tab until it is closed; nothing forgets it.
pub fn keep(name: &str, text: Option<&str>) {
    let storage = web_sys::window().and_then(|window| window.session_storage().ok().flatten());
    if let Some(storage) = storage {
        let _ = match text {
            Some(text) => storage.set_item(name, text),
            None => storage.remove_item(name),
        };
    }
}

/// Puts another query into the page's address, without a step in the history.
pub fn set_query(query: &str) {
    let replace = || {
        let window = web_sys::window()?;
        let path = window.location().pathname().ok()?;
        let state = window.history().ok()?;
        let now = state.state().ok()?;
        let url = if query.is_empty() {
            path
        } else {
            format!("{path}?{query}")
        };
        state.replace_state_with_url(&now, "", Some(&url)).ok()
    };
    let _ = replace();
}

/// A name that no other page has, for letting the server tell them apart.
pub fn page_id() -> String {
    let letter = || {
        let digit = (js_sys::Math::random() * 36.0).floor();
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "0 to 35"
        )]
        let digit = char::from_digit(digit as u32, 36);
        digit.unwrap_or('0')
    };
    std::iter::repeat_with(letter).take(22).collect()
}
