//! Undo of a Delete: somebody has a status again that they deleted.
//!
//! Source: <https://join-lemmy.org/docs/contributors/05-federation.html>.

use super::super::documents::Visibility;
use super::super::documents::activities::Undone;
use super::super::documents::origins;
use super::super::fetch::Reach;
use super::super::notes;
use super::cases::{Case, Outcome, rejected};
use super::statuses::{fetch_own, may_concern};
use crate::social::fanout::Arrival;
use crate::social::statuses::receive;
use crate::store::{Conn, tombstones};

/// Only its own server says what it is now. A Delete that comes after its Undo does nothing.
pub(super) async fn restore(case: &Case<'_>, undone: &Undone) -> Outcome {
    let delete = undone.id.clone();
    let remember = |delete: Option<String>| {
        let actor = case.actor.uri.clone();
        case.write(move |tx| match &delete {
            Some(delete) => tombstones::insert(tx, delete, &actor),
            None => Ok(()),
        })
    };
    let Some(object) = undone.object.clone() else {
        return remember(delete).await;
    };
    if !origins::is_same_origin(&object, &case.actor.uri) {
        return rejected("what it restores is on another origin than the actor");
    }
    let uri = object.clone();
    let look = move |conn: &mut Conn| tombstones::find(conn, &uri);
    if case.read(look).await?.as_deref() != Some(case.actor.uri.as_str()) {
        return remember(delete).await;
    }
    let note = fetch_own(case, &object).await?;
    if note.id != object || note.vote.is_some() {
        return rejected("its server shows something else");
    }
    let is_direct = note.visibility(case.actor.followers_url.as_deref()) == Visibility::Direct;
    let is_wanted = may_concern(case, &note, is_direct).await?;
    let circle = notes::gather(&Reach::new(case.node), &note).await?;
    let remote = notes::shape(&case.node.bans, note, &case.actor, circle);
    let actor = case.actor.uri.clone();
    case.write(move |tx| {
        if let Some(delete) = &delete {
            tombstones::insert(tx, delete, &actor)?;
        }
        tombstones::forget(tx, &object, &actor)?;
        if is_wanted {
            receive::receive(tx, &remote, Arrival::Late)?;
        }
        Ok(())
    })
    .await
}
