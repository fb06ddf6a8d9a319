//! Accounts of other servers, as their servers tell them.

use super::moderation::standings;
use crate::id::AccountId;
use crate::keys::actors::is_ed25519;
use crate::store::accounts::{Account, Counts, Emoji, Field};
use crate::store::follows::Destination;
use crate::store::jobs::Job;
use crate::store::keys::Key;
use crate::store::profiles::Profile;
use crate::store::{self, AccountKind, Json, KeyAlgorithm, QueryResult, Tx};
use crate::text::{clean_html, clean_line};

/// The longest display name that is kept, in characters.
const LONGEST_NAME: usize = 500;
/// The longest description of a picture that is kept, in characters.
const LONGEST_ALT: usize = 1_500;
/// The longest name or value of a profile field that is kept, in characters.
const LONGEST_FIELD: usize = 2_048;

/// An actor as its server tells it. Its handle is verified; its texts are not yet clean.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact of its own, and profiles are told each by its name"
)]
#[derive(Clone, Debug, Default)]
pub struct RemoteProfile {
    /// The actor's id on the wire.
    pub uri: String,
    /// The name before the `@`.
    pub username: String,
    /// The domain behind it, normalised.
    pub domain: String,
    /// What it stands for.
    pub kind: AccountKind,
    /// Its page.
    pub url: String,
    /// Plain text.
    pub display_name: String,
    /// HTML of unknown intent.
    pub note: String,
    /// Names, and values as HTML of unknown intent.
    pub fields: Vec<(String, String)>,
    /// Emoji that it uses.
    pub emojis: Vec<Emoji>,
    /// A URL.
    pub avatar: Option<String>,
    /// What the avatar shows.
    pub avatar_alt: String,
    /// A URL.
    pub header: Option<String>,
    /// What the header shows.
    pub header_alt: String,
    /// Whether follows wait for approval.
    pub locked: bool,
    /// Whether directories may list it.
    pub discoverable: Option<bool>,
    /// Whether search may find its posts.
    pub indexable: bool,
    /// Where activities for it are posted.
    pub inbox_url: String,
    /// Its server's inbox for everybody.
    pub shared_inbox_url: Option<String>,
    /// Its outbox.
    pub outbox_url: Option<String>,
    /// The collection that stands for its followers in addresses.
    pub followers_url: Option<String>,
    /// Whom it follows.
    pub following_url: Option<String>,
    /// Its pinned statuses.
    pub featured_url: Option<String>,
    /// When it came to be, in milliseconds.
    pub published: Option<i64>,
    /// Whether its own server suspended it.
    pub is_suspended: bool,
    /// Ids of the same person's other accounts.
    pub also_known_as: Vec<String>,
    /// Domains whose pages may name it as an author.
    pub attribution_domains: Vec<String>,
    /// Whether it remembers somebody who died.
    pub memorial: bool,
    /// Key ids and PEM texts.
    pub keys: Vec<(String, String)>,
}

/// Stores an actor that is new here, or brings a known one up to date. What waits for an inbox that it gave up, as the
/// last one there, waits for its new one.
///
/// # Errors
/// Whatever the database says.
pub fn receive(tx: &mut Tx, profile: &RemoteProfile) -> QueryResult<Account> {
    let known = store::accounts::find_by_uri(tx, &profile.uri)?;
    let id = known
        .as_ref()
        .map_or_else(|| AccountId(tx.new_id()), |account| account.id);
    let mut account = shape(tx, profile, id, known.as_ref());
    make_room(tx, &account)?;
    if let Some(known) = &known {
        store::accounts::update(tx, &account)?;
        let place = Destination {
            domain: profile.domain.clone(),
            inbox_url: account.best_inbox().to_owned(),
        };
        store::inboxes::follow_move(tx, known.best_inbox(), &place)?;
    } else {
        store::accounts::insert(tx, &account)?;
        if account.featured_url.is_some() {
            tx.queue(&Job::FetchFeatured { account: id })?;
        }
    }
    let now = tx.now();
    let keys: Vec<Key> = profile
        .keys
        .iter()
        .map(|(key_id, pem)| Key {
            key_id: key_id.clone(),
            account_id: id,
            public_pem: pem.clone(),
            private_pem: None,
            created_at: now,
            algorithm: if is_ed25519(pem) {
                KeyAlgorithm::Ed25519
            } else {
                KeyAlgorithm::Rsa
            },
        })
        .collect();
    store::keys::replace(tx, id, &keys)?;
    note_said(tx, id, profile)?;
    standings::receive(tx, &account, profile.is_suspended, known.is_none())?;
    let after = store::accounts::find(tx, id)?;
    account.suspended_at = after.and_then(|account| account.suspended_at);
    Ok(account)
}

/// What an actor says besides what stands in the account's row.
fn note_said(tx: &mut Tx, id: AccountId, said: &RemoteProfile) -> QueryResult<()> {
    let before = store::profiles::find(tx, id)?;
    let after = Profile {
        also_known_as: Json(said.also_known_as.clone()),
        attribution_domains: Json(said.attribution_domains.clone()),
        memorial: said.memorial,
        ..before.clone()
    };
    if after == before {
        return Ok(());
    }
    store::profiles::save(tx, &after)
}

/// A handle that another actor had before belongs to the one whose server confirmed it now.
fn make_room(tx: &mut Tx, account: &Account) -> QueryResult<()> {
    let Some(mut former) = store::accounts::find_by_handle(tx, &account.handle)? else {
        return Ok(());
    };
    if former.id != account.id {
        former.handle = format!("{}?{}", former.handle, former.id);
        store::accounts::update(tx, &former)?;
    }
    Ok(())
}

fn shape(tx: &Tx, profile: &RemoteProfile, id: AccountId, known: Option<&Account>) -> Account {
    let now = tx.now();
    let fields = profile.fields.iter().map(|(name, value)| Field {
        name: clean_line(name, LONGEST_FIELD),
        value: clean_html(value),
        source: String::new(),
        verified_at: None,
    });
    Account {
        id,
        handle: format!("{}@{}", profile.username, profile.domain).to_lowercase(),
        username: profile.username.clone(),
        domain: Some(profile.domain.clone()),
        uri: profile.uri.clone(),
        url: profile.url.clone(),
        kind: profile.kind,
        display_name: clean_line(&profile.display_name, LONGEST_NAME),
        note: clean_html(&profile.note),
        note_source: String::new(),
        fields: Json(fields.collect()),
        emojis: Json(profile.emojis.clone()),
        avatar: profile.avatar.clone(),
        avatar_alt: clean_line(&profile.avatar_alt, LONGEST_ALT),
        header: profile.header.clone(),
        header_alt: clean_line(&profile.header_alt, LONGEST_ALT),
        locked: profile.locked,
        discoverable: profile.discoverable,
        indexable: profile.indexable,
        hides_collections: false,
        inbox_url: profile.inbox_url.clone(),
        shared_inbox_url: profile.shared_inbox_url.clone(),
        outbox_url: profile.outbox_url.clone(),
        followers_url: profile.followers_url.clone(),
        following_url: profile.following_url.clone(),
        featured_url: profile.featured_url.clone(),
        created_at: profile
            .published
            .or(known.map(|account| account.created_at))
            .unwrap_or(now)
            .clamp(0, now),
        updated_at: now,
        fetched_at: now,
        suspended_at: known.and_then(|account| account.suspended_at),
    }
}

/// Notes the numbers that an actor's server tells.
///
/// # Errors
/// Whatever the database says.
pub fn set_counts(tx: &mut Tx, id: AccountId, counts: Counts) -> QueryResult<()> {
    store::accounts::set_counts(tx, id, counts)
}

/// An actor deleted itself, or its server said that it is gone: everything of it goes, and stays gone.
///
/// # Errors
/// Whatever the database says.
pub fn remove(tx: &mut Tx, account: &Account) -> QueryResult<()> {
    store::tombstones::insert(tx, &account.uri, &account.uri)?;
    store::accounts::subtract_follows_of(tx, account.id)?;
    store::quotes::subtract_of(tx, account.id)?;
    store::notifications::remove_all_of(tx, account.id)?;
    super::conversations::removing_author(tx, account.id, |tx| {
        store::accounts::delete(tx, account.id)
    })?;
    let url = account.best_inbox();
    match store::inboxes::find_by_url(tx, url)? {
        // A long backlog is given up a little at a time.
        Some(inbox) if !store::inboxes::is_used(tx, url)? => {
            tx.queue(&Job::CheckInbox { inbox: inbox.id })
        }
        _ => Ok(()),
    }
}
