//! The URLs of our own actors, statuses and activities: one place that knows their shape.
//!
//! Everything is derived from the node's origin (scheme, domain and port, no trailing slash).

/// The id of a local account's actor.
#[must_use]
pub fn actor(origin: &str, username: &str) -> String {
    format!("{origin}/users/{username}")
}

/// The id of the actor that speaks for the node itself.
#[must_use]
pub fn instance_actor(origin: &str) -> String {
    format!("{origin}/actor")
}

/// The inbox that takes activities for everybody here.
#[must_use]
pub fn shared_inbox(origin: &str) -> String {
    format!("{origin}/inbox")
}

/// The profile page of a local account.
#[must_use]
pub fn profile_page(origin: &str, username: &str) -> String {
    format!("{origin}/@{username}")
}

/// The page of a local status.
#[must_use]
pub fn status_page(origin: &str, username: &str, id: i64) -> String {
    format!("{origin}/@{username}/{id}")
}

/// The page of a hashtag, whose name has no `#`.
#[must_use]
pub fn tag_page(origin: &str, name: &str) -> String {
    let name: String = url::form_urlencoded::byte_serialize(name.as_bytes()).collect();
    format!("{origin}/tags/{}", name.replace('+', "%20"))
}

/// The id of a local status.
#[must_use]
pub fn status(origin: &str, username: &str, id: i64) -> String {
    format!("{}/statuses/{id}", actor(origin, username))
}

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

/// The id of an actor's key.
#[must_use]
pub fn main_key(actor: &str) -> String {
    format!("{actor}#main-key")
}

/// The id of the activity that made a status or boost.
#[must_use]
pub fn status_activity(status: &str) -> String {
    format!("{status}/activity")
}

/// The id of the replies collection of a status.
#[must_use]
pub fn replies(status: &str) -> String {
    format!("{status}/replies")
}

/// The id of a follow that a local actor asked for.
#[must_use]
pub fn follow(actor: &str, id: i64) -> String {
    format!("{actor}#follows/{id}")
}

/// The id of our answer to a follow: `word` is `accepts` or `rejects`.
#[must_use]
pub fn follow_answer(actor: &str, word: &str, id: i64) -> String {
    format!("{actor}#{word}/follows/{id}")
}

/// The id of a local actor's like.
#[must_use]
pub fn like(actor: &str, id: i64) -> String {
    format!("{actor}#likes/{id}")
}

/// The id of a local actor's block.
#[must_use]
pub fn block(actor: &str, id: i64) -> String {
    format!("{actor}#blocks/{id}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_have_the_shape_that_peers_have_seen() {
        let ann = actor("http://alpha.localhost:8081", "ann");
        assert_eq!(ann, "http://alpha.localhost:8081/users/ann");
        assert_eq!(main_key(&ann), format!("{ann}#main-key"));
        assert_eq!(
            status_activity(&status("https://a.example", "ann", 7)),
            "https://a.example/users/ann/statuses/7/activity"
        );
        assert_eq!(
            tag_page("https://a.example", "grün tee"),
            "https://a.example/tags/gr%C3%BCn%20tee"
        );
    }
}
