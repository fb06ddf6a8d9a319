//! What was pulled after absences, for those who look after the node. A method of this program's own.

use actix_web::HttpResponse;
use actix_web::web::{self, Data, ServiceConfig};

use super::answers::json;
use super::auth::Viewer;
use super::entities::catch_up::CatchUp;
use super::error::ApiError;
use super::render;
use super::scopes::AdminRead;
use crate::node::Node;
use crate::social::absences;
use crate::social::staff::By;

/// Absences that are told at most.
const NEWEST: i64 = 20;

/// The route of this page.
pub fn routes(config: &mut ServiceConfig) {
    config.route("/api/whimbrel/v1/catch_up", web::get().to(list));
}

/// The newest absences.
///
/// Source: <https://docs.joinmastodon.org/api/guidelines/#errors> for the form of refusals; the rest is this program's.
async fn list(node: Data<Node>, viewer: Viewer<AdminRead>) -> Result<HttpResponse, ApiError> {
    By::Person(viewer.user.role).check_look()?;
    let reports = node.db.read(|conn| absences::list(conn, NEWEST)).await;
    let reports = reports.map_err(ApiError::internal)?;
    let shown: Vec<CatchUp> = reports.into_iter().map(render::catch_up::one).collect();
    Ok(json(&shown))
}
