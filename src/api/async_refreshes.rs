//! Work that goes on after an answer was given: how it stands.
//!
//! Source: <https://docs.joinmastodon.org/methods/async_refreshes/>

use actix_web::HttpResponse;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::web::{self, Data, ServiceConfig};

use super::answers::json;
use super::auth::Viewer;
use super::entities::{AsyncRefresh, AsyncRefreshAnswer};
use super::error::ApiError;
use super::path::PathId;
use super::scopes::Read;
use crate::id::RefreshId;
use crate::node::Node;
use crate::social::refreshes;
use crate::store::thread_refreshes::ThreadRefresh;

/// In which answers name what goes on.
const HEADER: HeaderName = HeaderName::from_static("mastodon-async-refresh");
/// After how many seconds a client asks how it stands.
const RETRY: u32 = 3;

/// The route of this page.
pub fn routes(config: &mut ServiceConfig) {
    config.route("/api/v1_alpha/async_refreshes/{id}", web::get().to(get));
}

/// How a refresh stands.
///
/// Source: <https://docs.joinmastodon.org/methods/async_refreshes/#show>
async fn get(
    node: Data<Node>,
    _viewer: Viewer<Read>,
    PathId(id): PathId<RefreshId>,
) -> Result<HttpResponse, ApiError> {
    let refresh = refreshes::find(&node, id).await?;
    let is_running = refreshes::is_running(&refresh, node.clock.now());
    let async_refresh = AsyncRefresh {
        id: refresh.id,
        status: if is_running { "running" } else { "finished" },
        result_count: Some(refresh.found),
    };
    Ok(json(&AsyncRefreshAnswer { async_refresh }))
}

/// Tells with an answer that more of it is on its way.
pub(super) fn announce(answer: &mut HttpResponse, refresh: &ThreadRefresh) {
    let (id, found) = (refresh.id, refresh.found);
    let value = format!("id=\"{id}\", retry={RETRY}, result_count={found}");
    if let Ok(value) = HeaderValue::try_from(value) {
        answer.headers_mut().insert(HEADER, value);
    }
}
