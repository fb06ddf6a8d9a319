//! Votes in polls of this node. A vote is a Note with the text of an option for its name; it never becomes a status.
//!
//! Source: <https://docs.joinmastodon.org/spec/activitypub/#Question>.

use super::super::documents::notes::IncomingNote;
use super::cases::{Case, Outcome, ignored, rejected};
use crate::social::polls::voting;
use crate::store::{self, Conn};

/// Counts what one voter chose together. Whether a vote came in time is told by when it was received.
pub(super) async fn take(case: &Case<'_>, votes: &[IncomingNote]) -> Outcome {
    let Some(poll) = votes.iter().find_map(|vote| vote.in_reply_to.clone()) else {
        return rejected("the vote does not say in which poll");
    };
    let is_elsewhere = |vote: &IncomingNote| vote.in_reply_to.as_ref() != Some(&poll);
    if votes.iter().any(is_elsewhere) {
        return rejected("the votes are for several polls");
    }
    let names: Vec<String> = votes.iter().filter_map(|vote| vote.vote.clone()).collect();
    let look = move |conn: &mut Conn| store::statuses::find_by_uri(conn, &poll);
    let status = case.read(look).await?.filter(|status| status.is_local);
    let Some(status) = status else {
        return ignored("it is a vote in a poll that is not of this node");
    };
    let (actor, at) = (case.actor.clone(), case.receipt.received_at);
    let (checked, asked, chosen) = (actor.clone(), status.clone(), names.clone());
    let refusal = case
        .read(move |conn| voting::find_refusal(conn, &checked, &asked, &chosen, at))
        .await?;
    if let Some(refusal) = refusal {
        return ignored(refusal.sentence());
    }
    case.write(move |tx| voting::receive(tx, &actor, &status, &names, at))
        .await
}
