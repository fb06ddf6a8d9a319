//! A document to what it means: the one door from JSON to typed results.

use super::activities::IncomingActivity;
use super::actors::IncomingActor;
use super::collections::IncomingCollection;
use super::kinds::{self, Family};
use super::notes::IncomingNote;
use super::origins::{self, Origin};
use super::reading::Document;
use super::references;
use super::rejects::Reject;

/// What a document from elsewhere is.
#[derive(Clone, Debug, PartialEq)]
pub enum Incoming {
    /// An actor.
    Actor(Box<IncomingActor>),
    /// Something that becomes a status.
    Note(Box<IncomingNote>),
    /// Something done.
    Activity(Box<IncomingActivity>),
    /// A collection or page.
    Collection(Box<IncomingCollection>),
    /// What is left of something deleted.
    Tombstone {
        /// The id of what is gone.
        id: String,
    },
    /// Something that is not known here, by the name of its type.
    Other {
        /// For example `CryptographicKey`.
        kind: String,
    },
}

/// Says what a document means; `ours` is this node's origin, where nobody else makes documents.
///
/// That it came from the origin of its id is checked by who fetched it or verified its signature.
///
/// # Errors
/// As the parsers of the sorts: mixtures, unusable ids, claims about what is not the sender's own.
pub fn understand(document: &Document, ours: &Origin) -> Result<Incoming, Reject> {
    let properties = document.properties();
    let (family, name) = kinds::family(properties)?;
    Ok(match family {
        Family::Actor => Incoming::Actor(Box::new(IncomingActor::parse(properties, ours)?)),
        Family::Note => Incoming::Note(Box::new(IncomingNote::parse(properties, None, ours)?)),
        Family::Activity => {
            Incoming::Activity(Box::new(IncomingActivity::parse(properties, ours)?))
        }
        Family::Collection => {
            Incoming::Collection(Box::new(IncomingCollection::parse(properties, ours)?))
        }
        Family::Tombstone => {
            let id = document.id().unwrap_or_default();
            let id = origins::check_foreign(id, "the tombstone", ours)?.to_owned();
            Incoming::Tombstone { id }
        }
        Family::Other => Incoming::Other {
            kind: references::cut(name, 100),
        },
    })
}
