//! Who visits a page: the session, the token of forms, and what every page shows.

use std::net::IpAddr;

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderMap};
use actix_web::{FromRequest, HttpRequest, HttpResponse, HttpResponseBuilder, web};
use futures_util::future::LocalBoxFuture;
use url::Url;

use super::cookies::Cookie;
use super::fields::Fields;
use super::pages::{self, AccountCard, Flash, Form, Frame, NextStep, Problem, Registrations};
use super::refusals::Refused;
use super::{paths, static_files};
use crate::keys::digests::is_equal;
use crate::keys::random;
use crate::node::Node;
use crate::social::sessions::{self, SignedIn};
use crate::store::accounts::Account;
use crate::{clock, config};

/// The content type of pages.
const HTML: &str = "text/html; charset=utf-8";

/// A request for a page.
pub(super) struct Visit {
    pub(super) node: Node,
    /// Who is signed in.
    pub(super) signed_in: Option<SignedIn>,
    /// The fields of the query.
    pub(super) query: Fields,
    /// From where it comes, behind the proxies that are trusted.
    pub(super) from: Option<IpAddr>,
    form_token: String,
    brings_form_token: bool,
    is_from_here: bool,
}

impl FromRequest for Visit {
    type Error = Refused;
    type Future = LocalBoxFuture<'static, Result<Self, Refused>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let Some(node) = request.app_data::<web::Data<Node>>() else {
                tracing::error!("the server was started without a node");
                return Err(Refused(StatusCode::INTERNAL_SERVER_ERROR));
            };
            let is_https = node.config.server.is_https();
            let signed_in = match Cookie::Session.read(&request, is_https) {
                Some(secret) => sessions::find(node, &secret).await?,
                None => None,
            };
            let brought = Cookie::Form.read(&request, is_https);
            Ok(Self {
                query: Fields::parse(request.query_string().as_bytes()),
                brings_form_token: brought.is_some(),
                from: request.peer_addr().map(|address| address.ip()),
                form_token: brought.unwrap_or_else(random::token),
                is_from_here: is_from_here(request.headers(), node.urls.origin()),
                node: Node::clone(node),
                signed_in,
            })
        })
    }
}

/// Whether the browser says that one of this node's own pages sent the request; programs say nothing.
///
/// Source: <https://www.w3.org/TR/fetch-metadata/#sec-fetch-site-header>
pub(super) fn is_from_here(headers: &HeaderMap, origin: &str) -> bool {
    let read = |name: &str| headers.get(name).map(header::HeaderValue::as_bytes);
    match (read("sec-fetch-site"), read("origin")) {
        (Some(site), _) => matches!(site, b"same-origin" | b"none"),
        (None, Some(sender)) => sender == origin.as_bytes(),
        (None, None) => true,
    }
}

impl Visit {
    /// Refuses a form that does not come from a page of this node for this very browser.
    ///
    /// Source: <https://cheatsheetseries.owasp.org/cheatsheets/Cross-Site_Request_Forgery_Prevention_Cheat_Sheet.html>
    pub(super) fn check_form(&self, sent: &Fields) -> Result<(), Refused> {
        let has_token = self.signed_in.is_some() || self.brings_form_token;
        if self.is_from_here && has_token && is_equal(sent.get("csrf_token"), self.csrf_token()) {
            return Ok(());
        }
        Err(Refused(StatusCode::FORBIDDEN))
    }

    fn csrf_token(&self) -> &str {
        self.signed_in
            .as_ref()
            .map_or(self.form_token.as_str(), |one| one.session.csrf.as_str())
    }

    /// What a form of this visit carries.
    pub(super) fn form(&self, problems: Vec<Problem>) -> Form {
        Form {
            csrf_token: self.csrf_token().to_owned(),
            problems,
        }
    }

    /// What is the same on every page.
    pub(super) fn frame(&self, flash: Option<Flash>) -> Frame {
        let viewer = self.signed_in.as_ref().map(|one| &one.person.account);
        Frame {
            node_name: self.node.config.instance.title.clone(),
            domain: self.node.urls.authority().to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            source_url: self.node.config.instance.source_url.clone(),
            viewer: viewer.map(|account| card(&self.node, account)),
            flash,
        }
    }

    /// Answers with a page that has a form: nobody keeps it, and the browser gets the token of forms.
    pub(super) fn form_page(&self, status: StatusCode, html: String) -> HttpResponse {
        let mut answer = HttpResponse::build(status);
        answer.insert_header((header::CACHE_CONTROL, "private, no-store"));
        if self.signed_in.is_none() && !self.brings_form_token {
            let is_https = self.node.config.server.is_https();
            let cookie = Cookie::Form.set(&self.form_token, None, is_https);
            answer.append_header((header::SET_COOKIE, cookie));
        }
        answer.content_type(HTML).body(html)
    }

    /// Answers with a page for everybody; caches may keep it for a quarter of a minute unless somebody is
    /// signed in.
    pub(super) fn page(&self, html: String) -> HttpResponse {
        self.public_answer().content_type(HTML).body(html)
    }

    /// The beginning of an answer with a page for everybody.
    pub(super) fn public_answer(&self) -> HttpResponseBuilder {
        let kept = match self.signed_in {
            None => "public, max-age=15",
            Some(_) => "private, no-store",
        };
        let mut answer = HttpResponse::Ok();
        answer.insert_header((header::CACHE_CONTROL, kept));
        answer.insert_header((header::VARY, "Cookie, Accept"));
        answer
    }

    /// Answers with a page that says what went wrong.
    pub(super) fn error_page(
        &self,
        status: StatusCode,
        title: &str,
        sentence: &str,
    ) -> HttpResponse {
        let view = pages::error::ErrorPage {
            status: status.as_u16(),
            title: title.to_owned(),
            sentence: sentence.to_owned(),
            next: Some(NextStep {
                label: "To the front page".to_owned(),
                url: paths::FRONT.to_owned(),
            }),
            request_id: None,
        };
        let html = pages::error::render(&self.frame(None), &view);
        HttpResponse::build(status)
            .insert_header((header::CACHE_CONTROL, "private, no-store"))
            .content_type(HTML)
            .body(html)
    }

    /// Begins a session for this account and sends the browser to `url`.
    pub(super) async fn enter(
        &self,
        account: &Account,
        url: &str,
    ) -> Result<HttpResponse, Refused> {
        let old = self.signed_in.as_ref().map(|one| one.session.id);
        let secret = sessions::begin(&self.node, account.id, old).await?;
        let is_https = self.node.config.server.is_https();
        let seconds = sessions::LIFETIME / clock::SECOND;
        let cookie = Cookie::Session.set(secret.expose(), Some(seconds), is_https);
        let mut answer = see_other(url);
        answer.headers_mut().append(header::SET_COOKIE, cookie);
        Ok(answer)
    }

    /// Ends the session and sends the browser to the front page.
    pub(super) async fn leave(&self) -> Result<HttpResponse, Refused> {
        if let Some(one) = &self.signed_in {
            sessions::end(&self.node, one.session.id).await?;
        }
        let is_https = self.node.config.server.is_https();
        let cookie = Cookie::Session.set("", Some(0), is_https);
        let mut answer = see_other(paths::FRONT);
        answer.headers_mut().append(header::SET_COOKIE, cookie);
        Ok(answer)
    }

    /// Whether people may sign up.
    pub(super) fn registrations(&self) -> Registrations {
        match self.node.config.instance.registrations {
            config::Registrations::Closed => Registrations::Closed,
            config::Registrations::Open => Registrations::Open,
            config::Registrations::Approval => Registrations::Approval,
            config::Registrations::Invites => Registrations::Invites,
        }
    }

    /// A path of this node that was given from outside; anything that leads elsewhere is none.
    pub(super) fn own_path(&self, given: &str) -> Option<String> {
        own_path(self.node.urls.origin(), given)
    }
}

fn own_path(origin: &str, given: &str) -> Option<String> {
    let is_path = given.starts_with('/') && !given.contains(['\\', '\t', '\n', '\r']);
    let origin = Url::parse(origin).ok()?;
    let url = origin.join(given).ok()?;
    if !is_path || url.origin() != origin.origin() || url.path().starts_with("//") {
        return None;
    }
    Some(match url.query() {
        Some(query) => format!("{}?{query}", url.path()),
        None => url.path().to_owned(),
    })
}

/// Sends the browser on, whatever it did before.
pub(super) fn see_other(url: &str) -> HttpResponse {
    redirect(StatusCode::SEE_OTHER, url)
}

/// Sends a browser that asked for a page to another one.
pub(super) fn found(url: &str) -> HttpResponse {
    redirect(StatusCode::FOUND, url)
}

fn redirect(status: StatusCode, url: &str) -> HttpResponse {
    HttpResponse::build(status)
        .insert_header((header::LOCATION, url))
        .insert_header((header::CACHE_CONTROL, "private, no-store"))
        .finish()
}

/// An account in one line.
pub(super) fn card(node: &Node, account: &Account) -> AccountCard {
    let host = account.domain.as_deref();
    AccountCard {
        display_name: account.display_name.clone(),
        handle: format!(
            "@{}@{}",
            account.username,
            host.unwrap_or(node.urls.authority())
        ),
        url: account.url.clone(),
        avatar_url: picture(
            node,
            account,
            account.avatar.as_deref(),
            &static_files::MISSING_AVATAR,
        ),
    }
}

/// Where a picture of an account is, or the one that stands for none.
pub(super) fn picture(
    node: &Node,
    account: &Account,
    given: Option<&str>,
    missing: &static_files::StaticFile,
) -> String {
    match given {
        None | Some("") => missing.path.to_owned(),
        Some(key) if account.is_local() => node.urls.media(key),
        Some(url) => node.urls.shown(url),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_this_node_are_gone_back_to() {
        for (given, expected) in [
            ("/settings", Some("/settings")),
            (
                "/oauth/authorize?a=b&c=%2F",
                Some("/oauth/authorize?a=b&c=%2F"),
            ),
            ("/a/../settings#x", Some("/settings")),
            ("//evil.example/", None),
            ("/\\evil.example/", None),
            ("/\t/evil.example/", None),
            ("/.//evil.example/", None),
            ("/..//evil.example", None),
            ("https://evil.example/", None),
            ("https://node.example/settings", None),
            ("javascript:alert(1)", None),
            ("settings", None),
            ("", None),
        ] {
            let path = own_path("https://node.example", given);
            assert_eq!(path.as_deref(), expected, "{given:?}");
        }
    }

    #[test]
    fn believes_what_browsers_say_of_the_sender() {
        let origin = "https://node.example";
        for (site, sender, expected) in [
            (None, None, true),
            (None, Some("https://node.example"), true),
            (None, Some("https://evil.example"), false),
            (None, Some("null"), false),
            (Some("same-origin"), Some("https://node.example"), true),
            (Some("none"), None, true),
            (Some("same-site"), Some("https://node.example"), false),
            (Some("cross-site"), None, false),
        ] {
            let mut headers = HeaderMap::new();
            for (name, value) in [("sec-fetch-site", site), ("origin", sender)] {
                if let Some(value) = value {
                    let name = header::HeaderName::from_static(name);
                    headers.insert(name, header::HeaderValue::from_static(value));
                }
            }
            assert_eq!(
                is_from_here(&headers, origin),
                expected,
                "{site:?} {sender:?}"
            );
        }
    }
}
