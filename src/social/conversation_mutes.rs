//! Muting a thread: whoever is named in it is not told any more.

use super::Result;
use super::visibility::find_original;
use crate::id::{AccountId, StatusId};
use crate::node::Node;
use crate::store;

/// Mutes the thread of a status; of a boost, of the original. Gives back the original. Doing it twice is no error.
///
/// # Errors
/// [`super::Error::NotFound`] if the viewer may not see it.
pub async fn mute(node: &Node, viewer: AccountId, id: StatusId) -> Result<StatusId> {
    node.db
        .write(move |tx| {
            let status = find_original(tx, Some(viewer), id)?;
            store::conversation_mutes::insert(tx, viewer, status.conversation_id)?;
            Ok(status.id)
        })
        .await
}

/// Mutes the thread of a status no longer. Nothing happens if it is not muted.
///
/// # Errors
/// [`super::Error::NotFound`] if the viewer may not see it.
pub async fn unmute(node: &Node, viewer: AccountId, id: StatusId) -> Result<StatusId> {
    node.db
        .write(move |tx| {
            let status = find_original(tx, Some(viewer), id)?;
            store::conversation_mutes::delete(tx, viewer, status.conversation_id)?;
            Ok(status.id)
        })
        .await
}
