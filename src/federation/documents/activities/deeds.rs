//! What an activity from elsewhere can say, as types.

use super::super::actors::IncomingActor;
use super::super::addressing::Addressees;
use super::super::notes::IncomingNote;

/// Something that an actor elsewhere did.
#[derive(Clone, Debug, PartialEq)]
pub struct IncomingActivity {
    /// Its id, on the actor's origin; some servers give none.
    pub id: Option<String>,
    /// Who did it.
    pub actor: String,
    /// Whom it is for.
    pub addressees: Addressees,
    /// When, in milliseconds, as claimed.
    pub published: Option<i64>,
    /// What came of it, on the actor's origin: the consent that an answer gives.
    pub result: Option<String>,
    /// What was done.
    pub deed: Deed,
}

/// What was done.
#[derive(Clone, Debug, PartialEq)]
pub enum Deed {
    /// The actor wants to follow `object`.
    Follow {
        /// The actor to be followed.
        object: String,
    },
    /// The actor lets itself be followed.
    Accept(FollowReference),
    /// The actor refuses or ends being followed.
    Reject(FollowReference),
    /// The actor asks whether a status of its own may quote another one.
    QuoteRequest(QuoteRequested),
    /// The actor answers such a request.
    QuoteAnswer {
        /// The request.
        request: QuoteReference,
        /// Whether it agrees.
        is_accepted: bool,
    },
    /// The actor takes back what it did.
    Undo(Undone),
    /// The actor made a status.
    Create(Created),
    /// The actor changed a status or itself.
    Update(Updated),
    /// The actor deleted `object`, which lies on its origin.
    Delete {
        /// The id of what is gone.
        object: String,
        /// Whether that is the actor itself.
        is_actor: bool,
    },
    /// The actor likes `object`.
    Like {
        /// The id of a status.
        object: String,
    },
    /// The actor reacts to `object` with an emoji.
    React {
        /// The id of a status.
        object: String,
        /// The emoji.
        emoji: Reaction,
    },
    /// The actor dislikes `object`.
    Dislike {
        /// The id of a status.
        object: String,
    },
    /// The actor boosts something.
    Announce(Announced),
    /// The actor blocks `object`.
    Block {
        /// The blocked actor.
        object: String,
        /// A group that the block is limited to (Lemmy's bans).
        target: Option<String>,
    },
    /// The actor moved to `target`.
    Move {
        /// The actor that it is now.
        target: String,
    },
    /// The actor puts a status of its own into a collection of its own.
    Add(Placed),
    /// The actor takes a status of its own out of a collection of its own.
    Remove(Placed),
    /// The actor's server reports something to the staff of this one.
    Flag {
        /// The ids of accounts and statuses.
        objects: Vec<String>,
        /// In words.
        content: String,
    },
    /// Something that is not understood, by name; it is kept and acknowledged, and changes nothing.
    Unknown {
        /// For example `Travel`, or `Create of Playlist`.
        kind: String,
    },
}

/// What somebody reacts with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reaction {
    /// One emoji of Unicode, or the shortcode of a custom one without its colons.
    pub name: String,
    /// The picture of a custom emoji.
    pub url: Option<String>,
}

/// Something in a collection, both on the actor's origin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed {
    /// The id of what is put in or taken out.
    pub object: String,
    /// The id of the collection.
    pub target: String,
}

/// A follow that is answered; at least one of its id and its follower is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FollowReference {
    /// The id of the Follow.
    pub id: Option<String>,
    /// Who asked to follow.
    pub follower: Option<String>,
}

/// A request to quote a status.
///
/// Source: <https://codeberg.org/fediverse/fep/src/branch/main/fep/044f/fep-044f.md>.
#[derive(Clone, Debug, PartialEq)]
pub struct QuoteRequested {
    /// The id of the status that is to be quoted.
    pub quoted: String,
    /// The id of the status that quotes, on the actor's origin.
    pub quoting: String,
    /// The same as a whole, if it came along.
    pub note: Option<Box<IncomingNote>>,
}

/// A request to quote that is answered; its id or both statuses are known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct QuoteReference {
    /// The id of the request.
    pub id: Option<String>,
    /// The id of the status that is to be quoted.
    pub quoted: Option<String>,
    /// The id of the status that quotes.
    pub quoting: Option<String>,
}

/// What is taken back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undone {
    /// What sort of activity it was.
    pub kind: UndoneKind,
    /// Its id, on the actor's origin.
    pub id: Option<String>,
    /// What it was about; of an Accept, who was accepted.
    pub object: Option<String>,
    /// With what the actor reacted, if it was a reaction.
    pub reaction: Option<Reaction>,
}

/// The sorts of activities that can be taken back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UndoneKind {
    /// A follow.
    Follow,
    /// A like, or a reaction.
    Like,
    /// A boost.
    Announce,
    /// A block.
    Block,
    /// The consent to be followed.
    Accept,
    /// A deletion.
    Delete,
    /// A dislike.
    Dislike,
    /// Only the id is told.
    ById,
    /// Something that is not understood, by name.
    Other(String),
}

/// What was made.
#[derive(Clone, Debug, PartialEq)]
pub enum Created {
    /// A status of the actor's own.
    Note(Box<IncomingNote>),
    /// Votes for several options of a poll, at least one, each of them with [`IncomingNote::vote`].
    Votes(Vec<IncomingNote>),
    /// Something on the actor's origin, to be fetched.
    Reference(String),
}

/// What was changed.
#[derive(Clone, Debug, PartialEq)]
pub enum Updated {
    /// A status of the actor's own.
    Note(Box<IncomingNote>),
    /// The actor itself.
    Actor(Box<IncomingActor>),
    /// Something on the actor's origin, to be fetched.
    Reference(String),
}

/// What was boosted: an id to be fetched, whatever else the activity brings along.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Announced {
    /// The id of a status or, from groups, of an activity.
    pub object: String,
    /// When `object` is an activity: what it says of itself, unconfirmed.
    pub wrapped: Option<Wrapped>,
}

/// An activity inside an Announce, as groups send them. Nothing in it is confirmed.
///
/// Source: <https://codeberg.org/fediverse/fep/src/branch/main/fep/1b12/fep-1b12.md>.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrapped {
    /// Its type, for example `Create`, or `Undo of Delete`.
    pub kind: String,
    /// The id of what it (or what it undoes) is about, which can be fetched from its own origin.
    pub object: Option<String>,
}
