//! The actor changes or deletes itself.
//!
//! Source: <https://docs.joinmastodon.org/spec/activitypub/#supported-activities-for-profiles>.

use super::super::fetch::{FetchError, Reach};
use super::super::profiles;
use super::cases::{Case, Outcome};
use crate::social::remote_accounts;

/// The actor is fetched from its own server, so that an old message cannot bring back an old profile.
pub(super) async fn refresh(case: &Case<'_>) -> Outcome {
    let reach = Reach::new(case.node);
    let document = reach.document(&case.actor.uri).await?;
    let profile = profiles::read(reach.data().await?, &document).await?;
    if profile.uri != case.actor.uri {
        return Err(FetchError::Untrue("the actor has another id by now".to_owned()).into());
    }
    case.write(move |tx| remote_accounts::receive(tx, &profile).map(drop))
        .await
}

pub(super) async fn remove(case: &Case<'_>) -> Outcome {
    let actor = case.actor.clone();
    case.write(move |tx| remote_accounts::remove(tx, &actor))
        .await
}
