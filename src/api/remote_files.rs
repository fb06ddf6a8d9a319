//! Pictures and recordings of other servers, by addresses that this node has made: whoever looks at them is seen by this
//! node alone. Other addresses are answered with 404, so nobody fetches through here what was not shown here.
//!
//! Source: <https://docs.joinmastodon.org/entities/MediaAttachment/#url>

use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, HeaderValue};
use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse, ResponseError as _, guard};

use super::error::ApiError;
use super::files;
use crate::node::Node;
use crate::social;

/// The routes of this file.
pub fn routes(config: &mut ServiceConfig) {
    let reads = guard::Any(guard::Get()).or(guard::Head());
    config.route(
        "/media/remote/{seal}/{name}",
        web::route().guard(reads).to(show),
    );
}

/// A file of another server, or the part of it that is asked for.
///
/// Source: <https://docs.joinmastodon.org/entities/MediaAttachment/#url>
async fn show(
    node: Data<Node>,
    request: HttpRequest,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, ApiError> {
    let (seal, name) = path.into_inner();
    let url = node.urls.unveil(&seal, &name);
    let url = url.ok_or_else(ApiError::no_route)?;
    let key = match social::remote_files::find(&node, &url).await {
        Ok(key) => key,
        Err(social::Error::NotFound) => return Err(ApiError::no_route()),
        Err(social::Error::TooMany(_)) => return Err(ApiError::remote_failed()),
        Err(error) => return Err(error.into()),
    };
    let answer = files::answer(&node, &request, key.clone()).await;
    if answer
        .as_ref()
        .is_err_and(|error| error.status_code() == StatusCode::NOT_FOUND)
    {
        social::remote_files::forget(&node, &url, key).await?;
    }
    let mut answer = answer?;
    // What lies there may become another file; the address stays.
    let age = HeaderValue::from_static("public, max-age=86400");
    answer.headers_mut().insert(CACHE_CONTROL, age);
    Ok(answer)
}
