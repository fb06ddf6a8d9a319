//! Requests that get no page of their own: the server puts the words of their status on an error page.

use std::fmt;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError};

use crate::{social, store};

/// An answer that is a status only.
#[derive(Debug)]
pub(super) struct Refused(pub(super) StatusCode);

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl ResponseError for Refused {
    fn status_code(&self) -> StatusCode {
        self.0
    }

    fn error_response(&self) -> HttpResponse {
        HttpResponse::new(self.0)
    }
}

/// What the rules say, where a page has no place to say it.
impl From<social::Error> for Refused {
    fn from(error: social::Error) -> Self {
        use social::Error::{
            Broken, Conflict, Files, Forbidden, Internal, Invalid, Missing, NotFound, TooMany,
            UnexpectedMentions,
        };
        Self(match error {
            NotFound | Missing(_) => StatusCode::NOT_FOUND,
            Forbidden(_) => StatusCode::FORBIDDEN,
            Invalid(_) | UnexpectedMentions(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Conflict(_) => StatusCode::CONFLICT,
            TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
            Internal(ref cause) if store::Trouble::of(cause).is_some() => {
                StatusCode::SERVICE_UNAVAILABLE
            }
            Internal(_) | Files(_) | Broken(_) => {
                tracing::error!(cause = %error, "a page failed");
                StatusCode::INTERNAL_SERVER_ERROR
            }
        })
    }
}

impl From<store::Error> for Refused {
    fn from(error: store::Error) -> Self {
        social::Error::from(error).into()
    }
}
