//! What software this is and how many use it, for directories of servers.
//!
//! Source: <https://nodeinfo.diaspora.software/protocol>.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};

use super::answers::{self, Absence, Keep};
use super::documents::discovery::{
    NodeFacts, NodeInfoVersion, build_node_info, build_node_info_index,
};
use crate::clock::DAY;
use crate::config::Registrations;
use crate::node::Node;
use crate::store::{self, Conn, QueryResult};

const JSON: &str = "application/json; charset=utf-8";

/// `GET /.well-known/nodeinfo`: which versions there are.
///
/// Source: <https://nodeinfo.diaspora.software/protocol#discovery>.
pub async fn show_index(node: Data<Node>) -> HttpResponse {
    let index = build_node_info_index(node.urls.origin(), &node.urls.node_actor());
    answers::builder(StatusCode::OK, Keep::Day)
        .content_type(JSON)
        .body(index.to_string())
}

/// `GET /nodeinfo/2.0` and `/nodeinfo/2.1`.
///
/// Source: <https://nodeinfo.diaspora.software/schema>.
pub async fn show(node: Data<Node>, version: Path<String>) -> Result<HttpResponse, Absence> {
    let version = match version.as_str() {
        "2.0" => NodeInfoVersion::V20,
        "2.1" => NodeInfoVersion::V21,
        _ => return Err(Absence::Missing),
    };
    let now = node.clock.now();
    let facts = node.db.read(move |conn| count(conn, now)).await?;
    let instance = &node.config.instance;
    let facts = NodeFacts {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        repository: instance.source_url.clone(),
        name: instance.title.clone(),
        description: instance.description.clone(),
        open_registrations: matches!(instance.registrations, Registrations::Open),
        ..facts
    };
    let schema = format!(
        "application/json; profile=\"http://nodeinfo.diaspora.software/ns/schema/{}#\"; charset=utf-8",
        version.number()
    );
    Ok(answers::builder(StatusCode::OK, Keep::Public)
        .content_type(schema)
        .body(build_node_info(&facts, version).to_string()))
}

fn count(conn: &mut Conn, now: i64) -> QueryResult<NodeFacts> {
    Ok(NodeFacts {
        users_total: store::users::count(conn)?,
        users_active_month: store::users::count_active(conn, now - 30 * DAY)?,
        users_active_half_year: store::users::count_active(conn, now - 180 * DAY)?,
        local_posts: store::statuses::count_local(conn)?,
        ..NodeFacts::default()
    })
}
