//! Collections: lists of accounts that people show to others.

use serde::Serialize;

use super::{Account, Instant};
use crate::id::{AccountId, CollectionId, CollectionItemId};

/// A collection.
///
/// Source: <https://docs.joinmastodon.org/entities/Collection/>
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Collection {
    /// Its id.
    pub id: CollectionId,
    /// Whose.
    pub account_id: AccountId,
    /// Its name for other servers.
    pub uri: String,
    /// Its page, if it has one.
    pub url: Option<String>,
    /// Plain text.
    pub name: String,
    /// Plain text.
    pub description: String,
    /// An ISO 639 code.
    pub language: Option<String>,
    /// Whether it was made here.
    pub local: bool,
    /// Whether it is covered at first.
    pub sensitive: bool,
    /// Whether profiles show it.
    pub discoverable: bool,
    /// A hashtag that describes it.
    pub tag: Option<ShallowTag>,
    /// When it was made.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
    /// How many items the viewer can see.
    pub item_count: usize,
    /// Its items.
    pub items: Vec<CollectionItem>,
}

/// A hashtag without its use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ShallowTag {
    /// Its name without `#`.
    pub name: String,
    /// Its page on this node.
    pub url: String,
}

/// An account in a collection.
///
/// Source: <https://docs.joinmastodon.org/entities/CollectionItem/>
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CollectionItem {
    /// Its id.
    pub id: CollectionItemId,
    /// Which account.
    pub account_id: AccountId,
    /// Whether the account agreed: it did.
    pub state: &'static str,
    /// Since when.
    pub created_at: Instant,
}

/// A collection with its accounts.
///
/// Source: <https://docs.joinmastodon.org/entities/CollectionWithAccounts/>
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CollectionWithAccounts {
    /// The curator, then the accounts in the order of the items.
    pub accounts: Vec<Account>,
    /// The collection.
    pub collection: Collection,
}

/// A collection under a name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WrappedCollection {
    /// The collection.
    pub collection: Collection,
}

/// An item under a name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WrappedCollectionItem {
    /// The item.
    pub collection_item: CollectionItem,
}

/// Collections under a name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Collections {
    /// The collections.
    pub collections: Vec<Collection>,
}
