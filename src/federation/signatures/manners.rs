//! How one of our requests is signed: by the draft, or by the standard and as a peer asks.

use url::Url;

use super::messages::demands::Demand;
use super::messages::sign as message;
use super::sign::{self as draft, Body, Header, SignError, SigningIdentity};

/// How a request is signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Manner {
    /// By draft-cavage-http-signatures.
    Draft,
    /// By RFC 9421, with what a peer asked for.
    Message(Option<Demand>),
}

impl Manner {
    /// The headers that sign a GET of `url` at the instant `now` (milliseconds).
    ///
    /// # Errors
    /// When the URL has no host or the key fails.
    pub fn sign_get(
        &self,
        identity: &SigningIdentity,
        url: &Url,
        now: i64,
    ) -> Result<Vec<Header>, SignError> {
        match self {
            Self::Draft => draft::sign_get(identity, url, now),
            Self::Message(demand) => message::sign_get(identity, url, demand.as_ref(), now),
        }
    }

    /// The headers that sign a POST of a body to `url` at the instant `now` (milliseconds).
    ///
    /// # Errors
    /// When the URL has no host or the key fails.
    pub fn sign_post(
        &self,
        identity: &SigningIdentity,
        url: &Url,
        body: Body<'_>,
        now: i64,
    ) -> Result<Vec<Header>, SignError> {
        match self {
            Self::Draft => draft::sign_body(identity, url, body, now),
            Self::Message(demand) => message::sign_post(identity, url, body, demand.as_ref(), now),
        }
    }
}
