//! Which notifications are shown as one. A group begins with its first notification and takes what comes within twelve
//! hours of that one's hour; its key says what it is about and that hour, and is stored with each when it is made.

use crate::clock::HOUR;
use crate::id::{AccountId, StatusId};
use crate::store::{self, NotificationKind, QueryResult, Tx};

/// Hours from the first notification of a group to the last.
const SPAN: i64 = 12;

/// The kinds of which many make one group.
pub const GROUPABLE: [NotificationKind; 5] = [
    NotificationKind::Favourite,
    NotificationKind::Reaction,
    NotificationKind::Boost,
    NotificationKind::Follow,
    NotificationKind::AdminSignUp,
];

/// The key that a new notification gets; none for one that stands alone.
pub(super) fn choose(
    tx: &mut Tx,
    to: AccountId,
    kind: NotificationKind,
    status: Option<StatusId>,
) -> QueryResult<Option<String>> {
    if !GROUPABLE.contains(&kind) {
        return Ok(None);
    }
    let about = match status {
        Some(id) => format!("{}-{id}", kind.word()),
        None => kind.word().to_owned(),
    };
    let hour = tx.now() / HOUR;
    let keys: Vec<String> = (hour - SPAN + 1..=hour)
        .map(|hour| format!("{about}-{hour}"))
        .collect();
    let known = store::notifications::find_group(tx, to, &keys)?;
    Ok(known.or_else(|| keys.last().cloned()))
}
