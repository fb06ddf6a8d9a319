//! The URLs that hang on the id of an actor or status of ours: its boxes, collections, key and activities.
//!
//! The ids themselves are made in [`crate::urls`].

/// An actor's own inbox.
#[must_use]
pub fn inbox(actor: &str) -> String {
    format!("{actor}/inbox")
}

/// An actor's outbox.
#[must_use]
pub fn outbox(actor: &str) -> String {
    format!("{actor}/outbox")
}

/// An actor's followers collection.
#[must_use]
pub fn followers(actor: &str) -> String {
    format!("{actor}/followers")
}

/// Where an actor's followers on the server that asks are listed.
#[must_use]
pub fn followers_synchronization(actor: &str) -> String {
    format!("{actor}/followers_synchronization")
}

/// An actor's following collection.
#[must_use]
pub fn following(actor: &str) -> String {
    format!("{actor}/following")
}

/// An actor's pinned statuses.
#[must_use]
pub fn featured(actor: &str) -> String {
    format!("{actor}/collections/featured")
}

/// The id of the activity that tells of a pin or the end of one.
#[must_use]
pub fn pin_activity(actor: &str, id: i64) -> String {
    format!("{actor}#pins/{id}")
}

/// The hashtags on an actor's profile.
#[must_use]
pub fn featured_tags(actor: &str) -> String {
    format!("{actor}/collections/tags")
}

/// The id of an actor's RSA key.
#[must_use]
pub fn main_key(actor: &str) -> String {
    format!("{actor}#main-key")
}

/// The id of an actor's Ed25519 key.
#[must_use]
pub fn ed25519_key(actor: &str) -> String {
    format!("{actor}#ed25519-key")
}

/// The id of the activity that made a status or boost.
#[must_use]
pub fn status_activity(status: &str) -> String {
    format!("{status}/activity")
}

/// The id of an activity that tells how a status is now; `id` is its number or its instant.
#[must_use]
pub fn status_update(status: &str, id: i64) -> String {
    format!("{status}#updates/{id}")
}

/// The id of the replies collection of a status.
#[must_use]
pub fn replies(status: &str) -> String {
    format!("{status}/replies")
}

/// The id of our answer to a follow: `word` is `accepts` or `rejects`.
#[must_use]
pub fn follow_answer(actor: &str, word: &str, id: i64) -> String {
    format!("{actor}#{word}/follows/{id}")
}

/// The id of our answer to a request to quote: `word` is `accepts` or `rejects`.
#[must_use]
pub fn quote_answer(actor: &str, word: &str, id: i64) -> String {
    format!("{actor}#{word}/quote_requests/{id}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_have_the_shape_that_peers_have_seen() {
        let ann = "http://alpha.localhost:8081/users/ann";
        assert_eq!(
            main_key(ann),
            "http://alpha.localhost:8081/users/ann#main-key"
        );
        assert_eq!(
            status_activity("https://a.example/users/ann/statuses/7"),
            "https://a.example/users/ann/statuses/7/activity"
        );
        assert_eq!(
            follow_answer("https://a.example/users/ann", "accepts", 7),
            "https://a.example/users/ann#accepts/follows/7"
        );
    }
}
