//! The viewer's preferences, as clients read them.
//!
//! Source: <https://docs.joinmastodon.org/methods/preferences/>

use actix_web::HttpResponse;
use actix_web::web::{self, ServiceConfig};

use super::auth::Viewer;
use super::entities::Preferences;
use super::entities::preferences::MediaDisplay;
use super::error::ApiError;
use super::scopes::ReadAccounts;
use super::{answers, render};

/// The routes of this page.
pub fn routes(config: &mut ServiceConfig) {
    config.route("/api/v1/preferences", web::get().to(get));
}

/// The viewer's preferences. How posts are read is the client's affair here, so it is told the usual values.
///
/// Source: <https://docs.joinmastodon.org/methods/preferences/#get>
async fn get(viewer: Viewer<ReadAccounts>) -> Result<HttpResponse, ApiError> {
    Ok(answers::json(&Preferences {
        posting_visibility: render::visibility(viewer.user.default_visibility),
        posting_sensitive: viewer.user.default_sensitive,
        posting_language: viewer.user.default_language,
        posting_quote_policy: render::quote_policy(viewer.user.default_quote_policy),
        reading_media: MediaDisplay::Default,
        reading_spoilers: false,
        reading_autoplay: false,
    }))
}
