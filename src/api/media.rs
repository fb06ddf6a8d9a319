//! Uploads for statuses. Images are done when the answer is sent; videos and sounds take longer.
//!
//! Source: <https://docs.joinmastodon.org/methods/media/>

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{self, Data, ServiceConfig};
use serde::Deserialize;

use super::auth::Viewer;
use super::error::ApiError;
use super::params::{Params, Spooled, blank_as_none};
use super::path::PathId;
use super::scopes::WriteMedia;
use super::{answers, render};
use crate::id::{AccountId, AttachmentId};
use crate::node::Node;
use crate::social;
use crate::social::attachments::{Description, Pace, Submission};
use crate::store::AttachmentState;
use crate::store::attachments::Attachment;

/// The routes of this page.
pub fn routes(config: &mut ServiceConfig) {
    config
        .route("/api/v1/media", web::post().to(create_whole))
        .route("/api/v2/media", web::post().to(create_later))
        .service(
            web::resource("/api/v1/media/{id}")
                .route(web::get().to(get))
                .route(web::put().to(update))
                .route(web::patch().to(update))
                .route(web::delete().to(delete)),
        );
}

/// What is said about a file.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Words {
    description: Option<String>,
    /// `x,y`, each from -1 to 1.
    #[serde(deserialize_with = "blank_as_none")]
    focus: Option<String>,
}

impl Words {
    fn read(self) -> Result<Description, ApiError> {
        Ok(Description {
            words: self.description,
            focus: self.focus.as_deref().map(read_focus).transpose()?,
        })
    }
}

/// Reads a focal point, `x,y`.
///
/// # Errors
/// 422 for what is not two numbers.
///
/// Source: <https://docs.joinmastodon.org/api/guidelines/#focal-points>
pub(super) fn read_focus(text: &str) -> Result<(f64, f64), ApiError> {
    let point = text
        .split_once(',')
        .and_then(|(x, y)| Some((x.trim().parse().ok()?, y.trim().parse().ok()?)));
    point.ok_or_else(|| ApiError::validation("Focus is invalid"))
}

/// Takes a file, which is ready at once.
///
/// Source: <https://docs.joinmastodon.org/methods/media/#v1>
async fn create_whole(
    node: Data<Node>,
    viewer: Viewer<WriteMedia>,
    sent: Spooled<Words>,
) -> Result<HttpResponse, ApiError> {
    create(&node, viewer.id(), sent, Pace::Whole).await
}

/// Takes a file; of those that take long the client asks again whether they are ready.
///
/// Source: <https://docs.joinmastodon.org/methods/media/#v2>
async fn create_later(
    node: Data<Node>,
    viewer: Viewer<WriteMedia>,
    sent: Spooled<Words>,
) -> Result<HttpResponse, ApiError> {
    create(&node, viewer.id(), sent, Pace::Later).await
}

async fn create(
    node: &Node,
    viewer: AccountId,
    mut sent: Spooled<Words>,
    pace: Pace,
) -> Result<HttpResponse, ApiError> {
    let Some(file) = sent.file.take() else {
        return Err(ApiError::validation("File can't be blank"));
    };
    let thumbnail = sent.take_file("thumbnail");
    let submission = Submission {
        file,
        thumbnail: thumbnail.map(|picture| picture.bytes.to_vec()),
        description: sent.fields.read()?,
    };
    let made = social::attachments::upload(node, viewer, submission, pace).await?;
    show(node, &made, StatusCode::ACCEPTED)
}

/// A file, with `unready` as long as it is worked on.
///
/// # Errors
/// 422 with the reason for a file of which nothing could be made.
fn show(node: &Node, file: &Attachment, unready: StatusCode) -> Result<HttpResponse, ApiError> {
    let entity = || render::attachments::single(&node.urls, file);
    match file.state {
        AttachmentState::Ready => Ok(answers::json(&entity())),
        AttachmentState::Processing => Ok(answers::json_with(unready, &entity())),
        AttachmentState::Failed => {
            let reason = file.failure.clone();
            Err(ApiError::invalid(reason.unwrap_or_default()))
        }
    }
}

/// A file that no status has yet: 206 as long as it is worked on, 422 when nothing could be made of it.
///
/// Source: <https://docs.joinmastodon.org/methods/media/#get>
async fn get(
    node: Data<Node>,
    viewer: Viewer<WriteMedia>,
    PathId(id): PathId<AttachmentId>,
) -> Result<HttpResponse, ApiError> {
    let viewer = viewer.id();
    let found = node
        .db
        .read(move |conn| social::attachments::find(conn, viewer, id))
        .await?;
    show(&node, &found, StatusCode::PARTIAL_CONTENT)
}

/// Changes what is said about a file that no status has yet, and the picture that is shown in its place.
///
/// Source: <https://docs.joinmastodon.org/methods/media/#update>
async fn update(
    node: Data<Node>,
    viewer: Viewer<WriteMedia>,
    PathId(id): PathId<AttachmentId>,
    mut params: Params<Words>,
) -> Result<HttpResponse, ApiError> {
    let thumbnail = params.take_file("thumbnail");
    let thumbnail = thumbnail.map(|picture| picture.bytes.to_vec());
    let description = params.into_inner().read()?;
    let changed =
        social::attachments::describe(&node, viewer.id(), id, description, thumbnail).await?;
    show(&node, &changed, StatusCode::PARTIAL_CONTENT)
}

/// Removes a file that no status has.
///
/// Source: <https://docs.joinmastodon.org/methods/media/#delete>
async fn delete(
    node: Data<Node>,
    viewer: Viewer<WriteMedia>,
    PathId(id): PathId<AttachmentId>,
) -> Result<HttpResponse, ApiError> {
    social::attachments::remove(&node, viewer.id(), id).await?;
    Ok(answers::empty())
}
