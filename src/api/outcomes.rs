//! What became of a post at other servers, for its author and the staff: a route of this node's own.
//!
//! Source: <https://www.rfc-editor.org/rfc/rfc8288> for the way from page to page.

use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use super::answers::json_page;
use super::auth::Viewer;
use super::error::ApiError;
use super::page::{ListAddress, Sizes};
use super::params::{Params, blank_as_none};
use super::path::PathId;
use super::render;
use super::scopes::ReadStatuses;
use crate::id::StatusId;
use crate::node::Node;
use crate::social::outcomes::{self, State, Wanted};
use crate::social::staff::By;
use crate::store::Conn;

/// The routes of outcomes.
pub fn routes(config: &mut ServiceConfig) {
    config.route(
        "/api/whimbrel/v1/statuses/{id}/delivery",
        web::get().to(show),
    );
}

/// Which servers are asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    #[serde(deserialize_with = "blank_as_none")]
    state: Option<String>,
    #[serde(deserialize_with = "blank_as_none")]
    after: Option<String>,
    #[serde(deserialize_with = "blank_as_none")]
    limit: Option<i64>,
}

impl Asked {
    fn wanted(&self) -> Result<Wanted, ApiError> {
        let state = match self.state.as_deref() {
            None => None,
            Some(word) => Some(State::from_word(word).ok_or_else(|| {
                let words = State::ALL.map(State::word).join(", ");
                ApiError::bad_request(format!("The state must be one of {words}"))
            })?),
        };
        let sizes = Sizes::HUNDREDS;
        let limit = self.limit.unwrap_or(sizes.default);
        let limit = limit.saturating_abs().clamp(1, sizes.max);
        Ok(Wanted {
            state,
            after: self.after.clone().unwrap_or_default().to_lowercase(),
            limit: usize::try_from(limit).unwrap_or(1),
        })
    }
}

/// What became of a post, server by server.
async fn show(
    node: Data<Node>,
    viewer: Viewer<ReadStatuses>,
    PathId(id): PathId<StatusId>,
    params: Params<Asked>,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let (wanted, now) = (params.wanted()?, node.clock.now());
    let by = By::Person(viewer.user.role);
    let read = move |conn: &mut Conn| {
        let status = outcomes::find(conn, viewer.id(), by, id)?;
        Ok::<_, crate::social::Error>(outcomes::show(conn, status, &wanted, now)?)
    };
    let found = node.db.read(read).await?;
    let address = ListAddress::of(&node.urls, &request);
    let link = found.next.as_deref().map(|after| address.next_after(after));
    Ok(json_page(&render::outcomes::delivery(found), link))
}
