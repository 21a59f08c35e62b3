//! The HTML document around every page. Rendered on the server only.

use std::collections::BTreeSet;

use axum::http::header::COOKIE;
use axum::http::request::Parts;
use leptos::nonce::use_nonce;
use leptos::prelude::*;
use leptos_meta::MetaTags;

use crate::chunks::chunks_at;
use crate::context::Assets;
use crate::pages::refused::Refused;
use crate::routes::App;

/// The document of a page. `hydrate` is false for the answer to a plain form post: such a page holds
/// what must not be fetched again, so it stays as it was sent.
pub fn shell(hydrate: bool) -> impl IntoView {
    document(hydrate, || view! { <App/> }.into_any())
}

/// The document for people whose request no page could answer.
pub fn refused(problem: contract::Error, request_id: String) -> impl IntoView {
    document(false, || view! { <Refused problem request_id/> }.into_any())
}

fn document(hydrate: bool, page: impl FnOnce() -> AnyView) -> impl IntoView {
    let Assets {
        stylesheet,
        script,
        wasm,
        loader,
        chunks,
        favicon,
        fonts,
        icons,
    } = use_context().unwrap_or_default();
    let fonts = fonts
        .into_iter()
        .map(|font| view! { <link rel="preload" href=font r#as="font" r#type="font/woff2" crossorigin="anonymous"/> })
        .collect_view();
    // A literal in a script: the paths are ours and hold nothing but letters, digits, `.` and `/`.
    // `data-awake` tells whoever looks at the page that its handlers are in place.
    let start = format!(
        "import init, {{ hydrate }} from \"{script}\"; await init({{ module_or_path: \"{wasm}\" }}); await hydrate(); \
         document.documentElement.dataset.awake = \"\";"
    );
    let path = use_context::<Parts>().map(|parts| parts.uri.path().to_owned());
    let chunks = chunks_at(&path.unwrap_or_default())
        .filter_map(|chunk| chunks.get(chunk))
        .flatten();
    let code: BTreeSet<String> = chunks.cloned().chain([wasm]).collect();
    let hydration = hydrate.then(|| {
        // Not for a browser without scripting, which would load it for nothing.
        let code = code.into_iter().map(|file| {
            view! { <link rel="preload" href=file r#as="fetch" r#type="application/wasm" crossorigin="anonymous" media="(scripting: enabled)"/> }
        });
        view! {
            <link rel="modulepreload" href=script nonce=use_nonce()/>
            <link rel="modulepreload" href=loader nonce=use_nonce()/>
            {code.collect_view()}
            <script type="module" nonce=use_nonce() inner_html=start></script>
        }
    });
    view! {
        <!DOCTYPE html>
        <html lang="en" data-theme=chosen_theme()>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <meta name="robots" content="noindex"/>
                <link rel="icon" href=favicon r#type="image/svg+xml"/>
                <link rel="stylesheet" href=stylesheet/>
                {fonts}
                {hydration}
                <MetaTags/>
            </head>
            <body>
                {page()}
                // After the app, so that hydration finds the app first.
                <div hidden inner_html=icons></div>
            </body>
        </html>
    }
}

/// The theme of the cookie, so that the first paint has it. `None`: the system's.
fn chosen_theme() -> Option<&'static str> {
    let parts = use_context::<Parts>()?;
    let cookies = parts.headers.get_all(COOKIE).iter();
    let mut pairs = cookies
        .filter_map(|header| header.to_str().ok())
        .flat_map(|header| header.split(';'))
        .filter_map(|pair| pair.trim().split_once('='));
    match pairs.find(|(name, _)| *name == "theme")?.1 {
        "light" => Some("light"),
        "dark" => Some("dark"),
        _ => None,
    }
}
