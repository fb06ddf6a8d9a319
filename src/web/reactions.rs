//! From rows to what pages show of how people react to statuses.

use std::collections::HashMap;

use super::pages::Reaction;
use crate::id::StatusId;
use crate::node::Node;
use crate::social::emojis;
use crate::social::reactions::label;
use crate::store::{self, Conn, QueryResult};

/// How people react to these statuses, each emoji in the order of its first use; without custom emoji that are no more.
/// Costs two queries at most.
pub(super) fn load(
    conn: &mut Conn,
    node: &Node,
    ids: &[StatusId],
) -> QueryResult<HashMap<StatusId, Vec<Reaction>>> {
    let tallies = store::reactions::list_tallies(conn, ids)?;
    let all = tallies.iter().map(|tally| tally.emoji.name.as_str());
    let names: Vec<&str> = all.filter(|name| name.is_ascii()).collect();
    let own: HashMap<String, String> = emojis::list_usable_named(conn, &names)?
        .into_iter()
        .map(|emoji| (emoji.shortcode, node.urls.media(&emoji.file_key)))
        .collect();
    let mut found: HashMap<StatusId, Vec<Reaction>> = HashMap::new();
    for tally in tallies {
        let emoji = &tally.emoji;
        let picture_url = match &emoji.url {
            Some(url) => Some(node.urls.shown(url)),
            None => own.get(&emoji.name).cloned(),
        };
        if picture_url.is_none() && emoji.name.is_ascii() {
            continue;
        }
        let of_status = found.entry(tally.status_id).or_default();
        of_status.push(Reaction {
            name: label(emoji),
            picture_url,
            count: tally.count,
        });
    }
    Ok(found)
}
