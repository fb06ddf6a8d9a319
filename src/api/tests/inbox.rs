//! What other servers sent, as the staff sees it.

use actix_web::http::Method;

use super::desk::{Desk, Person};
use crate::id::ReceiptId;
use crate::social::users::set_role;
use crate::store::receipts::{self, Receipt};
use crate::store::{QueryResult, ReceiptState, Role, Tx};

const LIST: &str = "/api/whimbrel/v1/inbox";

/// Stores activities `1`, `2`, ... of these states.
async fn fill(desk: &Desk, states: &[ReceiptState]) {
    let states = states.to_vec();
    let insert = move |tx: &mut Tx| -> QueryResult<()> {
        for (number, state) in (1..).zip(states) {
            let receipt = Receipt {
                id: ReceiptId(number),
                activity_uri: format!("https://a.test/{number}"),
                actor_uri: "https://a.test/users/bob".to_owned(),
                inbox_account_id: None,
                body: "{}".to_owned(),
                state,
                reason: Some("why".to_owned()),
                attempts: 8,
                due_at: 0,
                received_at: tx.now(),
            };
            receipts::insert(tx, &receipt)?;
        }
        Ok(())
    };
    desk.node.db.write(insert).await.unwrap();
}

#[actix_web::test]
async fn the_staff_looks_through_the_inbox_and_tries_again() {
    use ReceiptState::{Applied, Failed, Rejected, Waiting};

    let desk = Desk::open().await;
    fill(&desk, &[Applied, Failed, Rejected, Waiting, Failed]).await;
    let ann = desk.person("ann").await;
    let token = desk.token(ann.id, "admin:read admin:write").await;
    let ann = Person { token, ..ann };
    for path in [LIST, "/api/whimbrel/v1/inbox/2"] {
        let refused = desk.get(&ann, path).await;
        assert_eq!(refused.status, 403, "for the staff only");
        let sentence = "Only the staff of this node may see this";
        assert_eq!(refused.json()["error"], sentence);
    }
    set_role(&desk.node, ann.id, Role::Moderator).await.unwrap();
    let ids = async |query: &str| {
        let shown = desk.get(&ann, &format!("{LIST}{query}")).await.good();
        let shown = shown.as_array().unwrap().clone();
        let ids = shown
            .iter()
            .map(|row| row["id"].as_str().unwrap().to_owned());
        ids.collect::<Vec<_>>().join(" ")
    };
    assert_eq!(ids("").await, "5 4 3 2");
    assert_eq!(ids("?state=failed").await, "5 2");
    assert_eq!(ids("?state=failed&max_id=5&limit=1").await, "2");
    assert_eq!(ids("?limit=2&min_id=2").await, "4 3");
    let link = desk.get(&ann, &format!("{LIST}?limit=2")).await;
    assert!(
        link.header("link").contains("max_id=4"),
        "{}",
        link.header("link")
    );
    let wrong = desk.get(&ann, &format!("{LIST}?state=applied")).await;
    assert_eq!(wrong.status, 422);
    let shown = desk.get(&ann, &format!("{LIST}/2")).await.good();
    assert_eq!(
        (&shown["reason"], &shown["body"]),
        (&"why".into(), &"{}".into())
    );
    assert_eq!(
        desk.post(&ann, &format!("{LIST}/2/retry")).await.status,
        403
    );

    set_role(&desk.node, ann.id, Role::Admin).await.unwrap();
    for (id, status) in [(1, 422), (2, 200), (3, 200), (9, 404)] {
        let path = format!("{LIST}/{id}/retry");
        assert_eq!(desk.post(&ann, &path).await.status, status, "{id}");
    }
    assert_eq!(ids("?state=waiting").await, "4 3 2");
    let shown = desk.get(&ann, &format!("{LIST}/2")).await.good();
    assert_eq!(
        (&shown["attempts"], &shown["reason"]),
        (&0.into(), &serde_json::Value::Null)
    );
    for (host, renewed) in [("b.test", 0), ("A.test", 1)] {
        let path = format!("{LIST}/retry?host={host}");
        let answer = desk.send(ann.asks(Method::POST, &path)).await.good();
        assert_eq!(answer["renewed"], renewed, "{host}");
    }
    assert_eq!(ids("?state=failed").await, "");
}
