//! What clients ask when they start, of things that nobody on this node can have yet: the answer is true, and it is
//! nothing. Where a thing may exist but cannot be shown yet, there is no route, and clients are told 404.
//!
//! Source: <https://docs.joinmastodon.org/methods/>

use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpResponse, ResponseError as _};

use super::answers;
use super::auth::Viewer;
use super::entities::Nothing;
use super::error::ApiError;
use super::scopes::{
    Push, ReadAccounts, ReadBlocks, ReadFilters, ReadFollows, ReadLists, ReadStatuses, Scope,
};

/// The routes of this file.
pub fn routes(config: &mut ServiceConfig) {
    for (path, route) in [
        ("/api/v1/lists", web::get().to(none_of::<ReadLists>)),
        ("/api/v1/filters", web::get().to(none_of::<ReadFilters>)),
        ("/api/v2/filters", web::get().to(none_of::<ReadFilters>)),
        (
            "/api/v1/followed_tags",
            web::get().to(none_of::<ReadFollows>),
        ),
        (
            "/api/v1/featured_tags",
            web::get().to(none_of::<ReadAccounts>),
        ),
        (
            "/api/v1/endorsements",
            web::get().to(none_of::<ReadAccounts>),
        ),
        (
            "/api/v1/domain_blocks",
            web::get().to(none_of::<ReadBlocks>),
        ),
        (
            "/api/v1/scheduled_statuses",
            web::get().to(none_of::<ReadStatuses>),
        ),
        (
            "/api/v1/suggestions",
            web::get().to(none_of::<ReadAccounts>),
        ),
        (
            "/api/v2/suggestions",
            web::get().to(none_of::<ReadAccounts>),
        ),
        ("/api/v1/trends", web::get().to(none)),
        ("/api/v1/trends/tags", web::get().to(none)),
        ("/api/v1/trends/statuses", web::get().to(none)),
        ("/api/v1/trends/links", web::get().to(none)),
        ("/api/v1/push/subscription", web::get().to(subscription)),
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
/// Source: <https://docs.joinmastodon.org/methods/lists/#get>
async fn none_of<S: Scope>(_viewer: Viewer<S>) -> HttpResponse {
    answers::json::<[Nothing]>(&[])
}

/// The token's subscription to Web Push: it has none.
///
/// Source: <https://docs.joinmastodon.org/methods/push/#get>
async fn subscription(_viewer: Viewer<Push>) -> HttpResponse {
    ApiError::not_found().error_response()
}
