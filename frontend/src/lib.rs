//! The WASM entry: what the browser runs once the page that the server rendered has arrived.
