//! The poll of a post that is written here: what is valid, and what becomes of it when the post is edited.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use crate::clock::SECOND;
use crate::id::StatusId;
use crate::social::{Error, Result};
use crate::store::jobs::Job;
use crate::store::polls::{Poll, PollOption};
use crate::store::{self, Conn, QueryResult, Tx};
use crate::text::count::graphemes;

/// A poll as somebody wants it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PollDraft {
    /// The texts of the options, in order.
    pub options: Vec<String>,
    /// How long it runs, in seconds.
    pub seconds: i64,
    /// Whether several options may be chosen.
    pub multiple: bool,
    /// Whether nobody is shown the numbers before it ends.
    pub hides_totals: bool,
}

/// How much one poll may hold, and how long it may run.
#[derive(Clone, Copy, Debug)]
pub struct Caps {
    /// Options at most.
    pub options: usize,
    /// Characters of an option at most.
    pub characters: usize,
    /// The shortest time in seconds.
    pub shortest: u32,
    /// The longest time in seconds.
    pub longest: u32,
}

impl Caps {
    /// What the configuration says.
    #[must_use]
    pub fn of(config: &crate::config::Config) -> Self {
        let instance = &config.instance;
        Self {
            options: instance.max_poll_options,
            characters: instance.max_poll_option_characters,
            shortest: instance.min_poll_seconds,
            longest: instance.max_poll_seconds.max(instance.min_poll_seconds),
        }
    }
}

impl PollDraft {
    /// The draft without space around its options and without empty ones.
    #[must_use]
    pub fn tidy(mut self) -> Self {
        for option in &mut self.options {
            *option = option.trim().to_owned();
        }
        self.options.retain(|option| !option.is_empty());
        self
    }

    fn end(&self, now: i64) -> i64 {
        now.saturating_add(self.seconds.saturating_mul(SECOND))
    }
}

/// Checks a tidy draft.
///
/// # Errors
/// [`Error::Invalid`] says what is wrong with it.
pub(in crate::social) fn check(draft: &PollDraft, caps: Caps) -> Result<()> {
    let complain = |what: String| Err(Error::Invalid(format!("Validation failed: {what}")));
    if draft.options.len() < 2 {
        return complain("A poll needs at least two options".to_owned());
    }
    if draft.options.len() > caps.options {
        let most = caps.options;
        return complain(format!("A poll can have at most {most} options"));
    }
    let is_long = |option: &String| graphemes(option) > caps.characters;
    if draft.options.iter().any(is_long) {
        let most = caps.characters;
        return complain(format!(
            "An option of a poll can have at most {most} characters"
        ));
    }
    let mut seen = HashSet::new();
    if !draft.options.iter().all(|option| seen.insert(option)) {
        return complain("The options of a poll must differ from each other".to_owned());
    }
    if draft.seconds < i64::from(caps.shortest) {
        let least = caps.shortest;
        return complain(format!("A poll must run for at least {least} seconds"));
    }
    if draft.seconds > i64::from(caps.longest) {
        let most = caps.longest;
        return complain(format!("A poll can run for at most {most} seconds"));
    }
    Ok(())
}

/// Hangs a poll onto a status of this node, in the place of the one that it had.
pub(in crate::social) fn begin(tx: &mut Tx, id: StatusId, draft: &PollDraft) -> QueryResult<()> {
    let end = draft.end(tx.now());
    let poll = Poll {
        status_id: id,
        multiple: draft.multiple,
        hides_totals: draft.hides_totals,
        expires_at: Some(end),
        closed_at: None,
        voters: Some(0),
        told_at: 0,
        fetched_at: tx.now(),
    };
    let options: Vec<PollOption> = (0..)
        .zip(&draft.options)
        .map(|(position, title)| PollOption {
            status_id: id,
            position,
            title: title.clone(),
            votes: 0,
        })
        .collect();
    store::polls::replace(tx, &poll, &options)?;
    plan_end(tx, id, end)
}

/// Lets a poll end at the instant `end` (milliseconds).
pub(super) fn plan_end(tx: &mut Tx, id: StatusId, end: i64) -> QueryResult<()> {
    let job = Job::ClosePoll {
        poll: id,
        end,
        after: None,
    };
    tx.queue_at(&job, end)
}

/// What an edit changes about a poll.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::social) enum Change {
    /// Nothing.
    None,
    /// When it ends, or whether its numbers are shown: what was chosen still counts.
    Terms,
    /// What there is to choose from: what was chosen counts no more.
    Choices,
}

/// What this draft would change about the poll of a status.
pub(in crate::social) fn compare(
    conn: &mut Conn,
    id: StatusId,
    draft: Option<&PollDraft>,
) -> QueryResult<Change> {
    let known = store::polls::find(conn, id)?;
    let (Some(known), Some(draft)) = (&known, draft) else {
        let is_same = known.is_none() && draft.is_none();
        return Ok(if is_same {
            Change::None
        } else {
            Change::Choices
        });
    };
    let titles = titles(conn, id)?;
    let is_same = titles.as_ref() == Some(&draft.options) && known.multiple == draft.multiple;
    Ok(if is_same {
        Change::Terms
    } else {
        Change::Choices
    })
}

/// Carries out what [`compare`] found.
pub(in crate::social) fn revise(
    tx: &mut Tx,
    id: StatusId,
    draft: Option<&PollDraft>,
    change: Change,
) -> QueryResult<()> {
    match (change, draft) {
        (Change::None, _) => Ok(()),
        (_, None) => store::polls::delete(tx, id),
        (Change::Choices, Some(draft)) => begin(tx, id, draft),
        (Change::Terms, Some(draft)) => {
            let Some(known) = store::polls::lock(tx, id)? else {
                return Ok(());
            };
            let end = draft.end(tx.now());
            let poll = Poll {
                hides_totals: draft.hides_totals,
                expires_at: Some(end),
                closed_at: None,
                ..known
            };
            store::polls::update(tx, &poll)?;
            plan_end(tx, id, end)
        }
    }
}

/// The titles of the options of a status's poll; none without a poll.
pub(in crate::social) fn titles(conn: &mut Conn, id: StatusId) -> QueryResult<Option<Vec<String>>> {
    let options = store::polls::list_options(conn, &[id])?;
    let titles: Vec<String> = options.into_iter().map(|option| option.title).collect();
    Ok((!titles.is_empty()).then_some(titles))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_what_is_wrong_with_a_poll() {
        let caps = Caps {
            options: 3,
            characters: 4,
            shortest: 300,
            longest: 1_000,
        };
        for (options, seconds, expected) in [
            (vec!["a", "b"], 300, None),
            (vec!["äöüß", "👩‍👩‍👧‍👦"], 1_000, None),
            (vec!["a", " ", "b"], 300, None),
            (vec!["a", " "], 300, Some("two options")),
            (vec!["a", "b", "c", "d"], 300, Some("at most 3 options")),
            (vec!["a", "abcde"], 300, Some("at most 4 characters")),
            (vec!["a", " a"], 300, Some("differ")),
            (vec!["a", "b"], 299, Some("at least 300")),
            (vec!["a", "b"], 0, Some("at least 300")),
            (vec!["a", "b"], -5, Some("at least 300")),
            (vec!["a", "b"], 1_001, Some("at most 1000 seconds")),
        ] {
            let draft = PollDraft {
                options: options.iter().map(|&option| option.to_owned()).collect(),
                seconds,
                ..PollDraft::default()
            };
            let found = check(&draft.tidy(), caps).err();
            let found = found.map(|error| error.to_string());
            assert_eq!(found.is_some(), expected.is_some(), "{options:?} {found:?}");
            let found = found.unwrap_or_default();
            assert!(found.contains(expected.unwrap_or_default()), "{found}");
        }
    }
}
