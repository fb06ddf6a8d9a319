//! The node's own custom emoji: it has none.
//!
//! Source: <https://docs.joinmastodon.org/methods/custom_emojis/>

use actix_web::HttpResponse;
use actix_web::web::{self, ServiceConfig};

use super::answers;
use super::entities::CustomEmoji;

/// The routes of this page.
pub fn routes(config: &mut ServiceConfig) {
    config.route("/api/v1/custom_emojis", web::get().to(get));
}

/// The node's custom emoji.
///
/// Source: <https://docs.joinmastodon.org/methods/custom_emojis/#get>
async fn get() -> HttpResponse {
    answers::json::<[CustomEmoji]>(&[])
}
