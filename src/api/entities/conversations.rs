//! Conversations by direct statuses.

use serde::Serialize;

use super::{Account, Status};
use crate::id::ConversationId;

/// A conversation as the viewer has it.
///
/// Source: <https://docs.joinmastodon.org/entities/Conversation/>
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Conversation {
    /// Its id.
    pub id: ConversationId,
    /// Whether something in it was not read yet.
    pub unread: bool,
    /// The others in it; the viewer if there are none.
    pub accounts: Vec<Account>,
    /// The newest status; null if it cannot be shown.
    pub last_status: Option<Status>,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::{accounts, statuses};
    use super::*;

    #[test]
    fn a_conversation_has_its_documented_keys() {
        let conversation = Conversation {
            id: ConversationId(5),
            unread: true,
            accounts: vec![accounts::tests::plain(7)],
            last_status: Some(statuses::tests::plain(1)),
        };
        let mut expected = json!({"id": "5", "unread": true, "accounts": [accounts::tests::plain(7)],
                                  "last_status": statuses::tests::plain(1)});
        assert_eq!(json!(conversation), expected);
        expected["last_status"] = json!(null);
        let bare = Conversation {
            last_status: None,
            ..conversation
        };
        assert_eq!(json!(bare), expected);
    }
}
