//! What something that was sent says of itself, before it is known who sent it, and how it is refused.

use actix_web::http::StatusCode;

use super::documents::{Document, Origin, Reject, origins, references};
use crate::keys::digests::sha256_hex;
use crate::store;

/// Why something sent is not taken: the answer's status and its sentence.
#[derive(Debug)]
pub(super) struct Refused {
    pub(super) status: StatusCode,
    pub(super) reason: String,
    /// After how many seconds it may be sent again, where that is not the usual time.
    pub(super) retry_after: Option<u64>,
}

impl Refused {
    pub(super) fn new(status: StatusCode, reason: impl Into<String>) -> Self {
        Self {
            status,
            reason: reason.into(),
            retry_after: None,
        }
    }

    pub(super) fn later(reason: impl Into<String>) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, reason)
    }

    pub(super) fn malformed(reason: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, reason)
    }
}

impl From<store::Error> for Refused {
    fn from(cause: store::Error) -> Self {
        store::report(&cause, "the database failed while something was received");
        Self::later("the node cannot take this now; try again later")
    }
}

/// What an activity says of itself before it is understood.
#[derive(Debug)]
pub(super) struct Claim {
    /// Its id, or one made of its bytes.
    pub(super) id: String,
    /// Who says that they did it.
    pub(super) actor: String,
    /// Whether it says that this actor is gone.
    pub(super) ends_actor: bool,
    /// Whether it may mean something else to the owner of each inbox that it comes through.
    pub(super) is_personal: bool,
}

/// What an activity claims.
///
/// # Errors
/// No actor, an actor or id of ours, or an id on another origin than the actor.
pub(super) fn read_claim(
    document: &Document,
    body: &[u8],
    ours: &Origin,
) -> Result<Claim, Refused> {
    let properties = document.properties();
    let malformed = |reject: Reject| Refused::malformed(reject.0);
    let actor = references::id(properties, "actor").unwrap_or_default();
    let actor = origins::check_foreign(actor, "the actor", ours).map_err(malformed)?;
    let id = match references::text(properties, "id") {
        None => format!("{actor}#sha256-{}", sha256_hex(body)),
        Some(id) => {
            let id = origins::check_foreign(id, "the activity", ours).map_err(malformed)?;
            if !origins::is_same_origin(id, actor) {
                return Err(Refused::malformed(
                    "the activity is on another origin than its actor",
                ));
            }
            id.to_owned()
        }
    };
    let kinds = references::list_of(properties, "type");
    let is = |kind: &str| kinds.iter().any(|name| name == kind);
    Ok(Claim {
        id,
        ends_actor: is("Delete") && references::id(properties, "object") == Some(actor),
        is_personal: is("Create") || is("Update"),
        actor: actor.to_owned(),
    })
}
