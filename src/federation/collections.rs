//! What a local account did, whom it follows and who follows it, page by page, for other servers.
//!
//! Source: <https://www.w3.org/TR/activitypub/#collections>.

use std::collections::HashMap;

use actix_web::web::{Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;
use serde_json::Value;

use super::answers::{self, Absence, Keep};
use super::documents::activities;
use super::documents::collections::{OutgoingPage, build_root, build_whole};
use super::documents::context::Terms;
use super::documents::local;
use super::documents::notes::OutgoingNote;
use super::documents::tags::{Hashtag, build_hashtag};
use super::readers::Reader;
use super::{actors, portraits, readers};
use crate::id::{AccountId, StatusId};
use crate::node::Node;
use crate::social::pins;
use crate::social::tags::known_name;
use crate::social::visibility::keep_visible;
use crate::store::accounts::{Account, Counts};
use crate::store::follows::Follow;
use crate::store::statuses::Status;
use crate::store::timelines::{ProfileFilter, page_profile};
use crate::store::{self, Conn, Page, QueryResult, Visibility};
use crate::urls::Urls;

/// Items of one page of an outbox.
const ACTIVITIES: i64 = 20;
/// Items of one page of followers or followed.
const ACCOUNTS: i64 = 50;

/// Which page is asked for; the whole collection if neither is given.
#[derive(Debug, Default, Deserialize)]
pub struct Cut {
    page: Option<String>,
    max_id: Option<i64>,
}

impl Cut {
    fn page(&self, limit: i64) -> Option<Page> {
        self.page.as_ref()?;
        Some(Page {
            max_id: self.max_id,
            ..Page::newest(limit)
        })
    }
}

/// `GET /users/{name}/outbox`: what the account posted and boosted for everybody.
///
/// Source: <https://www.w3.org/TR/activitypub/#outbox>.
pub async fn show_outbox(
    node: Data<Node>,
    request: HttpRequest,
    name: Path<String>,
    cut: Query<Cut>,
) -> Result<HttpResponse, Absence> {
    let reader = readers::of(&node, &request).await?;
    let urls = node.urls.clone();
    let read = move |conn: &mut Conn| {
        let account = actors::find_open(conn, &urls, &name)?;
        let id = local::outbox(&account.uri);
        let Some(page) = cut.page(ACTIVITIES) else {
            let total = counts(conn, &account)?.statuses;
            let first = first_page(&id);
            return Ok(build_root(&id, total, Some(&first), None));
        };
        let ids = page_profile(conn, account.id, &statuses_for(reader), &page)?;
        let next = next_page(&id, ids.len(), ACTIVITIES, ids.last().map(|id| id.0));
        // Who signs sees what a follower may see, or those who are addressed; who is blocked finds nothing.
        let found = store::statuses::list(conn, &ids)?;
        let seen = keep_visible(conn, reader.account, found)?;
        let items = list_activities(conn, &urls, &account, seen)?;
        Ok::<_, Absence>(finish(&id, &cut, next, items, Terms::Note))
    };
    let document = node.db.read(read).await?;
    Ok(answers::document(&document, reader.keep()))
}

/// What a reader may see of an account: of a stranger's page nothing is left out afterwards.
fn statuses_for(reader: Reader) -> ProfileFilter {
    let visibilities = match reader.account {
        Some(_) => Visibility::ALL.to_vec(),
        None => vec![Visibility::Public, Visibility::Unlisted],
    };
    ProfileFilter {
        visibilities,
        ..ProfileFilter::default()
    }
}

fn list_activities(
    conn: &mut Conn,
    urls: &Urls,
    account: &Account,
    mut seen: Vec<Status>,
) -> QueryResult<Vec<Value>> {
    seen.sort_unstable_by_key(|status| std::cmp::Reverse(status.id));
    let own: Vec<&Status> = seen
        .iter()
        .filter(|status| status.boost_of_id.is_none())
        .collect();
    let notes = portraits::notes(conn, urls, account, &own)?;
    let mut creates: HashMap<StatusId, Value> = own
        .iter()
        .zip(&notes)
        .map(|(status, note)| (status.id, activities::create(note)))
        .collect();
    let mut items = Vec::new();
    for status in &seen {
        let activity = match creates.remove(&status.id) {
            Some(create) => Some(create),
            None => portraits::announce(conn, account, status)?
                .map(|announce| activities::announce(&announce)),
        };
        items.extend(activity.map(without_context));
    }
    Ok(items)
}

/// A document that is to stand inside another.
fn without_context(mut document: Value) -> Value {
    if let Some(properties) = document.as_object_mut() {
        properties.remove("@context");
    }
    document
}

/// `GET /users/{name}/followers`: who follows the account, unless it hides that.
///
/// Source: <https://www.w3.org/TR/activitypub/#followers>.
pub async fn list_followers(
    node: Data<Node>,
    name: Path<String>,
    cut: Query<Cut>,
) -> Result<HttpResponse, Absence> {
    list_accounts(&node, name.into_inner(), cut.into_inner(), Side::Followers).await
}

/// `GET /users/{name}/following`: whom the account follows, unless it hides that.
///
/// Source: <https://www.w3.org/TR/activitypub/#following>.
pub async fn list_following(
    node: Data<Node>,
    name: Path<String>,
    cut: Query<Cut>,
) -> Result<HttpResponse, Absence> {
    list_accounts(&node, name.into_inner(), cut.into_inner(), Side::Following).await
}

#[derive(Clone, Copy)]
enum Side {
    Followers,
    Following,
}

impl Side {
    fn id(self, actor: &str) -> String {
        match self {
            Self::Followers => local::followers(actor),
            Self::Following => local::following(actor),
        }
    }

    fn total(self, counts: Counts) -> i64 {
        match self {
            Self::Followers => counts.followers,
            Self::Following => counts.following,
        }
    }

    fn page(self, conn: &mut Conn, account: AccountId, page: &Page) -> QueryResult<Vec<Follow>> {
        match self {
            Self::Followers => store::follows::page_of(conn, account, true, page),
            Self::Following => store::follows::page_by(conn, account, page),
        }
    }

    fn other(self, follow: &Follow) -> AccountId {
        match self {
            Self::Followers => follow.account_id,
            Self::Following => follow.target_id,
        }
    }
}

async fn list_accounts(
    node: &Node,
    name: String,
    cut: Cut,
    side: Side,
) -> Result<HttpResponse, Absence> {
    let urls = node.urls.clone();
    let read = move |conn: &mut Conn| {
        let account = actors::find_open(conn, &urls, &name)?;
        let id = side.id(&account.uri);
        let Some(page) = cut.page(ACCOUNTS) else {
            let total = side.total(counts(conn, &account)?);
            let first = Some(first_page(&id)).filter(|_| !account.hides_collections);
            return Ok(build_root(&id, total, first.as_deref(), None));
        };
        if account.hides_collections {
            return Err(Absence::Withheld("the account does not show this list"));
        }
        let follows = side.page(conn, account.id, &page)?;
        let next = next_page(
            &id,
            follows.len(),
            ACCOUNTS,
            follows.last().map(|last| last.id.0),
        );
        let items = list_uris(conn, &follows, side)?;
        Ok(finish(&id, &cut, next, items, Terms::Plain))
    };
    let document = node.db.read(read).await?;
    Ok(answers::document(&document, Keep::Public))
}

fn list_uris(conn: &mut Conn, follows: &[Follow], side: Side) -> QueryResult<Vec<Value>> {
    let ids: Vec<AccountId> = follows.iter().map(|follow| side.other(follow)).collect();
    let mut uris: HashMap<AccountId, String> = store::accounts::list(conn, &ids)?
        .into_iter()
        .map(|account| (account.id, account.uri))
        .collect();
    let uris = ids.iter().filter_map(|id| uris.remove(id));
    Ok(uris.map(Value::from).collect())
}

/// `GET /users/{name}/collections/featured`: what the account pinned, as far as the reader may see it.
///
/// Source: <https://docs.joinmastodon.org/spec/activitypub/#featured>.
pub async fn show_featured(
    node: Data<Node>,
    request: HttpRequest,
    name: Path<String>,
) -> Result<HttpResponse, Absence> {
    let reader = readers::of(&node, &request).await?;
    let urls = node.urls.clone();
    let read = move |conn: &mut Conn| {
        let account = actors::find_open(conn, &urls, &name)?;
        let page = Page::newest(pins::MOST);
        let pinned = pins::list(conn, reader.account, account.id, &page)?.items;
        let shown: Vec<&Status> = pinned.iter().collect();
        let notes = portraits::notes(conn, &urls, &account, &shown)?;
        let items: Vec<Value> = notes.iter().map(OutgoingNote::object).collect();
        let id = local::featured(&account.uri);
        Ok::<_, Absence>(build_whole(&id, &items, Terms::Note))
    };
    let featured = node.db.read(read).await?;
    Ok(answers::document(&featured, reader.keep()))
}

/// `GET /users/{name}/collections/tags`: the hashtags on the account's profile.
///
/// Source: <https://docs.joinmastodon.org/spec/activitypub/#featuredTags>.
pub async fn show_featured_tags(
    node: Data<Node>,
    name: Path<String>,
) -> Result<HttpResponse, Absence> {
    let urls = node.urls.clone();
    let read = move |conn: &mut Conn| {
        let account = actors::find_open(conn, &urls, &name)?;
        let tags = store::featured_tags::list(conn, account.id)?;
        let items: Vec<Value> = tags
            .into_iter()
            .map(|featured| {
                let href = Some(urls.tag(&known_name(&featured)));
                let name = featured.name;
                build_hashtag(&Hashtag { name, href })
            })
            .collect();
        let id = local::featured_tags(&account.uri);
        Ok::<_, Absence>(build_whole(&id, &items, Terms::Note))
    };
    let document = node.db.read(read).await?;
    Ok(answers::document(&document, Keep::Public))
}

/// `GET /actor/outbox`: the node itself posts nothing.
///
/// Source: <https://www.w3.org/TR/activitypub/#outbox>.
pub async fn show_node_outbox(node: Data<Node>) -> HttpResponse {
    let id = local::outbox(&node.urls.node_actor());
    answers::document(&build_whole(&id, &[], Terms::Plain), Keep::Public)
}

fn counts(conn: &mut Conn, account: &Account) -> QueryResult<Counts> {
    let counts = store::accounts::list_counts(conn, &[account.id])?.pop();
    Ok(counts.map(|(_, counts)| counts).unwrap_or_default())
}

fn first_page(id: &str) -> String {
    format!("{id}?page=true")
}

/// The page after one that is full; its last item has the number `last`.
fn next_page(id: &str, found: usize, limit: i64, last: Option<i64>) -> Option<String> {
    let is_full = i64::try_from(found).is_ok_and(|found| found >= limit);
    let last = last.filter(|_| is_full)?;
    Some(format!("{}&max_id={last}", first_page(id)))
}

fn finish(id: &str, cut: &Cut, next: Option<String>, items: Vec<Value>, terms: Terms) -> Value {
    let own = match cut.max_id {
        Some(max_id) => format!("{}&max_id={max_id}", first_page(id)),
        None => first_page(id),
    };
    let page = OutgoingPage {
        id: own,
        part_of: id.to_owned(),
        next,
        prev: None,
        total: None,
        items,
        terms,
    };
    page.document()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_full_page_has_a_next_one() {
        let id = "https://a.example/users/ann/outbox";
        for (found, last, expected) in [
            (0, None, None),
            (19, Some(7), None),
            (20, Some(7), Some(format!("{id}?page=true&max_id=7"))),
        ] {
            assert_eq!(next_page(id, found, 20, last), expected, "{found}");
        }
    }
}
