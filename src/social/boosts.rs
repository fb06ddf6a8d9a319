//! Boosting: repeating somebody's status to one's own followers.

use super::fanout::{self, Arrival};
use super::notifications::notify;
use super::relationships::list_met;
use super::slices::Slice;
use super::visibility::{find_original, keep_visible, may_boost};
use super::{Error, Result, audience, news};
use crate::id::{AccountId, StatusId};
use crate::node::Node;
use crate::store::accounts::Account;
use crate::store::facts::Fact;
use crate::store::jobs::Job;
use crate::store::statuses::Status;
use crate::store::{self, Conn, Json, NotificationKind, Page, QueryResult, Tx, Visibility};

/// Boosts a status; gives back the boost. Doing it twice gives back the first one.
///
/// # Errors
/// [`Error::NotFound`] if the viewer may not see it, [`Error::Forbidden`] if it may not be boosted, [`Error::Invalid`]
/// where nobody should see the boost.
pub async fn boost(
    node: &Node,
    viewer: AccountId,
    id: StatusId,
    visibility: Option<Visibility>,
) -> Result<StatusId> {
    if visibility == Some(Visibility::Direct) {
        return Err(Error::invalid(
            "Visibility of a boost is public, unlisted or private",
        ));
    }
    let urls = node.urls.clone();
    node.db
        .write(move |tx| {
            let original = find_original(tx, Some(viewer), id)?;
            if !may_boost(original.visibility, original.account_id == viewer) {
                return Err(Error::forbidden("This action is not allowed"));
            }
            if let Some(known) = store::statuses::find_boost(tx, viewer, original.id)? {
                return Ok(known.id);
            }
            let account = super::follows::require(tx, viewer)?;
            let id = StatusId(tx.new_id());
            let uri = urls.status(&account.username, id) + "/activity";
            let boost = Made {
                id,
                uri,
                created_at: tx.now(),
                is_local: true,
                arrival: Arrival::Live,
            };
            let visibility = match visibility {
                Some(asked) => asked,
                None => default_visibility(tx, viewer)?,
            };
            let visibility = narrow(visibility, original.visibility);
            insert(tx, boost, &account, &original, visibility)?;
            super::visitors::note_interaction(tx, viewer)?;
            tx.queue(&Job::Distribute(Fact::Boosted { boost: id }))?;
            Ok(id)
        })
        .await
}

/// Who sees what somebody posts and boosts without a word about it.
fn default_visibility(tx: &mut Tx, viewer: AccountId) -> QueryResult<Visibility> {
    let user = store::users::find(tx, viewer)?;
    Ok(user.map_or(Visibility::Public, |user| user.default_visibility))
}

/// A boost is never seen by more people than asked for, nor by more than the original. Who posts to those alone whom a
/// post names boosts to followers: a boost names nobody.
fn narrow(asked: Visibility, original: Visibility) -> Visibility {
    match (asked, original) {
        (_, Visibility::Private | Visibility::Direct) | (Visibility::Direct, _) => {
            Visibility::Private
        }
        (asked, _) => asked,
    }
}

/// Takes a boost back; gives back the original. Nothing happens if it was not boosted.
///
/// # Errors
/// [`Error::NotFound`] if the viewer may not see it.
pub async fn unboost(node: &Node, viewer: AccountId, id: StatusId) -> Result<StatusId> {
    node.db
        .write(move |tx| {
            let original = find_original(tx, Some(viewer), id)?;
            let Some(boost) = store::statuses::find_boost(tx, viewer, original.id)? else {
                return Ok(original.id);
            };
            take_back(tx, &boost)?;
            Ok(original.id)
        })
        .await
}

/// Takes a local account's boost back.
///
/// # Errors
/// Whatever the database says.
pub(super) fn take_back(tx: &mut Tx, boost: &Status) -> QueryResult<()> {
    let original = match boost.boost_of_id {
        Some(id) => store::statuses::find(tx, id)?,
        None => None,
    };
    let destinations = audience::of_status(tx, boost)?;
    remove(tx, boost)?;
    let Some(original) = original else {
        return Ok(());
    };
    let fact = Fact::Unboosted {
        account: boost.account_id,
        uri: boost.uri.clone(),
        original_uri: original.uri,
        destinations,
    };
    tx.queue(&Job::Distribute(fact))
}

/// A page of who boosted a status, the newest boost first, as far as the viewer may see the boosts.
///
/// # Errors
/// [`Error::NotFound`] if the viewer may not see the status.
pub fn list_boosters(
    conn: &mut Conn,
    viewer: Option<AccountId>,
    id: StatusId,
    page: &Page,
) -> Result<Slice<Account>> {
    let original = find_original(conn, viewer, id)?;
    let rows = store::statuses::page_boosts(conn, original.id, page)?;
    let visible = keep_visible(conn, viewer, rows.clone())?;
    let ids: Vec<AccountId> = visible.iter().map(|boost| boost.account_id).collect();
    let items = list_met(conn, viewer, &ids)?;
    Ok(Slice::new(items, &rows, |row| row.id.0))
}

/// What is known of a boost before it is stored.
struct Made {
    id: StatusId,
    uri: String,
    created_at: i64,
    is_local: bool,
    arrival: Arrival,
}

/// A boost as a peer tells it.
#[derive(Clone, Debug)]
pub struct RemoteBoost {
    /// Its id on the wire.
    pub uri: String,
    /// When it was made, in milliseconds.
    pub published: Option<i64>,
    /// Who may see it.
    pub visibility: Visibility,
    /// Whether it comes as it happens.
    pub arrival: Arrival,
}

/// A peer's account boosts a status that is known here. Tells whether it is new; a boost that was undone
/// before it came stays undone.
///
/// # Errors
/// Whatever the database says.
pub fn receive(
    tx: &mut Tx,
    account: &Account,
    original: &Status,
    remote: &RemoteBoost,
) -> QueryResult<bool> {
    let uri = remote.uri.as_str();
    let is_gone = store::tombstones::find(tx, uri)?.is_some_and(|by| by == account.uri);
    let is_known = store::statuses::find_boost(tx, account.id, original.id)?.is_some()
        || store::statuses::find_by_uri(tx, uri)?.is_some();
    if is_gone || is_known || !may_boost(original.visibility, original.account_id == account.id) {
        return Ok(false);
    }
    let created_at = remote.published.unwrap_or(tx.now()).min(tx.now());
    let made = Made {
        id: store::statuses::new_id_at(tx, created_at)?,
        uri: uri.to_owned(),
        created_at,
        is_local: false,
        arrival: remote.arrival,
    };
    insert(
        tx,
        made,
        account,
        original,
        narrow(remote.visibility, original.visibility),
    )?;
    Ok(true)
}

/// A peer's account takes a boost back.
///
/// # Errors
/// Whatever the database says.
pub fn receive_end(
    tx: &mut Tx,
    account: &Account,
    uri: Option<&str>,
    original: Option<&Status>,
) -> QueryResult<()> {
    let mut found = None;
    if let Some(uri) = uri {
        store::tombstones::insert(tx, uri, &account.uri)?;
        found = store::statuses::find_by_uri(tx, uri)?;
    }
    if let (None, Some(original)) = (&found, original) {
        found = store::statuses::find_boost(tx, account.id, original.id)?;
    }
    match found {
        Some(boost) if boost.account_id == account.id && boost.boost_of_id.is_some() => {
            remove(tx, &boost)
        }
        _ => Ok(()),
    }
}

fn insert(
    tx: &mut Tx,
    made: Made,
    account: &Account,
    original: &Status,
    visibility: Visibility,
) -> QueryResult<()> {
    let boost = Status {
        id: made.id,
        uri: made.uri,
        url: None,
        account_id: account.id,
        is_local: made.is_local,
        visibility,
        content: String::new(),
        source: None,
        spoiler: String::new(),
        sensitive: false,
        language: None,
        emojis: Json(Vec::new()),
        in_reply_to_id: None,
        in_reply_to_account_id: None,
        in_reply_to_uri: None,
        conversation_id: made.id.0,
        boost_of_id: Some(original.id),
        application_id: None,
        replies_count: 0,
        boosts_count: 0,
        favourites_count: 0,
        created_at: made.created_at,
        edited_at: None,
        fetched_at: tx.now(),
    };
    store::statuses::insert(tx, &boost)?;
    store::statuses::add_boosts(tx, original.id, 1)?;
    store::accounts::add_statuses(tx, account.id, 1, Some(boost.created_at))?;
    fanout::appeared(tx, &boost, made.arrival)?;
    if made.arrival == Arrival::Late {
        return Ok(());
    }
    notify(
        tx,
        original.account_id,
        NotificationKind::Boost,
        account.id,
        Some(original.id),
    )
}

/// Removes a boost with all that it brought.
pub(super) fn remove(tx: &mut Tx, boost: &Status) -> QueryResult<()> {
    news::gone(tx, boost)?;
    store::statuses::delete(tx, boost.id)?;
    store::accounts::add_statuses(tx, boost.account_id, -1, None)?;
    store::accounts::forget_status_at(tx, boost.account_id, boost.created_at)?;
    let Some(original) = boost.boost_of_id else {
        return Ok(());
    };
    store::statuses::add_boosts(tx, original, -1)?;
    if let Some(original) = store::statuses::find(tx, original)? {
        let kind = NotificationKind::Boost;
        store::notifications::withdraw(
            tx,
            original.account_id,
            kind,
            boost.account_id,
            Some(original.id),
        )?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use Visibility::{Direct, Private, Public, Unlisted};

    #[test]
    fn a_boost_is_seen_by_no_more_than_its_original() {
        for (asked, original, expected) in [
            (Public, Public, Public),
            (Direct, Public, Private),
            (Unlisted, Public, Unlisted),
            (Private, Unlisted, Private),
            (Public, Private, Private),
            (Public, Unlisted, Public),
        ] {
            assert_eq!(narrow(asked, original), expected);
        }
    }
}
