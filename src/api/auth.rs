//! Who asks: the extractors that turn a request's token into a viewer. The scope is part of the type.
//!
//! | extractor | no token | unknown token | revoked | application's own token |
//! |---|---|---|---|---|
//! | [`Viewer<S>`] | 401 | 401 | 401 | 422 |
//! | [`MaybeViewer<S>`] | anonymous | anonymous | 401 | anonymous |
//! | [`Onlooker<S>`] | anonymous | anonymous | 401 | anonymous |
//! | [`AppToken<S>`] | 401 | 401 | 401 | accepted |
//! | [`Newcomer<S>`] | 401 | 401 | 401 | 422 |
//!
//! A valid token without the scope is 403, but for [`Onlooker<S>`], to whom its holder is anonymous then. A person who may
//! not use the node at present is 403 in every case; only [`Newcomer<S>`] lets those pass who wait to be let in.
//! The token comes from the `Authorization` header, from the query (`access_token`, `bearer_token`) or, for a
//! WebSocket, from `Sec-WebSocket-Protocol`.
//!
//! Source: <https://docs.joinmastodon.org/api/oauth-tokens/>

use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest, web};

use super::error::ApiError;
use super::params::find_in_query;
use super::scopes::Scope;
use crate::id::{AccountId, ApplicationId, TokenId};
use crate::node::Node;
use crate::social::scopes::Scopes;
use crate::social::tokens::{self, Presented};
use crate::social::users::{self, Person};
use crate::store::accounts::Account;
use crate::store::users::User;

/// A person who asks through a token that covers `S`.
#[derive(Clone, Debug)]
pub struct Viewer<S> {
    /// Their account.
    pub account: Account,
    /// Their sign-in, role and preferences.
    pub user: User,
    /// Their token.
    pub token_id: TokenId,
    /// The application that the token was given to.
    pub application_id: ApplicationId,
    /// What the token may do.
    pub scopes: Scopes,
    scope: PhantomData<S>,
}

impl<S> Viewer<S> {
    /// Their account's id.
    #[must_use]
    pub fn id(&self) -> AccountId {
        self.account.id
    }
}

/// A person who asks through a token that covers `S`, or anybody.
#[derive(Clone, Debug)]
pub struct MaybeViewer<S> {
    /// The person, unless nobody is known.
    pub viewer: Option<Viewer<S>>,
}

impl<S> MaybeViewer<S> {
    /// The viewer's account's id.
    #[must_use]
    pub fn id(&self) -> Option<AccountId> {
        self.viewer.as_ref().map(Viewer::id)
    }
}

/// A person who asks through a token that covers `S`, or anybody, whatever token they have.
#[derive(Clone, Debug)]
pub struct Onlooker<S> {
    /// The person, unless nobody is known.
    pub viewer: Option<Viewer<S>>,
}

impl<S> Onlooker<S> {
    /// The viewer's account's id.
    #[must_use]
    pub fn id(&self) -> Option<AccountId> {
        self.viewer.as_ref().map(Viewer::id)
    }
}

/// Any valid token that covers `S`, an application's own included.
#[derive(Clone, Debug)]
pub struct AppToken<S> {
    /// What asks, and for whom.
    pub viewer: tokens::Viewer,
    scope: PhantomData<S>,
}

/// A person who asks through a token that covers `S`, even one whose sign-up is not complete.
#[derive(Clone, Debug)]
pub struct Newcomer<S> {
    /// Who they are.
    pub person: Person,
    /// The application that the token was given to.
    pub application_id: ApplicationId,
    scope: PhantomData<S>,
}

type Extracted<T> = Pin<Box<dyn Future<Output = Result<T, ApiError>>>>;

impl<S: Scope> FromRequest for Viewer<S> {
    type Error = ApiError;
    type Future = Extracted<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            match present(&request).await? {
                None | Some(Presented::Unknown) => Err(ApiError::unauthorised()),
                Some(Presented::Revoked) => Err(ApiError::revoked()),
                Some(Presented::Valid(viewer)) => {
                    check_scope::<S>(&viewer)?;
                    person_of(*viewer)?.ok_or_else(ApiError::user_required)
                }
            }
        })
    }
}

impl<S: Scope> FromRequest for MaybeViewer<S> {
    type Error = ApiError;
    type Future = Extracted<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let viewer = match present(&request).await? {
                None | Some(Presented::Unknown) => None,
                Some(Presented::Revoked) => return Err(ApiError::revoked()),
                Some(Presented::Valid(viewer)) => {
                    check_scope::<S>(&viewer)?;
                    person_of(*viewer)?
                }
            };
            Ok(Self { viewer })
        })
    }
}

impl<S: Scope> FromRequest for Onlooker<S> {
    type Error = ApiError;
    type Future = Extracted<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let viewer = match present(&request).await? {
                None | Some(Presented::Unknown) => None,
                Some(Presented::Revoked) => return Err(ApiError::revoked()),
                Some(Presented::Valid(viewer)) => {
                    let is_covered = check_scope::<S>(&viewer).is_ok();
                    person_of(*viewer)?.filter(|_| is_covered)
                }
            };
            Ok(Self { viewer })
        })
    }
}

impl<S: Scope> FromRequest for AppToken<S> {
    type Error = ApiError;
    type Future = Extracted<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            match present(&request).await? {
                None | Some(Presented::Unknown) => Err(ApiError::unauthorised()),
                Some(Presented::Revoked) => Err(ApiError::revoked()),
                Some(Presented::Valid(viewer)) => {
                    check_scope::<S>(&viewer)?;
                    if let Some(person) = &viewer.person {
                        users::check_active(person)?;
                    }
                    Ok(Self {
                        viewer: *viewer,
                        scope: PhantomData,
                    })
                }
            }
        })
    }
}

impl<S: Scope> FromRequest for Newcomer<S> {
    type Error = ApiError;
    type Future = Extracted<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            match present(&request).await? {
                None | Some(Presented::Unknown) => Err(ApiError::unauthorised()),
                Some(Presented::Revoked) => Err(ApiError::revoked()),
                Some(Presented::Valid(viewer)) => {
                    check_scope::<S>(&viewer)?;
                    let person = viewer.person.ok_or_else(ApiError::user_required)?;
                    users::may_be_asked(&person)?;
                    Ok(Self {
                        person,
                        application_id: viewer.application_id,
                        scope: PhantomData,
                    })
                }
            }
        })
    }
}

/// What the request's token is; none when it carries none.
async fn present(request: &HttpRequest) -> Result<Option<Presented>, ApiError> {
    let Some(token) = find_token(request) else {
        return Ok(None);
    };
    let Some(node) = request.app_data::<web::Data<Node>>() else {
        return Err(ApiError::internal("the server was started without a node"));
    };
    Ok(Some(tokens::find_viewer(node, &token).await?))
}

/// The token in the header or the query, for those who look it up or pass it on to its own holder.
///
/// Source: <https://www.rfc-editor.org/rfc/rfc6750#section-2>
pub(super) fn find_token(request: &HttpRequest) -> Option<String> {
    let header = request.headers().get(header::AUTHORIZATION);
    let from_header = header.and_then(|value| {
        let (scheme, token) = value.to_str().ok()?.trim().split_once(' ')?;
        let token = token.trim();
        (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then(|| token.to_owned())
    });
    let query = request.query_string();
    let from_query = || {
        ["access_token", "bearer_token"]
            .into_iter()
            .find_map(|name| find_in_query(query, name))
            .filter(|token| !token.is_empty())
    };
    from_header
        .or_else(from_query)
        .or_else(|| find_in_protocols(request))
}

/// Programs in browsers can set no header for a WebSocket but the protocols that they offer.
fn find_in_protocols(request: &HttpRequest) -> Option<String> {
    let upgrade = request.headers().get(header::UPGRADE)?;
    if !upgrade.as_bytes().eq_ignore_ascii_case(b"websocket") {
        return None;
    }
    let offered = request.headers().get(header::SEC_WEBSOCKET_PROTOCOL)?;
    let first = offered.to_str().ok()?.split(',').next()?.trim();
    (!first.is_empty()).then(|| first.to_owned())
}

fn check_scope<S: Scope>(viewer: &tokens::Viewer) -> Result<(), ApiError> {
    let is_covered = S::NEEDED.iter().any(|needed| viewer.scopes.covers(needed));
    if is_covered || S::NEEDED.is_empty() {
        Ok(())
    } else {
        Err(ApiError::forbidden_scope())
    }
}

/// The person behind a token, if it acts for one.
fn person_of<S>(viewer: tokens::Viewer) -> Result<Option<Viewer<S>>, ApiError> {
    let Some(person) = viewer.person else {
        return Ok(None);
    };
    users::check_active(&person)?;
    let Person { account, user } = person;
    Ok(Some(Viewer {
        account,
        user,
        token_id: viewer.token_id,
        application_id: viewer.application_id,
        scopes: viewer.scopes,
        scope: PhantomData,
    }))
}
