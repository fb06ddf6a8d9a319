//! Pages that profiles name: whether they link back.

use super::peers::{Canned, Peer};
use super::support::TestNode;
use crate::clock::DAY;
use crate::social::accounts::{self, FieldDraft, ProfileChange};
use crate::store::accounts::Account;

/// A page with this body.
fn page(body: &str) -> Canned {
    Canned {
        status: 200,
        content_type: "text/html".to_owned(),
        location: None,
        body: body.to_owned(),
    }
}

/// Ann's profile names these addresses; the jobs that follow are done.
async fn name(node: &TestNode, ann: &Account, urls: &[String]) {
    let fields = urls.iter().map(|url| FieldDraft {
        name: "Site".to_owned(),
        value: url.clone(),
    });
    let change = ProfileChange {
        fields: Some(fields.collect()),
        ..ProfileChange::default()
    };
    accounts::update_profile(node, ann.id, change)
        .await
        .unwrap();
    node.do_jobs().await;
}

async fn verified(node: &TestNode, ann: &Account) -> Vec<bool> {
    let account = node.account_at(&ann.uri).await.unwrap();
    let fields = account.fields.0.iter();
    fields.map(|field| field.verified_at.is_some()).collect()
}

#[tokio::test]
async fn a_page_that_links_back_is_its_owners() {
    let (node, peer, evil) = (
        TestNode::start().await,
        Peer::start(),
        Peer::named("evil.localhost"),
    );
    let ann = node.add_person("ann").await;
    let back = "<a rel=\"me\" href=\"http://node.localhost/@Ann/\">me</a>";
    peer.answer("/home", page(back));
    peer.answer(
        "/actor",
        page("<link rel='me' href='http://node.localhost/users/ann'>"),
    );
    peer.answer(
        "/silent",
        page("<a href=\"http://node.localhost/@ann\">her</a>"),
    );
    peer.answer(
        "/other",
        page("<a rel=me href=\"http://node.localhost/@bob\">him</a>"),
    );
    peer.redirect("/away", &evil.at("/trap"));
    peer.redirect("/within", &peer.at("/home"));
    evil.answer("/trap", page(back));
    let urls = ["/home", "/actor", "/silent", "/other"].map(|path| peer.at(path));
    name(&node, &ann, &urls).await;
    assert_eq!(verified(&node, &ann).await, [true, true, false, false]);
    name(
        &node,
        &ann,
        &[peer.at("/away"), peer.at("/within"), "a word".to_owned()],
    )
    .await;
    assert_eq!(verified(&node, &ann).await, [false, true, false]);
}

#[tokio::test]
async fn pages_are_looked_at_again() {
    let (node, peer) = (TestNode::start().await, Peer::start());
    let ann = node.add_person("ann").await;
    let back = "<a rel=\"me\" href=\"http://node.localhost/@ann\">me</a>";
    peer.answer("/home", page(back));
    name(&node, &ann, &[peer.at("/home")]).await;
    assert_eq!(verified(&node, &ann).await, [true]);
    let again = async |expected: usize| {
        let plan = |tx: &mut crate::store::Tx<'_>| accounts::plan_due_links(tx, 10);
        assert_eq!(node.db.write(plan).await.unwrap(), expected);
        node.do_jobs().await;
    };
    again(0).await;
    for (status, is_verified) in [(500, true), (404, false)] {
        node.clock.advance(8 * DAY);
        peer.fail("/home", status);
        again(1).await;
        assert_eq!(verified(&node, &ann).await, [is_verified], "{status}");
    }
    node.clock.advance(8 * DAY);
    peer.answer("/home", page(back));
    again(1).await;
    assert_eq!(verified(&node, &ann).await, [true]);
    name(&node, &ann, &["nothing".to_owned()]).await;
    node.clock.advance(8 * DAY);
    again(0).await;
}
