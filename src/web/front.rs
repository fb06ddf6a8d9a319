//! The front page.

use actix_web::HttpResponse;

use super::about::contact;
use super::pages;
use super::refusals::Refused;
use super::visits::Visit;
use crate::store;

/// `GET /`: what this node is and where to go from here.
pub(super) async fn show(visit: Visit) -> Result<HttpResponse, Refused> {
    let (accounts, statuses) = visit
        .node
        .db
        .read(|conn| {
            Ok::<_, store::Error>((
                store::users::count(conn)?,
                store::statuses::count_local(conn)?,
            ))
        })
        .await?;
    let instance = &visit.node.config.instance;
    let view = pages::front::Front {
        origin: visit.node.urls.origin().to_owned(),
        description: instance.description.clone(),
        registrations: visit.registrations(),
        accounts,
        statuses,
        contact: contact(&visit.node).await?,
        rules: instance.rules.clone(),
    };
    Ok(visit.page(pages::front::render(&visit.frame(None), &view)))
}
