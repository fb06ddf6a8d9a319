//! The id in a route's path, such as `{id}` of `/api/v1/statuses/{id}`.
//!
//! Source: <https://docs.joinmastodon.org/api/guidelines/>

use std::future::{Ready, ready};
use std::str::FromStr;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};

use super::error::ApiError;

/// The path's segment `{id}` as an id of its noun; what is no id names nothing, hence 404.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PathId<T>(pub T);

impl<T: FromStr> FromRequest for PathId<T> {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let id = request
            .match_info()
            .get("id")
            .and_then(|id| id.parse().ok());
        ready(id.map(Self).ok_or_else(ApiError::not_found))
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;
    use crate::id::StatusId;

    #[actix_web::test]
    async fn what_is_no_id_names_nothing() {
        for (segment, expected) in [
            (Some("7"), Ok(PathId(StatusId(7)))),
            (Some("-7"), Err(ApiError::not_found())),
            (Some("7.json"), Err(ApiError::not_found())),
            (Some("99999999999999999999"), Err(ApiError::not_found())),
            (None, Err(ApiError::not_found())),
        ] {
            let request = TestRequest::default();
            let request = match segment {
                Some(text) => request.param("id", text.to_owned()),
                None => request,
            };
            let request = request.to_http_request();
            assert_eq!(PathId::extract(&request).await, expected, "{segment:?}");
        }
    }
}
