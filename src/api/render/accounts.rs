//! Accounts as everybody sees them.
//!
//! Source: <https://docs.joinmastodon.org/entities/Account/>

use std::collections::{HashMap, HashSet};

use super::{View, only, words};
use crate::api::entities::approvals::Approval;
use crate::api::entities::{
    self, AccountRole, CustomEmoji, Date, FamiliarFollowers, Field, Instant,
};
use crate::clock;
use crate::id::AccountId;
use crate::social::accounts::still_key;
use crate::social::collections::may_be_featured;
use crate::store::accounts::{Account, Counts, Emoji};
use crate::store::profiles::Profile;
use crate::store::{self, AccountKind, Conn, Json, QueryResult, Role};
use crate::urls::Urls;

/// The picture of those who have none; one client knows it by this name.
const NO_AVATAR: &str = "/avatars/original/missing.png";
/// The banner of those who have none.
const NO_HEADER: &str = "/headers/original/missing.png";

/// These accounts, in their order. Costs four queries, and four more if any of them has moved.
///
/// # Errors
/// Whatever the database says.
pub fn page(
    conn: &mut Conn,
    view: &View,
    accounts: Vec<Account>,
) -> QueryResult<Vec<entities::Account>> {
    let ids: Vec<AccountId> = accounts.iter().map(|account| account.id).collect();
    let said: HashMap<AccountId, Profile> = store::profiles::list(conn, &ids)?
        .into_iter()
        .map(|profile| (profile.account_id, profile))
        .collect();
    let mut targets: Vec<AccountId> = said.values().filter_map(|one| one.moved_to_id).collect();
    targets.sort_unstable();
    targets.dedup();
    let targets = store::accounts::list(conn, &targets)?;
    let elsewhere: HashMap<AccountId, entities::Account> = without_moves(conn, view, targets)?
        .into_iter()
        .map(|account| (account.id, account))
        .collect();
    let mut shown = without_moves(conn, view, accounts)?;
    for account in &mut shown {
        let Some(profile) = said.get(&account.id).filter(|_| !account.suspended) else {
            continue;
        };
        account.memorial = profile.memorial;
        account.show_media = profile.shows_media;
        account.show_media_replies = profile.shows_media_replies;
        account.show_featured = profile.shows_featured;
        let target = profile.moved_to_id.and_then(|id| elsewhere.get(&id));
        account.moved = target.cloned().map(Box::new);
    }
    Ok(shown)
}

/// These accounts, in their order, as if none had moved.
fn without_moves(
    conn: &mut Conn,
    view: &View,
    accounts: Vec<Account>,
) -> QueryResult<Vec<entities::Account>> {
    if accounts.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<AccountId> = accounts.iter().map(|account| account.id).collect();
    let local: Vec<AccountId> = accounts
        .iter()
        .filter(|account| account.is_local())
        .map(|account| account.id)
        .collect();
    let counts: HashMap<AccountId, Counts> = store::accounts::list_counts(conn, &ids)?
        .into_iter()
        .collect();
    let roles: HashMap<AccountId, Role> = store::users::list(conn, &local)?
        .into_iter()
        .map(|user| (user.account_id, user.role))
        .collect();
    let limited: HashSet<AccountId> = store::standings::list_silenced(conn, &ids)?
        .into_iter()
        .collect();
    Ok(accounts
        .into_iter()
        .map(|account| {
            let counts = counts.get(&account.id).copied().unwrap_or_default();
            let role = roles.get(&account.id).copied();
            let limited = limited.contains(&account.id);
            entities::Account {
                limited,
                ..one(view, account, counts, role)
            }
        })
        .collect())
}

/// Who follows each of these accounts. Costs as much as one page, whatever their number.
///
/// # Errors
/// Whatever the database says.
pub fn familiar_followers(
    conn: &mut Conn,
    view: &View,
    found: Vec<(AccountId, Vec<Account>)>,
) -> QueryResult<Vec<FamiliarFollowers>> {
    let mut rows: HashMap<AccountId, Account> = HashMap::new();
    let mut lists: Vec<(AccountId, Vec<AccountId>)> = Vec::with_capacity(found.len());
    for (id, accounts) in found {
        lists.push((id, accounts.iter().map(|account| account.id).collect()));
        rows.extend(accounts.into_iter().map(|account| (account.id, account)));
    }
    let shown: HashMap<AccountId, entities::Account> =
        page(conn, view, rows.into_values().collect())?
            .into_iter()
            .map(|account| (account.id, account))
            .collect();
    Ok(lists
        .into_iter()
        .map(|(id, ids)| FamiliarFollowers {
            id,
            accounts: ids.iter().filter_map(|id| shown.get(id).cloned()).collect(),
        })
        .collect())
}

/// The accounts with these ids, in the order of the ids. Ids that no account has are left out.
///
/// # Errors
/// Whatever the database says.
pub fn by_ids(
    conn: &mut Conn,
    view: &View,
    ids: &[AccountId],
) -> QueryResult<Vec<entities::Account>> {
    let mut rows: HashMap<AccountId, Account> = store::accounts::list(conn, ids)?
        .into_iter()
        .map(|account| (account.id, account))
        .collect();
    let ordered = ids.iter().filter_map(|id| rows.remove(id)).collect();
    page(conn, view, ordered)
}

/// One account.
///
/// # Errors
/// Whatever the database says.
pub fn single(conn: &mut Conn, view: &View, account: Account) -> QueryResult<entities::Account> {
    only(page(conn, view, vec![account])?)
}

/// Who may put an account into a collection; what stands between the viewer and the account shows when they try.
fn feature_approval(view: &View, account: &Account) -> Approval {
    if !account.is_local() {
        Approval::missing()
    } else if may_be_featured(account) {
        Approval::open(view.viewer.is_some())
    } else {
        Approval::denied()
    }
}

fn one(view: &View, account: Account, counts: Counts, role: Option<Role>) -> entities::Account {
    let urls = &view.urls;
    let feature_approval = feature_approval(view, &account);
    let account = if account.suspended_at.is_some() {
        blanked(account)
    } else {
        account
    };
    let is_local = account.is_local();
    let avatar = picture(urls, is_local, account.avatar.as_deref(), NO_AVATAR);
    let header = picture(urls, is_local, account.header.as_deref(), NO_HEADER);
    entities::Account {
        id: account.id,
        acct: account.acct(),
        avatar_static: still(urls, is_local, account.avatar.as_deref(), &avatar),
        avatar,
        header_static: still(urls, is_local, account.header.as_deref(), &header),
        header,
        bot: matches!(
            account.kind,
            AccountKind::Service | AccountKind::Application
        ),
        group: account.kind == AccountKind::Group,
        noindex: is_local.then_some(!account.indexable),
        moved: None,
        memorial: false,
        suspended: account.suspended_at.is_some(),
        limited: false,
        created_at: Instant(clock::midnight(account.created_at)),
        last_status_at: counts.last_status_at.map(Date),
        statuses_count: counts.statuses,
        followers_count: counts.followers,
        following_count: counts.following,
        // Remote accounts tell by hiding them, or not at all.
        hide_collections: (is_local || account.hides_collections)
            .then_some(account.hides_collections),
        show_media: true,
        show_media_replies: true,
        show_featured: true,
        roles: is_local.then(|| role.and_then(badge).into_iter().collect()),
        feature_approval,
        username: account.username,
        url: account.url,
        uri: account.uri,
        display_name: account.display_name,
        note: account.note,
        avatar_description: account.avatar_alt,
        header_description: account.header_alt,
        locked: account.locked,
        fields: account.fields.0.into_iter().map(field).collect(),
        emojis: emojis(urls, &account.emojis),
        discoverable: account.discoverable,
        indexable: account.indexable,
    }
}

/// A suspended account keeps its name and its numbers, nothing that its holder wrote.
fn blanked(account: Account) -> Account {
    Account {
        kind: AccountKind::Person,
        display_name: String::new(),
        note: String::new(),
        fields: Json::default(),
        emojis: Json::default(),
        avatar: None,
        avatar_alt: String::new(),
        header: None,
        header_alt: String::new(),
        locked: false,
        discoverable: Some(false),
        indexable: false,
        ..account
    }
}

fn picture(urls: &Urls, is_local: bool, given: Option<&str>, missing: &str) -> String {
    match given {
        None | Some("") => urls.at(missing),
        Some(key) if is_local => urls.media(key),
        Some(url) => urls.shown(url),
    }
}

/// The first frame of a local animation; everything else stands for itself.
fn still(urls: &Urls, is_local: bool, given: Option<&str>, shown: &str) -> String {
    let key = given.filter(|_| is_local).and_then(still_key);
    key.map_or_else(|| shown.to_owned(), |key| urls.media(&key))
}

fn field(row: store::accounts::Field) -> Field {
    Field {
        name: row.name,
        value: row.value,
        verified_at: row.verified_at.map(Instant),
    }
}

/// Emoji as used in a text; pickers offer none of them.
pub(super) fn emojis(urls: &Urls, used: &Json<Vec<Emoji>>) -> Vec<CustomEmoji> {
    used.0
        .iter()
        .map(|emoji| CustomEmoji {
            shortcode: emoji.shortcode.clone(),
            url: urls.shown(&emoji.url),
            static_url: urls.shown(emoji.still.as_ref().unwrap_or(&emoji.url)),
            visible_in_picker: false,
            category: None,
        })
        .collect()
}

/// The badge of those who run the node; everybody else has none.
fn badge(role: Role) -> Option<AccountRole> {
    let shown = words::role(role);
    shown.highlighted.then_some(AccountRole {
        id: shown.id,
        name: shown.name,
        color: shown.color,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::store::filters::Shelf;

    fn plain(domain: Option<&str>) -> Account {
        Account {
            id: AccountId(7),
            handle: "ada".into(),
            username: "Ada".into(),
            domain: domain.map(str::to_owned),
            uri: "https://beta.example/users/ada".into(),
            url: "https://beta.example/@ada".into(),
            kind: AccountKind::Service,
            display_name: "Ada L.".into(),
            note: "<p>Counts.</p>".into(),
            note_source: "Counts.".into(),
            fields: Json(vec![store::accounts::Field::default()]),
            emojis: Json(vec![Emoji::default()]),
            avatar: Some("a".into()),
            avatar_alt: "A face".into(),
            header: None,
            header_alt: String::new(),
            locked: true,
            discoverable: Some(true),
            indexable: true,
            hides_collections: false,
            inbox_url: String::new(),
            shared_inbox_url: None,
            outbox_url: None,
            followers_url: None,
            following_url: None,
            featured_url: None,
            created_at: clock::DAY + 5,
            updated_at: 0,
            fetched_at: 0,
            suspended_at: None,
        }
    }

    fn shown(account: Account, role: Option<Role>) -> serde_json::Value {
        let counts = Counts {
            statuses: 1,
            followers: 2,
            following: 3,
            last_status_at: Some(clock::DAY),
        };
        let view = View {
            urls: Urls::new("https://alpha.example"),
            viewer: None,
            now: 0,
            filters: Shelf::default(),
            wishes: crate::wishes::Wishes::default(),
        };
        json!(one(&view, account, counts, role))
    }

    #[test]
    fn local_accounts_have_badges_and_their_pictures_are_here() {
        let missing = "https://alpha.example/headers/original/missing.png";
        for (role, badges) in [
            (None, json!([])),
            (Some(Role::User), json!([])),
            (
                Some(Role::Owner),
                json!([{"id": "3", "name": "Owner", "color": ""}]),
            ),
        ] {
            let account = shown(plain(None), role);
            assert_eq!(account["acct"], "Ada");
            assert_eq!(account["avatar"], "https://alpha.example/media/a");
            assert_eq!(account["avatar_static"], account["avatar"]);
            assert_eq!(account["header"], missing);
            assert_eq!(account["roles"], badges);
            assert_eq!(account["hide_collections"], false);
            assert_eq!(account["noindex"], false);
            assert_eq!(account["created_at"], "1970-01-02T00:00:00.000Z");
            assert_eq!(account["last_status_at"], "1970-01-02");
        }
    }

    #[test]
    fn remote_accounts_keep_what_their_servers_say() {
        let mut row = plain(Some("beta.example"));
        row.avatar = Some("https://beta.example/a.png".into());
        let account = shown(row, None);
        assert_eq!(account["acct"], "Ada@beta.example");
        assert_eq!(account["avatar"], "https://beta.example/a.png");
        assert_eq!(account["hide_collections"], serde_json::Value::Null);
        assert_eq!(account["bot"], true);
        for absent in ["roles", "noindex", "moved", "suspended"] {
            assert!(account.get(absent).is_none(), "{absent}");
        }
    }

    #[test]
    fn nothing_is_shown_of_what_a_suspended_holder_wrote() {
        for domain in [None, Some("beta.example")] {
            let mut row = plain(domain);
            row.suspended_at = Some(1);
            let account = shown(row, None);
            assert_eq!(account["suspended"], true);
            for blank in ["display_name", "note", "avatar_description"] {
                assert_eq!(account[blank], "", "{blank}");
            }
            for empty in ["fields", "emojis"] {
                assert_eq!(account[empty], json!([]), "{empty}");
            }
            for off in ["locked", "bot", "discoverable", "indexable"] {
                assert_eq!(account[off], false, "{off}");
            }
            let missing = "https://alpha.example/avatars/original/missing.png";
            assert_eq!(account["avatar"], missing);
        }
    }
}
