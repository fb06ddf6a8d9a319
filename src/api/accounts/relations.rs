//! How the viewer stands to others, and changing it. Every change answers with the relationship as it is then.

use actix_web::HttpResponse;
use actix_web::web::Data;
use serde::Deserialize;

use super::lookups::Ids;
use crate::api::auth::Viewer;
use crate::api::error::ApiError;
use crate::api::params::{Params, blank_as_none};
use crate::api::path::PathId;
use crate::api::scopes::{ReadFollows, WriteBlocks, WriteFollows, WriteMutes};
use crate::api::{answers, relationships, render};
use crate::clock::SECOND;
use crate::id::AccountId;
use crate::node::Node;
use crate::social;
use crate::social::follows::Wishes;

/// How the viewer stands to these accounts, in the order asked for.
///
/// Source: <https://docs.joinmastodon.org/methods/accounts/#relationships>
pub(super) async fn relationships(
    node: Data<Node>,
    viewer: Viewer<ReadFollows>,
    params: Params<Ids>,
) -> Result<HttpResponse, ApiError> {
    let (ids, viewer, now) = (params.read(), viewer.id(), node.clock.now());
    let found = node
        .db
        .read(move |conn| -> Result<_, ApiError> {
            Ok(render::relationships::page(conn, viewer, &ids, now)?)
        })
        .await?;
    Ok(answers::json(&found))
}

/// What a follower wishes.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct FollowWishes {
    #[serde(deserialize_with = "blank_as_none")]
    reblogs: Option<bool>,
    #[serde(deserialize_with = "blank_as_none")]
    notify: Option<bool>,
    languages: Option<Vec<String>>,
}

/// Follows an account, or asks to.
///
/// Source: <https://docs.joinmastodon.org/methods/accounts/#follow>
pub(super) async fn follow(
    node: Data<Node>,
    viewer: Viewer<WriteFollows>,
    PathId(id): PathId<AccountId>,
    params: Params<FollowWishes>,
) -> Result<HttpResponse, ApiError> {
    let params = params.into_inner();
    let wishes = Wishes {
        boosts: params.reblogs,
        notifies: params.notify,
        languages: params.languages,
    };
    social::follows::follow(&node, viewer.id(), id, wishes).await?;
    relationships::show(&node, viewer.id(), id).await
}

/// Follows an account no longer.
///
/// Source: <https://docs.joinmastodon.org/methods/accounts/#unfollow>
pub(super) async fn unfollow(
    node: Data<Node>,
    viewer: Viewer<WriteFollows>,
    PathId(id): PathId<AccountId>,
) -> Result<HttpResponse, ApiError> {
    social::follows::unfollow(&node, viewer.id(), id).await?;
    relationships::show(&node, viewer.id(), id).await
}

/// Ends an account's follow of the viewer.
///
/// Source: <https://docs.joinmastodon.org/methods/accounts/#remove_from_followers>
pub(super) async fn remove_from_followers(
    node: Data<Node>,
    viewer: Viewer<WriteFollows>,
    PathId(id): PathId<AccountId>,
) -> Result<HttpResponse, ApiError> {
    social::follows::refuse(&node, viewer.id(), id).await?;
    relationships::show(&node, viewer.id(), id).await
}

/// Blocks an account.
///
/// Source: <https://docs.joinmastodon.org/methods/accounts/#block>
pub(super) async fn block(
    node: Data<Node>,
    viewer: Viewer<WriteBlocks>,
    PathId(id): PathId<AccountId>,
) -> Result<HttpResponse, ApiError> {
    social::blocks::block(&node, viewer.id(), id).await?;
    relationships::show(&node, viewer.id(), id).await
}

/// Blocks an account no longer.
///
/// Source: <https://docs.joinmastodon.org/methods/accounts/#unblock>
pub(super) async fn unblock(
    node: Data<Node>,
    viewer: Viewer<WriteBlocks>,
    PathId(id): PathId<AccountId>,
) -> Result<HttpResponse, ApiError> {
    social::blocks::unblock(&node, viewer.id(), id).await?;
    relationships::show(&node, viewer.id(), id).await
}

/// How an account is muted.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct MuteWishes {
    /// Whether notifications are hidden too; yes if nobody says.
    #[serde(deserialize_with = "blank_as_none")]
    notifications: Option<bool>,
    /// In seconds; for ever if none or zero.
    #[serde(deserialize_with = "blank_as_none")]
    duration: Option<i64>,
}

/// Mutes an account.
///
/// Source: <https://docs.joinmastodon.org/methods/accounts/#mute>
pub(super) async fn mute(
    node: Data<Node>,
    viewer: Viewer<WriteMutes>,
    PathId(id): PathId<AccountId>,
    params: Params<MuteWishes>,
) -> Result<HttpResponse, ApiError> {
    let hides_notifications = params.notifications.unwrap_or(true);
    let duration = params.duration.filter(|seconds| *seconds > 0);
    let duration = duration.map(|seconds| seconds.saturating_mul(SECOND));
    social::mutes::mute(&node, viewer.id(), id, hides_notifications, duration).await?;
    relationships::show(&node, viewer.id(), id).await
}

/// Mutes an account no longer.
///
/// Source: <https://docs.joinmastodon.org/methods/accounts/#unmute>
pub(super) async fn unmute(
    node: Data<Node>,
    viewer: Viewer<WriteMutes>,
    PathId(id): PathId<AccountId>,
) -> Result<HttpResponse, ApiError> {
    social::mutes::unmute(&node, viewer.id(), id).await?;
    relationships::show(&node, viewer.id(), id).await
}
