//! Collections and their accounts.
//!
//! Source: <https://docs.joinmastodon.org/entities/Collection/>

use std::collections::HashMap;

use super::{View, accounts};
use crate::api::entities::Instant;
use crate::api::entities::collections::{
    Collection, CollectionItem, CollectionWithAccounts, ShallowTag,
};
use crate::id::AccountId;
use crate::social::collections::Shown;
use crate::store::{self, Conn, QueryResult};

/// These collections, in their order. Costs one query.
///
/// # Errors
/// Whatever the database says.
pub fn page(conn: &mut Conn, view: &View, shown: Vec<Shown>) -> QueryResult<Vec<Collection>> {
    let curators: Vec<AccountId> = shown.iter().map(|one| one.collection.account_id).collect();
    let actors: HashMap<AccountId, String> = store::accounts::list(conn, &curators)?
        .into_iter()
        .map(|account| (account.id, account.uri))
        .collect();
    Ok(shown
        .into_iter()
        .filter_map(|one| {
            let actor = actors.get(&one.collection.account_id)?;
            Some(single(view, actor, one))
        })
        .collect())
}

fn single(view: &View, actor: &str, shown: Shown) -> Collection {
    let row = shown.collection;
    Collection {
        id: row.id,
        account_id: row.account_id,
        uri: format!("{actor}/collections/{}", row.id),
        url: None,
        name: row.name,
        description: row.description,
        language: row.language,
        local: true,
        sensitive: row.sensitive,
        discoverable: row.discoverable,
        tag: row.tag.map(|name| ShallowTag {
            url: view.urls.tag(&name),
            name,
        }),
        created_at: Instant(row.created_at),
        updated_at: Instant(row.updated_at),
        item_count: shown.items.len(),
        items: shown.items.iter().map(item).collect(),
    }
}

/// One item.
#[must_use]
pub fn item(row: &store::collections::CollectionItem) -> CollectionItem {
    CollectionItem {
        id: row.id,
        account_id: row.account_id,
        state: "accepted",
        created_at: Instant(row.created_at),
    }
}

/// One collection with its accounts.
///
/// # Errors
/// Whatever the database says; [`store::Error::NotFound`] if its curator is gone.
pub fn with_accounts(
    conn: &mut Conn,
    view: &View,
    shown: Shown,
) -> QueryResult<CollectionWithAccounts> {
    let mut people = vec![shown.collection.account_id];
    for item in &shown.items {
        // The curator may be among them, and stands first.
        if !people.contains(&item.account_id) {
            people.push(item.account_id);
        }
    }
    Ok(CollectionWithAccounts {
        accounts: accounts::by_ids(conn, view, &people)?,
        collection: super::only(page(conn, view, vec![shown])?)?,
    })
}
