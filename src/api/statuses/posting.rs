//! Posting, editing and deleting.
//!
//! Source: <https://docs.joinmastodon.org/methods/statuses/>

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use super::drafts::{EditedStatus, NewStatus};
use super::reading::show;
use crate::api::answers::{json, json_with};
use crate::api::auth::Viewer;
use crate::api::entities::{DeletedStatus, UnexpectedMentions};
use crate::api::error::ApiError;
use crate::api::params::Params;
use crate::api::path::PathId;
use crate::api::render::{self, View};
use crate::api::scheduled_statuses;
use crate::api::scopes::WriteStatuses;
use crate::federation::resolve;
use crate::id::{AccountId, StatusId};
use crate::node::Node;
use crate::social;
use crate::social::statuses;
use crate::social::statuses::schedule::{Planned, schedule};
use crate::social::visibility::find_visible;
use crate::store::Conn;

/// Posts a status, or lets it wait for its time: the answer is then what waits.
///
/// Source: <https://docs.joinmastodon.org/methods/statuses/#create>
pub(super) async fn create(
    node: Data<Node>,
    viewer: Viewer<WriteStatuses>,
    request: HttpRequest,
    params: Params<NewStatus>,
) -> Result<HttpResponse, ApiError> {
    let new = params.into_inner();
    let is_reply = new.parent().is_some();
    let at = new.time()?.filter(|at| *at > node.clock.now());
    let draft = new.into_draft(viewer.application_id, idempotency_key(&request))?;
    if let Some(at) = at {
        return match schedule(&node, viewer.id(), draft, at).await {
            Ok(Planned::Waits(id)) => scheduled_statuses::show(&node, viewer.id(), id).await,
            Ok(Planned::Posted(id)) => Ok(json(&show(&node, Some(viewer.id()), id).await?)),
            Err(error) => refuse(&node, viewer.id(), error, is_reply).await,
        };
    }
    resolve::mentions(&node, &draft.text).await;
    match statuses::publish(&node, viewer.id(), draft).await {
        Ok(id) => Ok(json(&show(&node, Some(viewer.id()), id).await?)),
        Err(error) => refuse(&node, viewer.id(), error, is_reply).await,
    }
}

/// The key that clients repeat along with a repeated request.
fn idempotency_key(request: &HttpRequest) -> Option<String> {
    let key = request.headers().get("idempotency-key")?.to_str().ok()?;
    (!key.is_empty()).then(|| key.to_owned())
}

/// Of a draft, only the parent can be missing.
async fn refuse(
    node: &Node,
    viewer: AccountId,
    error: social::Error,
    is_reply: bool,
) -> Result<HttpResponse, ApiError> {
    let sentence = error.to_string();
    match error {
        social::Error::NotFound if is_reply => Err(ApiError::new(
            StatusCode::NOT_FOUND,
            "The post you are trying to reply to does not appear to exist.",
        )),
        social::Error::UnexpectedMentions(accounts) => {
            let view = View::of(node, Some(viewer));
            let read = move |conn: &mut Conn| render::accounts::by_ids(conn, &view, &accounts);
            let answer = UnexpectedMentions {
                error: sentence,
                unexpected_accounts: node.db.read(read).await?,
            };
            Ok(json_with(StatusCode::UNPROCESSABLE_ENTITY, &answer))
        }
        other => Err(other.into()),
    }
}

/// Edits a status.
///
/// Source: <https://docs.joinmastodon.org/methods/statuses/#edit>
pub(super) async fn edit(
    node: Data<Node>,
    viewer: Viewer<WriteStatuses>,
    PathId(id): PathId<StatusId>,
    params: Params<EditedStatus>,
) -> Result<HttpResponse, ApiError> {
    let revision = params.into_inner().into_revision()?;
    resolve::mentions(&node, &revision.text).await;
    statuses::edit(&node, viewer.id(), id, revision).await?;
    Ok(json(&show(&node, Some(viewer.id()), id).await?))
}

/// How a status is deleted.
#[derive(Debug, Deserialize)]
pub(super) struct Deletion {
    #[serde(default)]
    delete_media: bool,
}

/// Deletes a status; the answer is what its author needs to write it anew. A boost is taken back.
///
/// Source: <https://docs.joinmastodon.org/methods/statuses/#delete>
pub(super) async fn delete(
    node: Data<Node>,
    viewer: Viewer<WriteStatuses>,
    PathId(id): PathId<StatusId>,
    params: Params<Deletion>,
) -> Result<HttpResponse, ApiError> {
    let view = View::of(&node, Some(viewer.id()));
    let look = node.db.read(move |conn| {
        let status = find_visible(conn, view.viewer, id)?;
        Ok::<_, social::Error>(render::statuses::draft(conn, &view, status)?)
    });
    let shown = look.await?;
    let deleted = statuses::delete(&node, viewer.id(), id, params.delete_media).await?;
    let typed = deleted.status.source.unwrap_or_default();
    Ok(json(&DeletedStatus::new(shown, typed)))
}
