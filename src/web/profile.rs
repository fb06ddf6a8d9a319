//! Profiles and single statuses, as everybody sees them, signed in or not. Authors see their own posts besides that
//! are not for everybody, each on its page.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, web};
use url::form_urlencoded;

use super::listings::{asked_page, paging, show_all};
use super::outcomes::find_line;
use super::pages::feed::Format;
use super::pages::profile::ProfileField;
use super::refusals::Refused;
use super::visits::{Visit, card, found, picture};
use super::{pages, static_files, votes};
use crate::id::{AccountId, StatusId};
use crate::node::Node;
use crate::social::{self, threads, timelines, users, visibility};
use crate::store::accounts::{Account, Counts};
use crate::store::statuses::Status;
use crate::store::timelines::ProfileFilter;
use crate::store::{self, AccountKind, Conn, Visibility};
use crate::text::to_plain;

/// The documents that other servers read.
const ACTIVITY: &str = "application/activity+json";

/// `GET /@NAME`: a local account's profile and its posts.
pub(super) async fn show(visit: Visit, name: web::Path<String>) -> Result<HttpResponse, Refused> {
    let (node, page) = (visit.node.clone(), asked_page(&visit.query));
    let view = visit
        .node
        .db
        .read(move |conn| {
            let account = find_account(conn, &name)?;
            let filter = ProfileFilter {
                exclude_replies: true,
                ..ProfileFilter::default()
            };
            let part = timelines::profile(conn, None, account.id, filter, &page)?;
            let counts = store::accounts::list_counts(conn, &[account.id])?;
            let counts = counts.into_iter().next().map(|(_, counts)| counts);
            let path = format!("/@{}", account.username);
            let mut view = portray(&node, &account, counts.unwrap_or_default());
            view.paging = paging(&path, &page, &part);
            view.statuses = show_all(conn, &node, &part.items)?;
            Ok::<_, Refused>(view)
        })
        .await?;
    let mut alternates = vec![alternate(&view.actor_url, ACTIVITY)];
    for format in [Format::Rss, Format::Atom] {
        let url = format.url(&view.account.url);
        alternates.push(alternate(&url, format.media_type()));
    }
    let html = pages::profile::render(&visit.frame(None), &view);
    Ok(visit
        .public_answer()
        .insert_header((header::LINK, alternates.join(", ")))
        .content_type("text/html; charset=utf-8")
        .body(html))
}

/// `GET /@NAME/ID`: a status in its thread; of a boost, the way to what it boosts.
pub(super) async fn show_status(
    visit: Visit,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Refused> {
    let (name, id) = path.into_inner();
    let id: StatusId = id.parse().map_err(|_| Refused(StatusCode::NOT_FOUND))?;
    let (node, now) = (visit.node.clone(), visit.node.clock.now());
    let viewer = visit.signed_in.as_ref().map(|one| one.person.account.id);
    let outcome = visit
        .node
        .db
        .read(move |conn| {
            let account = find_account(conn, &name)?;
            let author = viewer.filter(|viewer| *viewer == account.id);
            let (status, sight) = find_status(conn, author, id)?;
            if status.account_id != account.id {
                return Err(Refused(StatusCode::NOT_FOUND));
            }
            if let Some(original) = status.boost_of_id {
                let original = visibility::find_visible(conn, sight, original)?;
                return Ok(Outcome::Elsewhere(original.url.unwrap_or(original.uri)));
            }
            let mut shown = thread(conn, &node, &account, &status, sight)?;
            shown.delivery = find_line(conn, viewer, &status)?;
            if let Some(viewer) = viewer {
                shown.ballot = votes::offer(conn, viewer, &status, now)?;
            }
            Ok(Outcome::Here(shown))
        })
        .await?;
    let view = match outcome {
        Outcome::Here(mut view) => {
            if let Some(ballot) = &mut view.ballot {
                ballot.form = visit.form(Vec::new());
            }
            view
        }
        Outcome::Elsewhere(url) => return Ok(found(&url)),
    };
    let html = pages::thread::render(&visit.frame(None), &view);
    let mut alternates = vec![alternate(&view.object_url, ACTIVITY)];
    if let Some(url) = &view.embed_url {
        alternates.push(alternate(url, pages::thread::EMBED));
    }
    Ok(visit
        .public_answer()
        .insert_header((header::LINK, alternates.join(", ")))
        .content_type("text/html; charset=utf-8")
        .body(html))
}

enum Outcome {
    Here(Box<pages::thread::Thread>),
    Elsewhere(String),
}

/// A status, and with whose eyes it and what is around it are seen: those of a stranger if everybody may see it, else
/// those of its author.
fn find_status(
    conn: &mut Conn,
    author: Option<AccountId>,
    id: StatusId,
) -> social::Result<(Status, Option<AccountId>)> {
    let found = visibility::find_visible(conn, None, id);
    let (Err(social::Error::NotFound), Some(author)) = (&found, author) else {
        return found.map(|status| (status, None));
    };
    let status = visibility::find_visible(conn, Some(author), id)?;
    if status.account_id == author {
        Ok((status, Some(author)))
    } else {
        Err(social::Error::NotFound)
    }
}

/// Where programs find the same thing.
///
/// Source: <https://www.rfc-editor.org/rfc/rfc8288#section-3>
fn alternate(url: &str, media_type: &str) -> String {
    format!("<{url}>; rel=\"alternate\"; type=\"{media_type}\"")
}

/// The local account of this name, unless its sign-up still waits or it is suspended.
pub(super) fn find_account(conn: &mut Conn, name: &str) -> Result<Account, Refused> {
    let account = store::accounts::find_by_handle(conn, &name.to_lowercase())?;
    let account = account
        .filter(|account| account.is_local() && account.kind != AccountKind::Application)
        .ok_or(Refused(StatusCode::NOT_FOUND))?;
    if account.suspended_at.is_some() {
        return Err(Refused(StatusCode::GONE));
    }
    let user = store::users::find(conn, account.id)?;
    if user.is_some_and(|user| users::has_arrived(&user)) {
        Ok(account)
    } else {
        Err(Refused(StatusCode::NOT_FOUND))
    }
}

fn portray(node: &Node, account: &Account, counts: Counts) -> pages::profile::Profile {
    let header = account.header.as_deref();
    let told = |number: i64| (!account.hides_collections).then_some(number);
    let fields = account.fields.0.iter().map(|field| ProfileField {
        name: field.name.clone(),
        value_html: field.value.clone(),
        verified: field.verified_at.is_some(),
    });
    pages::profile::Profile {
        account: card(node, account),
        header_url: picture(node, account, header, &static_files::MISSING_HEADER),
        actor_url: account.uri.clone(),
        bio_html: account.note.clone(),
        bio_text: to_plain(&account.note),
        fields: fields.collect(),
        bot: account.kind == AccountKind::Service,
        locked: account.locked,
        joined_at: account.created_at,
        statuses_count: counts.statuses,
        following_count: told(counts.following),
        followers_count: told(counts.followers),
        indexable: account.indexable,
        statuses: Vec::new(),
        paging: pages::Paging::default(),
    }
}

fn thread(
    conn: &mut Conn,
    node: &Node,
    account: &Account,
    status: &Status,
    sight: Option<AccountId>,
) -> Result<Box<pages::thread::Thread>, Refused> {
    let around = threads::show(conn, sight, status.id, node.clock.now())?;
    let shown = show_all(conn, node, std::slice::from_ref(status))?;
    Ok(Box::new(pages::thread::Thread {
        status: shown
            .into_iter()
            .next()
            .ok_or(Refused(StatusCode::NOT_FOUND))?,
        text: to_plain(&status.content),
        ancestors: show_all(conn, node, &around.ancestors)?,
        replies: show_all(conn, node, &around.descendants)?,
        embed_url: embed_url(node, status),
        object_url: status.uri.clone(),
        indexable: account.indexable,
        ballot: None,
        delivery: None,
    }))
}

/// Where other sites get a quotation of a status, if everybody may see it.
///
/// Source: <https://oembed.com/#section4>
fn embed_url(node: &Node, status: &Status) -> Option<String> {
    let page = status.url.as_deref().filter(|_| status.is_local)?;
    let is_open = matches!(status.visibility, Visibility::Public | Visibility::Unlisted);
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("format", "json").append_pair("url", page);
    let url = node.urls.at(&format!("/api/oembed?{}", query.finish()));
    is_open.then_some(url)
}
