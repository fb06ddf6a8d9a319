//! What clients ask when they start, of things that nobody on this node can have yet: the answer is true, and it is
//! nothing. Where a thing may exist but cannot be shown yet, there is no route, and clients are told 404.
//!
//! Source: <https://docs.joinmastodon.org/methods/>

use actix_web::HttpResponse;
use actix_web::web::{self, ServiceConfig};

use super::answers;
use super::auth::Viewer;
use super::entities::Nothing;
use super::scopes::{Any, Scope};

/// The routes of this file.
pub fn routes(config: &mut ServiceConfig) {
    for (path, route) in [
        ("/api/v1/announcements", web::get().to(none_of::<Any>)),
        ("/api/v1/trends", web::get().to(none)),
        ("/api/v1/trends/tags", web::get().to(none)),
        ("/api/v1/trends/statuses", web::get().to(none)),
        ("/api/v1/trends/links", web::get().to(none)),
    ] {
        config.route(path, route);
    }
}

/// Nothing, to whoever asks.
///
/// Source: <https://docs.joinmastodon.org/methods/trends/>
async fn none() -> HttpResponse {
    answers::json::<[Nothing]>(&[])
}

/// Nothing of the viewer's.
///
/// Source: <https://docs.joinmastodon.org/methods/filters/#get>
async fn none_of<S: Scope>(_viewer: Viewer<S>) -> HttpResponse {
    answers::json::<[Nothing]>(&[])
}
