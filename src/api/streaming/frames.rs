//! From news to the bytes that each reader gets. A status is rendered once, and written once for all readers with
//! the same marks, the same style and the same stream; they share the bytes.
//!
//! Source: <https://docs.joinmastodon.org/methods/streaming/#events>

use std::collections::HashMap;
use std::sync::Arc;

use actix_web::web::Bytes;
use serde::Serialize;

use super::hub::{Roll, Style};
use super::notices::Notices;
use crate::api::entities;
use crate::api::render::crowds::{Crowd, Filtered, Marked};
use crate::api::render::{View, conversations, notifications};
use crate::id::{AccountId, NotificationId, StatusId};
use crate::social::streams::{Tiding, What, hear};
use crate::store::conversations::Conversation;
use crate::store::news::News;
use crate::store::notifications::Notification;
use crate::store::{Conn, Error, QueryResult};

/// What the readers of a roll get of these news: (number of the reader, frame), in the order of the news. `safe`
/// bounds the ids that readers may come back with.
///
/// # Errors
/// Whatever the database says.
pub(super) fn compose(
    conn: &mut Conn,
    view: &View,
    roll: &Roll,
    news: &[News],
    safe: i64,
) -> QueryResult<Vec<(usize, Bytes)>> {
    let hearing = hear(conn, &roll.directory, news, view.now)?;
    if hearing.tidings.is_empty() {
        return Ok(Vec::new());
    }
    let told: Vec<Notification> = hearing
        .tidings
        .iter()
        .filter_map(|tiding| match &tiding.what {
            What::Notified(told) => Some(told.clone()),
            _ => None,
        })
        .collect();
    let everybody = View {
        viewer: None,
        ..view.clone()
    };
    let told = notifications::page(conn, &everybody, notifications::Naming::Common, &told)?;
    let talks: Vec<Conversation> = hearing
        .tidings
        .iter()
        .filter_map(|tiding| match &tiding.what {
            What::Conversed(one) => Some(one.clone()),
            _ => None,
        })
        .collect();
    let people = conversations::load_people(conn, &everybody, &talks)?;
    let mut hearers: Vec<AccountId> = hearing
        .tidings
        .iter()
        .flat_map(|tiding| tiding.ears.iter().map(|(viewer, _)| *viewer))
        .collect();
    hearers.sort_unstable();
    hearers.dedup();
    let pages = Pages {
        crowd: Crowd::load(conn, view, hearing.statuses, &hearers)?,
        told: told.into_iter().map(|told| (told.id, told)).collect(),
        notices: Notices::load(conn, &everybody, &hearing.tidings)?,
        people,
    };
    let mut frames = Vec::new();
    for tiding in &hearing.tidings {
        pages.write(roll, tiding, tiding.news.min(safe), &mut frames)?;
    }
    Ok(frames)
}

/// What is rendered of a batch of news.
struct Pages {
    crowd: Crowd,
    told: HashMap<NotificationId, entities::Notification>,
    notices: Notices,
    people: HashMap<AccountId, entities::Account>,
}

/// What makes frames of one piece of news equal.
type Key = (Seen, Style, Option<Arc<str>>);

/// What makes payloads of one piece of news equal: the marks and, of those whose filters match, who it is.
type Seen = (Marked, Option<AccountId>);

/// What is told of merged notifications: that there are some.
const MERGED: &str = "1";

impl Pages {
    fn write(
        &self,
        roll: &Roll,
        tiding: &Tiding,
        cursor: i64,
        frames: &mut Vec<(usize, Bytes)>,
    ) -> QueryResult<()> {
        let mut payloads: HashMap<Seen, Option<String>> = HashMap::new();
        let mut written: HashMap<Key, Bytes> = HashMap::new();
        for (viewer, place) in &tiding.ears {
            let Some(line) = roll.lines.get(place.listener) else {
                continue;
            };
            let Some(channel) = line.channels.get(place.feed) else {
                continue;
            };
            let marked = self.marks(*viewer, &tiding.what);
            let filtered = self.filtered(*viewer, &tiding.what);
            let seen = (marked, (!filtered.is_empty()).then_some(*viewer));
            let label = (line.style == Style::Socket).then(|| channel.label.clone());
            let key = (seen, line.style, label);
            if let Some(frame) = written.get(&key) {
                frames.push((place.listener, frame.clone()));
                continue;
            }
            let payload = if let Some(payload) = payloads.get(&seen) {
                payload
            } else {
                let payload = self.payload(&tiding.what, marked, &filtered)?;
                payloads.entry(seen).or_insert(payload)
            };
            let Some(payload) = payload else { continue };
            let event = name_of(&tiding.what);
            let frame = match &key.2 {
                Some(label) => socket_frame(label, event, payload, cursor)?,
                None => event_frame(event, payload, cursor),
            };
            written.insert(key, frame.clone());
            frames.push((place.listener, frame));
        }
        Ok(())
    }

    /// What the viewer has to do with the status that is told of.
    fn marks(&self, viewer: AccountId, what: &What) -> Marked {
        status_of(what)
            .and_then(|id| self.crowd.marks(viewer, id))
            .unwrap_or_default()
    }

    /// Which of the viewer's filters match the status that is told of.
    fn filtered(&self, viewer: AccountId, what: &What) -> Filtered {
        let status = status_of(what);
        status.map_or_else(Filtered::default, |id| self.crowd.filtered(viewer, id))
    }

    /// The text of an event; none for what cannot be shown.
    fn payload(
        &self,
        what: &What,
        marked: Marked,
        filtered: &Filtered,
    ) -> QueryResult<Option<String>> {
        match what {
            What::Gone(id) => Ok(Some(id.to_string())),
            What::Merged => Ok(Some(MERGED.to_owned())),
            What::Conversed(one) => {
                let status = one.last_status_id;
                let status = self.crowd.filtered_status(status, marked, filtered);
                to_json(&conversations::with(one, &self.people, status)).map(Some)
            }
            What::Appeared(id) | What::Edited(id) => self
                .crowd
                .filtered_status(*id, marked, filtered)
                .as_ref()
                .map(to_json)
                .transpose(),
            What::Notified(told) => {
                let Some(shown) = self.told.get(&told.id) else {
                    return Ok(None);
                };
                let mut shown = shown.clone();
                let status = told.status_id;
                shown.status =
                    status.and_then(|id| self.crowd.filtered_status(id, marked, filtered));
                to_json(&shown).map(Some)
            }
            What::Withdrawn(id) => Ok(Some(id.to_string())),
            What::Announced(id) => {
                let shown = self.notices.announcements.get(id);
                shown.map(to_json).transpose()
            }
            What::Reacted(id, name) => {
                let shown = self.notices.reaction(*id, name);
                to_json(&shown).map(Some)
            }
        }
    }
}

/// The status that is told of.
fn status_of(what: &What) -> Option<StatusId> {
    match what {
        What::Appeared(id) | What::Edited(id) => Some(*id),
        What::Notified(told) => told.status_id,
        What::Conversed(one) => Some(one.last_status_id),
        What::Gone(_)
        | What::Merged
        | What::Announced(_)
        | What::Reacted(..)
        | What::Withdrawn(_) => None,
    }
}

fn name_of(what: &What) -> &'static str {
    match what {
        What::Appeared(_) => "update",
        What::Edited(_) => "status.update",
        What::Gone(_) => "delete",
        What::Notified(_) => "notification",
        What::Announced(_) => "announcement",
        What::Reacted(..) => "announcement.reaction",
        What::Withdrawn(_) => "announcement.delete",
        What::Conversed(_) => "conversation",
        What::Merged => "notifications_merged",
    }
}

/// Source: <https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation>
fn event_frame(event: &str, payload: &str, cursor: i64) -> Bytes {
    // JSON has no line breaks of its own.
    Bytes::from(format!("id: {cursor}\nevent: {event}\ndata: {payload}\n\n"))
}

/// The payload is JSON within a text; `id` is Whimbrel's own.
fn socket_frame(label: &str, event: &str, payload: &str, cursor: i64) -> QueryResult<Bytes> {
    let payload = to_json(&payload)?;
    Ok(Bytes::from(format!(
        r#"{{"stream":{label},"event":"{event}","payload":{payload},"id":"{cursor}"}}"#
    )))
}

fn to_json<T: Serialize>(value: &T) -> QueryResult<String> {
    serde_json::to_string(value).map_err(|error| Error::SerializationError(Box::new(error)))
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn frames_are_what_clients_read() {
        let payload = r#"{"content":"<p>\"hi\"\nthere</p>"}"#;
        let frame = event_frame("update", payload, 7);
        assert_eq!(
            frame,
            format!("id: 7\nevent: update\ndata: {payload}\n\n").as_bytes()
        );
        let frame = socket_frame(r#"["hashtag","x"]"#, "update", payload, 7).unwrap();
        let frame: Value = serde_json::from_slice(&frame).unwrap();
        assert_eq!(frame["stream"], serde_json::json!(["hashtag", "x"]));
        assert_eq!(
            (&frame["event"], &frame["id"]),
            (&"update".into(), &"7".into())
        );
        let inner: Value = serde_json::from_str(frame["payload"].as_str().unwrap()).unwrap();
        assert_eq!(inner["content"], "<p>\"hi\"\nthere</p>");
    }
}
