//! Actors from elsewhere as profiles that the rules take: with a handle that its own domain confirms.

use activitypub_federation::config::Data;

use super::documents::actors::IncomingActor;
use super::documents::attachments::Media;
use super::documents::origins::Origin;
use super::documents::{Document, Incoming, understand};
use super::fetch::{Context, FetchError};
use super::handles::{self, Bound};
use super::portraits::account_kind;
use crate::load::host_of;
use crate::social::remote_accounts::RemoteProfile;
use crate::store::accounts::{Account, Emoji};
use crate::store::{self, Conn};
use crate::text::Handle;
use crate::text::domains::normalise_domain;

/// The profile that an actor's own document shows.
///
/// # Errors
/// No actor, deleted, or a handle that nobody confirms.
pub(super) async fn read(
    data: &Data<Context>,
    document: &Document,
) -> Result<RemoteProfile, FetchError> {
    let actor = match understand(document, &data.ours)? {
        Incoming::Actor(actor) => *actor,
        Incoming::Tombstone { id } => return Err(FetchError::Gone(format!("{id} was deleted"))),
        _ => return Err(FetchError::Untrue("it is no actor".to_owned())),
    };
    let uri = actor.id.clone();
    let look = move |conn: &mut Conn| store::accounts::find_by_uri(conn, &uri);
    let known = data.node.db.read(look).await?;
    let bound = bind(data, &actor, known.as_ref()).await?;
    let rejects_media = data.node.bans.find(host_of(&actor.id)).rejects_media;
    let mut profile = shape(actor, bound);
    if rejects_media {
        profile.avatar = None;
        profile.header = None;
        profile.emojis.clear();
    }
    Ok(profile)
}

/// The handle of an actor: the one that it has here already, or a claim that its domain confirms.
async fn bind(
    data: &Data<Context>,
    actor: &IncomingActor,
    known: Option<&Account>,
) -> Result<Bound, FetchError> {
    let origin = Origin::of(&actor.id)
        .ok_or_else(|| FetchError::Untrue(format!("{} is no usable id", actor.id)))?;
    let claim = match &actor.webfinger {
        Some(handle) => handle.clone(),
        None => format!("{}@{}", actor.username, origin.authority()),
    };
    let handle = Handle::parse(&claim)
        .map_err(|_| FetchError::Untrue(format!("{claim:?} is no handle that can be used here")))?;
    if let Some(bound) = known.and_then(|known| keep(known, actor, &handle)) {
        return Ok(bound);
    }
    handles::confirm(data, &handle, &actor.id).await
}

/// The handle that is bound already, if the actor does not claim another one.
fn keep(known: &Account, actor: &IncomingActor, claimed: &Handle) -> Option<Bound> {
    let domain = known.domain.clone()?;
    let same_name = known.username.eq_ignore_ascii_case(&claimed.username);
    let same_domain = match &actor.webfinger {
        Some(_) => {
            claimed
                .domain
                .as_deref()
                .and_then(|d| normalise_domain(d).ok())
                == Some(domain.clone())
        }
        // Without a word of its own about its handle it may live on another domain than its handle.
        None => true,
    };
    // A handle that went to another actor is marked and must be confirmed anew.
    let is_bound = !known.handle.contains('?');
    (same_name && same_domain && is_bound).then(|| Bound {
        username: known.username.clone(),
        domain,
        actor: actor.id.clone(),
    })
}

fn shape(actor: IncomingActor, bound: Bound) -> RemoteProfile {
    let alt = |picture: &Option<Media>| {
        let alt = picture.as_ref().and_then(|picture| picture.alt.clone());
        alt.unwrap_or_default()
    };
    RemoteProfile {
        uri: actor.id,
        username: bound.username,
        domain: bound.domain,
        kind: account_kind(actor.kind),
        url: actor.url,
        display_name: actor.name,
        note: actor.summary,
        fields: actor
            .fields
            .into_iter()
            .map(|field| (field.name, field.value))
            .collect(),
        emojis: actor
            .emojis
            .into_iter()
            .map(|emoji| Emoji {
                shortcode: emoji.shortcode,
                url: emoji.url,
                still: None,
            })
            .collect(),
        avatar_alt: alt(&actor.icon),
        header_alt: alt(&actor.image),
        avatar: actor.icon.map(|picture| picture.url),
        header: actor.image.map(|picture| picture.url),
        locked: actor.manually_approves_followers,
        discoverable: actor.discoverable,
        indexable: actor.indexable.unwrap_or(false),
        inbox_url: actor.inbox,
        shared_inbox_url: actor.shared_inbox,
        outbox_url: actor.outbox,
        followers_url: actor.followers,
        following_url: actor.following,
        featured_url: actor.featured,
        published: actor.published,
        attribution_domains: actor.attribution_domains,
        memorial: actor.memorial,
        is_suspended: actor.suspended,
        also_known_as: actor.also_known_as,
        keys: actor
            .public_keys
            .into_iter()
            .map(|key| (key.id, key.pem))
            .collect(),
    }
}
