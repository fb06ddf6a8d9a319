//! Reading an outbox backwards, page by page, until what it lists is older than the absence.

use std::collections::HashMap;

use serde_json::Value;

use super::super::documents::Visibility;
use super::super::documents::listings::{Boost, Listed, Speaker};
use super::super::documents::notes::IncomingNote;
use super::super::{fetch, portraits};
use super::errands::{Errand, Setback};
use crate::id::AccountId;
use crate::social::absences::MARGIN;
use crate::social::boosts::{self, RemoteBoost};
use crate::social::fanout::Arrival;
use crate::store::absences::Task;
use crate::store::accounts::Account;
use crate::store::{self, Conn, QueryResult, gaps};

/// Pages of one outbox that are read.
const PAGES: i64 = 50;

/// Whose outbox is read, and who here signs for reading it.
struct Author {
    account: Account,
    /// A follower, so that the author's server shows what followers may see.
    follower: AccountId,
}

/// What is known here of a status: when it was made and last edited, in milliseconds.
type Known = HashMap<String, (i64, Option<i64>)>;

/// Reads one page of an outbox and takes what is new; tells where the next page is, if it is worth reading.
///
/// # Errors
/// Why it could not be read.
pub(super) async fn read(errand: &mut Errand<'_>, task: &Task) -> Result<Option<String>, Setback> {
    let Some(author) = find_author(errand, &task.target).await? else {
        return Ok(None);
    };
    let place = task.cursor.clone().or(author.account.outbox_url.clone());
    let Some(place) = place else { return Ok(None) };
    let page = errand.page(&place, Some(author.follower)).await?;
    if page.items.is_empty() {
        let next = page.first.or(page.next);
        return Ok(next.filter(|next| *next != place && task.pages < PAGES));
    }
    let ours = fetch::our_origin(errand.node)?;
    let speaker = Speaker {
        actor: &author.account.uri,
        source: &place,
        ours: &ours,
    };
    let is_past = Box::pin(take(errand, &author, &speaker, &page.items)).await?;
    let next = page.next.filter(|next| *next != place);
    Ok(next.filter(|_| !is_past && task.pages < PAGES))
}

/// The author, if they are still followed from here.
async fn find_author(errand: &Errand<'_>, uri: &str) -> QueryResult<Option<Author>> {
    let uri = uri.to_owned();
    let look = move |conn: &mut Conn| -> QueryResult<Option<Author>> {
        let account = store::accounts::find_by_uri(conn, &uri)?;
        let Some(account) = account.filter(|account| account.suspended_at.is_none()) else {
            return Ok(None);
        };
        let followers = store::follows::list_local_followers(conn, account.id)?;
        let first = followers.iter().min_by_key(|follow| follow.id);
        Ok(first.map(|follow| Author {
            account,
            follower: follow.account_id,
        }))
    };
    errand.node.db.read(look).await
}

/// Takes what is new; tells whether everything listed is older than what is looked for.
///
/// That a page holds nothing new is no reason to stop: what was delivered after the absence may stand above what was
/// missed in it.
async fn take(
    errand: &mut Errand<'_>,
    author: &Author,
    speaker: &Speaker<'_>,
    items: &[Value],
) -> Result<bool, Setback> {
    let since = errand.absence.away_from - MARGIN;
    let listed = speaker.list(items);
    let known = list_known(errand, &listed).await?;
    let mut times = Vec::new();
    for item in listed {
        let at = known.get(plain_id(item.id())).copied();
        let item = match (item, at) {
            (Listed::Named { .. }, Some((made, _))) => {
                times.push(made);
                continue;
            }
            (Listed::Named { id, published }, None) => {
                if published.is_some_and(|at| at < since) {
                    times.extend(published);
                    continue;
                }
                match fetch_named(errand, author, speaker, &id).await? {
                    Some(item) => item,
                    None => continue,
                }
            }
            (item, _) => item,
        };
        let made = item.published().or(at.map(|(made, _)| made));
        times.extend(made);
        let is_old = made.is_some_and(|made| made < since);
        skip_what_never_works(take_item(errand, author, item, at, is_old).await)?;
    }
    Ok(!times.is_empty() && times.iter().all(|at| *at < since))
}

async fn list_known(errand: &Errand<'_>, listed: &[Listed]) -> QueryResult<Known> {
    let ids: Vec<String> = listed
        .iter()
        .map(|item| plain_id(item.id()).to_owned())
        .collect();
    let look = move |conn: &mut Conn| gaps::list_known(conn, &ids);
    let rows = errand.node.db.read(look).await?;
    let known = |(uri, made, edited)| (uri, (made, edited));
    Ok(rows.into_iter().map(known).collect())
}

/// Some servers name the activity that made a status; the status is then known by the part before that. Boosts are
/// known here by their activities, whose ids are not cut.
fn plain_id(id: &str) -> &str {
    id.strip_suffix("/activity#Create").unwrap_or(id)
}

/// What a name in the outbox stands for, from its own server.
async fn fetch_named(
    errand: &mut Errand<'_>,
    author: &Author,
    speaker: &Speaker<'_>,
    id: &str,
) -> Result<Option<Listed>, Setback> {
    let fetched = errand.document(plain_id(id), Some(author.follower)).await;
    let document = match fetched {
        Ok(document) => document,
        Err(setback) => return skip_what_never_works(Err(setback)).map(|()| None),
    };
    let speaker = Speaker {
        source: id,
        ..*speaker
    };
    let found = speaker.read(&Value::Object(document.properties().clone()));
    // A document that is again only a name is somebody else's, or says nothing.
    Ok(found.filter(|found| !matches!(found, Listed::Named { .. })))
}

async fn take_item(
    errand: &mut Errand<'_>,
    author: &Author,
    item: Listed,
    known: Option<(i64, Option<i64>)>,
    is_old: bool,
) -> Result<(), Setback> {
    match (item, known) {
        (Listed::Note(note), Some((made, edited))) => {
            let version = edited.unwrap_or(made);
            if note.updated.is_some_and(|updated| updated > version) {
                errand.revise(&author.account, *note).await?;
            }
            Ok(())
        }
        (Listed::Note(note), None) if !is_old && concerns_us(errand, author, &note) => {
            errand.keep(*note).await
        }
        (Listed::Boost(boost), None) if !is_old => take_boost(errand, author, boost).await,
        _ => Ok(()),
    }
}

/// A direct status concerns those whom it addresses, and nobody else.
fn concerns_us(errand: &Errand<'_>, author: &Author, note: &IncomingNote) -> bool {
    let urls = &errand.node.urls;
    note.visibility(author.account.followers_url.as_deref()) != Visibility::Direct
        || note.addressees.all().any(|address| urls.is_local(address))
}

async fn take_boost(errand: &mut Errand<'_>, author: &Author, boost: Boost) -> Result<(), Setback> {
    // A third server that cannot be reached is no reason to ask this one again.
    let original = match errand.status(&boost.object).await {
        Ok(original) => original,
        Err(Setback::Spent) => return Err(Setback::Spent),
        Err(Setback::Later { why, .. }) if !is_here(author, &boost.object) => {
            return Err(Setback::Never(why));
        }
        Err(setback) => return Err(setback),
    };
    let original = match original.boost_of_id {
        Some(id) => {
            let look = move |conn: &mut Conn| store::statuses::find(conn, id);
            errand.node.db.read(look).await?
        }
        None => Some(original),
    };
    let Some(original) = original else {
        return Ok(());
    };
    let account = author.account.clone();
    let followers = account.followers_url.as_deref();
    let remote = RemoteBoost {
        uri: boost.id,
        published: boost.published,
        visibility: portraits::visibility(boost.addressees.visibility(followers)),
        arrival: Arrival::Late,
    };
    let write = move |tx: &mut store::Tx<'_>| boosts::receive(tx, &account, &original, &remote);
    if errand.node.db.write(write).await? {
        errand.gain.recovered += 1;
    }
    Ok(())
}

fn is_here(author: &Author, id: &str) -> bool {
    super::super::documents::origins::is_same_origin(id, &author.account.uri)
}

/// One item that cannot be had does not keep the others.
fn skip_what_never_works(done: Result<(), Setback>) -> Result<(), Setback> {
    match done {
        Err(Setback::Never(why)) => {
            tracing::debug!(why, "something that was missed cannot be had");
            Ok(())
        }
        done => done,
    }
}
