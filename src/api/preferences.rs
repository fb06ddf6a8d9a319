//! The viewer's preferences, as clients read them.
//!
//! Source: <https://docs.joinmastodon.org/methods/preferences/>

use actix_web::HttpResponse;
use actix_web::web::{self, Data, ServiceConfig};

use super::auth::Viewer;
use super::entities::Preferences;
use super::error::ApiError;
use super::scopes::ReadAccounts;
use super::{answers, render};
use crate::node::Node;
use crate::store::{self, Conn};

/// The routes of this page.
pub fn routes(config: &mut ServiceConfig) {
    config.route("/api/v1/preferences", web::get().to(get));
}

/// The viewer's preferences, as they set them with their clients and on the settings page.
///
/// Source: <https://docs.joinmastodon.org/methods/preferences/#get>
async fn get(node: Data<Node>, viewer: Viewer<ReadAccounts>) -> Result<HttpResponse, ApiError> {
    let id = viewer.id();
    let find = move |conn: &mut Conn| store::profiles::find_preferences(conn, id);
    let preferences = node.db.read(find).await?;
    Ok(answers::json(&Preferences {
        posting_visibility: render::visibility(viewer.user.default_visibility),
        posting_sensitive: viewer.user.default_sensitive,
        posting_language: viewer.user.default_language,
        posting_quote_policy: render::quote_policy(viewer.user.default_quote_policy),
        reading_media: render::media_display(preferences.media_display),
        reading_spoilers: preferences.expands_spoilers,
        reading_autoplay: preferences.autoplays,
    }))
}
