//! The viewer's own profile, as they edit it.
//!
//! Source: <https://docs.joinmastodon.org/methods/profile/>

use actix_web::HttpResponse;
use actix_web::web::{self, Data, ServiceConfig};

use super::accounts::{Changes, change_own, show_own};
use super::answers;
use super::auth::Viewer;
use super::error::ApiError;
use super::params::Params;
use super::render::{self, View};
use super::scopes::{ReadOwnAccount, WriteAccounts};
use crate::id::AccountId;
use crate::node::Node;
use crate::social;
use crate::social::accounts::{Picture, ProfileChange};

/// The routes of this page.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(
            web::resource("/api/v1/profile")
                .route(web::get().to(show))
                .route(web::patch().to(update))
                .route(web::put().to(update)),
        )
        .route("/api/v1/profile/avatar", web::delete().to(delete_avatar))
        .route("/api/v1/profile/header", web::delete().to(delete_header));
}

/// The viewer's profile.
///
/// Source: <https://docs.joinmastodon.org/methods/profile/#get>
async fn show(node: Data<Node>, viewer: Viewer<ReadOwnAccount>) -> Result<HttpResponse, ApiError> {
    answer(&node, viewer.id()).await
}

/// Changes the viewer's profile.
///
/// Source: <https://docs.joinmastodon.org/methods/profile/#update>
async fn update(
    node: Data<Node>,
    viewer: Viewer<WriteAccounts>,
    params: Params<Changes>,
) -> Result<HttpResponse, ApiError> {
    change_own(&node, viewer.id(), params).await?;
    answer(&node, viewer.id()).await
}

async fn answer(node: &Node, viewer: AccountId) -> Result<HttpResponse, ApiError> {
    let view = View::of(node, Some(viewer));
    let profile = node
        .db
        .read(move |conn| -> Result<_, ApiError> {
            let account = social::accounts::find_shown(conn, viewer)?;
            Ok(render::profiles::single(conn, &view, account)?)
        })
        .await?;
    Ok(answers::json(&profile))
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
