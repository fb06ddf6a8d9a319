//! Our own activities, as we send them: whole documents, ready to be signed.

use serde_json::{Map, Value, json};

use super::super::actors::OutgoingActor;
use super::super::addressing::{self, Addresses, Visibility};
use super::super::context::{Terms, with_context};
use super::super::everybody::PUBLIC;
use super::super::local;
use super::super::notes::OutgoingNote;
use super::super::times;
use super::deeds::FollowReference;

/// A status was made.
#[must_use]
pub fn create(note: &OutgoingNote) -> Value {
    let id = local::status_activity(&note.id);
    with_context(carry_note("Create", &id, note.published, note), Terms::Note)
}

/// A status was edited at the instant `now` (milliseconds).
#[must_use]
pub fn update_note(note: &OutgoingNote, now: i64) -> Value {
    let id = local::status_update(&note.id, now);
    with_context(carry_note("Update", &id, now, note), Terms::Note)
}

fn carry_note(kind: &str, id: &str, published: i64, note: &OutgoingNote) -> Value {
    let Addresses { to, cc } = note.addresses();
    let mut built = json!({
        "id": id,
        "type": kind,
        "actor": note.author,
        "published": times::format(published),
        "to": to,
        "cc": cc,
        "object": note.object(),
    });
    if let (Some(group), Some(built)) = (note.audience(), built.as_object_mut()) {
        built.insert("audience".to_owned(), group.into());
    }
    built
}

/// An account changed at the instant `now` (milliseconds).
#[must_use]
pub fn update_actor(actor: &OutgoingActor, now: i64) -> Value {
    let update = json!({
        "id": format!("{}#updates/{now}", actor.id),
        "type": "Update",
        "actor": actor.id,
        "to": [PUBLIC],
        "object": actor.object(),
    });
    with_context(update, Terms::Actor)
}

/// The node's own actor reports something to the staff of another server. Who reported it here is not told.
///
/// Source: <https://docs.joinmastodon.org/spec/activitypub/#Flag>
#[must_use]
pub fn flag(id: &str, node_actor: &str, content: &str, objects: &[String]) -> Value {
    let flag = json!({
        "id": id,
        "type": "Flag",
        "actor": node_actor,
        "to": objects.first(),
        "content": content,
        "object": objects,
    });
    with_context(flag, Terms::Plain)
}

/// A status was deleted. `to` is whom it was for; everybody, when that is no secret.
#[must_use]
pub fn delete_note(author: &str, status: &str, to: &[String]) -> Value {
    let delete = json!({
        "id": format!("{status}#delete"),
        "type": "Delete",
        "actor": author,
        "to": to,
        "object": tombstone(status),
    });
    with_context(delete, Terms::Note)
}

/// An account was deleted.
#[must_use]
pub fn delete_actor(actor: &str) -> Value {
    let delete = json!({
        "id": format!("{actor}#delete"),
        "type": "Delete",
        "actor": actor,
        "to": [PUBLIC],
        "object": actor,
    });
    with_context(delete, Terms::Plain)
}

/// An actor moved to another one.
///
/// Source: <https://www.w3.org/TR/activitystreams-vocabulary/#dfn-move>
#[must_use]
pub fn move_actor(id: &str, actor: &str, target: &str, followers: &str) -> Value {
    let moved = json!({
        "id": id,
        "type": "Move",
        "actor": actor,
        "object": actor,
        "target": target,
        "to": [followers],
    });
    with_context(moved, Terms::Plain)
}

/// What is left of a deleted status, without `@context`.
#[must_use]
pub fn tombstone(status: &str) -> Value {
    json!({"id": status, "type": "Tombstone", "atomUri": status})
}

/// `actor` wants to follow `object`; `id` is that of the follow.
#[must_use]
pub fn follow(id: &str, actor: &str, object: &str) -> Value {
    deed("Follow", id, actor, &object.into())
}

/// `actor` lets itself be followed; `id` as in [`local::follow_answer`].
#[must_use]
pub fn accept_follow(id: &str, actor: &str, follow: &FollowReference) -> Value {
    deed("Accept", id, actor, &answered(follow, actor))
}

/// `actor` refuses or ends being followed; `id` as in [`local::follow_answer`].
#[must_use]
pub fn reject_follow(id: &str, actor: &str, follow: &FollowReference) -> Value {
    deed("Reject", id, actor, &answered(follow, actor))
}

/// `actor` likes `object`; `id` is that of the like.
#[must_use]
pub fn like(id: &str, actor: &str, object: &str) -> Value {
    deed("Like", id, actor, &object.into())
}

/// `actor` pinned `status`, or pins it no longer; `id` as in [`local::pin_activity`].
///
/// Source: <https://docs.joinmastodon.org/spec/activitypub/#featured>.
#[must_use]
pub fn pin(id: &str, actor: &str, status: &str, is_pinned: bool) -> Value {
    let pin = json!({
        "id": id,
        "type": if is_pinned { "Add" } else { "Remove" },
        "actor": actor,
        "to": [PUBLIC],
        "cc": [local::followers(actor)],
        "object": status,
        "target": local::featured(actor),
    });
    with_context(pin, Terms::Plain)
}

/// A vote for one option of a poll elsewhere.
#[derive(Clone, Copy, Debug)]
pub struct OutgoingVote<'a> {
    /// Its id.
    pub id: &'a str,
    /// Who votes.
    pub actor: &'a str,
    /// The text of the option.
    pub option: &'a str,
    /// The status with the poll.
    pub poll: &'a str,
    /// Who wrote that, and alone is told.
    pub author: &'a str,
}

/// Somebody voted in a poll elsewhere.
///
/// Source: <https://docs.joinmastodon.org/spec/activitypub/#Question>.
#[must_use]
pub fn vote(vote: &OutgoingVote) -> Value {
    let create = json!({
        "id": format!("{}/activity", vote.id),
        "type": "Create",
        "actor": vote.actor,
        "to": vote.author,
        "object": {
            "id": vote.id,
            "type": "Note",
            "name": vote.option,
            "attributedTo": vote.actor,
            "inReplyTo": vote.poll,
            "to": vote.author,
        },
    });
    with_context(create, Terms::Plain)
}

/// `actor` blocks `object`; `id` is that of the block.
#[must_use]
pub fn block(id: &str, actor: &str, object: &str) -> Value {
    deed("Block", id, actor, &object.into())
}

fn deed(kind: &str, id: &str, actor: &str, object: &Value) -> Value {
    let deed = json!({"id": id, "type": kind, "actor": actor, "object": object});
    with_context(deed, Terms::Plain)
}

fn answered(follow: &FollowReference, followed: &str) -> Value {
    let mut built = Map::new();
    if let Some(id) = &follow.id {
        built.insert("id".to_owned(), id.clone().into());
    }
    built.insert("type".to_owned(), "Follow".into());
    if let Some(follower) = &follow.follower {
        built.insert("actor".to_owned(), follower.clone().into());
    }
    built.insert("object".to_owned(), followed.into());
    Value::Object(built)
}

/// A boost.
#[derive(Clone, Debug)]
pub struct OutgoingAnnounce {
    /// Its id: [`local::status_activity`] of the boost's own status id.
    pub id: String,
    /// Who boosts.
    pub actor: String,
    /// The boosted status.
    pub object: String,
    /// Who wrote it.
    pub author: String,
    /// When it was boosted, in milliseconds.
    pub published: i64,
    /// Who may see the boost.
    pub visibility: Visibility,
}

/// A status was boosted.
#[must_use]
pub fn announce(boost: &OutgoingAnnounce) -> Value {
    let followers = local::followers(&boost.actor);
    let author = std::slice::from_ref(&boost.author);
    let Addresses { to, cc } = match boost.visibility {
        // The author is told, not addressed: nobody but followers may see a private boost.
        Visibility::Direct | Visibility::Private => {
            addressing::addresses(Visibility::Private, &followers, author)
        }
        open => addressing::addresses(open, &followers, author),
    };
    let announce = json!({
        "id": boost.id,
        "type": "Announce",
        "actor": boost.actor,
        "published": times::format(boost.published),
        "to": to,
        "cc": cc,
        "object": boost.object,
    });
    with_context(announce, Terms::Plain)
}

/// The actor of `done`, one of the activities built here, takes it back.
#[must_use]
pub fn undo(done: &Value) -> Value {
    let Value::Object(mut inner) = done.clone() else {
        return Value::Null;
    };
    inner.remove("@context");
    let part = |key: &str| inner.get(key).cloned().unwrap_or_default();
    let id = part("id");
    let mut undo = json!({
        "id": format!("{}/undo", id.as_str().unwrap_or_default()),
        "type": "Undo",
        "actor": part("actor"),
    });
    for key in ["to", "cc"] {
        if let (Some(addresses), Some(undo)) = (inner.get(key), undo.as_object_mut()) {
            undo.insert(key.to_owned(), addresses.clone());
        }
    }
    if let Some(undo) = undo.as_object_mut() {
        undo.insert("object".to_owned(), Value::Object(inner));
    }
    with_context(undo, Terms::Plain)
}
