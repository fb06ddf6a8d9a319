//! How events travel to other processes that share a PostgreSQL database: `NOTIFY` in the transaction that they belong
//! to, so that they are told if it is committed and only then.

use std::fmt::Write as _;

use super::tx::Event;

/// The channel that every process of a database listens to.
pub(super) const CHANNEL: &str = "whimbrel";
/// The first word of a message. A message with another is of a program with other words: it is answered by looking.
const VERSION: &str = "1";
/// What a message says instead of more events than fit.
const EVERYTHING: &str = "*";
/// PostgreSQL takes payloads below 8,000 bytes.
const LARGEST: usize = 7_900;

/// What another process tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Message {
    /// These events.
    Events(Vec<Event>),
    /// More than a message holds, or something that this program has no words for.
    Everything,
    /// The listener's own words.
    Own,
}

/// The statement that tells these events once the transaction is committed; empty if there are none.
pub(super) fn statement(sender: u64, events: &[Event]) -> String {
    if events.is_empty() {
        return String::new();
    }
    let payload = encode(sender, events).replace('\'', "''");
    format!("NOTIFY {CHANNEL}, '{payload}'; ")
}

fn encode(sender: u64, events: &[Event]) -> String {
    let mut payload = format!("{VERSION} {sender:x} ");
    match serde_json::to_string(events) {
        Ok(words) if payload.len() + words.len() <= LARGEST => payload.push_str(&words),
        _ => {
            let _ = payload.write_str(EVERYTHING);
        }
    }
    payload
}

/// Reads a payload on behalf of the process `own`.
pub(super) fn decode(own: u64, payload: &str) -> Message {
    let mut words = payload.splitn(3, ' ');
    let (version, sender, events) = (words.next(), words.next(), words.next());
    if sender.is_some_and(|sender| u64::from_str_radix(sender, 16) == Ok(own)) {
        return Message::Own;
    }
    match (version, events.map(serde_json::from_str)) {
        (Some(VERSION), Some(Ok(events))) => Message::Events(events),
        _ => Message::Everything,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One of each kind; the compiler asks for the new ones.
    fn every_event() -> Vec<Event> {
        let next = |event: Option<Event>| match event {
            None => Some(Event::Jobs),
            Some(Event::Jobs) => Some(Event::Receipts),
            Some(Event::Receipts) => Some(Event::Peer(i64::MAX)),
            Some(Event::Peer(_)) => Some(Event::PeerHeard(7)),
            Some(Event::PeerHeard(_)) => Some(Event::News),
            Some(Event::News) => Some(Event::Access),
            Some(Event::Access) => Some(Event::Bans),
            Some(Event::Bans) => Some(Event::Missed),
            Some(Event::Missed) => None,
        };
        let mut all = Vec::new();
        while let Some(event) = next(all.last().copied()) {
            all.push(event);
        }
        all
    }

    #[test]
    fn every_event_arrives_as_it_was_told() {
        let events = every_event();
        assert!(events.len() > 3);
        let payload = encode(7, &events);
        assert_eq!(decode(8, &payload), Message::Events(events));
        assert_eq!(decode(7, &payload), Message::Own);
    }

    #[test]
    fn more_than_fits_and_what_nobody_understands_mean_that_everybody_looks() {
        let many: Vec<Event> = (0..100_000).map(Event::Peer).collect();
        let payload = encode(7, &many);
        assert!(payload.len() < 8_000);
        assert_eq!(decode(8, &payload), Message::Everything);
        for payload in [
            "",
            "1",
            "1 x",
            "1 9 [\"Unheard\"]",
            "2 9 [\"Jobs\"]",
            "1 9 *",
        ] {
            assert_eq!(decode(8, payload), Message::Everything, "{payload}");
        }
        let most: Vec<Event> = (0..500).map(Event::Peer).collect();
        assert_eq!(decode(8, &encode(7, &most)), Message::Events(most));
    }

    #[test]
    fn a_statement_is_made_only_where_there_is_something_to_tell() {
        assert_eq!(statement(7, &[]), "");
        assert_eq!(
            statement(255, &[Event::Jobs]),
            "NOTIFY whimbrel, '1 ff [\"Jobs\"]'; "
        );
    }
}
