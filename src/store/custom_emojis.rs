//! The node's own custom emoji.

use diesel::prelude::*;

use super::conn::{Conn, on};
use super::schema::custom_emojis;
use super::tx::Tx;
use crate::id::EmojiId;

/// A custom emoji of this node.
#[derive(
    Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable, Identifiable, AsChangeset,
)]
#[diesel(table_name = custom_emojis, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct CustomEmoji {
    /// Its id.
    pub id: EmojiId,
    /// Its name, without colons; unique.
    pub shortcode: String,
    /// The picture's blob key.
    pub file_key: String,
    /// The blob key of an animation's first frame, or of the picture itself.
    pub still_key: String,
    /// The group it is listed under.
    pub category: Option<String>,
    /// Whether pickers offer it.
    pub visible_in_picker: bool,
    /// Since when nobody can use it in new texts, in milliseconds.
    pub disabled_at: Option<i64>,
    /// When it was added, in milliseconds.
    pub created_at: i64,
    /// When it last changed, in milliseconds.
    pub updated_at: i64,
}

/// All of them, by shortcode.
pub fn list(conn: &mut Conn) -> QueryResult<Vec<CustomEmoji>> {
    on!(conn, |c| custom_emojis::table
        .order(custom_emojis::shortcode.asc())
        .select(CustomEmoji::as_select())
        .load(c))
}

/// Those of these shortcodes.
pub fn list_named(conn: &mut Conn, shortcodes: &[&str]) -> QueryResult<Vec<CustomEmoji>> {
    if shortcodes.is_empty() {
        return Ok(Vec::new());
    }
    on!(conn, |c| custom_emojis::table
        .filter(custom_emojis::shortcode.eq_any(shortcodes))
        .order(custom_emojis::shortcode.asc())
        .select(CustomEmoji::as_select())
        .load(c))
}

/// The one with this id.
pub fn find(conn: &mut Conn, id: EmojiId) -> QueryResult<Option<CustomEmoji>> {
    on!(conn, |c| custom_emojis::table
        .find(id)
        .select(CustomEmoji::as_select())
        .first(c)
        .optional())
}

/// Adds one; its shortcode must be free.
pub fn insert(tx: &mut Tx, emoji: &CustomEmoji) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::insert_into(custom_emojis::table)
        .values(emoji)
        .execute(c))
    .map(drop)
}

/// Writes one as it is now.
pub fn update(tx: &mut Tx, emoji: &CustomEmoji) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::update(
        custom_emojis::table.find(emoji.id)
    )
    .set(emoji)
    .execute(c))
    .map(drop)
}

/// Removes one.
pub fn delete(tx: &mut Tx, id: EmojiId) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::delete(custom_emojis::table.find(id))
        .execute(c))
    .map(drop)
}
