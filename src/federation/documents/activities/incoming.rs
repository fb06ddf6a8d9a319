//! An activity from elsewhere, parsed.
//!
//! An actor is believed about itself and what is its own; about anything else an activity gives ids to be fetched from
//! their origins. Whether the signer is the actor is checked before, whether a stored thing is the actor's own after.

use serde_json::Value;

use super::super::actors::IncomingActor;
use super::super::addressing::Addressees;
use super::super::caps;
use super::super::kinds::{self, Family};
use super::super::notes::IncomingNote;
use super::super::origins::{self, Origin};
use super::super::references::{self, Properties};
use super::super::rejects::Reject;
use super::super::times;
use super::deeds::{
    Announced, Created, Deed, FollowReference, IncomingActivity, Placed, QuoteReference,
    QuoteRequested, Undone, UndoneKind, Updated, Wrapped,
};
use super::reactions;

impl IncomingActivity {
    /// Parses an activity.
    ///
    /// # Errors
    /// No activity; an actor that is unusable or ours; an id that is unusable or on another origin than the actor;
    /// claims about what is not the actor's own.
    pub fn parse(properties: &Properties, ours: &Origin) -> Result<Self, Reject> {
        let (family, name) = kinds::family(properties)?;
        if family != Family::Activity {
            return Err(Reject::because(format!("a {name} is no activity")));
        }
        let actor = references::id(properties, "actor").unwrap_or_default();
        let actor = origins::check_foreign(actor, "the actor", ours)?;
        if references::id(properties, "attributedTo").is_some_and(|author| author != actor) {
            return Err(Reject::because(
                "the activity is attributed to another actor",
            ));
        }
        let id = match references::text(properties, "id") {
            Some(id) => Some(own_id(id, "the activity", actor)?.to_owned()),
            None => None,
        };
        let context = Context {
            properties,
            actor,
            ours,
        };
        Ok(Self {
            id,
            actor: actor.to_owned(),
            addressees: Addressees::parse(properties),
            published: times::instant(properties, "published"),
            result: references::id(properties, "result")
                .filter(|result| own_id(result, "the result", actor).is_ok())
                .map(str::to_owned),
            deed: context.deed(name)?,
        })
    }
}

/// An id on the actor's origin.
fn own_id<'a>(id: &'a str, what: &str, actor: &str) -> Result<&'a str, Reject> {
    origins::check_id(id, what)?;
    if origins::is_same_origin(id, actor) {
        return Ok(id);
    }
    Err(Reject::because(format!(
        "{what} is on another origin than the actor"
    )))
}

/// What the parts of one activity are parsed with.
struct Context<'a> {
    properties: &'a Properties,
    actor: &'a str,
    ours: &'a Origin,
}

impl Context<'_> {
    fn deed(&self, name: &str) -> Result<Deed, Reject> {
        match name {
            "Follow" => Ok(Deed::Follow {
                object: self.object_id()?,
            }),
            "Accept" => self.answer(Deed::Accept, name),
            "Reject" => self.answer(Deed::Reject, name),
            "Undo" => self.undo(),
            "Create" => self.create(),
            "Update" => self.update(),
            "Delete" => self.delete(),
            "Like" | "EmojiReact" => self.like(name),
            "Dislike" => Ok(Deed::Dislike {
                object: self.object_id()?,
            }),
            "Announce" => self.announce(),
            "Block" => Ok(Deed::Block {
                object: self.object_id()?,
                target: references::id(self.properties, "target").map(str::to_owned),
            }),
            "Move" => self.moved(),
            "Add" => Ok(self.placed().map_or_else(|| unknown(name), Deed::Add)),
            "Remove" => Ok(self.placed().map_or_else(|| unknown(name), Deed::Remove)),
            "Flag" => self.flag(),
            "QuoteRequest" => self.quote_request(),
            name => Ok(unknown(name)),
        }
    }

    /// Only the actor itself moves.
    fn moved(&self) -> Result<Deed, Reject> {
        let target = references::id(self.properties, "target")
            .ok_or_else(|| Reject::because("the move has no target"))?;
        if self.object_id()? != self.actor {
            return Err(Reject::because("it moves somebody else"));
        }
        if target == self.actor || !origins::is_usable(target) {
            return Err(Reject::because("nobody can move there"));
        }
        Ok(Deed::Move {
            target: target.to_owned(),
        })
    }

    /// Some servers name accounts and statuses, some only a status; some give their words as a summary.
    fn flag(&self) -> Result<Deed, Reject> {
        let mut objects = references::ids(self.properties, "object", caps::REPORTED);
        objects.retain(|id| origins::is_usable(id));
        if objects.is_empty() {
            return Err(Reject::because("the report is about nothing"));
        }
        let words = references::natural(self.properties, "content")
            .or_else(|| references::natural(self.properties, "summary"));
        Ok(Deed::Flag {
            objects,
            content: references::cut(words.unwrap_or_default(), caps::REPORT_CHARS),
        })
    }

    /// The object as it stands; nothing when there are several.
    fn object(&self) -> Result<Option<&Value>, Reject> {
        match references::list_of(self.properties, "object") {
            [] => Err(Reject::because("the activity has no object")),
            [object] => Ok(Some(object)),
            _ => Ok(None),
        }
    }

    fn object_id(&self) -> Result<String, Reject> {
        let id = self
            .object()?
            .and_then(references::id_in)
            .unwrap_or_default();
        origins::check_id(id, "the object").map(str::to_owned)
    }

    /// What an Add or Remove is about; nothing for what is not a status by its looks, or not the actor's own.
    fn placed(&self) -> Option<Placed> {
        let [object] = references::list_of(self.properties, "object") else {
            return None;
        };
        let is_status = match object.as_object().map(kinds::family) {
            None | Some(Ok((Family::Note, _))) => true,
            Some(_) => false,
        };
        let own = |id: &&str| own_id(id, "the object", self.actor).is_ok();
        let object = references::id_in(object)
            .filter(own)
            .filter(|_| is_status)?;
        let target = references::id(self.properties, "target").filter(own)?;
        Some(Placed {
            object: object.to_owned(),
            target: target.to_owned(),
        })
    }

    /// A Like with an emoji is a reaction; without one that can be shown it is still a like.
    fn like(&self, name: &str) -> Result<Deed, Reject> {
        let object = self.object_id()?;
        Ok(match reactions::parse(self.properties, name) {
            Some(emoji) => Deed::React { object, emoji },
            None if name == "Like" => Deed::Like { object },
            None => unknown(&format!("{name} without an emoji")),
        })
    }

    fn answer(&self, deed: fn(FollowReference) -> Deed, name: &str) -> Result<Deed, Reject> {
        let follow = match self.object()? {
            Some(Value::Object(follow)) => follow,
            Some(Value::String(id)) => {
                let id = Some(origins::check_id(id, "the answered follow")?.to_owned());
                return Ok(deed(FollowReference { id, follower: None }));
            }
            _ => return Err(Reject::because("the answered follow is unclear")),
        };
        let (_, kind) = kinds::family(follow)?;
        if kind == "QuoteRequest" {
            return self.quote_answer(follow, name == "Accept");
        }
        if kind != "Follow" {
            return Ok(unknown(&format!("{name} of {kind}")));
        }
        if references::id(follow, "object").is_some_and(|followed| followed != self.actor) {
            return Err(Reject::because("the answered follow is of another actor"));
        }
        let usable = |id: Option<&str>| id.filter(|id| origins::is_usable(id)).map(str::to_owned);
        let reference = FollowReference {
            id: usable(references::text(follow, "id")),
            follower: usable(references::id(follow, "actor")),
        };
        if reference == FollowReference::default() {
            return Err(Reject::because(
                "the answered follow has neither id nor actor",
            ));
        }
        Ok(deed(reference))
    }

    fn quote_request(&self) -> Result<Deed, Reject> {
        let quoted = self.object_id()?;
        let instrument = references::list_of(self.properties, "instrument").first();
        let quoting = instrument.and_then(references::id_in).unwrap_or_default();
        let quoting = own_id(quoting, "the quoting status", self.actor)?.to_owned();
        let whole = instrument.and_then(Value::as_object);
        let note = whole
            .filter(|whole| matches!(kinds::family(whole), Ok((Family::Note, _))))
            .and_then(|whole| IncomingNote::parse(whole, Some(self.actor), self.ours).ok());
        Ok(Deed::QuoteRequest(QuoteRequested {
            quoted,
            quoting,
            note: note.map(Box::new),
        }))
    }

    fn quote_answer(&self, request: &Properties, is_accepted: bool) -> Result<Deed, Reject> {
        let usable = |key: &str| {
            references::id(request, key)
                .filter(|id| origins::is_usable(id))
                .map(str::to_owned)
        };
        let reference = QuoteReference {
            id: references::text(request, "id")
                .filter(|id| origins::is_usable(id))
                .map(str::to_owned),
            quoted: usable("object"),
            quoting: usable("instrument"),
        };
        let is_elsewhere = |id: &String| own_id(id, "the quoted status", self.actor).is_err();
        if reference.quoted.as_ref().is_some_and(is_elsewhere) {
            return Err(Reject::because("the quoted status is another actor's"));
        }
        if reference.id.is_none() && (reference.quoted.is_none() || reference.quoting.is_none()) {
            return Err(Reject::because("the answered request is unclear"));
        }
        Ok(Deed::QuoteAnswer {
            request: reference,
            is_accepted,
        })
    }

    fn undo(&self) -> Result<Deed, Reject> {
        let inner = match self.object()? {
            Some(Value::Object(inner)) => inner,
            Some(Value::String(id)) => {
                let id = own_id(id, "the undone activity", self.actor)?.to_owned();
                return Ok(Deed::Undo(Undone {
                    kind: UndoneKind::ById,
                    id: Some(id),
                    object: None,
                    reaction: None,
                }));
            }
            _ => return Err(Reject::because("the undone activity is unclear")),
        };
        if references::id(inner, "actor").is_some_and(|actor| actor != self.actor) {
            return Err(Reject::because("the undone activity is another actor's"));
        }
        let id = match references::text(inner, "id") {
            Some(id) => Some(own_id(id, "the undone activity", self.actor)?.to_owned()),
            None => None,
        };
        let object = references::id(inner, "object")
            .filter(|id| origins::is_usable(id))
            .map(str::to_owned);
        let (_, name) = kinds::family(inner)?;
        let kind = undone_kind(name);
        let object = match kind {
            UndoneKind::Accept => references::first_object(inner, "object")
                .and_then(|follow| references::id(follow, "actor"))
                .filter(|id| origins::is_usable(id))
                .map(str::to_owned),
            _ => object,
        };
        if id.is_none() && object.is_none() {
            return Err(Reject::because(
                "the undone activity has neither id nor object",
            ));
        }
        let reaction = match kind {
            UndoneKind::Like => reactions::parse(inner, name),
            _ => None,
        };
        Ok(Deed::Undo(Undone {
            kind,
            id,
            object,
            reaction,
        }))
    }

    fn create(&self) -> Result<Deed, Reject> {
        if let Some(votes) = self.votes()? {
            return Ok(Deed::Create(Created::Votes(votes)));
        }
        Ok(match self.own_object()? {
            Own::Note(note) => Deed::Create(Created::Note(note)),
            Own::Reference(id) => Deed::Create(Created::Reference(id)),
            Own::Actor(_) => return Err(Reject::because("an actor cannot create an actor")),
            Own::Other(kind) => unknown(&format!("Create of {kind}")),
        })
    }

    /// Several objects, if they are votes; nothing otherwise. Some servers send the choices of one voter together.
    fn votes(&self) -> Result<Option<Vec<IncomingNote>>, Reject> {
        let objects = references::list_of(self.properties, "object");
        if objects.len() < 2 {
            return Ok(None);
        }
        let mut votes = Vec::new();
        for object in objects.iter().take(caps::POLL_OPTIONS) {
            let Some(object) = object.as_object() else {
                return Ok(None);
            };
            let id = references::text(object, "id").unwrap_or_default();
            own_id(id, "the object", self.actor)?;
            let note = IncomingNote::parse(object, Some(self.actor), self.ours)?;
            if note.vote.is_none() {
                return Ok(None);
            }
            votes.push(note);
        }
        Ok(Some(votes))
    }

    fn update(&self) -> Result<Deed, Reject> {
        Ok(match self.own_object()? {
            Own::Note(note) => Deed::Update(Updated::Note(note)),
            Own::Actor(actor) => Deed::Update(Updated::Actor(actor)),
            Own::Reference(id) => Deed::Update(Updated::Reference(id)),
            Own::Other(kind) => unknown(&format!("Update of {kind}")),
        })
    }

    /// The object of a Create or Update, which must be the actor's own.
    fn own_object(&self) -> Result<Own, Reject> {
        let object = match self.object()? {
            Some(Value::Object(object)) => object,
            Some(Value::String(id)) => {
                return Ok(Own::Reference(
                    own_id(id, "the object", self.actor)?.to_owned(),
                ));
            }
            Some(_) => return Err(Reject::because("the object is neither id nor object")),
            None => return Ok(Own::Other("several objects".to_owned())),
        };
        let id = references::text(object, "id").unwrap_or_default();
        let id = own_id(id, "the object", self.actor)?;
        let is_anonymous = references::id(object, "attributedTo")
            .or_else(|| references::id(object, "actor"))
            .is_none();
        Ok(match kinds::family(object)? {
            (Family::Actor, _) if id != self.actor => {
                return Err(Reject::because("the object is another actor"));
            }
            (Family::Actor, _) => Own::Actor(Box::new(IncomingActor::parse(object, self.ours)?)),
            // Without an author only the object's own server can say whose it is.
            (Family::Note, _) if is_anonymous => Own::Reference(id.to_owned()),
            (Family::Note, _) => Own::Note(Box::new(IncomingNote::parse(
                object,
                Some(self.actor),
                self.ours,
            )?)),
            (_, kind) => Own::Other(kind.to_owned()),
        })
    }

    fn delete(&self) -> Result<Deed, Reject> {
        let object = self.object_id()?;
        let is_actor = object == self.actor;
        own_id(&object, "the deleted object", self.actor)?;
        Ok(Deed::Delete { object, is_actor })
    }

    fn announce(&self) -> Result<Deed, Reject> {
        let object = self.object_id()?;
        let embedded = self.object()?.and_then(Value::as_object);
        let wrapped = embedded.and_then(wrapped);
        Ok(Deed::Announce(Announced { object, wrapped }))
    }
}

/// What the object of a Create or Update is.
enum Own {
    Note(Box<IncomingNote>),
    Actor(Box<IncomingActor>),
    Reference(String),
    Other(String),
}

fn unknown(kind: &str) -> Deed {
    Deed::Unknown {
        kind: references::cut(kind, 100),
    }
}

/// An activity within an Announce; of an Undo, what it undoes.
fn wrapped(inner: &Properties) -> Option<Wrapped> {
    let activity = |value| match kinds::family(value) {
        Ok((Family::Activity, kind)) => Some(kind),
        _ => None,
    };
    let kind = activity(inner)?;
    let undone = references::first_object(inner, "object").filter(|_| kind == "Undo");
    let (kind, about) = match undone.and_then(|undone| Some((activity(undone)?, undone))) {
        Some((undone, about)) => (format!("{kind} of {undone}"), about),
        None => (kind.to_owned(), inner),
    };
    Some(Wrapped {
        kind: references::cut(&kind, 100),
        object: references::id(about, "object")
            .filter(|id| origins::is_usable(id))
            .map(str::to_owned),
    })
}

fn undone_kind(name: &str) -> UndoneKind {
    match name {
        "Follow" => UndoneKind::Follow,
        "Like" | "EmojiReact" => UndoneKind::Like,
        "Announce" => UndoneKind::Announce,
        "Block" => UndoneKind::Block,
        "Accept" => UndoneKind::Accept,
        "Delete" => UndoneKind::Delete,
        "Dislike" => UndoneKind::Dislike,
        other => UndoneKind::Other(references::cut(other, 100)),
    }
}

#[cfg(test)]
mod tests;
