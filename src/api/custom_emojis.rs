//! The node's own custom emoji.
//!
//! Source: <https://docs.joinmastodon.org/methods/custom_emojis/>

use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::{self, Data, ServiceConfig};

use super::error::ApiError;
use super::render::View;
use super::{answers, render};
use crate::node::Node;
use crate::social::emojis;

/// How long caches may keep the list.
const KEPT: &str = "public, max-age=300";

/// The routes of this page.
pub fn routes(config: &mut ServiceConfig) {
    config.route("/api/v1/custom_emojis", web::get().to(get));
}

/// The node's custom emoji, by shortcode.
///
/// Source: <https://docs.joinmastodon.org/methods/custom_emojis/#get>
async fn get(node: Data<Node>) -> Result<HttpResponse, ApiError> {
    let view = View::of(&node, None);
    let usable = node.db.read(emojis::list_usable).await;
    let usable = usable.map_err(ApiError::internal)?;
    let list: Vec<_> = usable
        .into_iter()
        .map(|emoji| render::custom_emojis::listed(&view, emoji))
        .collect();
    let mut answer = answers::json(&list);
    let kept = header::HeaderValue::from_static(KEPT);
    answer.headers_mut().insert(header::CACHE_CONTROL, kept);
    Ok(answer)
}
