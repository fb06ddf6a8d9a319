//! The page about the node.

use actix_web::HttpResponse;

use super::pages;
use super::refusals::Refused;
use super::visits::{Visit, card};
use crate::node::Node;
use crate::social::users;
use crate::store;

/// `GET /about`: who runs this node, its rules, its software and where to get that.
pub(super) async fn show(visit: Visit) -> Result<HttpResponse, Refused> {
    let instance = &visit.node.config.instance;
    let view = pages::about::About {
        description: instance.description.clone(),
        contact: contact(&visit.node).await?,
        email: instance.contact_email.clone(),
        rules: instance.rules.clone(),
    };
    Ok(visit.page(pages::about::render(&visit.frame(None), &view)))
}

/// Whom to ask about the node: its owner, once there is one.
pub(super) async fn contact(node: &Node) -> Result<Option<pages::AccountCard>, Refused> {
    let owner = match node.db.read(store::users::find_owner).await? {
        Some(owner) => users::find_by_id(node, owner).await?,
        None => None,
    };
    Ok(owner.map(|person| card(node, &person.account)))
}
