//! An account as its holder edits it.
//!
//! Source: <https://docs.joinmastodon.org/methods/profile/>

use super::{View, accounts};
use crate::api::entities::{Field, Instant, Profile};
use crate::store::accounts::Account;
use crate::store::{self, Conn, QueryResult};

/// A local account as its holder edits it.
///
/// # Errors
/// Whatever the database says.
pub fn single(conn: &mut Conn, view: &View, account: Account) -> QueryResult<Profile> {
    let said = store::profiles::find(conn, account.id)?;
    let raw = account.fields.0.iter().map(|field| Field {
        name: field.name.clone(),
        value: field.source.clone(),
        verified_at: field.verified_at.map(Instant),
    });
    let (fields, note) = (raw.collect(), account.note_source.clone());
    let (has_avatar, has_header) = (account.avatar.is_some(), account.header.is_some());
    let shown = accounts::single(conn, view, account)?;
    Ok(Profile {
        id: shown.id,
        display_name: shown.display_name,
        note,
        fields,
        avatar: has_avatar.then_some(shown.avatar),
        avatar_static: has_avatar.then_some(shown.avatar_static),
        avatar_description: shown.avatar_description,
        header: has_header.then_some(shown.header),
        header_static: has_header.then_some(shown.header_static),
        header_description: shown.header_description,
        locked: shown.locked,
        bot: shown.bot,
        hide_collections: shown.hide_collections,
        discoverable: shown.discoverable,
        indexable: shown.indexable,
        show_media: said.shows_media,
        show_media_replies: said.shows_media_replies,
        show_featured: said.shows_featured,
        attribution_domains: said.attribution_domains.0,
        formatted_note: shown.note,
        formatted_fields: shown.fields,
    })
}
