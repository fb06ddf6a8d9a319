//! The front page.

use actix_web::HttpResponse;

use super::pages;
use super::refusals::Refused;
use super::visits::{Visit, card};
use crate::social::users;
use crate::store;

/// `GET /`: what this node is and where to go from here.
pub(super) async fn show(visit: Visit) -> Result<HttpResponse, Refused> {
    let (accounts, statuses, owner) = visit
        .node
        .db
        .read(|conn| {
            Ok::<_, store::Error>((
                store::users::count(conn)?,
                store::statuses::count_local(conn)?,
                store::users::find_owner(conn)?,
            ))
        })
        .await?;
    let contact = match owner {
        Some(owner) => users::find_by_id(&visit.node, owner).await?,
        None => None,
    };
    let instance = &visit.node.config.instance;
    let view = pages::front::Front {
        origin: visit.node.urls.origin().to_owned(),
        description: instance.description.clone(),
        registrations: visit.registrations(),
        accounts,
        statuses,
        contact: contact.map(|person| card(&visit.node, &person.account)),
        rules: instance.rules.clone(),
    };
    Ok(visit.page(pages::front::render(&visit.frame(None), &view)))
}
