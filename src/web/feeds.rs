//! Feeds of accounts and of tags: what is public, as the pages beside them show it, for programs that read many pages.
//!
//! They are the same for everybody. Unlisted posts are not in them: these are for who comes to the profile.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, web};

use super::files::names_tag;
use super::listings::{PAGE, show_all};
use super::pages::feed::{Entry, Feed, Format};
use super::profile::{self, find_account};
use super::refusals::Refused;
use super::timelines;
use super::visits::{Visit, card};
use crate::clock::to_http_date;
use crate::id::StatusId;
use crate::keys::digests::sha256_hex;
use crate::node::Node;
use crate::social;
use crate::store::accounts::Account;
use crate::store::statuses::Status;
use crate::store::timelines::PublicFilter;
use crate::store::{self, Conn, Page, QueryResult};
use crate::text::scan::normalise_hashtag;

/// How much of a digest tells two feeds apart, in characters.
const LONGEST_TAG: usize = 32;
/// Nothing in a feed is for a browser to load.
const POLICY: &str = "default-src 'none'; frame-ancestors 'none'";

/// `GET /@NAME.rss`: what an account posted for everybody.
pub(super) async fn show_account_rss(
    visit: Visit,
    request: HttpRequest,
    name: web::Path<String>,
) -> Result<HttpResponse, Refused> {
    show_account(visit, &request, name.into_inner(), Format::Rss).await
}

/// `GET /@NAME.atom`: the same.
pub(super) async fn show_account_atom(
    visit: Visit,
    request: HttpRequest,
    name: web::Path<String>,
) -> Result<HttpResponse, Refused> {
    show_account(visit, &request, name.into_inner(), Format::Atom).await
}

/// `GET /tags/NAME.rss`: what carries a tag.
pub(super) async fn show_tag_rss(
    visit: Visit,
    request: HttpRequest,
    name: web::Path<String>,
) -> Result<HttpResponse, Refused> {
    show_tag(visit, &request, name.into_inner(), Format::Rss).await
}

/// `GET /tags/NAME.atom`: the same.
pub(super) async fn show_tag_atom(
    visit: Visit,
    request: HttpRequest,
    name: web::Path<String>,
) -> Result<HttpResponse, Refused> {
    show_tag(visit, &request, name.into_inner(), Format::Atom).await
}

/// What stands at an address that ends like a feed's.
enum Outcome {
    /// The feed, and whether search engines may list it.
    Feed(Box<Feed>, bool),
    /// An account whose whole name this is; names may hold dots.
    Profile(String),
}

async fn show_account(
    visit: Visit,
    request: &HttpRequest,
    name: String,
    format: Format,
) -> Result<HttpResponse, Refused> {
    let node = visit.node.clone();
    let read = move |conn: &mut Conn| {
        let whole = format.url(&name);
        let named = store::accounts::find_by_handle(conn, &whole.to_lowercase())?;
        if named.is_some_and(|account| account.is_local()) {
            return Ok(Outcome::Profile(whole));
        }
        // A suspended account may come back: programs would forget a feed that is gone.
        let account = find_account(conn, &name).map_err(|Refused(status)| match status {
            StatusCode::GONE => Refused(StatusCode::NOT_FOUND),
            other => Refused(other),
        })?;
        let page = Page::newest(PAGE);
        let carried = social::timelines::carried(conn, account.id, &page)?;
        let mut feed = of_account(&node, &account, format);
        feed.entries = entries(conn, &node, &carried.items)?;
        Ok::<_, Refused>(Outcome::Feed(Box::new(feed), account.indexable))
    };
    match visit.node.db.read(read).await? {
        Outcome::Feed(feed, is_listed) => Ok(answer(&visit, request, &feed, format, is_listed)),
        Outcome::Profile(name) => profile::show(visit, web::Path::from(name)).await,
    }
}

async fn show_tag(
    visit: Visit,
    request: &HttpRequest,
    name: String,
    format: Format,
) -> Result<HttpResponse, Refused> {
    if normalise_hashtag(&name).is_none() {
        return Err(Refused(StatusCode::NOT_FOUND));
    }
    let node = visit.node.clone();
    let read = move |conn: &mut Conn| {
        let page = Page::newest(PAGE);
        let found = timelines::tagged(conn, &name, PublicFilter::default(), &page, &node)?;
        let mut feed = of_tag(&node, &name, format);
        feed.entries = entries(conn, &node, &found.items)?;
        Ok::<_, store::Error>(feed)
    };
    let feed = visit.node.db.read(read).await?;
    Ok(answer(&visit, request, &feed, format, false))
}

fn of_account(node: &Node, account: &Account, format: Format) -> Feed {
    let shown = card(node, account);
    let picture = if shown.avatar_url.starts_with('/') {
        node.urls.at(&shown.avatar_url)
    } else {
        shown.avatar_url.clone()
    };
    let page_url = node.urls.profile(&account.username);
    Feed {
        title: format!("{} ({})", shown.name(), shown.handle),
        description: format!("Public posts by {}", shown.handle),
        feed_url: format.url(&page_url),
        picture_url: Some(picture),
        page_url,
        begun_at: account.created_at,
        ..blank(node)
    }
}

fn of_tag(node: &Node, name: &str, format: Format) -> Feed {
    let page_url = node.urls.tag(name);
    Feed {
        title: format!("#{name}"),
        description: format!(
            "Public posts tagged #{name}, as far as {} knows them",
            node.urls.authority()
        ),
        feed_url: format.url(&page_url),
        page_url,
        ..blank(node)
    }
}

fn blank(node: &Node) -> Feed {
    Feed {
        title: String::new(),
        description: String::new(),
        page_url: String::new(),
        feed_url: String::new(),
        picture_url: None,
        domain: node.urls.authority().to_owned(),
        version: env!("CARGO_PKG_VERSION"),
        begun_at: 0,
        entries: Vec::new(),
    }
}

fn entries(conn: &mut Conn, node: &Node, found: &[Status]) -> QueryResult<Vec<Entry>> {
    let ids: Vec<StatusId> = found.iter().map(|status| status.id).collect();
    let tags = store::tags::list(conn, &ids)?;
    let of = |id: &str| {
        let own = tags.iter().filter(|(status, _)| status.to_string() == id);
        own.map(|(_, name)| name.clone()).collect()
    };
    let shown = show_all(conn, node, found)?.into_iter();
    let entry = |status: super::pages::Status| Entry {
        tags: of(&status.id),
        status,
    };
    Ok(shown.map(entry).collect())
}

/// Answers with the feed, or that it is as it was.
///
/// Source: <https://www.rfc-editor.org/rfc/rfc9110#section-13.2.2>
fn answer(
    visit: &Visit,
    request: &HttpRequest,
    feed: &Feed,
    format: Format,
    is_listed: bool,
) -> HttpResponse {
    let body = feed.render(format);
    let mut digest = sha256_hex(body.as_bytes());
    digest.truncate(LONGEST_TAG);
    let etag = format!("\"{digest}\"");
    let changed_at = to_http_date(feed.updated_at());
    let since = request.headers().get(header::IF_MODIFIED_SINCE);
    // What was deleted makes a feed look older: only the very instant that was told means that nothing changed.
    let is_same = |since: &header::HeaderValue| since.as_bytes() == changed_at.as_bytes();
    let is_known = names_tag(request, &etag).unwrap_or_else(|| since.is_some_and(is_same));
    let mut answer = visit.public_answer();
    answer
        .insert_header((header::ETAG, etag))
        .insert_header((header::LAST_MODIFIED, changed_at))
        .insert_header((header::CONTENT_SECURITY_POLICY, POLICY));
    if !is_listed {
        answer.insert_header(("x-robots-tag", "noindex"));
    }
    if is_known {
        return answer.status(StatusCode::NOT_MODIFIED).finish();
    }
    answer
        .content_type(format!("{}; charset=utf-8", format.media_type()))
        .body(body)
}
