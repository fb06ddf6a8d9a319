//! The poll of a Question, read from elsewhere and built here.
//!
//! Source: <https://docs.joinmastodon.org/spec/activitypub/#Question>.

use serde_json::{Map, Value, json};

use super::caps;
use super::references::{self, Properties};
use super::times;

/// A poll from elsewhere; its tallies are its author's claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IncomingPoll {
    /// At most 50.
    pub options: Vec<IncomingOption>,
    /// Whether several options may be chosen.
    pub multiple: bool,
    /// When it ends or ended, in milliseconds; nothing when it never ends.
    pub ends: Option<i64>,
    /// Whether it is said to be over, whatever its end.
    pub closed: bool,
    /// How many people voted.
    pub voters: Option<i64>,
}

/// One option of a poll.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IncomingOption {
    /// Its text, which is also the vote.
    pub name: String,
    /// How often it was chosen, never below zero.
    pub votes: i64,
}

impl IncomingPoll {
    /// The poll of a document, or none when it offers nothing to choose from.
    #[must_use]
    pub fn parse(properties: &Properties) -> Option<Self> {
        let key = ["anyOf", "oneOf"]
            .into_iter()
            .find(|key| !references::list_of(properties, key).is_empty())?;
        let options: Vec<_> = references::list_of(properties, key)
            .iter()
            .filter_map(Value::as_object)
            .filter_map(option)
            .take(caps::POLL_OPTIONS)
            .collect();
        let closed_at = times::instant(properties, "closed");
        (!options.is_empty()).then(|| Self {
            options,
            multiple: key == "anyOf",
            ends: times::instant(properties, "endTime").or(closed_at),
            closed: closed_at.is_some() || references::flag(properties, "closed") == Some(true),
            voters: references::count(properties, "votersCount"),
        })
    }
}

/// A poll of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutgoingPoll {
    /// Texts and numbers of the options; no number while those are hidden.
    pub options: Vec<(String, Option<i64>)>,
    /// Whether several options may be chosen.
    pub multiple: bool,
    /// When it ends, in milliseconds.
    pub ends: Option<i64>,
    /// When it was closed, in milliseconds.
    pub closed: Option<i64>,
    /// How many people voted.
    pub voters: i64,
}

impl OutgoingPoll {
    /// Adds the poll to the properties of its Question.
    pub(super) fn build(&self, question: &mut Map<String, Value>) {
        let options: Vec<Value> = self.options.iter().map(build_option).collect();
        let key = if self.multiple { "anyOf" } else { "oneOf" };
        question.insert(key.to_owned(), options.into());
        question.insert("votersCount".to_owned(), self.voters.max(0).into());
        for (key, at) in [("endTime", self.ends), ("closed", self.closed)] {
            if let Some(at) = at {
                question.insert(key.to_owned(), times::format(at).into());
            }
        }
    }
}

fn build_option((name, votes): &(String, Option<i64>)) -> Value {
    let replies = match votes {
        Some(votes) => json!({"type": "Collection", "totalItems": votes.max(&0)}),
        None => json!({"type": "Collection"}),
    };
    json!({"type": "Note", "name": name, "replies": replies})
}

fn option(option: &Properties) -> Option<IncomingOption> {
    let votes = references::first_object(option, "replies")
        .and_then(|replies| references::count(replies, "totalItems"));
    Some(IncomingOption {
        name: references::short_text(option, "name", caps::NAME_CHARS)?,
        votes: votes.unwrap_or(0),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn parsed(value: &Value) -> Option<IncomingPoll> {
        IncomingPoll::parse(value.as_object().expect("an object"))
    }

    #[test]
    fn what_is_built_is_read_again() {
        let poll = OutgoingPoll {
            options: vec![("yes".into(), Some(2)), ("no".into(), None)],
            multiple: true,
            ends: Some(1_700_000_000_000),
            closed: Some(1_700_000_001_000),
            voters: 2,
        };
        let mut question = Map::new();
        poll.build(&mut question);
        let read = IncomingPoll::parse(&question).expect("a poll");
        let votes: Vec<_> = read.options.iter().map(|option| option.votes).collect();
        assert_eq!(votes, [2, 0]);
        assert!(read.multiple && read.closed);
        assert_eq!((read.ends, read.voters), (poll.ends, Some(2)));
        let hidden = &question["anyOf"][1]["replies"];
        assert!(hidden.get("totalItems").is_none(), "{hidden}");
    }

    #[test]
    fn tallies_are_clamped_and_options_bounded() {
        let poll = parsed(&json!({
            "oneOf": [
                {"type": "Note", "name": "yes", "replies": {"type": "Collection", "totalItems": -5}},
                {"type": "Note", "name": "no", "replies": {"totalItems": 3}},
                {"type": "Note", "name": ""}, null, "x",
            ],
            "endTime": null, "votersCount": "many", "closed": true,
        }));
        let option = |name: &str, votes| IncomingOption {
            name: name.into(),
            votes,
        };
        assert_eq!(
            poll,
            Some(IncomingPoll {
                options: vec![option("yes", 0), option("no", 3)],
                multiple: false,
                ends: None,
                closed: true,
                voters: None,
            })
        );
        let many: Vec<_> = (0..1000).map(|n| json!({"name": format!("{n}")})).collect();
        let poll =
            parsed(&json!({"anyOf": many, "closed": "2024-01-01T00:00:00Z"})).expect("a poll");
        assert!(poll.multiple && poll.closed && poll.ends.is_some());
        assert_eq!(poll.options.len(), caps::POLL_OPTIONS);
        assert_eq!(parsed(&json!({"oneOf": []})), None);
        assert_eq!(parsed(&json!({"oneOf": 5})), None);
    }
}
