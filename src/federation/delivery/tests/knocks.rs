//! Peers that take one form of signatures only.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::super::deliver_all_due;
use super::world::{Reply, Request, Sink, World};
use crate::clock::{DAY, HOUR};
use crate::store::{SignatureForm, signature_forms};

/// Every peer here answers, so nothing may run into this.
const LATE: Duration = Duration::from_secs(20);
const DRAFT: bool = false;
const MESSAGE: bool = true;

/// A peer that refuses all but messages (RFC 9421) with this status.
async fn modern(status: u16) -> Sink {
    Sink::start_with(move |request| Reply::Status(if request.is_message() { 202 } else { status }))
        .await
}

async fn written_form(world: &World, sink: &Sink) -> Option<SignatureForm> {
    let peer = world.peer(sink).await.id;
    let find = move |c: &mut _| signature_forms::find_of_peer(c, peer);
    world.node.db.read(find).await.unwrap()
}

#[tokio::test]
async fn a_peer_that_takes_messages_only_gets_them_and_is_remembered() {
    for status in [400, 401] {
        let world = World::start(LATE).await;
        let sink = modern(status).await;
        world.post_many(0..1, &[&sink]).await;
        let tally = deliver_all_due(&world.node).await.unwrap();
        assert_eq!((tally.taken, tally.kept, tally.dropped), (1, 0, 0));
        assert_eq!(sink.forms(), [DRAFT, MESSAGE], "one attempt, two knocks");
        let form = Some(SignatureForm::Message);
        assert_eq!(written_form(&world, &sink).await, form);
        let peer = world.peer(&sink).await;
        assert_eq!((peer.down_since, peer.failures), (None, 0));
        world.post_many(1..4, &[&sink]).await;
        deliver_all_due(&world.node).await.unwrap();
        let world = world.restart(LATE).await;
        world.post_many(4..5, &[&sink]).await;
        deliver_all_due(&world.node).await.unwrap();
        assert_eq!(sink.forms()[2..], [MESSAGE; 4], "also after a start");
        let mut numbers = sink.numbers_from(1);
        numbers.sort_unstable();
        assert_eq!(numbers, [0, 1, 2, 3, 4]);
    }
}

#[tokio::test]
async fn a_usual_peer_is_knocked_at_once_and_has_no_word_of_it() {
    let world = World::start(LATE).await;
    let sink = Sink::start(|_, _| Reply::Status(202)).await;
    world.post_many(0..3, &[&sink]).await;
    deliver_all_due(&world.node).await.unwrap();
    assert_eq!(sink.forms(), [DRAFT; 3]);
    assert_eq!(written_form(&world, &sink).await, None);
}

#[tokio::test]
async fn a_refusal_in_both_forms_is_one_refusal() {
    let world = World::start(LATE).await;
    let sink = Sink::start(|_, _| Reply::Status(401)).await;
    world.post_many(0..2, &[&sink]).await;
    let tally = deliver_all_due(&world.node).await.unwrap();
    assert_eq!((tally.taken, tally.kept), (0, 2));
    // The second document is not worth a second knock.
    assert_eq!(sink.forms(), [DRAFT, MESSAGE, DRAFT]);
    assert_eq!(written_form(&world, &sink).await, None);
    for _ in 0..11 {
        world.node.clock.advance(HOUR);
        deliver_all_due(&world.node).await.unwrap();
    }
    let forms = sink.forms();
    let second = forms.iter().filter(|form| **form == MESSAGE).count();
    assert_eq!(second, 2, "once in six hours: {forms:?}");
}

#[tokio::test]
async fn what_a_peer_says_of_one_document_is_no_word_about_signatures() {
    let world = World::start(LATE).await;
    let sink = Sink::start(|_, body| match body {
        "bad" => Reply::Status(400),
        _ => Reply::Status(202),
    })
    .await;
    world.post_many(0..1, &[&sink]).await;
    deliver_all_due(&world.node).await.unwrap();
    world.post("bad", "https://a.test/bad", &[&sink]).await;
    deliver_all_due(&world.node).await.unwrap();
    assert_eq!(sink.forms(), [DRAFT, DRAFT]);
}

#[tokio::test]
async fn a_peer_that_changes_its_mind_is_followed() {
    let world = World::start(LATE).await;
    let takes_drafts = Arc::new(AtomicBool::new(false));
    let takes = takes_drafts.clone();
    let answer = move |request: &Request<'_>| {
        let takes = request.is_message() != takes.load(Ordering::SeqCst);
        Reply::Status(if takes { 202 } else { 401 })
    };
    let sink = Sink::start_with(answer).await;
    world.post_many(0..1, &[&sink]).await;
    deliver_all_due(&world.node).await.unwrap();
    takes_drafts.store(true, Ordering::SeqCst);
    world.post_many(1..3, &[&sink]).await;
    deliver_all_due(&world.node).await.unwrap();
    assert_eq!(sink.forms(), [DRAFT, MESSAGE, MESSAGE, DRAFT, DRAFT]);
    let form = Some(SignatureForm::Draft);
    assert_eq!(written_form(&world, &sink).await, form);
    assert_eq!(world.backlog().await, 0);
}

#[tokio::test]
async fn a_peer_gets_the_signature_that_it_asks_for() {
    let world = World::start(LATE).await;
    let sink = Sink::start_with(|request| {
        let is_met = request
            .head
            .contains("\nsignature-input: once=(\"content-type\" \"@authority\"")
            && request.head.contains(";nonce=\"abc\";tag=\"t\"");
        if is_met {
            Reply::Status(202)
        } else {
            Reply::Asks(r#"once=("content-type" "@authority");created;nonce="abc";tag="t""#)
        }
    })
    .await;
    world.post_many(0..2, &[&sink]).await;
    deliver_all_due(&world.node).await.unwrap();
    assert_eq!(sink.forms(), [DRAFT, MESSAGE, MESSAGE, MESSAGE]);
    assert_eq!(world.backlog().await, 0);
}

#[tokio::test]
async fn a_probe_that_is_refused_for_its_form_brings_the_peer_back() {
    let world = World::start(LATE).await;
    let sink = modern(401).await;
    world.fail(&sink.destination).await;
    world.post_many(0..3, &[&sink]).await;
    world.node.clock.advance(DAY);
    let tally = deliver_all_due(&world.node).await.unwrap();
    assert_eq!((tally.taken, tally.kept), (3, 0));
    let peer = world.peer(&sink).await;
    assert_eq!((peer.down_since, peer.next_probe_at), (None, None));
    assert_eq!(sink.forms(), [DRAFT, MESSAGE, MESSAGE, MESSAGE]);
}

#[tokio::test]
async fn a_peer_that_breaks_over_the_other_form_is_not_down() {
    let world = World::start(LATE).await;
    let sink = Sink::start_with(|request| {
        if request.is_message() {
            return Reply::RetryAfter(503, 7_200);
        }
        Reply::Status(401)
    })
    .await;
    world.post_many(0..1, &[&sink]).await;
    deliver_all_due(&world.node).await.unwrap();
    assert_eq!(world.peer(&sink).await.down_since, None);
    world.node.clock.advance(HOUR);
    deliver_all_due(&world.node).await.unwrap();
    assert_eq!(world.backlog().await, 1);
}
