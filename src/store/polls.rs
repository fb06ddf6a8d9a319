//! Polls, their options, and who chose what. A poll belongs to one status and is named by it.

use diesel::prelude::*;

use super::conn::{Conn, on};
use super::follows::Destination;
use super::schema::{accounts, poll_options, poll_votes, polls};
use super::tx::Tx;
use crate::id::{AccountId, StatusId};

/// One poll.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = polls, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Poll {
    /// The status that it belongs to.
    pub status_id: StatusId,
    /// Whether several options may be chosen.
    pub multiple: bool,
    /// Whether nobody is shown the numbers before it ends.
    pub hides_totals: bool,
    /// When it ends, in milliseconds; never if none.
    pub expires_at: Option<i64>,
    /// When those who took part were told that it ended, in milliseconds.
    pub closed_at: Option<i64>,
    /// How many people voted; none if a peer does not tell.
    pub voters: Option<i64>,
    /// When streams and peers are told of new numbers, or were the last time, in milliseconds.
    pub told_at: i64,
    /// When a poll elsewhere was last asked for, in milliseconds.
    pub fetched_at: i64,
}

impl Poll {
    /// Whether it is over at the instant `now`.
    #[must_use]
    pub fn is_over(&self, now: i64) -> bool {
        self.expires_at.is_some_and(|end| end <= now)
    }
}

/// One option of a poll.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = poll_options, treat_none_as_default_value = false)]
pub struct PollOption {
    /// Of which poll.
    pub status_id: StatusId,
    /// Its place, from 0.
    pub position: i16,
    /// Its text.
    pub title: String,
    /// How often it was chosen.
    pub votes: i64,
}

/// One choice of one voter.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = poll_votes, treat_none_as_default_value = false)]
pub struct Vote {
    /// In which poll.
    pub status_id: StatusId,
    /// Who voted.
    pub account_id: AccountId,
    /// For which option.
    pub position: i16,
    /// When, in milliseconds.
    pub created_at: i64,
}

/// The poll of this status.
pub fn find(conn: &mut Conn, id: StatusId) -> QueryResult<Option<Poll>> {
    on!(conn, |c| polls::table
        .find(id)
        .select(Poll::as_select())
        .first(c)
        .optional())
}

/// The polls of these statuses, in no order.
pub fn list(conn: &mut Conn, ids: &[StatusId]) -> QueryResult<Vec<Poll>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    on!(conn, |c| polls::table
        .filter(polls::status_id.eq_any(ids))
        .select(Poll::as_select())
        .load(c))
}

/// The options of these polls, each poll's in their order.
pub fn list_options(conn: &mut Conn, ids: &[StatusId]) -> QueryResult<Vec<PollOption>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    on!(conn, |c| poll_options::table
        .filter(poll_options::status_id.eq_any(ids))
        .order((poll_options::status_id.asc(), poll_options::position.asc()))
        .select(PollOption::as_select())
        .load(c))
}

/// What these accounts chose in these polls, in the order in which they did.
pub fn list_votes(
    conn: &mut Conn,
    accounts: &[AccountId],
    ids: &[StatusId],
) -> QueryResult<Vec<Vote>> {
    if accounts.is_empty() || ids.is_empty() {
        return Ok(Vec::new());
    }
    on!(conn, |c| poll_votes::table
        .filter(poll_votes::status_id.eq_any(ids))
        .filter(poll_votes::account_id.eq_any(accounts))
        .order((poll_votes::created_at.asc(), poll_votes::position.asc()))
        .select(Vote::as_select())
        .load(c))
}

/// People of this node who voted in a poll, by their ids from `after` on.
pub fn list_local_voters(
    conn: &mut Conn,
    id: StatusId,
    after: AccountId,
    limit: i64,
) -> QueryResult<Vec<AccountId>> {
    on!(conn, |c| poll_votes::table
        .inner_join(accounts::table.on(accounts::id.eq(poll_votes::account_id)))
        .filter(poll_votes::status_id.eq(id))
        .filter(poll_votes::account_id.gt(after))
        .filter(accounts::domain.is_null())
        .order(poll_votes::account_id.asc())
        .select(poll_votes::account_id)
        .distinct()
        .limit(limit)
        .load(c))
}

/// The distinct inboxes that reach everybody elsewhere who voted in a poll.
pub fn list_voter_destinations(conn: &mut Conn, id: StatusId) -> QueryResult<Vec<Destination>> {
    let rows: Vec<(Option<String>, String, Option<String>)> = on!(conn, |c| poll_votes::table
        .inner_join(accounts::table.on(accounts::id.eq(poll_votes::account_id)))
        .filter(poll_votes::status_id.eq(id))
        .filter(accounts::domain.is_not_null())
        .filter(accounts::suspended_at.is_null())
        .select((
            accounts::domain,
            accounts::inbox_url,
            accounts::shared_inbox_url
        ))
        .distinct()
        .load(c))?;
    Ok(rows
        .into_iter()
        .filter_map(|(domain, inbox, shared)| {
            Some(Destination {
                domain: domain?,
                inbox_url: shared.unwrap_or(inbox),
            })
        })
        .collect())
}

/// The poll of this status, which nobody else changes until this write has ended.
pub fn lock(tx: &mut Tx, id: StatusId) -> QueryResult<Option<Poll>> {
    // An update that changes nothing holds the row in PostgreSQL; SQLite has one writer.
    on!(&mut **tx, |c| diesel::update(polls::table.find(id))
        .set(polls::multiple.eq(polls::multiple))
        .returning(Poll::as_returning())
        .get_result(c)
        .optional())
}

/// Adds a poll with its options, or puts it in the place of the one that the status had, whose votes go.
pub fn replace(tx: &mut Tx, poll: &Poll, options: &[PollOption]) -> QueryResult<()> {
    delete(tx, poll.status_id)?;
    on!(&mut **tx, |c| {
        diesel::insert_into(polls::table).values(poll).execute(c)?;
        diesel::insert_into(poll_options::table)
            .values(options)
            .execute(c)
    })
    .map(drop)
}

/// Writes the whole row of a known poll.
pub fn update(tx: &mut Tx, poll: &Poll) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::update(
        polls::table.find(poll.status_id)
    )
    .set(poll)
    .execute(c))
    .map(drop)
}

/// Sets when a poll elsewhere was last asked for, in milliseconds.
pub fn set_fetched(tx: &mut Tx, id: StatusId, at: i64) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::update(polls::table.find(id))
        .set(polls::fetched_at.eq(at))
        .execute(c))
    .map(drop)
}

/// Sets how often each option was chosen, from the first on.
pub fn set_tallies(tx: &mut Tx, id: StatusId, tallies: &[i64]) -> QueryResult<()> {
    for (position, votes) in (0_i16..).zip(tallies) {
        on!(&mut **tx, |c| diesel::update(
            poll_options::table.find((id, position))
        )
        .set(poll_options::votes.eq(*votes))
        .execute(c))?;
    }
    Ok(())
}

/// Adds choices of one voter, and counts those that are new; gives their number. The poll must be locked.
pub fn add_votes(tx: &mut Tx, votes: &[Vote], is_new_voter: bool) -> QueryResult<usize> {
    let mut added = 0;
    for vote in votes {
        let is_new = on!(&mut **tx, |c| diesel::insert_into(poll_votes::table)
            .values(vote)
            .on_conflict_do_nothing()
            .execute(c))?;
        added += is_new;
        if is_new > 0 {
            on!(&mut **tx, |c| diesel::update(
                poll_options::table.find((vote.status_id, vote.position))
            )
            .set(poll_options::votes.eq(poll_options::votes + 1))
            .execute(c))?;
        }
    }
    if let (Some(vote), true) = (votes.first(), is_new_voter && added > 0) {
        on!(&mut **tx, |c| diesel::update(
            polls::table.find(vote.status_id)
        )
        .set(polls::voters.eq(polls::voters + 1))
        .execute(c))?;
    }
    Ok(added)
}

/// Removes the poll of a status with its votes.
pub fn delete(tx: &mut Tx, id: StatusId) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::delete(polls::table.find(id))
        .execute(c))
    .map(drop)
}
