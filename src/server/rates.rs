//! How often programs may ask: which limits a request counts against, and what it is told about them.
//!
//! Source: <https://docs.joinmastodon.org/api/rate-limits/>

use std::net::IpAddr;

use actix_web::dev::ServiceRequest;
use actix_web::http::Method;
use actix_web::http::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};
use quick_cache::sync::Cache;

use super::windows::{Kind, Standing, Subject, Windows};
use crate::clock::{MINUTE, SECOND, to_rfc3339};
use crate::config::{Limits, Rate};
use crate::id::{AccountId, TokenId};
use crate::keys::digests::sha256_hex;
use crate::node::Node;
use crate::store::tokens;
use crate::web::paths;

const LIMIT: HeaderName = HeaderName::from_static("x-ratelimit-limit");
const REMAINING: HeaderName = HeaderName::from_static("x-ratelimit-remaining");
const RESET: HeaderName = HeaderName::from_static("x-ratelimit-reset");

/// Tokens whose owner is remembered, at most.
const MOST_CALLERS: usize = 8_192;

/// How long that is believed, in milliseconds; who owns a token never changes, but it may become void.
const BELIEVED: i64 = 5 * MINUTE;

/// Who calls with a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Caller {
    token: TokenId,
    account: Option<AccountId>,
    looked_up: i64,
}

/// The limits of one server.
pub(super) struct Rates {
    windows: Windows,
    callers: Cache<String, Caller>,
}

impl Rates {
    pub(super) fn new() -> Self {
        Self {
            windows: Windows::new(),
            callers: Cache::new(MOST_CALLERS),
        }
    }

    /// Counts a request against every limit that concerns it, and tells the one to show: the one that refuses
    /// it, else the one that is nearest. `None` when no limit concerns it.
    pub(super) async fn count(&self, node: &Node, request: &ServiceRequest) -> Option<Standing> {
        let limits = &node.config.limits;
        let (method, path) = (request.method(), request.path());
        if !limits.enabled || !is_limited(method, path) {
            return None;
        }
        let now = node.clock.now();
        let caller = self.find_caller(node, request, now).await;
        let asked = Asked {
            method,
            path,
            query: request.query_string(),
            caller,
            address: request.peer_addr()?.ip(),
        };
        let mut shown: Option<Standing> = None;
        for Counted(kind, subject, rate) in asked.limits(limits) {
            let standing = self.windows.count(kind, subject, rate, now);
            let is_nearer = |shown: Standing| {
                !shown.is_refused && (standing.is_refused || standing.remaining < shown.remaining)
            };
            if shown.is_none_or(is_nearer) {
                shown = Some(standing);
            }
            if standing.is_refused {
                break;
            }
        }
        shown
    }

    /// Whose token the request carries. A token that nobody knows counts for nothing: whoever makes tokens up
    /// is counted by address.
    async fn find_caller(&self, node: &Node, request: &ServiceRequest, now: i64) -> Option<Caller> {
        let digest = sha256_hex(find_token(request)?.as_bytes());
        let known = self.callers.get(&digest);
        if let Some(caller) = known.filter(|caller| now - caller.looked_up < BELIEVED) {
            return Some(caller);
        }
        let wanted = digest.clone();
        let found = node
            .db
            .read(move |conn| tokens::find_by_digest(conn, &wanted))
            .await;
        let token = found
            .ok()
            .flatten()
            .filter(|token| token.revoked_at.is_none())?;
        let caller = Caller {
            token: token.id,
            account: token.account_id,
            looked_up: now,
        };
        self.callers.insert(digest, caller);
        Some(caller)
    }
}

/// Tells a client where it stands.
pub(super) fn tell(standing: Standing, headers: &mut HeaderMap) {
    headers.insert(LIMIT, standing.limit.into());
    headers.insert(REMAINING, standing.remaining.into());
    if let Ok(reset) = HeaderValue::try_from(to_microseconds(standing.reset)) {
        headers.insert(RESET, reset);
    }
}

/// Tells a refused client how many seconds to wait.
pub(super) fn tell_wait(standing: Standing, now: i64, headers: &mut HeaderMap) {
    let millis = (standing.reset - now).max(0);
    let seconds = (millis + SECOND - 1) / SECOND;
    headers.insert(RETRY_AFTER, seconds.into());
}

/// An instant as clients know it from these headers: with six digits behind the second.
fn to_microseconds(millis: i64) -> String {
    let text = to_rfc3339(millis);
    format!("{}000Z", text.trim_end_matches('Z'))
}

fn is_limited(method: &Method, path: &str) -> bool {
    path.starts_with("/api/")
        || matches!(path, "/oauth/token" | "/oauth/revoke")
        || (*method == Method::POST
            && (path.starts_with("/auth/")
                || [paths::SET_UP, paths::ELSEWHERE, paths::SHARE].contains(&path)))
}

/// The token in the header or in the query. One in a body is not seen here, so it counts by address.
///
/// Source: <https://www.rfc-editor.org/rfc/rfc6750#section-2>
fn find_token(request: &ServiceRequest) -> Option<String> {
    let header = request.headers().get(AUTHORIZATION);
    let header = header.and_then(|value| value.to_str().ok());
    let bearer = header.and_then(|value| {
        let (scheme, token) = value.split_once(' ')?;
        let is_bearer = scheme.eq_ignore_ascii_case("bearer");
        is_bearer.then(|| token.trim().to_owned())
    });
    bearer.or_else(|| {
        let mut pairs = url::form_urlencoded::parse(request.query_string().as_bytes());
        let is_token = |name: &str| matches!(name, "access_token" | "bearer_token");
        let found = pairs.find(|(name, _)| is_token(name));
        found.map(|(_, value)| value.into_owned())
    })
}

/// What a request is counted by.
struct Asked<'a> {
    method: &'a Method,
    path: &'a str,
    query: &'a str,
    caller: Option<Caller>,
    address: IpAddr,
}

/// One limit that concerns a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Counted(Kind, Subject, Rate);

impl Asked<'_> {
    /// The limits that concern the request, that of its own kind first.
    fn limits(&self, limits: &Limits) -> Vec<Counted> {
        let address = Subject::of_address(self.address);
        let account = self.caller.and_then(|caller| caller.account);
        let person = account.map_or(address, Subject::Account);
        let mut concerned = Vec::with_capacity(3);
        match self.kind() {
            Some(
                kind @ (Kind::Apps | Kind::SignUps | Kind::SignIns | Kind::Mails | Kind::Pages),
            ) => {
                concerned.push(Counted(kind, address, rate_of(kind, limits)));
            }
            Some(kind) => concerned.push(Counted(kind, person, rate_of(kind, limits))),
            None => {}
        }
        if let Some(caller) = self.caller {
            let token = Subject::Token(caller.token);
            concerned.push(Counted(Kind::Requests, token, limits.requests_per_token));
            if let Some(account) = account {
                let account = Subject::Account(account);
                concerned.push(Counted(
                    Kind::Requests,
                    account,
                    limits.requests_per_account,
                ));
            }
        } else {
            concerned.push(Counted(
                Kind::Requests,
                address,
                limits.requests_per_address,
            ));
        }
        concerned
    }

    /// The request's own kind, when it has a limit of its own.
    fn kind(&self) -> Option<Kind> {
        let segments: Vec<&str> = self.path.split('/').skip(1).collect();
        let (post, delete) = (Method::POST, Method::DELETE);
        match (self.method, segments.as_slice()) {
            (m, ["api", "v1", "statuses"]) if *m == post => Some(Kind::Posts),
            (m, ["api", "v1", "statuses", _]) if *m == delete => Some(Kind::Deletions),
            (m, ["api", "v1", "statuses", _, "unreblog"]) if *m == post => Some(Kind::Deletions),
            (m, ["api", "v1", "accounts", _, "follow"]) if *m == post => Some(Kind::Follows),
            (m, ["api", "v1" | "v2", "media"]) if *m == post => Some(Kind::Uploads),
            (m, ["api", "v1", "apps"]) if *m == post => Some(Kind::Apps),
            (m, ["api", "v1", "accounts"] | ["auth", "sign_up"]) if *m == post => {
                Some(Kind::SignUps)
            }
            (
                m,
                ["api", "v1", "emails", "confirmations"]
                | ["auth", "password"]
                | ["auth", "confirmation", "new"],
            ) if *m == post => Some(Kind::Mails),
            // Each look for somebody's own server asks a server that they name.
            (
                m,
                ["auth", "sign_in" | "confirmation"]
                | ["auth", "password", "new"]
                | ["setup" | "interact"],
            ) if *m == post => Some(Kind::SignIns),
            (m, ["api", ..]) if *m == Method::GET && self.caller.is_none() && self.is_paging() => {
                Some(Kind::Pages)
            }
            _ => None,
        }
    }

    fn is_paging(&self) -> bool {
        url::form_urlencoded::parse(self.query.as_bytes())
            .any(|(name, _)| matches!(&*name, "max_id" | "min_id" | "since_id" | "offset" | "page"))
    }
}

fn rate_of(kind: Kind, limits: &Limits) -> Rate {
    match kind {
        Kind::Requests => limits.requests_per_address,
        Kind::Pages => limits.paging_per_address,
        Kind::Posts => limits.posts_per_account,
        Kind::Deletions => limits.deletions_per_account,
        Kind::Follows => limits.follows_per_account,
        Kind::Uploads => limits.uploads_per_account,
        Kind::Apps => limits.apps_per_address,
        Kind::SignUps => limits.sign_ups_per_address,
        Kind::SignIns => limits.sign_ins_per_address,
        Kind::Mails => limits.mails_per_address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(method: &str, target: &str, with_token: bool) -> Vec<(Kind, &'static str)> {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let caller = with_token.then_some(Caller {
            token: TokenId(1),
            account: Some(AccountId(2)),
            looked_up: 0,
        });
        let asked = Asked {
            method: &method.parse().unwrap(),
            path,
            query,
            caller,
            address: "203.0.113.9".parse().unwrap(),
        };
        let limits = asked.limits(&Limits::default());
        let subject = |subject| match subject {
            Subject::Account(_) => "account",
            Subject::Token(_) => "token",
            Subject::Address(_) => "address",
        };
        let limits = limits.into_iter();
        limits
            .map(|Counted(kind, of, _)| (kind, subject(of)))
            .collect()
    }

    /// Method, target, whether there is a token, and the limit of its own.
    type Row = (
        &'static str,
        &'static str,
        bool,
        Option<(Kind, &'static str)>,
    );

    #[test]
    fn requests_count_against_the_limits_that_concern_them() {
        check_table(&[
            ("GET", "/api/v1/timelines/home", true, None),
            ("GET", "/api/v1/timelines/public", false, None),
            (
                "GET",
                "/api/v1/timelines/public?max_id=5",
                false,
                Some((Kind::Pages, "address")),
            ),
            ("GET", "/api/v1/timelines/public?max_id=5", true, None),
            (
                "POST",
                "/api/v1/statuses",
                true,
                Some((Kind::Posts, "account")),
            ),
            (
                "POST",
                "/api/v1/statuses",
                false,
                Some((Kind::Posts, "address")),
            ),
            (
                "DELETE",
                "/api/v1/statuses/5",
                true,
                Some((Kind::Deletions, "account")),
            ),
            (
                "POST",
                "/api/v1/statuses/5/unreblog",
                true,
                Some((Kind::Deletions, "account")),
            ),
            (
                "POST",
                "/api/v1/accounts/5/follow",
                true,
                Some((Kind::Follows, "account")),
            ),
            (
                "POST",
                "/api/v2/media",
                true,
                Some((Kind::Uploads, "account")),
            ),
        ]);
    }

    #[test]
    fn requests_of_strangers_and_pages_count_too() {
        check_table(&[
            ("POST", "/api/v1/apps", false, Some((Kind::Apps, "address"))),
            (
                "POST",
                "/api/v1/accounts",
                true,
                Some((Kind::SignUps, "address")),
            ),
            (
                "POST",
                "/auth/sign_in",
                false,
                Some((Kind::SignIns, "address")),
            ),
            (
                "POST",
                "/auth/password",
                false,
                Some((Kind::Mails, "address")),
            ),
            (
                "POST",
                "/auth/confirmation/new",
                false,
                Some((Kind::Mails, "address")),
            ),
            (
                "POST",
                "/auth/password/new",
                false,
                Some((Kind::SignIns, "address")),
            ),
            ("POST", "/interact", false, Some((Kind::SignIns, "address"))),
            ("POST", "/share", false, None),
            (
                "POST",
                "/api/v1/emails/confirmations",
                true,
                Some((Kind::Mails, "address")),
            ),
            ("PUT", "/api/v1/statuses/5", true, None),
            (
                "PUT",
                "/api/v1/pleroma/statuses/5/reactions/cup",
                true,
                None,
            ),
            (
                "DELETE",
                "/api/v1/pleroma/statuses/5/reactions/cup",
                true,
                None,
            ),
        ]);
    }

    fn check_table(table: &[Row]) {
        let everyday = [(Kind::Requests, "token"), (Kind::Requests, "account")];
        let stranger = [(Kind::Requests, "address")];
        for (method, target, with_token, own) in table {
            let general: &[_] = if *with_token { &everyday } else { &stranger };
            let expected: Vec<_> = own.iter().chain(general).copied().collect();
            assert_eq!(
                counted(method, target, *with_token),
                expected,
                "{method} {target}"
            );
        }
    }

    #[test]
    fn pages_and_documents_are_not_limited_here() {
        for (method, path, expected) in [
            (Method::GET, "/api/v1/instance", true),
            (Method::POST, "/oauth/token", true),
            (Method::POST, "/auth/sign_in", true),
            (Method::GET, "/auth/sign_in", false),
            (Method::GET, "/@alice", false),
            (Method::POST, "/interact", true),
            (Method::POST, "/share", true),
            (Method::GET, "/share", false),
            (Method::POST, "/inbox", false),
            (Method::GET, "/health", false),
        ] {
            assert_eq!(is_limited(&method, path), expected, "{method} {path}");
        }
    }

    #[test]
    fn instants_have_six_digits() {
        assert_eq!(to_microseconds(1_001), "1970-01-01T00:00:01.001000Z");
    }
}
