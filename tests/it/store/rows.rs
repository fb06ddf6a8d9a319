//! Rows that tests put in.

use whimbrel::id::{AccountId, StatusId};
use whimbrel::store::accounts::Account;
use whimbrel::store::statuses::Status;
use whimbrel::store::{AccountKind, Json, Visibility};

use crate::support::databases::NOON;

/// A plain local account.
pub fn account(id: i64, name: &str) -> Account {
    let uri = format!("https://here.example/users/{name}");
    Account {
        id: AccountId(id),
        handle: name.to_owned(),
        username: name.to_owned(),
        domain: None,
        url: format!("https://here.example/@{name}"),
        kind: AccountKind::Person,
        display_name: String::new(),
        note: String::new(),
        note_source: String::new(),
        fields: Json(Vec::new()),
        emojis: Json(Vec::new()),
        avatar: None,
        avatar_alt: String::new(),
        header: None,
        header_alt: String::new(),
        locked: false,
        discoverable: None,
        indexable: false,
        hides_collections: false,
        inbox_url: format!("{uri}/inbox"),
        shared_inbox_url: None,
        outbox_url: None,
        followers_url: Some(format!("{uri}/followers")),
        following_url: None,
        featured_url: None,
        created_at: NOON,
        updated_at: NOON,
        fetched_at: NOON,
        suspended_at: None,
        uri,
    }
}

/// A plain public status.
pub fn status(id: i64, author: i64) -> Status {
    Status {
        id: StatusId(id),
        uri: format!("https://here.example/statuses/{id}"),
        url: None,
        account_id: AccountId(author),
        is_local: true,
        visibility: Visibility::Public,
        content: format!("<p>{id}</p>"),
        source: Some(id.to_string()),
        spoiler: String::new(),
        sensitive: false,
        language: None,
        emojis: Json(Vec::new()),
        in_reply_to_id: None,
        in_reply_to_account_id: None,
        in_reply_to_uri: None,
        conversation_id: id,
        boost_of_id: None,
        application_id: None,
        replies_count: 0,
        boosts_count: 0,
        favourites_count: 0,
        created_at: NOON,
        edited_at: None,
        fetched_at: NOON,
    }
}
