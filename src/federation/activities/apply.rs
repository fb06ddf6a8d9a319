//! One received activity: parsed, what it needs fetched outside any transaction, then applied in one write that also
//! ends its receipt.
//!
//! Source: <https://docs.joinmastodon.org/spec/activitypub/#supported-activities-for-statuses>.

use super::super::documents::activities::{Created, Deed, Undone, UndoneKind, Updated};
use super::super::documents::{Incoming, read, understand};
use super::super::fetch::our_origin;
use super::cases::{Case, Outcome, Without, ignored, rejected};
use super::{
    featured, follows, groups, profiles, quotes, reactions, reports, restorations, statuses, votes,
};
use crate::load::host_of;
use crate::node::Node;
use crate::social;
use crate::store::receipts::Receipt;
use crate::store::{self, Conn, Trouble};

/// What became of a received activity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It had its effect, and its receipt is ended.
    Applied,
    /// It has no effect here, for this reason; the receipt is still to be ended.
    Ignored(String),
    /// It is untrue or malformed, for this reason; the receipt is still to be ended.
    Rejected(String),
    /// Another time may work; this stood in the way.
    Retry(String),
    /// This node's own database stood in the way, so that it does not count as a try.
    Hindered(Trouble),
}

impl From<Without> for Verdict {
    fn from(without: Without) -> Self {
        match without {
            Without::Ignored(reason) => Self::Ignored(reason),
            Without::Rejected(reason) => Self::Rejected(reason),
            Without::Retry(cause) => Self::Retry(cause),
            Without::Hindered(trouble) => Self::Hindered(trouble),
        }
    }
}

/// Applies a received activity. Doing it twice has one effect.
pub async fn apply(node: &Node, receipt: &Receipt) -> Verdict {
    match Box::pin(try_apply(node, receipt)).await {
        Ok(()) => Verdict::Applied,
        Err(without) => without.into(),
    }
}

async fn try_apply(node: &Node, receipt: &Receipt) -> Outcome {
    let document = read(receipt.body.as_bytes())?;
    let ours = our_origin(node)?;
    let activity = match understand(&document, &ours)? {
        Incoming::Activity(activity) => *activity,
        Incoming::Other { kind } => return ignored(format!("{kind} is not understood")),
        _ => return rejected("it is no activity"),
    };
    if activity.actor != receipt.actor_uri {
        return rejected("its actor is not who signed it");
    }
    if node.bans.bars(host_of(&activity.actor)) {
        return ignored("this node does not talk with its server");
    }
    let uri = activity.actor.clone();
    let look = move |conn: &mut Conn| store::accounts::find_by_uri(conn, &uri);
    let Some(actor) = node.db.read(look).await? else {
        return ignored("its actor is gone");
    };
    if actor.suspended_at.is_some() && !may_suspended(&activity.deed) {
        return ignored("its actor is suspended here");
    }
    let case = Case {
        node,
        receipt,
        actor,
        activity: &activity,
    };
    dispatch(&case).await
}

/// What somebody who is suspended may still do: end things.
fn may_suspended(deed: &Deed) -> bool {
    matches!(
        deed,
        Deed::Delete { .. } | Deed::Reject(_) | Deed::Undo(_) | Deed::Update(Updated::Actor(_))
    )
}

async fn dispatch(case: &Case<'_>) -> Outcome {
    match &case.activity.deed {
        Deed::Follow { object } => follows::follow(case, object).await,
        Deed::Accept(reference) => follows::answer(case, reference, true).await,
        Deed::Reject(reference) => follows::answer(case, reference, false).await,
        Deed::QuoteRequest(asked) => Box::pin(quotes::request(case, asked)).await,
        Deed::QuoteAnswer {
            request,
            is_accepted,
        } => quotes::answer(case, request, *is_accepted).await,
        Deed::Block { object, target } => follows::block(case, object, target.as_deref()).await,
        Deed::Undo(undone) => undo(case, undone).await,
        Deed::Create(Created::Note(note)) => statuses::create(case, note).await,
        Deed::Create(Created::Votes(ballot)) => votes::take(case, ballot).await,
        Deed::Create(Created::Reference(id)) => statuses::create_reference(case, id).await,
        Deed::Update(Updated::Note(note)) => statuses::update(case, note).await,
        Deed::Update(Updated::Actor(_)) => profiles::refresh(case).await,
        Deed::Update(Updated::Reference(id)) if *id == case.actor.uri => {
            profiles::refresh(case).await
        }
        Deed::Update(Updated::Reference(id)) => statuses::update_reference(case, id).await,
        Deed::Delete { is_actor: true, .. } => profiles::remove(case).await,
        Deed::Delete { object, .. } => statuses::delete(case, object).await,
        Deed::Like { object } => reactions::like(case, object).await,
        Deed::React { object, emoji } => reactions::react(case, object, emoji).await,
        Deed::Dislike { object } => groups::dislike(case, object).await,
        Deed::Announce(announced) => groups::announce(case, announced).await,
        Deed::Move { target } => profiles::depart(case, target).await,
        Deed::Add(placed) => featured::add(case, placed).await,
        Deed::Remove(placed) => featured::remove(case, placed).await,
        Deed::Flag { objects, content } => reports::flag(case, objects, content).await,
        Deed::Unknown { kind } => ignored(format!("{kind} is not understood")),
    }
}

async fn undo(case: &Case<'_>, undone: &Undone) -> Outcome {
    match &undone.kind {
        UndoneKind::Follow => follows::undo_follow(case, undone).await,
        UndoneKind::Accept => follows::undo_accept(case, undone).await,
        UndoneKind::Block => follows::undo_block(case, undone).await,
        UndoneKind::Like => reactions::undo_like(case, undone).await,
        UndoneKind::Announce => reactions::undo_boost(case, undone).await,
        UndoneKind::Delete => restorations::restore(case, undone).await,
        UndoneKind::Dislike => ignored("dislikes are not kept"),
        UndoneKind::ById => undo_by_id(case, undone).await,
        UndoneKind::Other(kind) => ignored(format!("Undo of {kind} is not understood")),
    }
}

/// Only an id: whatever it is of the actor's, it ends, also if it comes later.
async fn undo_by_id(case: &Case<'_>, undone: &Undone) -> Outcome {
    let Some(uri) = undone.id.clone() else {
        return rejected("the undone activity has no id");
    };
    let actor = case.actor.clone();
    case.write(move |tx| {
        social::reactions::receive_end(tx, &actor, &uri)?;
        reactions::end_boost(tx, &actor, Some(&uri), None)?;
        if let Some(follow) = store::follows::find_by_uri(tx, &uri)?
            && follow.account_id == actor.id
        {
            follows::end_follow(tx, &actor, Some(follow.target_id), Some(&uri))?;
        }
        Ok(())
    })
    .await
}
