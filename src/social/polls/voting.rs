//! Votes: by people of this node in any poll, by people elsewhere in polls of this node.

use super::drafts::plan_end;
use super::telling;
use crate::id::{AccountId, StatusId};
use crate::node::Node;
use crate::social::visibility::find_visible;
use crate::social::{self, Error};
use crate::store::accounts::Account;
use crate::store::facts::Fact;
use crate::store::jobs::Job;
use crate::store::polls::{Poll, PollOption, Vote};
use crate::store::statuses::Status;
use crate::store::{self, Conn, QueryResult, Tx};
use crate::urls::Urls;

/// Chooses options of a poll by their places, from 0.
///
/// # Errors
/// [`Error::NotFound`] if the viewer may not see the poll, [`Error::Invalid`] says why the vote does not count.
pub async fn vote(
    node: &Node,
    viewer: AccountId,
    id: StatusId,
    choices: Vec<usize>,
) -> social::Result<()> {
    let urls = node.urls.clone();
    node.db
        .write(move |tx| {
            let status = find_visible(tx, Some(viewer), id)?;
            let voter = crate::social::follows::require(tx, viewer)?;
            let ballot = Ballot::open(tx, &status, viewer)?.ok_or(Error::NotFound)?;
            let chosen = ballot
                .judge_places(&choices, tx.now())
                .map_err(|refusal| Error::invalid(refusal.sentence()))?;
            cast(tx, &ballot, viewer, &chosen)?;
            if !status.is_local {
                send(tx, &urls, &voter, &ballot, &chosen)?;
            }
            Ok(())
        })
        .await
}

/// Whether there is a poll in which somebody who sees the status, and has not voted, may vote at the instant `now`.
///
/// # Errors
/// Whatever the database says.
pub fn is_open_to(
    conn: &mut Conn,
    viewer: AccountId,
    status: &Status,
    now: i64,
) -> QueryResult<bool> {
    let Some(poll) = store::polls::find(conn, status.id)? else {
        return Ok(false);
    };
    let ballot = Ballot::read(conn, poll, status, viewer)?;
    Ok(ballot.earlier.is_empty() && ballot.judge(&[0], now).is_ok())
}

/// Somebody elsewhere chose options of a poll of this node by their texts, at the instant `at` (milliseconds). What is
/// there already stays; what does not count changes nothing.
///
/// # Errors
/// Whatever the database says.
pub fn receive(
    tx: &mut Tx,
    voter: &Account,
    status: &Status,
    names: &[String],
    at: i64,
) -> QueryResult<()> {
    let Some(ballot) = Ballot::open(tx, status, voter.id)? else {
        return Ok(());
    };
    match ballot.judge_names(names, at) {
        Ok(chosen) => cast(tx, &ballot, voter.id, &chosen),
        Err(_) => Ok(()),
    }
}

/// Why a vote for options of these texts does not count; none if it does, or was counted before.
///
/// # Errors
/// Whatever the database says.
pub fn find_refusal(
    conn: &mut Conn,
    voter: &Account,
    status: &Status,
    names: &[String],
    at: i64,
) -> QueryResult<Option<Refusal>> {
    let is_seen = match find_visible(conn, Some(voter.id), status.id) {
        Ok(_) => true,
        Err(Error::Internal(error)) => return Err(error),
        Err(_) => false,
    };
    let ballot = match store::polls::find(conn, status.id)? {
        Some(poll) if is_seen => Ballot::read(conn, poll, status, voter.id)?,
        _ => return Ok(Some(Refusal::NoPoll)),
    };
    Ok(ballot.judge_names(names, at).err())
}

/// Why a vote does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// There is no poll that the voter may see.
    NoPoll,
    /// The poll is over.
    Over,
    /// It is the voter's own.
    Own,
    /// Nothing is chosen, or something that is not there.
    NoSuchOption,
    /// Several options, where one may be chosen.
    TooMany,
    /// The voter has voted.
    Voted,
}

impl Refusal {
    /// A sentence for people.
    #[must_use]
    pub fn sentence(self) -> &'static str {
        match self {
            Self::NoPoll => "There is no such poll",
            Self::Over => "Validation failed: The poll has already ended",
            Self::Own => "Validation failed: You cannot vote in your own poll",
            Self::NoSuchOption => "Validation failed: The chosen vote option does not exist",
            Self::TooMany => "Validation failed: Only one option of this poll can be chosen",
            Self::Voted => "Validation failed: You have already voted in this poll",
        }
    }
}

/// A poll, and what one voter chose before.
struct Ballot {
    poll: Poll,
    options: Vec<PollOption>,
    author: AccountId,
    voter: AccountId,
    earlier: Vec<i16>,
}

impl Ballot {
    /// The poll of a status, locked; none if there is none.
    fn open(tx: &mut Tx, status: &Status, voter: AccountId) -> QueryResult<Option<Self>> {
        match store::polls::lock(tx, status.id)? {
            Some(poll) => Self::read(tx, poll, status, voter).map(Some),
            None => Ok(None),
        }
    }

    fn read(conn: &mut Conn, poll: Poll, status: &Status, voter: AccountId) -> QueryResult<Self> {
        let earlier = store::polls::list_votes(conn, &[voter], &[status.id])?;
        Ok(Self {
            poll,
            options: store::polls::list_options(conn, &[status.id])?,
            author: status.account_id,
            voter,
            earlier: earlier.into_iter().map(|vote| vote.position).collect(),
        })
    }

    /// The places that are chosen anew by somebody who sees the poll: each of them, or none counts.
    fn judge_places(&self, places: &[usize], at: i64) -> Result<Vec<i16>, Refusal> {
        let mut chosen = Vec::new();
        for place in places {
            let option = self.options.get(*place).ok_or(Refusal::NoSuchOption)?;
            if !chosen.contains(&option.position) {
                chosen.push(option.position);
            }
        }
        self.judge(&chosen, at)?;
        if chosen.iter().any(|place| self.earlier.contains(place)) {
            return Err(Refusal::Voted);
        }
        Ok(chosen)
    }

    /// The places of these texts that are chosen anew: a vote that comes again is no new one.
    fn judge_names(&self, names: &[String], at: i64) -> Result<Vec<i16>, Refusal> {
        let mut chosen = Vec::new();
        for name in names {
            let found = self.options.iter().find(|option| option.title == *name);
            let option = found.ok_or(Refusal::NoSuchOption)?;
            if !chosen.contains(&option.position) && !self.earlier.contains(&option.position) {
                chosen.push(option.position);
            }
        }
        if chosen.is_empty() && !names.is_empty() {
            return Ok(chosen);
        }
        self.judge(&chosen, at)?;
        Ok(chosen)
    }

    fn judge(&self, chosen: &[i16], at: i64) -> Result<(), Refusal> {
        if self.poll.is_over(at) {
            return Err(Refusal::Over);
        }
        if self.voter == self.author {
            return Err(Refusal::Own);
        }
        if chosen.is_empty() {
            return Err(Refusal::NoSuchOption);
        }
        if !self.poll.multiple && !self.earlier.is_empty() {
            return Err(Refusal::Voted);
        }
        if !self.poll.multiple && chosen.len() > 1 {
            return Err(Refusal::TooMany);
        }
        Ok(())
    }
}

/// Counts choices.
fn cast(tx: &mut Tx, ballot: &Ballot, voter: AccountId, chosen: &[i16]) -> QueryResult<()> {
    if chosen.is_empty() {
        return Ok(());
    }
    let poll = &ballot.poll;
    let now = tx.now();
    let rows: Vec<Vote> = chosen
        .iter()
        .map(|position| Vote {
            status_id: poll.status_id,
            account_id: voter,
            position: *position,
            created_at: now,
        })
        .collect();
    telling::plan(tx, poll)?;
    store::polls::add_votes(tx, &rows, ballot.earlier.is_empty())?;
    Ok(())
}

/// Sends choices to the poll's author elsewhere, and lets the voter hear of its end.
fn send(
    tx: &mut Tx,
    urls: &Urls,
    voter: &Account,
    ballot: &Ballot,
    chosen: &[i16],
) -> QueryResult<()> {
    for position in chosen {
        let of_place = |option: &&PollOption| option.position == *position;
        let Some(option) = ballot.options.iter().find(of_place) else {
            continue;
        };
        let number = tx.new_id();
        let fact = Fact::Voted {
            account: voter.id,
            status: ballot.poll.status_id,
            option: option.title.clone(),
            uri: format!("{}#votes/{number}", urls.actor(&voter.username)),
        };
        tx.queue(&Job::Distribute(fact))?;
    }
    match ballot.poll.expires_at {
        Some(end) if ballot.earlier.is_empty() => plan_end(tx, ballot.poll.status_id, end),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ballot(multiple: bool, earlier: &[i16]) -> Ballot {
        let id = StatusId(1);
        let option = |position, title: &str| PollOption {
            status_id: id,
            position,
            title: title.to_owned(),
            votes: 0,
        };
        Ballot {
            poll: Poll {
                status_id: id,
                multiple,
                hides_totals: false,
                expires_at: Some(1_000),
                closed_at: None,
                voters: Some(0),
                told_at: 0,
                fetched_at: 0,
            },
            options: vec![option(0, "tea"), option(1, "coffee"), option(2, "milk")],
            author: AccountId(1),
            voter: AccountId(2),
            earlier: earlier.to_vec(),
        }
    }

    #[test]
    fn the_table_of_votes_here() {
        use Refusal::{NoSuchOption, Over, TooMany, Voted};
        for (multiple, earlier, places, at, expected) in [
            (false, &[][..], &[1][..], 999, Ok(vec![1])),
            (false, &[], &[1, 1], 0, Ok(vec![1])),
            (false, &[], &[1], 1_000, Err(Over)),
            (false, &[], &[0, 1], 0, Err(TooMany)),
            (false, &[], &[3], 0, Err(NoSuchOption)),
            (false, &[], &[], 0, Err(NoSuchOption)),
            (false, &[0], &[1], 0, Err(Voted)),
            (false, &[1], &[1], 0, Err(Voted)),
            (true, &[], &[2, 0], 0, Ok(vec![2, 0])),
            (true, &[0], &[2], 0, Ok(vec![2])),
            (true, &[0], &[0, 2], 0, Err(Voted)),
        ] {
            let found = ballot(multiple, earlier).judge_places(places, at);
            assert_eq!(found, expected, "{multiple} {earlier:?} {places:?}");
        }
        let own = Ballot {
            voter: AccountId(1),
            ..ballot(false, &[])
        };
        assert_eq!(own.judge_places(&[0], 0), Err(Refusal::Own));
    }

    #[test]
    fn the_table_of_votes_from_elsewhere() {
        use Refusal::{NoSuchOption, Over, Voted};
        for (multiple, earlier, names, at, expected) in [
            (false, &[][..], &["tea"][..], 0, Ok(vec![0])),
            (false, &[], &["tea"], 1_000, Err(Over)),
            (false, &[], &["Tea"], 0, Err(NoSuchOption)),
            (false, &[0], &["tea"], 0, Ok(vec![])),
            (false, &[0], &["tea"], 1_000, Ok(vec![])),
            (false, &[0], &["milk"], 0, Err(Voted)),
            (true, &[0], &["tea", "milk"], 0, Ok(vec![2])),
            (true, &[], &["milk", "tea"], 0, Ok(vec![2, 0])),
        ] {
            let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
            let found = ballot(multiple, earlier).judge_names(&names, at);
            assert_eq!(found, expected, "{multiple} {earlier:?} {names:?}");
        }
    }
}
