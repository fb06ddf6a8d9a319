//! Servers that this node knows, by how their names begin.
//!
//! Source: <https://docs.joinmastodon.org/methods/instance/#peers>

use actix_web::HttpResponse;
use actix_web::web::{self, Data, ServiceConfig};
use serde::Deserialize;

use super::answers;
use super::error::ApiError;
use super::params::Params;
use crate::node::Node;
use crate::store;
use crate::store::Conn;

/// Names at most.
const MOST: i64 = 10;

/// The route of this file.
pub fn routes(config: &mut ServiceConfig) {
    config.route("/api/v1/peers/search", web::get().to(get));
}

/// What was typed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Typed {
    q: String,
}

/// The names of servers that begin with what was typed.
///
/// Source: <https://docs.joinmastodon.org/methods/instance/#peers>
async fn get(node: Data<Node>, params: Params<Typed>) -> Result<HttpResponse, ApiError> {
    let typed = params.q.trim().to_lowercase();
    let read = move |conn: &mut Conn| store::peers::search(conn, &typed, MOST);
    let found: Vec<String> = if params.q.trim().is_empty() {
        Vec::new()
    } else {
        node.db.read(read).await.map_err(ApiError::internal)?
    };
    Ok(answers::json(&found))
}
