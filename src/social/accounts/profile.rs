//! What the owner of a local account changes about it. Other servers hear of it only if they can see it.

use std::collections::HashMap;

use super::find::find_by_handle;
use super::pictures::{self, Change, Picture, Which};
use super::{links, said};
use crate::id::AccountId;
use crate::node::Node;
use crate::social::{Error, Result, emojis, follows, uploads};
use crate::store::accounts::{Account, Field};
use crate::store::facts::Fact;
use crate::store::jobs::Job;
use crate::store::users::User;
use crate::store::{self, AccountKind, Conn, Json, QueryResult, QuotePolicy, Tx, Visibility};
use crate::text::clean_line;
use crate::text::count::count_characters;
use crate::text::languages::normalise_language;
use crate::text::profile::{render_field, render_note};
use crate::text::render::{MentionLink, Surroundings};
use crate::text::scan;
use crate::urls::Urls;

/// Most characters of a display name.
pub const MAX_DISPLAY_NAME: usize = 100;
/// Most characters of a note, counted as in a status: a link counts 23.
pub const MAX_NOTE: usize = 500;
/// Most characters of a field's name, and of its value.
pub const MAX_FIELD: usize = 255;
/// Most characters of the words about an avatar or a header.
pub const MAX_ALT: usize = 1_500;

/// What changes about a profile; what is none stays.
#[derive(Clone, Debug, Default)]
pub struct ProfileChange {
    /// Plain text; at most [`MAX_DISPLAY_NAME`] characters.
    pub display_name: Option<String>,
    /// As typed; at most [`MAX_NOTE`] characters.
    pub note: Option<String>,
    /// All rows of the profile's table.
    pub fields: Option<Vec<FieldDraft>>,
    /// Whether follows wait for approval.
    pub locked: Option<bool>,
    /// Whether a program posts here.
    pub bot: Option<bool>,
    /// Whether directories may list it.
    pub discoverable: Option<bool>,
    /// Whether search may find its posts.
    pub indexable: Option<bool>,
    /// Whether lists of its follows are hidden.
    pub hides_collections: Option<bool>,
    /// The avatar.
    pub avatar: Option<Picture>,
    /// What the avatar shows; at most [`MAX_ALT`] characters.
    pub avatar_alt: Option<String>,
    /// The header.
    pub header: Option<Picture>,
    /// What the header shows; at most [`MAX_ALT`] characters.
    pub header_alt: Option<String>,
    /// All domains whose pages may name it as an author.
    pub attribution_domains: Option<Vec<String>>,
    /// Whether the profile has a tab of media.
    pub shows_media: Option<bool>,
    /// Whether that tab includes replies.
    pub shows_media_replies: Option<bool>,
    /// Whether the profile has a tab of featured things.
    pub shows_featured: Option<bool>,
    /// What new statuses are like that do not say.
    pub defaults: Defaults,
}

/// What new statuses are like that do not say; what is none stays.
#[derive(Clone, Debug, Default)]
pub struct Defaults {
    /// Who sees them; never direct.
    pub visibility: Option<Visibility>,
    /// Whether their files are hidden at first.
    pub sensitive: Option<bool>,
    /// An ISO 639 code; an empty text clears it.
    pub language: Option<String>,
    /// Who may quote them.
    pub quote_policy: Option<QuotePolicy>,
}

/// One row of a profile's table, as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FieldDraft {
    /// At most [`MAX_FIELD`] characters.
    pub name: String,
    /// At most [`MAX_FIELD`] characters.
    pub value: String,
}

/// Changes the viewer's own profile.
///
/// # Errors
/// [`Error::Invalid`] says what is wrong; nothing has changed then.
pub async fn update_profile(
    node: &Node,
    viewer: AccountId,
    mut change: ProfileChange,
) -> Result<()> {
    check(&change, node.config.instance.max_profile_fields)?;
    let avatar = pictures::settle(node, Which::Avatar, change.avatar.take()).await?;
    let header = match pictures::settle(node, Which::Header, change.header.take()).await {
        Ok(header) => header,
        Err(error) => {
            uploads::withdraw(node, avatar.new_keys()).await;
            return Err(error);
        }
    };
    let new = [avatar.new_keys(), header.new_keys()].concat();
    let urls = node.urls.clone();
    let written = node
        .db
        .write(move |tx| write(tx, &urls, viewer, &change, &[avatar, header]))
        .await;
    if let Err(error) = &written {
        uploads::undo(node, new, error).await;
    }
    written
}

/// Checks everything that needs no row.
fn check(change: &ProfileChange, max_fields: usize) -> Result<()> {
    let over = |name: &str, limit: usize| {
        let sentence = format!("Validation failed: {name} character limit of {limit} exceeded");
        Err(Error::invalid(sentence))
    };
    let is_long = |text: &str, limit: usize| text.chars().count() > limit;
    let is_over = |text: &Option<String>, limit| text.as_deref().is_some_and(|t| is_long(t, limit));
    if is_over(&change.display_name, MAX_DISPLAY_NAME) {
        return over("Display name", MAX_DISPLAY_NAME);
    }
    if change.note.as_deref().map_or(0, count_characters) > MAX_NOTE {
        return over("Note", MAX_NOTE);
    }
    if is_over(&change.avatar_alt, MAX_ALT) || is_over(&change.header_alt, MAX_ALT) {
        return over("Image description", MAX_ALT);
    }
    let fields = change.fields.as_deref().unwrap_or_default();
    if fields.iter().filter(|field| !field.is_blank()).count() > max_fields {
        let sentence = format!("Validation failed: Fields may be at most {max_fields}");
        return Err(Error::invalid(sentence));
    }
    if fields
        .iter()
        .any(|field| is_long(&field.name, MAX_FIELD) || is_long(&field.value, MAX_FIELD))
    {
        return over("Field", MAX_FIELD);
    }
    said::read_domains(change.attribution_domains.as_deref().unwrap_or_default())?;
    if change.defaults.visibility == Some(Visibility::Direct) {
        return Err(Error::invalid(
            "Validation failed: Privacy is not included in the list",
        ));
    }
    let language = change.defaults.language.as_deref().unwrap_or_default();
    if !language.is_empty() && normalise_language(language).is_none() {
        return Err(Error::invalid("Validation failed: Language is invalid"));
    }
    Ok(())
}

impl ProfileChange {
    fn said(&self) -> said::Said<'_> {
        said::Said {
            attribution_domains: self.attribution_domains.as_deref(),
            shows_media: self.shows_media,
            shows_media_replies: self.shows_media_replies,
            shows_featured: self.shows_featured,
        }
    }
}

impl FieldDraft {
    fn is_blank(&self) -> bool {
        self.name.trim().is_empty() && self.value.trim().is_empty()
    }
}

fn write(
    tx: &mut Tx,
    urls: &Urls,
    viewer: AccountId,
    change: &ProfileChange,
    pictures: &[Change; 2],
) -> Result<()> {
    let before = follows::require(tx, viewer)?;
    let mut after = before.clone();
    apply_plain(&mut after, change);
    apply_texts(tx, urls, &mut after, change)?;
    let [avatar, header] = pictures;
    let mut unneeded = avatar.apply(Which::Avatar, &mut after);
    unneeded.extend(header.apply(Which::Header, &mut after));
    if !unneeded.is_empty() {
        tx.queue(&Job::RemoveBlobs { keys: unneeded })?;
    }
    let is_told = said::write_said(tx, viewer, &change.said())?;
    if after != before || is_told {
        after.updated_at = tx.now();
        store::accounts::update(tx, &after)?;
        if after.fields != before.fields {
            links::plan(tx, &after)?;
        }
        if is_told || is_seen_elsewhere(&before, &after) {
            tx.queue(&Job::Distribute(Fact::ProfileChanged { account: viewer }))?;
        }
    }
    let user = store::users::find(tx, viewer)?.ok_or(Error::NotFound)?;
    Ok(apply_defaults(tx, user, &change.defaults)?)
}

/// Everything about an account is in its actor's document, except what only this node shows.
fn is_seen_elsewhere(before: &Account, after: &Account) -> bool {
    let public = |account: &Account| Account {
        hides_collections: false,
        updated_at: 0,
        ..account.clone()
    };
    public(before) != public(after)
}

fn apply_plain(account: &mut Account, change: &ProfileChange) {
    if let Some(name) = &change.display_name {
        account.display_name = clean_line(name, MAX_DISPLAY_NAME);
    }
    if let Some(alt) = &change.avatar_alt {
        alt.trim().clone_into(&mut account.avatar_alt);
    }
    if let Some(alt) = &change.header_alt {
        alt.trim().clone_into(&mut account.header_alt);
    }
    if let Some(bot) = change.bot {
        account.kind = if bot {
            AccountKind::Service
        } else {
            AccountKind::Person
        };
    }
    account.locked = change.locked.unwrap_or(account.locked);
    account.discoverable = change.discoverable.or(account.discoverable);
    account.indexable = change.indexable.unwrap_or(account.indexable);
    account.hides_collections = change
        .hides_collections
        .unwrap_or(account.hides_collections);
}

fn apply_texts(
    conn: &mut Conn,
    urls: &Urls,
    account: &mut Account,
    change: &ProfileChange,
) -> QueryResult<()> {
    if let Some(note) = &change.note {
        note.trim().clone_into(&mut account.note_source);
        account.note = if account.note_source.is_empty() {
            String::new()
        } else {
            let mentions = link_mentions(conn, urls, &account.note_source)?;
            render_note(&account.note_source, surroundings(urls, &mentions))
        };
    }
    if let Some(drafts) = &change.fields {
        let former = std::mem::take(&mut account.fields.0);
        let mut fields = Vec::with_capacity(drafts.len());
        for draft in drafts.iter().filter(|draft| !draft.is_blank()) {
            fields.push(field(conn, urls, draft, &former)?);
        }
        account.fields = Json(fields);
    }
    let mut texts = vec![account.display_name.as_str(), account.note_source.as_str()];
    for field in &account.fields.0 {
        texts.extend([field.name.as_str(), field.source.as_str()]);
    }
    account.emojis = Json(emojis::find_used(conn, urls, &texts)?);
    Ok(())
}

/// A row of the table; one whose value stays keeps its verification.
fn field(conn: &mut Conn, urls: &Urls, draft: &FieldDraft, former: &[Field]) -> QueryResult<Field> {
    let source = draft.value.trim().to_owned();
    let mentions = link_mentions(conn, urls, &source)?;
    Ok(Field {
        name: clean_line(&draft.name, MAX_FIELD),
        value: render_field(&source, surroundings(urls, &mentions)),
        verified_at: former
            .iter()
            .find(|field| field.source == source)
            .and_then(|field| field.verified_at),
        source,
    })
}

type Links = HashMap<crate::text::Handle, MentionLink>;

fn surroundings<'a>(urls: &'a Urls, mentions: &'a Links) -> Surroundings<'a> {
    Surroundings {
        origin: urls.origin(),
        mentions,
    }
}

/// Where the handles in a text lead; those that nobody here has heard of stay plain text.
fn link_mentions(conn: &mut Conn, urls: &Urls, text: &str) -> QueryResult<Links> {
    let mut links = HashMap::new();
    for handle in scan::mentions(text) {
        let found = find_by_handle(conn, urls, &handle)?;
        if let Some(account) = found.filter(|account| account.suspended_at.is_none()) {
            let link = MentionLink {
                url: account.url,
                username: account.username,
            };
            links.insert(handle, link);
        }
    }
    Ok(links)
}

fn apply_defaults(tx: &mut Tx, mut user: User, defaults: &Defaults) -> QueryResult<()> {
    user.default_visibility = defaults.visibility.unwrap_or(user.default_visibility);
    user.default_sensitive = defaults.sensitive.unwrap_or(user.default_sensitive);
    if let Some(language) = &defaults.language {
        user.default_language = normalise_language(language).map(str::to_owned);
    }
    user.default_quote_policy = defaults.quote_policy.unwrap_or(user.default_quote_policy);
    store::users::update(tx, &user)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(length: usize) -> ProfileChange {
        ProfileChange {
            display_name: Some("\u{e4}".repeat(length)),
            ..ProfileChange::default()
        }
    }

    fn rows(rows: &[(&str, &str)]) -> ProfileChange {
        let draft = |(name, value): &(&str, &str)| FieldDraft {
            name: (*name).to_owned(),
            value: (*value).to_owned(),
        };
        ProfileChange {
            fields: Some(rows.iter().map(draft).collect()),
            ..ProfileChange::default()
        }
    }

    fn posting(visibility: Option<Visibility>, language: Option<&str>) -> ProfileChange {
        ProfileChange {
            defaults: Defaults {
                visibility,
                language: language.map(str::to_owned),
                ..Defaults::default()
            },
            ..ProfileChange::default()
        }
    }

    fn noted(note: String) -> ProfileChange {
        ProfileChange {
            note: Some(note),
            ..ProfileChange::default()
        }
    }

    #[test]
    fn says_what_is_wrong_with_a_profile() {
        let long = "x".repeat(MAX_FIELD + 1);
        let link = format!("https://good.test/{}", "x".repeat(MAX_NOTE));
        for (change, expected) in [
            (ProfileChange::default(), None),
            (named(MAX_DISPLAY_NAME), None),
            (named(MAX_DISPLAY_NAME + 1), Some("Display name")),
            (noted("x".repeat(MAX_NOTE)), None),
            (noted(link), None),
            (noted("x".repeat(MAX_NOTE + 1)), Some("Note")),
            (rows(&[("a", "b"), ("c", "d")]), None),
            (rows(&[("a", "b"), (" ", ""), ("c", "d")]), None),
            (
                rows(&[("a", "b"), ("c", "d"), ("e", "f")]),
                Some("at most 2"),
            ),
            (rows(&[("a", &long)]), Some("Field")),
            (rows(&[(&long, "a")]), Some("Field")),
            (posting(Some(Visibility::Private), Some("de")), None),
            (posting(None, Some("")), None),
            (posting(Some(Visibility::Direct), None), Some("Privacy")),
            (posting(None, Some("zzzzzzzzz")), Some("Language")),
        ] {
            let said = check(&change, 2).err().map(|error| error.to_string());
            assert_eq!(said.is_some(), expected.is_some(), "{said:?}");
            let said = said.unwrap_or_default();
            assert!(said.contains(expected.unwrap_or_default()), "{said}");
        }
    }
}
