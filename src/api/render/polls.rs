//! The polls of statuses.
//!
//! Source: <https://docs.joinmastodon.org/entities/Poll/>

use std::collections::HashMap;

use super::View;
use super::accounts::emojis;
use crate::api::entities::polls::PollOption;
use crate::api::entities::{self, Instant};
use crate::id::StatusId;
use crate::store::polls::Poll;
use crate::store::statuses::Status;
use crate::store::{self, Conn, Json, QueryResult};

/// The polls of one page of statuses.
pub struct Polls {
    rows: HashMap<StatusId, Poll>,
    options: HashMap<StatusId, Vec<store::polls::PollOption>>,
    votes: HashMap<StatusId, Vec<u32>>,
}

impl Polls {
    /// The polls of these statuses. Costs three queries at most, whatever the length of the page.
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn load(conn: &mut Conn, view: &View, ids: &[StatusId]) -> QueryResult<Self> {
        let polls = store::polls::list(conn, ids)?;
        let ids: Vec<StatusId> = polls.iter().map(|poll| poll.status_id).collect();
        let mut options: HashMap<StatusId, Vec<store::polls::PollOption>> = HashMap::new();
        for option in store::polls::list_options(conn, &ids)? {
            options.entry(option.status_id).or_default().push(option);
        }
        let viewers: Vec<_> = view.viewer.into_iter().collect();
        let mut votes: HashMap<StatusId, Vec<u32>> = HashMap::new();
        for vote in store::polls::list_votes(conn, &viewers, &ids)? {
            let place = u32::try_from(vote.position).unwrap_or_default();
            votes.entry(vote.status_id).or_default().push(place);
        }
        Ok(Self {
            rows: polls
                .into_iter()
                .map(|poll| (poll.status_id, poll))
                .collect(),
            options,
            votes,
        })
    }

    /// The poll of a status as the viewer sees it; none if it has none.
    #[must_use]
    pub fn show(&self, view: &View, status: &Status) -> Option<entities::Poll> {
        let poll = self.rows.get(&status.id)?;
        let options = self.options.get(&status.id).map_or(&[][..], Vec::as_slice);
        let is_over = poll.is_over(view.now);
        let is_hidden = poll.hides_totals && !is_over;
        let chosen = view
            .viewer
            .map(|_| self.votes.get(&status.id).cloned().unwrap_or_default());
        let is_named = |shortcode: &str| {
            let name = format!(":{shortcode}:");
            options.iter().any(|option| option.title.contains(&name))
        };
        let used = status.emojis.0.iter();
        let used = used.filter(|emoji| is_named(&emoji.shortcode)).cloned();
        Some(entities::Poll {
            id: status.id.0,
            expires_at: poll.expires_at.map(Instant),
            expired: is_over,
            multiple: poll.multiple,
            votes_count: options.iter().map(|option| option.votes).sum(),
            voters_count: poll.voters,
            options: options
                .iter()
                .map(|option| PollOption {
                    title: option.title.clone(),
                    votes_count: (!is_hidden).then_some(option.votes),
                })
                .collect(),
            emojis: emojis(&Json(used.collect())),
            voted: chosen.as_ref().map(|chosen| {
                // Authors know how their polls stand without voting.
                !chosen.is_empty() || view.viewer == Some(status.account_id)
            }),
            own_votes: chosen,
        })
    }
}

/// The poll of one status; none if it has none.
///
/// # Errors
/// Whatever the database says.
pub fn single(
    conn: &mut Conn,
    view: &View,
    status: &Status,
) -> QueryResult<Option<entities::Poll>> {
    Ok(Polls::load(conn, view, &[status.id])?.show(view, status))
}
