//! Local rows as what other servers see of them: accounts as actors, statuses as notes, boosts as announcements.
//!
//! Queries only; the documents themselves are built in [`super::documents`].

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use super::documents::Visibility as Audience;
use super::documents::activities::{self, OutgoingAnnounce};
use super::documents::actors::{ActorKind, InstanceActor, OutgoingActor, ProfileField};
use super::documents::attachments::Media;
use super::documents::everybody::PUBLIC;
use super::documents::local;
use super::documents::notes::{GroupAddress, OutgoingNote};
use super::documents::polls::OutgoingPoll;
use super::documents::quotes::OutgoingQuote;
use super::documents::tags::{Emoji, Hashtag, Mention};
use crate::id::{AccountId, StatusId};
use crate::keys::multikeys;
use crate::social::quotes::policies::{Groups, Policy};
use crate::store::accounts::Account;
use crate::store::attachments::Attachment;
use crate::store::profiles::Profile;
use crate::store::statuses::Status;
use crate::store::{
    self, AccountKind, Conn, KeyAlgorithm, QueryResult, QuoteState, Visibility, mentions,
};
use crate::urls::Urls;

/// The word for a visibility on the wire's floor.
#[must_use]
pub fn audience(visibility: Visibility) -> Audience {
    match visibility {
        Visibility::Public => Audience::Public,
        Visibility::Unlisted => Audience::Unlisted,
        Visibility::Private => Audience::Private,
        Visibility::Direct => Audience::Direct,
    }
}

/// The word for a visibility on the store's floor.
#[must_use]
pub fn visibility(audience: Audience) -> Visibility {
    match audience {
        Audience::Public => Visibility::Public,
        Audience::Unlisted => Visibility::Unlisted,
        Audience::Private => Visibility::Private,
        Audience::Direct => Visibility::Direct,
    }
}

/// The store's word for a sort of actor.
#[must_use]
pub fn account_kind(kind: ActorKind) -> AccountKind {
    match kind {
        ActorKind::Person => AccountKind::Person,
        ActorKind::Service => AccountKind::Service,
        ActorKind::Group => AccountKind::Group,
        ActorKind::Organization => AccountKind::Organization,
        ActorKind::Application => AccountKind::Application,
    }
}

fn actor_kind(kind: AccountKind) -> ActorKind {
    match kind {
        AccountKind::Person => ActorKind::Person,
        AccountKind::Service => ActorKind::Service,
        AccountKind::Group => ActorKind::Group,
        AccountKind::Organization => ActorKind::Organization,
        AccountKind::Application => ActorKind::Application,
    }
}

/// A local account as an actor; none if it has no key yet. A suspended one is blank.
///
/// # Errors
/// Whatever the database says.
pub fn actor(
    conn: &mut Conn,
    urls: &Urls,
    account: &Account,
) -> QueryResult<Option<OutgoingActor>> {
    let Some(keys) = public_keys(conn, account.id)? else {
        return Ok(None);
    };
    let suspended = account.suspended_at.is_some();
    let said = if suspended {
        Profile::usual(account.id)
    } else {
        store::profiles::find(conn, account.id)?
    };
    let target = match said.moved_to_id {
        Some(target) => store::accounts::find(conn, target)?,
        None => None,
    };
    let shown = |text: &str| if suspended { "" } else { text }.to_owned();
    let picture = |key: &Option<String>, alt: &str| {
        let key = key.as_ref().filter(|_| !suspended)?;
        Some(Media {
            url: urls.media(key),
            media_type: Some(image_type(key).to_owned()),
            alt: Some(alt.to_owned()).filter(|alt| !alt.is_empty()),
            ..Media::default()
        })
    };
    let fields = account.fields.0.iter().filter(|_| !suspended);
    Ok(Some(OutgoingActor {
        id: account.uri.clone(),
        kind: actor_kind(account.kind),
        username: account.username.clone(),
        domain: urls.authority().to_owned(),
        name: shown(&account.display_name),
        summary: shown(&account.note),
        url: account.url.clone(),
        shared_inbox: urls.shared_inbox(),
        public_key_pem: keys.rsa_pem,
        ed25519_multikey: keys.ed25519_multikey,
        icon: picture(&account.avatar, &account.avatar_alt),
        image: picture(&account.header, &account.header_alt),
        fields: fields
            .map(|field| ProfileField {
                name: field.name.clone(),
                value: field.value.clone(),
            })
            .collect(),
        emojis: emojis(&account.emojis.0),
        manually_approves_followers: account.locked,
        discoverable: account.discoverable.unwrap_or(false),
        indexable: account.indexable,
        published: account.created_at,
        also_known_as: said.also_known_as.0,
        attribution_domains: said.attribution_domains.0,
        moved_to: target.map(|target| target.uri),
        memorial: false,
        suspended,
    }))
}

/// The actor that speaks for the node itself; none before it has a key.
///
/// # Errors
/// Whatever the database says.
pub fn node_actor(conn: &mut Conn, urls: &Urls) -> QueryResult<Option<InstanceActor>> {
    let Some(account) = store::accounts::find_by_uri(conn, &urls.node_actor())? else {
        return Ok(None);
    };
    let keys = public_keys(conn, account.id)?;
    Ok(keys.map(|keys| InstanceActor {
        id: account.uri,
        domain: urls.authority().to_owned(),
        url: urls.at("/about"),
        shared_inbox: urls.shared_inbox(),
        public_key_pem: keys.rsa_pem,
        ed25519_multikey: keys.ed25519_multikey,
    }))
}

/// The actor of a local account that has moved, and the Move that says where.
///
/// # Errors
/// Whatever the database says.
pub fn moving(conn: &mut Conn, id: AccountId) -> QueryResult<Option<(String, Value)>> {
    let said = store::profiles::find(conn, id)?;
    let account = store::accounts::find(conn, id)?.filter(Account::is_local);
    let target = match said.moved_to_id {
        Some(target) => store::accounts::find(conn, target)?,
        None => None,
    };
    let (Some(account), Some(target)) = (account, target) else {
        return Ok(None);
    };
    let activity = format!(
        "{}#moves/{}",
        account.uri,
        said.moved_at.unwrap_or_default()
    );
    let followers = local::followers(&account.uri);
    let document = activities::move_actor(&activity, &account.uri, &target.uri, &followers);
    Ok(Some((account.uri, document)))
}

/// The public keys of a local account, as they are shown.
struct PublicKeys {
    rsa_pem: String,
    ed25519_multikey: Option<String>,
}

fn public_keys(conn: &mut Conn, account: AccountId) -> QueryResult<Option<PublicKeys>> {
    let (mut rsa_pem, mut ed25519_multikey) = (None, None);
    for key in store::keys::list(conn, account)? {
        match key.algorithm {
            KeyAlgorithm::Rsa => rsa_pem = Some(key.public_pem),
            KeyAlgorithm::Ed25519 => ed25519_multikey = multikeys::from_pem(&key.public_pem),
        }
    }
    Ok(rsa_pem.map(|rsa_pem| PublicKeys {
        rsa_pem,
        ed25519_multikey,
    }))
}

/// Local statuses (no boosts) of one author as notes, in the order given.
///
/// # Errors
/// Whatever the database says.
pub fn notes(
    conn: &mut Conn,
    urls: &Urls,
    author: &Account,
    statuses: &[&Status],
) -> QueryResult<Vec<OutgoingNote>> {
    let ids: Vec<StatusId> = statuses.iter().map(|status| status.id).collect();
    let mut details = Details::load_of(conn, urls, author, &ids)?;
    Ok(statuses
        .iter()
        .map(|status| details.note(urls, author, status))
        .collect())
}

/// A local status (no boost) as a note.
///
/// # Errors
/// Whatever the database says.
pub fn note(
    conn: &mut Conn,
    urls: &Urls,
    author: &Account,
    status: &Status,
) -> QueryResult<OutgoingNote> {
    let mut details = Details::load_of(conn, urls, author, &[status.id])?;
    Ok(details.note(urls, author, status))
}

/// What a page of notes needs beyond their rows, by status.
struct Details {
    mentions: HashMap<StatusId, Vec<Mention>>,
    groups: HashMap<StatusId, Vec<GroupAddress>>,
    hashtags: HashMap<StatusId, Vec<Hashtag>>,
    media: HashMap<StatusId, Vec<Media>>,
    polls: HashMap<StatusId, OutgoingPoll>,
    quotes: HashMap<StatusId, OutgoingQuote>,
    policies: HashMap<StatusId, Policy>,
    /// Whether the author's files count as sensitive, whatever they say.
    is_sensitized: bool,
}

impl Details {
    fn load_of(
        conn: &mut Conn,
        urls: &Urls,
        author: &Account,
        ids: &[StatusId],
    ) -> QueryResult<Self> {
        let standing = store::standings::find(conn, author.id)?;
        Ok(Self {
            is_sensitized: standing.sensitized_at.is_some(),
            ..Self::load(conn, urls, ids)?
        })
    }

    fn load(conn: &mut Conn, urls: &Urls, ids: &[StatusId]) -> QueryResult<Self> {
        let mut details = Self {
            mentions: HashMap::new(),
            groups: HashMap::new(),
            hashtags: HashMap::new(),
            media: HashMap::new(),
            polls: load_polls(conn, ids)?,
            quotes: load_quotes(conn, ids)?,
            policies: load_policies(conn, ids)?,
            is_sensitized: false,
        };
        let addressed = mentions::list(conn, ids)?;
        let accounts: Vec<AccountId> = addressed.iter().map(|one| one.account_id).collect();
        let accounts: HashMap<AccountId, Account> = store::accounts::list(conn, &accounts)?
            .into_iter()
            .map(|account| (account.id, account))
            .collect();
        for mention in addressed {
            let Some(account) = accounts.get(&mention.account_id) else {
                continue;
            };
            if account.kind == AccountKind::Group {
                let list = details.groups.entry(mention.status_id).or_default();
                list.push(group(account));
            }
            if !mention.is_silent {
                let list = details.mentions.entry(mention.status_id).or_default();
                list.push(link(urls, account));
            }
        }
        for (status, name) in store::tags::list(conn, ids)? {
            let href = Some(urls.tag(&name));
            let list = details.hashtags.entry(status).or_default();
            list.push(Hashtag { name, href });
        }
        for file in store::attachments::list(conn, ids)? {
            if let (Some(status), Some(media)) = (file.status_id, media(urls, &file)) {
                details.media.entry(status).or_default().push(media);
            }
        }
        Ok(details)
    }

    fn note(&mut self, urls: &Urls, author: &Account, status: &Status) -> OutgoingNote {
        let attachments = self.media.remove(&status.id).unwrap_or_default();
        let page = || urls.status_page(&author.username, status.id);
        OutgoingNote {
            id: status.uri.clone(),
            author: author.uri.clone(),
            url: status.url.clone().unwrap_or_else(page),
            content: status.content.clone(),
            language: status.language.clone(),
            summary: Some(status.spoiler.clone()).filter(|warning| !warning.is_empty()),
            sensitive: status.sensitive || (self.is_sensitized && !attachments.is_empty()),
            published: status.created_at,
            updated: status.edited_at,
            in_reply_to: status.in_reply_to_uri.clone(),
            visibility: audience(status.visibility),
            mentions: self.mentions.remove(&status.id).unwrap_or_default(),
            groups: self.groups.remove(&status.id).unwrap_or_default(),
            hashtags: self.hashtags.remove(&status.id).unwrap_or_default(),
            emojis: emojis(&status.emojis.0),
            attachments,
            poll: self.polls.remove(&status.id),
            quote: self.quotes.remove(&status.id),
            quotable_by: quotable_by(author, self.policies.remove(&status.id)),
            conversation: None,
            likes: status.favourites_count,
            shares: status.boosts_count,
        }
    }
}

fn load_quotes(conn: &mut Conn, ids: &[StatusId]) -> QueryResult<HashMap<StatusId, OutgoingQuote>> {
    let rows = store::quotes::list(conn, ids)?;
    let quoted: Vec<StatusId> = rows.iter().filter_map(|row| row.quoted_id).collect();
    let quoted: HashMap<StatusId, Status> = store::statuses::list(conn, &quoted)?
        .into_iter()
        .map(|status| (status.id, status))
        .collect();
    let show = |row: store::quotes::Quote| {
        let there = row.quoted_id.and_then(|id| quoted.get(&id));
        let holds = row.state == QuoteState::Accepted;
        let quote = OutgoingQuote {
            id: there.map(|status| status.uri.clone()),
            url: there.map(|status| status.url.clone().unwrap_or(status.uri.clone())),
            authorization: row.approval_uri.filter(|_| holds),
        };
        (row.status_id, quote)
    };
    Ok(rows.into_iter().map(show).collect())
}

fn load_policies(conn: &mut Conn, ids: &[StatusId]) -> QueryResult<HashMap<StatusId, Policy>> {
    let terms = store::quotes::list_terms(conn, ids)?;
    let policy = |terms: &store::quotes::QuoteTerms| (terms.status_id, Policy::from(terms));
    Ok(terms.iter().map(policy).collect())
}

/// Whom a policy admits, by their ids; nobody but the author if nobody else.
fn quotable_by(author: &Account, policy: Option<Policy>) -> Vec<String> {
    let admitted = policy.unwrap_or_default().automatic;
    vec![if admitted.has(Groups::PUBLIC) {
        PUBLIC.to_owned()
    } else if admitted.has(Groups::FOLLOWERS) {
        local::followers(&author.uri)
    } else {
        author.uri.clone()
    }]
}

fn load_polls(conn: &mut Conn, ids: &[StatusId]) -> QueryResult<HashMap<StatusId, OutgoingPoll>> {
    let polls = store::polls::list(conn, ids)?;
    let with_poll: Vec<StatusId> = polls.iter().map(|poll| poll.status_id).collect();
    let (mut shown, mut hidden) = (HashMap::new(), HashSet::new());
    for poll in polls {
        if poll.hides_totals && poll.closed_at.is_none() {
            hidden.insert(poll.status_id);
        }
        let portrait = OutgoingPoll {
            options: Vec::new(),
            multiple: poll.multiple,
            ends: poll.expires_at,
            closed: poll.closed_at.and(poll.expires_at),
            voters: poll.voters.unwrap_or_default(),
        };
        shown.insert(poll.status_id, portrait);
    }
    for option in store::polls::list_options(conn, &with_poll)? {
        let poll: Option<&mut OutgoingPoll> = shown.get_mut(&option.status_id);
        if let Some(poll) = poll {
            let votes = (!hidden.contains(&option.status_id)).then_some(option.votes);
            poll.options.push((option.title, votes));
        }
    }
    Ok(shown)
}

/// A boost by a local account as an announcement; none if the original is gone.
///
/// # Errors
/// Whatever the database says.
pub fn announce(
    conn: &mut Conn,
    booster: &Account,
    boost: &Status,
) -> QueryResult<Option<OutgoingAnnounce>> {
    let Some(original) = boost.boost_of_id else {
        return Ok(None);
    };
    let Some(original) = store::statuses::find(conn, original)? else {
        return Ok(None);
    };
    let author = store::accounts::find(conn, original.account_id)?;
    Ok(author.map(|author| OutgoingAnnounce {
        id: boost.uri.clone(),
        actor: booster.uri.clone(),
        object: original.uri,
        author: author.uri,
        published: boost.created_at,
        visibility: audience(boost.visibility),
    }))
}

fn link(urls: &Urls, account: &Account) -> Mention {
    let domain = account.domain.as_deref().unwrap_or(urls.authority());
    Mention {
        href: account.uri.clone(),
        name: format!("@{}@{domain}", account.username),
    }
}

fn group(account: &Account) -> GroupAddress {
    GroupAddress {
        id: account.uri.clone(),
        followers: account.followers_url.clone(),
    }
}

fn media(urls: &Urls, file: &Attachment) -> Option<Media> {
    Some(Media {
        url: urls.media(file.file_key.as_deref()?),
        media_type: Some(file.mime.clone()),
        alt: file.description.clone(),
        blurhash: file.blurhash.clone(),
        focus: file.focus_x.zip(file.focus_y),
        width: file.width,
        height: file.height,
        preview: file
            .preview_key
            .as_deref()
            .filter(|_| file.kind != store::AttachmentKind::Image)
            .map(|key| urls.media(key)),
        sensitive: false,
    })
}

/// Custom emoji of this node as other servers see them.
pub(super) fn emojis(used: &[store::accounts::Emoji]) -> Vec<Emoji> {
    used.iter()
        .map(|emoji| Emoji {
            shortcode: emoji.shortcode.clone(),
            url: emoji.url.clone(),
            media_type: Some(image_type(&emoji.url).to_owned()),
            updated: None,
            id: None,
        })
        .collect()
}

/// The media type that the name of a picture of ours tells.
fn image_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, extension)| extension) {
        Some("png") => "image/png",
        Some("gif") => "image/gif",
        Some("webp") => "image/webp",
        _ => "image/jpeg",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_for_visibilities_go_both_ways() {
        for known in Visibility::ALL {
            assert_eq!(visibility(audience(*known)), *known);
            assert_eq!(audience(*known).word(), known.word());
        }
        for known in AccountKind::ALL {
            assert_eq!(account_kind(actor_kind(*known)), *known);
        }
    }

    #[test]
    fn pictures_have_the_type_of_their_name() {
        for (name, expected) in [
            ("a/b.png", "image/png"),
            ("https://x.example/e.gif", "image/gif"),
            ("b.webp", "image/webp"),
            ("b.jpg", "image/jpeg"),
            ("b", "image/jpeg"),
        ] {
            assert_eq!(image_type(name), expected, "{name}");
        }
    }
}
