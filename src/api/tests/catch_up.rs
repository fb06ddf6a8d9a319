//! What was pulled after absences is shown to those who run the node.

use serde_json::json;

use super::desk::Desk;
use crate::clock::DAY;
use crate::social::{absences, users};
use crate::store::Role;

const PATH: &str = "/api/whimbrel/v1/catch_up";

#[actix_web::test]
async fn only_admins_see_what_was_pulled() {
    let desk = Desk::open().await;
    let (ann, ben) = (desk.person("ann").await, desk.person("ben").await);
    for (person, role) in [(&ann, Role::Admin), (&ben, Role::Moderator)] {
        users::set_role(&desk.node, person.id, role).await.unwrap();
    }
    assert_eq!(desk.get(&ben, PATH).await.status, 404);
    assert_eq!(desk.get(&ann, PATH).await.good(), json!([]));
    let since = desk.node.clock.now() - DAY;
    let ask = move |tx: &mut crate::store::Tx<'_>| absences::ask(tx, since, None);
    desk.node.db.write(ask).await.unwrap();
    let shown = desk.get(&ann, PATH).await.good();
    for (key, expected) in [
        ("cause", json!("hand")),
        ("state", json!("waiting")),
        ("host", json!(null)),
        ("recovered", json!(0)),
        ("requests_per_post", json!(null)),
        ("failed", json!([])),
        (
            "summary",
            json!("asked for the last 1 d: so far recovered 0 posts from 0 of 0 peers"),
        ),
    ] {
        assert_eq!(shown[0][key], expected, "{key}");
    }
}
