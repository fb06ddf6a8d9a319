//! Accounts as everybody sees them, as their holder sees them, and as one who muted them does.

use serde::Serialize;

use super::approvals::Approval;
use super::{CustomEmoji, Date, Instant, Role, Visibility, ids};
use crate::id::AccountId;

/// An account, local or remote.
///
/// Source: <https://docs.joinmastodon.org/entities/Account/>
#[derive(Clone, Debug, PartialEq, Serialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "the keys of the documented entity"
)]
pub struct Account {
    /// The account's id on this node.
    pub id: AccountId,
    /// The name without its host.
    pub username: String,
    /// `name` for local accounts, `name@host` for remote ones.
    pub acct: String,
    /// The profile page.
    pub url: String,
    /// The actor's id.
    pub uri: String,
    /// The chosen name; may be empty.
    pub display_name: String,
    /// The biography as cleaned HTML.
    pub note: String,
    /// The profile picture; the default picture (`.../missing.png`) when there is none.
    pub avatar: String,
    /// The profile picture without animation.
    pub avatar_static: String,
    /// What the profile picture shows; empty when nobody said.
    pub avatar_description: String,
    /// The banner; the default banner (`.../missing.png`) when there is none.
    pub header: String,
    /// The banner without animation.
    pub header_static: String,
    /// What the banner shows; empty when nobody said.
    pub header_description: String,
    /// Whether follows wait for the holder's consent.
    pub locked: bool,
    /// Rows of the profile's table, values as HTML.
    pub fields: Vec<Field>,
    /// Custom emoji of the name, the biography and the fields.
    pub emojis: Vec<CustomEmoji>,
    /// Whether a program posts here.
    pub bot: bool,
    /// Whether the actor is a group.
    pub group: bool,
    /// Whether the account may be recommended; null when its holder never said.
    pub discoverable: Option<bool>,
    /// Whether public posts may be found by full-text search.
    pub indexable: bool,
    /// Whether search engines are asked to stay away; local accounts only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub noindex: Option<bool>,
    /// Where the account has moved to; that account's own `moved` is never given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub moved: Option<Box<Account>>,
    /// Whether the holder has died; sent only when true.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub memorial: bool,
    /// Whether this node has suspended the account; sent only when true.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub suspended: bool,
    /// Whether this node has limited the account; sent only when true.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub limited: bool,
    /// Midnight of the day on which the account was made.
    pub created_at: Instant,
    /// The day of the newest post; null before the first.
    pub last_status_at: Option<Date>,
    /// How many posts are known.
    pub statuses_count: i64,
    /// How many followers are known.
    pub followers_count: i64,
    /// How many followed accounts are known.
    pub following_count: i64,
    /// Whether the lists of follows are hidden; null when a remote account never said.
    pub hide_collections: Option<bool>,
    /// Whether the profile has a tab of media.
    pub show_media: bool,
    /// Whether that tab includes replies.
    pub show_media_replies: bool,
    /// Whether the profile has a tab of featured things.
    pub show_featured: bool,
    /// Highlighted roles; local accounts only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub roles: Option<Vec<AccountRole>>,
    /// Who may feature the account in a collection.
    pub feature_approval: Approval,
}

/// A row of a profile's table.
///
/// Source: <https://docs.joinmastodon.org/entities/Account/#Field>
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Field {
    /// The row's name, plain text.
    pub name: String,
    /// The row's value: HTML, or raw text within [`Source`].
    pub value: String,
    /// When the linked page was found to link back.
    pub verified_at: Option<Instant>,
}

/// A role as shown on profiles.
///
/// Source: <https://docs.joinmastodon.org/entities/Account/#AccountRole>
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AccountRole {
    /// The role's number.
    #[serde(serialize_with = "ids::number_as_text")]
    pub id: i64,
    /// The role's name.
    pub name: String,
    /// A CSS colour, or empty.
    pub color: String,
}

/// An account as its holder sees it.
///
/// Source: <https://docs.joinmastodon.org/entities/Account/#CredentialAccount>
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CredentialAccount {
    /// What everybody sees.
    #[serde(flatten)]
    pub account: Account,
    /// The raw texts and the defaults for posting.
    pub source: Source,
    /// The holder's role with its permissions.
    pub role: Role,
}

/// An account's raw texts and its defaults for posting.
///
/// Source: <https://docs.joinmastodon.org/entities/Account/#source>
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Source {
    /// Domains that may name the account as an author.
    pub attribution_domains: Vec<String>,
    /// The biography as typed.
    pub note: String,
    /// The profile's table as typed.
    pub fields: Vec<Field>,
    /// The visibility of new posts.
    pub privacy: Visibility,
    /// Whether new posts' media are marked sensitive.
    pub sensitive: bool,
    /// The language of new posts; null when unset.
    pub language: Option<String>,
    /// How many follow requests wait, at most 40.
    pub follow_requests_count: i64,
    /// Whether the lists of follows are hidden.
    pub hide_collections: Option<bool>,
    /// Whether the account may be recommended.
    pub discoverable: Option<bool>,
    /// Whether public posts may be found by full-text search.
    pub indexable: bool,
    /// Who may quote new posts.
    pub quote_policy: QuotePolicy,
}

/// Who may quote new posts of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum QuotePolicy {
    /// Everybody.
    Public,
    /// Followers.
    Followers,
    /// Nobody.
    Nobody,
}

/// An account in the list of those that the viewer has muted.
///
/// Source: <https://docs.joinmastodon.org/entities/Account/#MutedAccount>
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MutedAccount {
    /// The muted account.
    #[serde(flatten)]
    pub account: Account,
    /// When the mute ends; null when it does not.
    pub mute_expires_at: Option<Instant>,
}

#[cfg(test)]
pub(crate) mod tests {
    use serde_json::json;

    use super::*;

    /// A plain remote account for the tables of this folder.
    pub(crate) fn plain(id: i64) -> Account {
        Account {
            id: AccountId(id),
            username: "ada".into(),
            acct: "ada@beta.example".into(),
            url: "https://beta.example/@ada".into(),
            uri: "https://beta.example/users/ada".into(),
            display_name: String::new(),
            note: "<p>Counts.</p>".into(),
            avatar: "https://alpha.example/avatars/original/missing.png".into(),
            avatar_static: "https://alpha.example/avatars/original/missing.png".into(),
            avatar_description: String::new(),
            header: "https://alpha.example/headers/original/missing.png".into(),
            header_static: "https://alpha.example/headers/original/missing.png".into(),
            header_description: String::new(),
            locked: false,
            fields: Vec::new(),
            emojis: Vec::new(),
            bot: false,
            group: false,
            discoverable: None,
            indexable: false,
            noindex: None,
            moved: None,
            memorial: false,
            suspended: false,
            limited: false,
            created_at: Instant(0),
            last_status_at: None,
            statuses_count: 0,
            followers_count: 0,
            following_count: 0,
            hide_collections: None,
            show_media: true,
            show_media_replies: true,
            show_featured: true,
            roles: None,
            feature_approval: Approval::denied(),
        }
    }

    fn plain_as_json() -> serde_json::Value {
        json!({
            "id": "7", "username": "ada", "acct": "ada@beta.example",
            "url": "https://beta.example/@ada", "uri": "https://beta.example/users/ada",
            "display_name": "", "note": "<p>Counts.</p>",
            "avatar": "https://alpha.example/avatars/original/missing.png",
            "avatar_static": "https://alpha.example/avatars/original/missing.png",
            "avatar_description": "",
            "header": "https://alpha.example/headers/original/missing.png",
            "header_static": "https://alpha.example/headers/original/missing.png",
            "header_description": "",
            "locked": false, "fields": [], "emojis": [], "bot": false, "group": false,
            "discoverable": null, "indexable": false,
            "created_at": "1970-01-01T00:00:00.000Z", "last_status_at": null,
            "statuses_count": 0, "followers_count": 0, "following_count": 0,
            "hide_collections": null, "show_media": true, "show_media_replies": true,
            "show_featured": true,
            "feature_approval": {"automatic": [], "manual": [], "current_user": "denied"},
        })
    }

    fn with(mut base: serde_json::Value, more: serde_json::Value) -> serde_json::Value {
        let (Some(base_map), serde_json::Value::Object(more)) = (base.as_object_mut(), more) else {
            panic!("two objects")
        };
        base_map.extend(more);
        base
    }

    #[test]
    fn an_account_has_its_documented_keys() {
        let moved = Account {
            moved: Some(Box::new(plain(8))),
            roles: Some(vec![AccountRole {
                id: 3,
                name: "Owner".into(),
                color: "#ff3838".into(),
            }]),
            noindex: Some(true),
            suspended: true,
            last_status_at: Some(Date(86_400_000)),
            ..plain(7)
        };
        let more = json!({
            "moved": with(plain_as_json(), json!({"id": "8"})),
            "roles": [{"id": "3", "name": "Owner", "color": "#ff3838"}],
            "noindex": true, "suspended": true, "last_status_at": "1970-01-02",
        });
        for (account, expected) in [
            (plain(7), plain_as_json()),
            (moved, with(plain_as_json(), more)),
        ] {
            assert_eq!(json!(account), expected);
        }
    }

    #[test]
    fn a_holder_sees_the_source_and_the_role() {
        let own = CredentialAccount {
            account: plain(7),
            source: Source {
                attribution_domains: Vec::new(),
                note: "Counts.".into(),
                fields: vec![Field {
                    name: "Site".into(),
                    value: "https://ada.example".into(),
                    verified_at: Some(Instant(1)),
                }],
                privacy: Visibility::Unlisted,
                sensitive: false,
                language: None,
                follow_requests_count: 2,
                hide_collections: Some(false),
                discoverable: None,
                indexable: false,
                quote_policy: QuotePolicy::Nobody,
            },
            role: Role {
                id: -99,
                name: String::new(),
                color: String::new(),
                permissions: 65_536,
                highlighted: false,
                collection_limit: 0,
            },
        };
        let more = json!({
            "source": {
                "attribution_domains": [], "note": "Counts.",
                "fields": [{
                    "name": "Site", "value": "https://ada.example",
                    "verified_at": "1970-01-01T00:00:00.001Z",
                }],
                "privacy": "unlisted", "sensitive": false, "language": null,
                "follow_requests_count": 2, "hide_collections": false,
                "discoverable": null, "indexable": false, "quote_policy": "nobody",
            },
            "role": {
                "id": "-99", "name": "", "color": "", "permissions": "65536",
                "highlighted": false, "collection_limit": 0,
            },
        });
        assert_eq!(json!(own), with(plain_as_json(), more));
    }

    #[test]
    fn a_muted_account_tells_when_the_mute_ends() {
        let muted = MutedAccount {
            account: plain(7),
            mute_expires_at: None,
        };
        assert_eq!(
            json!(muted),
            with(plain_as_json(), json!({"mute_expires_at": null}))
        );
    }
}
