//! How far the viewer has read.
//!
//! Source: <https://docs.joinmastodon.org/methods/markers/>

use actix_web::HttpResponse;
use actix_web::web::{self, Data, ServiceConfig};
use serde::Deserialize;

use super::answers::json;
use super::auth::Viewer;
use super::entities::Markers;
use super::error::ApiError;
use super::params::{Params, blank_as_none};
use super::render;
use super::scopes::{ReadStatuses, WriteStatuses};
use crate::id::{NotificationId, StatusId};
use crate::node::Node;
use crate::social::markers::{self, Timeline};

/// The routes of markers.
pub fn routes(config: &mut ServiceConfig) {
    let resource = web::resource("/api/v1/markers")
        .route(web::get().to(get))
        .route(web::post().to(create));
    config.service(resource);
}

/// The timelines that are asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    timeline: Vec<String>,
}

/// How far the viewer has read in the timelines that are asked for.
///
/// Source: <https://docs.joinmastodon.org/methods/markers/#get>
async fn get(
    node: Data<Node>,
    viewer: Viewer<ReadStatuses>,
    params: Params<Asked>,
) -> Result<HttpResponse, ApiError> {
    let words = params.timeline.iter();
    let asked: Vec<Timeline> = words.filter_map(|word| Timeline::from_word(word)).collect();
    let rows = node
        .db
        .read(move |conn| markers::list(conn, viewer.id(), &asked));
    let rows = rows.await.map_err(ApiError::internal)?;
    Ok(json(&render::markers::all(rows)))
}

/// New positions.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Positions {
    home: Option<Position<StatusId>>,
    notifications: Option<Position<NotificationId>>,
}

/// A new position in one timeline.
#[derive(Debug, Deserialize)]
struct Position<T> {
    #[serde(default = "nothing", deserialize_with = "blank_as_none")]
    #[serde(bound(deserialize = "T: Deserialize<'de>"))]
    last_read_id: Option<T>,
}

fn nothing<T>() -> Option<T> {
    None
}

impl Positions {
    fn given(self) -> Vec<(Timeline, i64)> {
        let home = self.home.and_then(|position| position.last_read_id);
        let told = self
            .notifications
            .and_then(|position| position.last_read_id);
        let home = home.map(|id| (Timeline::Home, id.0));
        let told = told.map(|id| (Timeline::Notifications, id.0));
        home.into_iter().chain(told).collect()
    }
}

/// Remembers how far the viewer has read.
///
/// Source: <https://docs.joinmastodon.org/methods/markers/#create>
async fn create(
    node: Data<Node>,
    viewer: Viewer<WriteStatuses>,
    params: Params<Positions>,
) -> Result<HttpResponse, ApiError> {
    let positions = params.into_inner().given();
    let rows = markers::set(&node, viewer.id(), positions).await?;
    Ok(json::<Markers>(&render::markers::all(rows)))
}
