//! Taking the viewer's avatar or header away. Changing the rest is a method of accounts.
//!
//! Source: <https://docs.joinmastodon.org/methods/profile/>

use actix_web::HttpResponse;
use actix_web::web::{self, Data, ServiceConfig};

use super::accounts::show_own;
use super::auth::Viewer;
use super::error::ApiError;
use super::scopes::WriteAccounts;
use crate::node::Node;
use crate::social;
use crate::social::accounts::{Picture, ProfileChange};

/// The routes of this page.
pub fn routes(config: &mut ServiceConfig) {
    config
        .route("/api/v1/profile/avatar", web::delete().to(delete_avatar))
        .route("/api/v1/profile/header", web::delete().to(delete_header));
}

/// Takes the avatar away.
///
/// Source: <https://docs.joinmastodon.org/methods/profile/#delete-profile-avatar>
async fn delete_avatar(
    node: Data<Node>,
    viewer: Viewer<WriteAccounts>,
) -> Result<HttpResponse, ApiError> {
    let change = ProfileChange {
        avatar: Some(Picture::Removed),
        ..ProfileChange::default()
    };
    social::accounts::update_profile(&node, viewer.id(), change).await?;
    show_own(&node, viewer.id()).await
}

/// Takes the header away.
///
/// Source: <https://docs.joinmastodon.org/methods/profile/#delete-profile-header>
async fn delete_header(
    node: Data<Node>,
    viewer: Viewer<WriteAccounts>,
) -> Result<HttpResponse, ApiError> {
    let change = ProfileChange {
        header: Some(Picture::Removed),
        ..ProfileChange::default()
    };
    social::accounts::update_profile(&node, viewer.id(), change).await?;
    show_own(&node, viewer.id()).await
}
