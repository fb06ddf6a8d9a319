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
use super::scopes::{Push, ReadFilters, ReadStatuses, Scope};

/// The routes of this file.
pub fn routes(config: &mut ServiceConfig) {
    for (path, route) in [
        ("/api/v1/filters", web::get().to(none_of::<ReadFilters>)),
        ("/api/v2/filters", web::get().to(none_of::<ReadFilters>)),
        (
            "/api/v1/scheduled_statuses",
            web::get().to(none_of::<ReadStatuses>),
        ),
        ("/api/v1/push/subscription", web::get().to(subscription)),
    ] {
        config.route(path, route);
    }
}

/// Nothing of the viewer's.
///
/// Source: <https://docs.joinmastodon.org/methods/filters/#get>
async fn none_of<S: Scope>(_viewer: Viewer<S>) -> HttpResponse {
    answers::json::<[Nothing]>(&[])
}

/// The token's subscription to Web Push: it has none.
///
/// Source: <https://docs.joinmastodon.org/methods/push/#get>
async fn subscription(_viewer: Viewer<Push>) -> HttpResponse {
    ApiError::not_found().error_response()
}
