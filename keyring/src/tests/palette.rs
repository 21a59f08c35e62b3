//! The command palette finds what the caller sees, and nothing else.

use super::{Bench, on_both};
use crate::{keys, palette};

on_both!(
    what_is_seen_is_found,
    people_are_found_among_many_keys,
    a_member_finds_their_own,
    why_not_is_told
);

async fn what_is_seen_is_found(bench: Bench) {
    bench.workspace("Prod-EU").await;
    bench.workspace("staging").await;
    bench.key("prod-deploy", &[], &[]).await;
    bench.key("etl", &[], &[]).await;
    let find = async |text: &str| {
        let found = palette::find(&bench.keyring, &bench.owner, text)
            .await
            .unwrap();
        let keys: Vec<_> = found.keys.into_iter().map(|key| key.name).collect();
        let workspaces: Vec<_> = found.workspaces.into_iter().map(|one| one.name).collect();
        let people: Vec<_> = found.people.into_iter().map(|one| one.email).collect();
        (keys, workspaces, people)
    };
    let (found, places, people) = find("PROD").await;
    assert_eq!(
        (&*found, &*places),
        (&["prod-deploy".to_owned()][..], &["Prod-EU".to_owned()][..])
    );
    assert!(people.is_empty());
    assert_eq!(find("mira").await.2, ["mira@northwind.example"]);
    assert_eq!(find(" ").await, Default::default());
    for index in 0..7 {
        bench.key(&format!("many-{index}"), &[], &[]).await;
    }
    let many = find("many").await.0;
    assert_eq!((many.len(), many[0].as_str()), (6, "many-6"));
    bench.key("manya", &[], &[]).await;
    bench.key("MANY", &[], &[]).await;
    for index in 0..7 {
        bench.key(&format!("many%{index}"), &[], &[]).await;
        bench.workspace(&format!("places-{index}")).await;
    }
    bench.workspace("places").await;
    assert_eq!(find("many").await.0[..2], ["MANY", "many%6"]);
    assert_eq!(find("many%").await.0.len(), 6);
    assert_eq!(find("Places").await.1[..2], ["places", "places-0"]);
    let refused = palette::find(&bench.keyring, &bench.owner, "\0").await;
    assert!(refused.is_err());
}

async fn people_are_found_among_many_keys(bench: Bench) {
    bench.member("kim@northwind.example", &[]).await;
    bench.rack(101, 0).await;
    let found = palette::find(&bench.keyring, &bench.owner, "k").await;
    let people = found.unwrap().people;
    assert!(
        people
            .iter()
            .any(|one| one.email == "kim@northwind.example")
    );
}

async fn a_member_finds_their_own(bench: Bench) {
    let eu = bench.workspace("prod-eu").await;
    bench.workspace("prod-us").await;
    let member = bench.member("jo@northwind.example", &[eu]).await;
    bench.key("prod-deploy", &[], &[]).await;
    let own = super::issue_request("prod-own", &[], &[]);
    keys::issue(&bench.keyring, &member, own).await.unwrap();
    let found = palette::find(&bench.keyring, &member, "prod")
        .await
        .unwrap();
    let names: Vec<_> = found.keys.iter().map(|key| key.name.as_str()).collect();
    assert_eq!(names, ["prod-own"]);
    let places: Vec<_> = found
        .workspaces
        .iter()
        .map(|one| one.name.as_str())
        .collect();
    assert_eq!(places, ["prod-eu"]);
    let found = palette::find(&bench.keyring, &member, "mira")
        .await
        .unwrap();
    assert!(found.people.is_empty(), "people are for who may list them");
}

async fn why_not_is_told(bench: Bench) {
    bench.key("strong", &["secrets:manage"], &[]).await;
    let (_, token) = bench.key("admin", &["api_keys:manage"], &[]).await;
    let admin = bench.bearer(&token).await.unwrap();
    let found = palette::find(&bench.keyring, &admin, "strong")
        .await
        .unwrap();
    let locked = found.keys[0].locked.as_deref().unwrap();
    assert!(locked.contains("secrets:manage"), "{locked}");
    let found = palette::find(&bench.keyring, &bench.owner, "strong")
        .await
        .unwrap();
    assert_eq!(found.keys[0].locked, None);
}
