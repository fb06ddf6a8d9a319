//! The node's own custom emoji.
//!
//! Source: <https://docs.joinmastodon.org/entities/CustomEmoji/>

use std::collections::HashMap;

use super::View;
use crate::api::entities::CustomEmoji;
use crate::api::entities::emojis::ListedEmoji;
use crate::social::emojis;
use crate::store::custom_emojis;
use crate::store::{Conn, QueryResult};

/// One of them as clients see it in texts.
#[must_use]
pub fn single(view: &View, row: custom_emojis::CustomEmoji) -> CustomEmoji {
    CustomEmoji {
        shortcode: row.shortcode,
        url: view.urls.media(&row.file_key),
        static_url: view.urls.media(&row.still_key),
        visible_in_picker: row.visible_in_picker,
        category: row.category,
    }
}

/// One of them as clients see it in the list of all.
#[must_use]
pub fn listed(view: &View, row: custom_emojis::CustomEmoji) -> ListedEmoji {
    ListedEmoji {
        emoji: single(view, row),
        featured: false,
    }
}

/// Those of these names that can be used, by shortcode. Costs one query.
///
/// # Errors
/// Whatever the database says.
pub fn by_names(
    conn: &mut Conn,
    view: &View,
    names: &[&str],
) -> QueryResult<HashMap<String, CustomEmoji>> {
    let names: Vec<&str> = names
        .iter()
        .copied()
        .filter(|name| name.is_ascii())
        .collect();
    let found = emojis::list_usable_named(conn, &names)?;
    Ok(found
        .into_iter()
        .map(|row| (row.shortcode.clone(), single(view, row)))
        .collect())
}
