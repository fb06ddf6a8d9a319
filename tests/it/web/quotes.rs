//! Quotes on pages: everybody reads what is quoted, as far as it is for everybody and its author agrees.

use whimbrel::id::{AccountId, StatusId};
use whimbrel::social::quotes::revoking;
use whimbrel::social::statuses::{self, Draft, publish};
use whimbrel::store::Visibility;

use super::browser::Site;
use crate::support::databases::on_both;

async fn post(
    site: &Site,
    author: AccountId,
    text: &str,
    to: Visibility,
    quoted: Option<StatusId>,
) -> StatusId {
    let draft = Draft {
        text: text.to_owned(),
        visibility: Some(to),
        quoted,
        ..Draft::default()
    };
    publish(&site.node, author, draft)
        .await
        .expect("it is fine")
}

on_both! {
    async fn what_is_quoted_stands_below_and_its_end_is_told(engine) {
        let site = Site::start(engine).await;
        let (bob, eve) = (site.add_user("bob").await, site.add_user("eve").await);
        let tea = post(&site, bob.id, "<Tea> is ready", Visibility::Public, None).await;
        let quoting = post(&site, eve.id, "see this", Visibility::Public, Some(tea)).await;
        let path = format!("/@eve/{quoting}");
        let page = site.browser().get(&path).await;
        assert_eq!(page.status, 200);
        assert!(page.body.contains("<blockquote class=\"quoted h-cite\""), "{}", page.body);
        assert!(page.body.contains("aria-label=\"Quoted post by bob\""), "{}", page.body);
        assert!(page.body.contains("&lt;Tea&gt; is ready"));
        revoking::revoke(&site.node, bob.id, tea, quoting).await.expect("it is Bob's");
        let page = site.browser().get(&path).await;
        assert!(!page.body.contains("is ready") && page.body.contains("does not want it shown here"), "{}", page.body);
        let second = post(&site, eve.id, "and this", Visibility::Public, Some(tea)).await;
        statuses::delete(&site.node, bob.id, tea, false).await.expect("it is Bob's");
        let page = site.browser().get(&format!("/@eve/{second}")).await;
        assert!(page.body.contains("The quoted post is not available"), "{}", page.body);
    }
}
