//! What is fetched, and what is not believed.

use serde_json::json;

use super::peers::{ACTIVITY, Canned, Peer};
use super::support::TestNode;
use crate::clock::{DAY, MINUTE};
use crate::federation::resolve::{self, JobError, ResolveError, Resolved};
use crate::store::Visibility;
use crate::text::Handle;

fn handle(text: &str) -> Handle {
    Handle::parse(text).unwrap()
}

#[tokio::test]
async fn handles_become_accounts() {
    let (node, peer) = (TestNode::start_with_actor().await, Peer::start());
    let ann = node.add_person("Ann").await;
    let bob = peer.person("bob");
    let named = handle(&format!("@Bob@{}", peer.authority));
    let account = resolve::handle(&node, &named).await.unwrap();
    assert_eq!(account.uri, bob.id);
    assert_eq!(account.acct(), format!("bob@{}", peer.authority));
    let asked = peer.asked().len();
    assert_eq!(resolve::handle(&node, &named).await.unwrap().id, account.id);
    assert_eq!(peer.asked().len(), asked, "known ones are not asked for");
    node.clock.advance(2 * DAY);
    resolve::handle(&node, &named).await.unwrap();
    resolve::handle(&node, &named).await.unwrap();
    assert_eq!(node.do_jobs().await, [Ok(())], "one refresh");

    for text in ["ann", "@ANN@node.localhost"] {
        assert_eq!(
            resolve::handle(&node, &handle(text)).await.unwrap().id,
            ann.id
        );
    }
    for text in ["nobody".to_owned(), format!("nobody@{}", peer.authority)] {
        let error = resolve::handle(&node, &handle(&text)).await.unwrap_err();
        assert!(matches!(error, ResolveError::Missing(_)), "{text}: {error}");
    }
}

#[tokio::test]
async fn a_handle_is_bound_only_by_its_own_domain() {
    let (node, peer, evil) = (
        TestNode::start_with_actor().await,
        Peer::start(),
        Peer::named("evil.localhost"),
    );
    let (bob, eve) = (peer.person("bob"), evil.person("eve"));
    // The handle of evil leads to Bob, who does not bear it.
    evil.show_finger("fake", &bob.id);
    let account = resolve::handle(&node, &handle(&format!("fake@{}", evil.authority))).await;
    assert_eq!(account.unwrap().handle, format!("bob@{}", peer.authority));
    // Eve claims Bob's handle.
    let mut actor = eve.actor();
    actor["webfinger"] = format!("bob@{}", peer.authority).into();
    evil.show("/users/eve", &actor);
    let error = resolve::actor(&node, &eve.id).await.unwrap_err();
    assert!(matches!(error, ResolveError::Untrue(_)), "{error}");
    // Nobody confirms that there is such a person at all.
    let carl = evil.person("carl");
    let finger = format!(
        "/.well-known/webfinger?resource=acct%3Acarl%40{}",
        evil.authority.replace(':', "%3A")
    );
    evil.fail(&finger, 404);
    let error = resolve::actor(&node, &carl.id).await.unwrap_err();
    assert!(matches!(error, ResolveError::Missing(_)), "{error}");
}

#[tokio::test]
async fn a_handle_may_live_on_another_domain_than_its_actor() {
    let (node, peer, front) = (
        TestNode::start_with_actor().await,
        Peer::start(),
        Peer::named("front.localhost"),
    );
    let bob = peer.person("bob");
    let handle_there = format!("acct:bob@{}", front.authority);
    peer.show_finger_as("bob", &handle_there, &bob.id);
    let error = resolve::actor(&node, &bob.id).await.unwrap_err();
    assert!(
        matches!(error, ResolveError::Missing(_)),
        "the other side says nothing: {error}"
    );
    front.show_finger_as("bob", &handle_there, &bob.id);
    node.clock.advance(DAY);
    let account = resolve::actor(&node, &bob.id).await.unwrap();
    assert_eq!(account.handle, format!("bob@{}", front.authority));
}

#[tokio::test]
async fn documents_are_believed_only_from_where_they_belong() {
    let (node, peer, evil) = (
        TestNode::start_with_actor().await,
        Peer::start(),
        Peer::named("evil.localhost"),
    );
    let (bob, eve) = (peer.person("bob"), evil.person("eve"));
    let genuine = bob.note_document("1", "<p>genuine</p>");
    // A document with the id of another server.
    evil.show("/fake", &bob.note_document("1", "<p>forged</p>"));
    assert!(resolve::url(&node, &evil.at("/fake")).await.is_err());
    assert!(
        node.status_at(genuine["id"].as_str().unwrap())
            .await
            .is_none()
    );
    // A redirect of the good server to a document of the evil one.
    peer.redirect("/users/bob/notes/2", &evil.at("/fake2"));
    evil.show("/fake2", &bob.note_document("2", "<p>forged</p>"));
    assert!(
        resolve::status(&node, &peer.at("/users/bob/notes/2"))
            .await
            .is_err()
    );
    // A note whose author is elsewhere, and one whose author is somebody else on the same server.
    let mut other = eve.note_document("1", "<p>x</p>");
    other["attributedTo"] = bob.id.as_str().into();
    evil.show("/users/eve/notes/1", &other);
    assert!(
        resolve::status(&node, &evil.at("/users/eve/notes/1"))
            .await
            .is_err()
    );
    // What claims to be ours.
    let mut ours = eve.note_document("2", "<p>x</p>");
    ours["id"] = "http://node.localhost/users/ann/statuses/1".into();
    evil.show("/users/eve/notes/2", &ours);
    assert!(
        resolve::status(&node, &evil.at("/users/eve/notes/2"))
            .await
            .is_err()
    );
    assert!(
        resolve::status(&node, "http://node.localhost/users/ann/statuses/1")
            .await
            .is_err()
    );
    // Files that users uploaded.
    for content_type in [
        "application/json",
        "text/html",
        "text/plain",
        "application/octet-stream",
        "application/ld+json",
        "",
    ] {
        node.clock.advance(5 * MINUTE);
        peer.show_as("/users/bob/notes/1", content_type, &genuine);
        let error = resolve::status(&node, &peer.at("/users/bob/notes/1"))
            .await
            .unwrap_err();
        assert!(
            matches!(error, ResolveError::Untrue(_)),
            "{content_type}: {error}"
        );
    }
    let profiled =
        "application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\"; charset=utf-8";
    node.clock.advance(5 * MINUTE);
    peer.show_as("/users/bob/notes/1", profiled, &genuine);
    assert!(
        resolve::status(&node, &peer.at("/users/bob/notes/1"))
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn a_page_leads_to_its_status() {
    let (node, peer) = (TestNode::start_with_actor().await, Peer::start());
    let ann = node.add_person("ann").await;
    let bob = peer.person("bob");
    let hello = bob.note_document("1", "<p>hello</p>");
    peer.show("/@bob/1", &hello);
    peer.show("/users/bob/notes/1", &hello);
    let found = resolve::url(&node, &peer.at("/@bob/1")).await.unwrap();
    let Resolved::Status(status) = found else {
        panic!("{found:?}");
    };
    assert_eq!(status.uri, hello["id"].as_str().unwrap());
    let found = resolve::url(&node, &bob.id).await.unwrap();
    assert!(matches!(found, Resolved::Account(account) if account.uri == bob.id));
    let post = node.post(ann.id, "hello", Visibility::Public).await;
    for url in [post.uri.as_str(), post.url.as_deref().unwrap()] {
        let found = resolve::url(&node, url).await.unwrap();
        assert!(
            matches!(found, Resolved::Status(status) if status.id == post.id),
            "{url}"
        );
    }
    let found = resolve::url(&node, "http://node.localhost/@ann")
        .await
        .unwrap();
    assert!(matches!(found, Resolved::Account(account) if account.id == ann.id));
    let error = resolve::url(&node, &peer.at("/nothing")).await.unwrap_err();
    assert!(matches!(error, ResolveError::Missing(_)), "{error}");
    for url in [
        "javascript:x",
        "http://127.0.0.1/x",
        "ftp://peer.localhost/x",
    ] {
        assert!(resolve::url(&node, url).await.is_err(), "{url}");
    }
}

#[tokio::test]
async fn a_page_that_is_no_document_names_it() {
    let (node, peer, evil) = (
        TestNode::start_with_actor().await,
        Peer::start(),
        Peer::named("evil.localhost"),
    );
    let bob = peer.person("bob");
    let hello = bob.note_document("1", "<p>hello</p>");
    peer.show("/users/bob/notes/1", &hello);
    let page = |href: &str| Canned {
        status: 200,
        content_type: "text/html; charset=utf-8".to_owned(),
        location: None,
        body: format!("<link rel=alternate type={ACTIVITY} href=\"{href}\"><p>hello</p>"),
    };
    peer.answer("/@bob/1", page("/users/bob/notes/1"));
    let found = resolve::url(&node, &peer.at("/@bob/1")).await.unwrap();
    assert!(
        matches!(&found, Resolved::Status(status) if status.uri == hello["id"]),
        "{found:?}"
    );
    // A page elsewhere may name what it likes; it is asked for where it is.
    evil.answer("/about-bob", page(&bob.id));
    let found = resolve::url(&node, &evil.at("/about-bob")).await.unwrap();
    assert!(matches!(found, Resolved::Account(account) if account.uri == bob.id));
    // One step only, and what is named must be what it says it is.
    evil.answer("/again", page(&evil.at("/about-bob")));
    evil.answer("/itself", page("/itself"));
    evil.show("/forged", &bob.note_document("2", "<p>forged</p>"));
    evil.answer("/liar", page("/forged"));
    for path in ["/again", "/itself", "/liar"] {
        let error = resolve::url(&node, &evil.at(path)).await.unwrap_err();
        assert!(!error.may_pass(), "{path}: {error}");
    }
    assert!(
        node.status_at(&peer.at("/users/bob/notes/2"))
            .await
            .is_none()
    );
    let asked = evil.asked();
    assert_eq!(asked.iter().filter(|path| *path == "/itself").count(), 2);
}

#[tokio::test]
async fn a_host_may_name_another_place_for_its_handles() {
    let (node, peer) = (TestNode::start_with_actor().await, Peer::start());
    let bob = peer.person("bob");
    let acct = format!("acct:bob@{}", peer.authority);
    let escaped = acct.replace(':', "%3A").replace('@', "%40");
    peer.fail(&format!("/.well-known/webfinger?resource={escaped}"), 404);
    let template = peer.at("/finger?q={uri}");
    peer.answer(
        "/.well-known/host-meta",
        Canned {
            status: 200,
            content_type: "application/xrd+xml".to_owned(),
            location: None,
            body: format!("<XRD><Link rel=\"lrdd\" template=\"{template}\"/></XRD>"),
        },
    );
    let named = handle(&format!("bob@{}", peer.authority));
    let error = resolve::handle(&node, &named).await.unwrap_err();
    assert!(matches!(error, ResolveError::Missing(_)), "{error}");
    let finger = json!({"subject": acct, "links": [
        {"rel": "self", "type": ACTIVITY, "href": bob.id},
    ]});
    peer.show_as(
        &format!("/finger?q={escaped}"),
        "application/jrd+json",
        &finger,
    );
    node.clock.advance(5 * MINUTE);
    let account = resolve::handle(&node, &named).await.unwrap();
    assert_eq!(account.uri, bob.id);
}

#[tokio::test]
async fn threads_are_fetched_upwards_but_not_for_ever() {
    let (node, peer) = (TestNode::start_with_actor().await, Peer::start());
    let bob = peer.person("bob");
    for n in 1..=60 {
        let mut reply = bob.note_document(&n.to_string(), "<p>x</p>");
        reply["inReplyTo"] = peer.at(&format!("/users/bob/notes/{}", n + 1)).into();
        peer.show(&format!("/users/bob/notes/{n}"), &reply);
    }
    resolve::status(&node, &peer.at("/users/bob/notes/1"))
        .await
        .unwrap();
    let done = node.do_jobs().await;
    assert!(
        matches!(done.last(), Some(Err(JobError::Fail(_)))),
        "{done:?}"
    );
    let known = done.iter().filter(|outcome| outcome.is_ok()).count();
    assert_eq!(known, 19, "twenty statuses hang together");
    let second = node
        .status_at(&peer.at("/users/bob/notes/2"))
        .await
        .unwrap();
    let first = node
        .status_at(&peer.at("/users/bob/notes/1"))
        .await
        .unwrap();
    assert_eq!(first.in_reply_to_id, Some(second.id));
    assert_eq!(first.conversation_id, second.conversation_id);
}

#[tokio::test]
async fn an_actor_that_is_gone_goes_here_too() {
    let (node, peer) = (TestNode::start_with_actor().await, Peer::start());
    let bob = peer.person("bob");
    resolve::actor(&node, &bob.id).await.unwrap();
    peer.fail("/users/bob", 503);
    let refreshed = resolve::refresh_account(&node, &bob.id).await;
    assert!(
        matches!(refreshed, Err(JobError::Retry(_))),
        "{refreshed:?}"
    );
    assert!(node.account_at(&bob.id).await.is_some());
    node.clock.advance(DAY);
    peer.fail("/users/bob", 410);
    assert_eq!(resolve::refresh_account(&node, &bob.id).await, Ok(()));
    assert!(node.account_at(&bob.id).await.is_none());
}

#[tokio::test]
async fn names_in_a_text_become_known_before_it_is_posted() {
    let (node, peer) = (TestNode::start_with_actor().await, Peer::start());
    node.add_person("ann").await;
    let bob = peer.person("bob");
    let text = format!("@ann and @bob@{0} and @nobody@{0}", peer.authority);
    resolve::mentions(&node, &text).await;
    assert!(node.account_at(&bob.id).await.is_some());
}

#[tokio::test]
async fn documents_that_parse_two_ways_are_refused() {
    let (node, peer) = (TestNode::start_with_actor().await, Peer::start());
    let bob = peer.person("bob");
    let once = bob.note_document("1", "<p>x</p>").to_string();
    let twice = once.replacen('{', "{\"content\":\"y\",", 1);
    let canned = Canned {
        status: 200,
        content_type: ACTIVITY.to_owned(),
        location: None,
        body: twice,
    };
    peer.answer("/users/bob/notes/1", canned);
    assert!(
        resolve::status(&node, &peer.at("/users/bob/notes/1"))
            .await
            .is_err()
    );
    let mut mixed = bob.actor();
    mixed["actor"] = json!(bob.id);
    mixed["object"] = json!(bob.id);
    peer.show("/users/bob", &mixed);
    assert!(resolve::actor(&node, &bob.id).await.is_err());
}
