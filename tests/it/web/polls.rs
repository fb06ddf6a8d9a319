//! Polls on pages: everybody reads how they stand, and whoever is signed in votes.

use whimbrel::id::{AccountId, StatusId};
use whimbrel::social::polls::PollDraft;
use whimbrel::social::statuses::{Draft, publish};
use whimbrel::store::{Conn, polls};

use super::browser::{PASSWORD, Site, with};
use crate::support::databases::on_both;

async fn ask(site: &Site, author: AccountId, multiple: bool) -> StatusId {
    let poll = PollDraft {
        options: vec!["<Tea>".to_owned(), "Coffee".to_owned(), "Milk".to_owned()],
        seconds: 300,
        multiple,
        hides_totals: false,
    };
    let draft = Draft {
        text: "What?".to_owned(),
        poll: Some(poll),
        ..Draft::default()
    };
    publish(&site.node, author, draft)
        .await
        .expect("it is fine")
}

async fn tallies(site: &Site, id: StatusId) -> Vec<i64> {
    let look = move |conn: &mut Conn| polls::list_options(conn, &[id]);
    let options = site.node.db.read(look).await.expect("a database");
    options.into_iter().map(|option| option.votes).collect()
}

on_both! {
    async fn a_poll_is_read_by_everybody_and_voted_in_by_form(engine) {
        let site = Site::start(engine).await;
        let bob = site.add_user("bob").await;
        let id = ask(&site, bob.id, false).await;
        let path = format!("/@bob/{id}");
        let stranger = site.browser().get(&path).await;
        assert_eq!(stranger.status, 200);
        assert!(stranger.body.contains("&lt;Tea&gt;") && !stranger.body.contains("name=\"choice\""));
        let browser = site.browser();
        browser.sign_in("/auth/sign_in", "ann", PASSWORD).await;
        let page = browser.get(&path).await;
        assert!(page.body.contains("type=\"radio\" name=\"choice\" value=\"1\""), "{}", page.body);
        let vote = format!("{path}/vote");
        let fields = with(page.hidden(), "choice", "1");
        let forged = with(fields.clone(), "csrf_token", "guessed");
        assert_eq!(browser.post(&vote, &forged).await.status, 403);
        let nothing = with(page.hidden(), "choice", "x");
        assert_eq!(browser.post(&vote, &nothing).await.status, 422);
        let done = browser.post(&vote, &fields).await;
        assert_eq!((done.status, done.location()), (303, format!("http://node.localhost{path}").as_str()));
        assert_eq!(tallies(&site, id).await, [0, 1, 0]);
        let again = browser.post(&vote, &fields).await;
        assert_eq!(again.status, 422);
        assert!(again.body.contains("already voted"), "{}", again.body);
        let page = browser.get(&path).await;
        assert!(page.body.contains("100% (1 vote)") && !page.body.contains("name=\"choice\""));
        site.stop().await;
    }
}

on_both! {
    async fn several_choices_are_sent_together_and_the_end_closes_the_form(engine) {
        let site = Site::start(engine).await;
        let bob = site.add_user("bob").await;
        let id = ask(&site, bob.id, true).await;
        let path = format!("/@bob/{id}");
        let browser = site.browser();
        browser.sign_in("/auth/sign_in", "ann", PASSWORD).await;
        let mut fields = browser.get(&path).await.hidden();
        fields.push(("choice".to_owned(), "0".to_owned()));
        fields.push(("choice".to_owned(), "2".to_owned()));
        let carl = site.add_user("carl").await;
        assert_ne!(carl.id, bob.id);
        let late = site.browser();
        late.sign_in("/auth/sign_in", "carl", PASSWORD).await;
        assert!(late.get(&path).await.body.contains("type=\"checkbox\""));
        assert_eq!(browser.post(&format!("{path}/vote"), &fields).await.status, 303);
        assert_eq!(tallies(&site, id).await, [1, 0, 1]);
        site.node.clock.advance(300_000);
        let page = late.get(&path).await;
        assert!(!page.body.contains("name=\"choice\"") && page.body.contains("Results of the poll"));
        site.stop().await;
    }
}
