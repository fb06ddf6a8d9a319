//! The node's own custom emoji: what the staff adds and takes away, and what texts use of them.
//!
//! A text keeps the addresses of what it uses, so a disabled emoji stays where it was used; one that is removed leaves
//! its shortcode there.

use super::moderation::staff::{Staff, Target, record};
use super::staff::By;
use super::uploads::{self, Stored};
use super::{Error, Result};
use crate::id::EmojiId;
use crate::keys::random;
use crate::media;
use crate::node::Node;
use crate::store::accounts::Emoji;
use crate::store::custom_emojis::CustomEmoji;
use crate::store::jobs::Job;
use crate::store::{self, Conn, QueryResult, Tx};
use crate::text::clean_line;
use crate::text::emojis::{is_shortcode, shortcodes};
use crate::urls::Urls;

/// Bytes of the largest picture that is taken for an emoji: other servers refuse larger ones.
pub const MAX_BYTES: usize = 256 << 10;
/// Characters of the longest category.
const MAX_CATEGORY: usize = 60;

/// A new emoji.
#[derive(Clone, Debug, Default)]
pub struct NewEmoji {
    /// Its name, without colons: letters, digits and underscores, at least two.
    pub shortcode: String,
    /// The picture, at most [`MAX_BYTES`].
    pub bytes: Vec<u8>,
    /// The group it is listed under; an empty text is none.
    pub category: String,
    /// Whether pickers offer it.
    pub visible_in_picker: bool,
    /// Whether it may take the place of one with the same name.
    pub replaces: bool,
}

/// What changes about an emoji; what is none stays.
#[derive(Clone, Debug, Default)]
pub struct EmojiChange {
    /// The group it is listed under; an empty text is none.
    pub category: Option<String>,
    /// Whether pickers offer it.
    pub visible_in_picker: Option<bool>,
    /// Whether it can be used in new texts.
    pub enabled: Option<bool>,
}

/// All of them, by shortcode, for the staff.
///
/// # Errors
/// [`Error::Forbidden`] for others.
pub async fn list_all(node: &Node, by: By) -> Result<Vec<CustomEmoji>> {
    by.check_look()?;
    Ok(node.db.read(store::custom_emojis::list).await?)
}

/// Those that can be used.
///
/// # Errors
/// Whatever the database says.
pub fn list_usable(conn: &mut Conn) -> QueryResult<Vec<CustomEmoji>> {
    let mut found = store::custom_emojis::list(conn)?;
    found.retain(|emoji| emoji.disabled_at.is_none());
    Ok(found)
}

/// Those of these names that can be used. Costs one query.
///
/// # Errors
/// Whatever the database says.
pub fn list_usable_named(conn: &mut Conn, names: &[&str]) -> QueryResult<Vec<CustomEmoji>> {
    let mut found = store::custom_emojis::list_named(conn, names)?;
    found.retain(|emoji| emoji.disabled_at.is_none());
    Ok(found)
}

/// The emoji that these texts use, as texts keep them.
///
/// # Errors
/// Whatever the database says.
pub fn find_used(conn: &mut Conn, urls: &Urls, texts: &[&str]) -> QueryResult<Vec<Emoji>> {
    let mut names: Vec<&str> = texts.iter().flat_map(|text| shortcodes(text)).collect();
    names.sort_unstable();
    names.dedup();
    let used = list_usable_named(conn, &names)?;
    Ok(used.into_iter().map(|emoji| as_used(urls, emoji)).collect())
}

fn as_used(urls: &Urls, emoji: CustomEmoji) -> Emoji {
    let is_animated = emoji.still_key != emoji.file_key;
    Emoji {
        url: urls.media(&emoji.file_key),
        still: is_animated.then(|| urls.media(&emoji.still_key)),
        shortcode: emoji.shortcode,
    }
}

/// Adds an emoji, or another picture for one that is there.
///
/// # Errors
/// [`Error::Forbidden`] unless `staff` may act, [`Error::Invalid`] says what is wrong with the name or the picture,
/// [`Error::Conflict`] if there is one of this name.
pub async fn add(node: &Node, staff: Staff, new: NewEmoji) -> Result<CustomEmoji> {
    staff.by.check_act()?;
    check(&new)?;
    let picture = uploads::store(node, new.bytes.clone(), |bytes| {
        let made = media::emoji(bytes)?;
        let name = random::hex_name();
        let image = Stored::new("emojis", &name, made.image);
        let still = made.still.map(|still| Stored::new("emojis", &name, still));
        let still_key = still
            .as_ref()
            .map_or(&image.key, |still| &still.key)
            .clone();
        let keys = (image.key.clone(), still_key);
        Ok((keys, std::iter::once(image).chain(still).collect()))
    })
    .await?;
    let keys = vec![picture.0.clone(), picture.1.clone()];
    let write = move |tx: &mut Tx| put(tx, &staff, &new, picture);
    let written = node.db.write(write).await;
    if written.is_err() {
        uploads::withdraw(node, keys).await;
    }
    written
}

fn check(new: &NewEmoji) -> Result<()> {
    if !is_shortcode(&new.shortcode) {
        return Err(Error::invalid(format!(
            "\"{}\" is no name for an emoji: it takes 2 to 64 letters, digits and underscores",
            clean_line(&new.shortcode, 64)
        )));
    }
    if new.bytes.is_empty() {
        return Err(Error::invalid("A picture is needed"));
    }
    if new.bytes.len() > MAX_BYTES {
        return Err(Error::invalid(format!(
            "The picture has more than {} KiB",
            MAX_BYTES >> 10
        )));
    }
    Ok(())
}

fn put(
    tx: &mut Tx,
    staff: &Staff,
    new: &NewEmoji,
    (file_key, still_key): (String, String),
) -> Result<CustomEmoji> {
    let former = store::custom_emojis::list_named(tx, &[&new.shortcode])?.pop();
    let emoji = CustomEmoji {
        id: former
            .as_ref()
            .map_or_else(|| EmojiId(tx.new_id()), |known| known.id),
        shortcode: new.shortcode.clone(),
        file_key,
        still_key,
        category: category(&new.category),
        visible_in_picker: new.visible_in_picker,
        disabled_at: None,
        created_at: former.as_ref().map_or(tx.now(), |known| known.created_at),
        updated_at: tx.now(),
    };
    let action = match former {
        None => {
            store::custom_emojis::insert(tx, &emoji)?;
            "create_emoji"
        }
        // The former picture stays: texts that use it have its address.
        Some(_) if new.replaces => {
            store::custom_emojis::update(tx, &emoji)?;
            "replace_emoji"
        }
        Some(_) => {
            let sentence = format!("There is an emoji :{}: already", new.shortcode);
            return Err(Error::Conflict(sentence));
        }
    };
    note(tx, staff, action, &emoji)?;
    Ok(emoji)
}

fn note(tx: &mut Tx, staff: &Staff, action: &str, emoji: &CustomEmoji) -> QueryResult<()> {
    let target = Target::row(emoji.id.0, format!(":{}:", emoji.shortcode));
    record(tx, staff, action, target, "")
}

fn category(text: &str) -> Option<String> {
    Some(clean_line(text, MAX_CATEGORY)).filter(|text| !text.is_empty())
}

/// Changes an emoji.
///
/// # Errors
/// [`Error::Forbidden`] unless `staff` may act, [`Error::NotFound`] if there is none.
pub async fn change(
    node: &Node,
    staff: Staff,
    id: EmojiId,
    change: EmojiChange,
) -> Result<CustomEmoji> {
    staff.by.check_act()?;
    let write = move |tx: &mut Tx| {
        let mut emoji = store::custom_emojis::find(tx, id)?.ok_or(Error::NotFound)?;
        if let Some(text) = &change.category {
            emoji.category = category(text);
        }
        emoji.visible_in_picker = change.visible_in_picker.unwrap_or(emoji.visible_in_picker);
        emoji.disabled_at = match change.enabled {
            Some(true) => None,
            Some(false) => emoji.disabled_at.or(Some(tx.now())),
            None => emoji.disabled_at,
        };
        emoji.updated_at = tx.now();
        store::custom_emojis::update(tx, &emoji)?;
        let action = match change.enabled {
            Some(true) => "enable_emoji",
            Some(false) => "disable_emoji",
            None => "update_emoji",
        };
        note(tx, &staff, action, &emoji)?;
        Ok(emoji)
    };
    node.db.write(write).await
}

/// Removes an emoji and its picture.
///
/// # Errors
/// [`Error::Forbidden`] unless `staff` may act, [`Error::NotFound`] if there is none.
pub async fn remove(node: &Node, staff: Staff, id: EmojiId) -> Result<()> {
    staff.by.check_act()?;
    let write = move |tx: &mut Tx| {
        let emoji = store::custom_emojis::find(tx, id)?.ok_or(Error::NotFound)?;
        note(tx, &staff, "remove_emoji", &emoji)?;
        store::custom_emojis::delete(tx, id)?;
        let mut keys = vec![emoji.file_key, emoji.still_key];
        keys.dedup();
        Ok(tx.queue(&Job::RemoveBlobs { keys })?)
    };
    node.db.write(write).await
}

/// The emoji of this name, for the staff.
///
/// # Errors
/// [`Error::NotFound`] if there is none.
pub async fn find_named(node: &Node, by: By, shortcode: &str) -> Result<CustomEmoji> {
    by.check_look()?;
    let name = shortcode.trim_matches(':').to_owned();
    let find = move |conn: &mut Conn| store::custom_emojis::list_named(conn, &[&name]);
    node.db.read(find).await?.pop().ok_or(Error::NotFound)
}
