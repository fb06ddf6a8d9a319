//! Public statuses of this node, to be shown on other sites.
//!
//! Source: <https://docs.joinmastodon.org/methods/oembed/>

use actix_web::HttpResponse;
use actix_web::web::{self, Data, ServiceConfig};
use serde::{Deserialize, Serialize};

use super::answers;
use super::error::ApiError;
use super::params::{Params, blank_as_none};
use super::render::{self, View};
use crate::node::Node;
use crate::social::searches;
use crate::store::{Conn, Visibility};
use crate::text::escape;

/// The width without one that was asked for, in pixels.
const WIDTH: i64 = 400;
/// How long the answer may be kept, in seconds.
const KEPT: i64 = 86_400;

/// The route of this page.
pub fn routes(config: &mut ServiceConfig) {
    config.route("/api/oembed", web::get().to(get));
}

/// Which status, and how large.
#[derive(Debug, Deserialize)]
struct Wanted {
    url: String,
    #[serde(default, deserialize_with = "blank_as_none")]
    maxwidth: Option<i64>,
    #[serde(default, deserialize_with = "blank_as_none")]
    maxheight: Option<i64>,
}

/// A status for other sites.
///
/// Source: <https://oembed.com/#section2.3>
#[derive(Debug, Serialize)]
struct Embed {
    #[serde(rename = "type")]
    kind: &'static str,
    version: &'static str,
    title: String,
    author_name: String,
    author_url: String,
    provider_name: String,
    provider_url: String,
    cache_age: i64,
    html: String,
    width: i64,
    height: Option<i64>,
}

/// A public status of this node by the address of its page: as a quotation that needs no script and no frame.
///
/// Source: <https://docs.joinmastodon.org/methods/oembed/#get>
async fn get(node: Data<Node>, params: Params<Wanted>) -> Result<HttpResponse, ApiError> {
    let Wanted {
        url,
        maxwidth,
        maxheight,
    } = params.into_inner();
    let view = View::of(&node, None);
    let read = move |conn: &mut Conn| -> Result<_, ApiError> {
        let found = searches::status_at(conn, &view.urls, None, url.trim())?;
        let found = found.filter(|status| {
            let is_open = matches!(status.visibility, Visibility::Public | Visibility::Unlisted);
            status.is_local && is_open && status.boost_of_id.is_none()
        });
        let status = found.ok_or_else(ApiError::not_found)?;
        Ok(render::statuses::single(conn, &view, status)?)
    };
    let status = node.db.read(read).await?;
    let account = &status.account;
    let name = if account.display_name.is_empty() {
        account.username.clone()
    } else {
        account.display_name.clone()
    };
    // The content is clean already; a warning covers it there as it does here.
    let content = if status.spoiler_text.is_empty() {
        status.content.clone().unwrap_or_default()
    } else {
        format!("<p>{}</p>", escape(&status.spoiler_text))
    };
    let page = status.url.clone().unwrap_or_else(|| status.uri.clone());
    let html = format!(
        "<blockquote cite=\"{page}\">{content}<p>— <a href=\"{page}\" target=\"_blank\" rel=\"noopener\">{} (@{}@{})</a></p></blockquote>",
        escape(&name),
        escape(&account.username),
        escape(node.urls.authority()),
        page = escape(&page),
    );
    Ok(answers::json(&Embed {
        kind: "rich",
        version: "1.0",
        title: format!("New status by {}", account.username),
        author_url: account.url.clone(),
        author_name: name,
        provider_name: node.urls.authority().to_owned(),
        provider_url: node.urls.at("/"),
        cache_age: KEPT,
        html,
        width: maxwidth.filter(|width| *width > 0).unwrap_or(WIDTH),
        height: maxheight.filter(|height| *height > 0),
    }))
}
