//! A list from its first page to its last.

use serde_json::Value;

use super::{TestApp, TestKey};

impl TestApp {
    /// Every item of the list at `path`, which may have a query, read in pages of at most `limit`.
    pub(crate) async fn walk(&self, caller: &TestKey, path: &str, limit: usize) -> Vec<Value> {
        let mark = if path.contains('?') { '&' } else { '?' };
        let first = format!("{path}{mark}limit={limit}");
        let (mut page, mut items) = (first.clone(), Vec::new());
        loop {
            let answer = self.get(&page).bearer(caller).await;
            let body = answer.is(200).json();
            let found = body["items"].as_array().expect("items");
            assert!(found.len() <= limit, "{page} has {} items", found.len());
            for item in found {
                assert!(!items.contains(item), "{page} comes twice to {item}");
                items.push(item.clone());
            }
            let Some(cursor) = answer.next_cursor() else {
                return items;
            };
            assert!(!found.is_empty(), "{page} leads on from nothing");
            page = format!("{first}&cursor={cursor}");
        }
    }
}
