//! What was pulled after absences is shown to those who look after the node.

use serde_json::json;

use super::desk::{Desk, Person};
use crate::clock::DAY;
use crate::social::{absences, users};
use crate::store::Role;

const PATH: &str = "/api/whimbrel/v1/catch_up";

#[actix_web::test]
async fn only_the_staff_sees_what_was_pulled() {
    let desk = Desk::open().await;
    let ann = desk.person("ann").await;
    let token = desk.token(ann.id, "admin:read").await;
    let looking = Person { id: ann.id, token };
    for (role, person, status, sentence) in [
        (
            Role::Admin,
            &ann,
            403,
            "This action is outside the authorized scopes",
        ),
        (
            Role::User,
            &looking,
            403,
            "Only the staff of this node may see this",
        ),
    ] {
        users::set_role(&desk.node, ann.id, role).await.unwrap();
        let refused = desk.get(person, PATH).await;
        assert_eq!(
            (refused.status, &refused.json()["error"]),
            (status, &json!(sentence))
        );
    }
    for role in [Role::Moderator, Role::Admin, Role::Owner] {
        users::set_role(&desk.node, ann.id, role).await.unwrap();
        assert_eq!(desk.get(&looking, PATH).await.good(), json!([]), "{role:?}");
    }
    let since = desk.node.clock.now() - DAY;
    let ask = move |tx: &mut crate::store::Tx<'_>| absences::ask(tx, since, None);
    desk.node.db.write(ask).await.unwrap();
    let shown = desk.get(&looking, PATH).await.good();
    for (key, expected) in [
        ("cause", json!("hand")),
        ("state", json!("waiting")),
        ("host", json!(null)),
        ("recovered", json!(0)),
        ("requests_per_post", json!(null)),
        ("failed", json!([])),
        ("summary", json!("asked for the last 1 d: about to begin")),
    ] {
        assert_eq!(shown[0][key], expected, "{key}");
    }
}
