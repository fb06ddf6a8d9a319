//! The table of routes: every row is answered, guarded as it says, and shown in the documentation.

use actix_web::http::Method;

use super::desk::{Desk, NO_ROUTE, Person};
use crate::api::routes_table::{Access, Route, routes, to_markdown};
use crate::social::users;
use crate::store::Role;

/// What every route that needs some parameter finds.
const PARAMETERS: &str = "acct=a&q=a&status=a&quote_approval_policy=nobody&client_name=a&redirect_uris=a&id[]=1&timeline[]=home&account_id=1&name=a&uri=a&url=a";

/// What a row's path is in a request.
fn address(route: &Route) -> String {
    let path = route.path.replace("{id}", "1").replace("{hashtag}", "a");
    let path = path
        .replace("{domain}", "a.test")
        .replace("{name}", "a")
        .replace("{item}", "1")
        .replace("{group_key}", "follow-1")
        .replace("{emoji}", "a")
        .replace("{quoting_status_id}", "2");
    format!("{}?{PARAMETERS}", path.replace("{key}", "a.png"))
}

#[actix_web::test]
async fn every_row_is_answered_and_guarded() {
    let desk = Desk::open().await;
    let ann = desk.person("ann").await;
    // What is for the staff is guarded by more than a scope.
    users::set_role(&desk.node, ann.id, Role::Admin)
        .await
        .unwrap();
    let token = desk.token(ann.id, "push").await;
    let other = desk.token(ann.id, "read:lists").await;
    let (mismatched, fallback) = (
        Person { id: ann.id, token },
        Person {
            id: ann.id,
            token: other,
        },
    );
    for route in routes() {
        let method: Method = route.method.parse().unwrap();
        let path = address(route);
        let request = actix_web::test::TestRequest::with_uri(&path).method(method.clone());
        let stranger = desk.send(request).await.status;
        assert_ne!(stranger, NO_ROUTE.as_u16(), "{route:?} is not answered");
        let needs_token = route.access.needs_token();
        // The token endpoints have their own 401, for clients that nobody knows.
        let is_oauth = route.path.starts_with("/oauth/");
        assert!(
            needs_token == (stranger == 401) || is_oauth,
            "{route:?}: {stranger}"
        );
        if matches!(route.access, Access::Onlooker(_)) {
            let seen = desk.send(mismatched.asks(method.clone(), &path)).await;
            assert_eq!(
                seen.status, stranger,
                "{route:?} with a token for something else"
            );
        }
        let scopes = route.access.scopes();
        if scopes.is_empty() {
            continue;
        }
        if matches!(route.access, Access::Application(_)) {
            let refused = desk.send(mismatched.asks(method, &path)).await.status;
            assert_eq!(refused, 403, "{route:?} with a token for something else");
            continue;
        }
        let person = if scopes.contains(&"push") {
            &fallback
        } else {
            &mismatched
        };
        let refused = desk.send(person.asks(method.clone(), &path)).await.status;
        assert_eq!(refused, 403, "{route:?} with a token for something else");
        for scope in scopes {
            let token = desk.token(ann.id, scope).await;
            let person = Person { id: ann.id, token };
            let answer = desk.send(person.asks(method.clone(), &path)).await;
            // Whose address is confirmed may not ask for another confirmation.
            let is_late = route.path == "/api/v1/emails/confirmations";
            assert!(
                !matches!(answer.status, 401 | 403) || is_late,
                "{route:?} with {scope}"
            );
        }
    }
}

#[test]
fn the_documentation_shows_the_table() {
    let page = include_str!("../../../docs/API.md");
    let table = to_markdown();
    assert!(
        page.contains(&table),
        "docs/API.md does not hold this table:\n\n{table}"
    );
}
