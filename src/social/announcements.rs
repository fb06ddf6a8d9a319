//! Announcements: what the staff tells everybody on this node, when it is shown, and how people react.
//!
//! An announcement is shown from the moment it is published until it is withdrawn or what it tells of has ended.
//! Streams hear of both.

use super::moderation::staff::{Staff, Target, record};
use super::staff::By;
use super::statuses::compose::compose;
use super::{Error, Result, emojis, news, searches};
use crate::clock::DAY;
use crate::id::{AccountId, AnnouncementId};
use crate::node::Node;
use crate::store::announcements::{Announcement, Named};
use crate::store::{self, Conn, Json, QueryResult, Tx};
use crate::text::clean_line;
use crate::text::emojis::is_emoji;
use crate::text::scan::{Kind, scan};
use crate::urls::Urls;

/// Announcements that are shown at once, at most.
const MOST_SHOWN: i64 = 40;
/// Different emoji with which people can react to one announcement.
pub const MAX_REACTIONS: usize = 8;
/// Characters of the longest announcement.
pub const MAX_TEXT: usize = 5_000;
/// Statuses that one announcement names, at most.
const MOST_STATUSES: usize = 10;
/// Announcements that the schedule takes at once.
const AT_ONCE: i64 = 50;
/// Characters that the record keeps of one.
const RECORDED: usize = 100;

/// What an announcement shall say, and when.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft {
    /// As typed, at most [`MAX_TEXT`] characters.
    pub text: String,
    /// When what it tells of begins, in milliseconds.
    pub starts_at: Option<i64>,
    /// When what it tells of ends, in milliseconds; it is shown until then.
    pub ends_at: Option<i64>,
    /// Whether both stand for whole days.
    pub all_day: bool,
    /// When it is published, in milliseconds; none: when somebody says so.
    pub scheduled_at: Option<i64>,
}

impl Draft {
    /// What an announcement says now.
    #[must_use]
    pub fn of(announcement: &Announcement) -> Self {
        Self {
            text: announcement.text.clone(),
            starts_at: announcement.starts_at,
            ends_at: announcement.ends_at,
            all_day: announcement.all_day,
            scheduled_at: announcement.scheduled_at,
        }
    }

    fn check(&self) -> Result<()> {
        if self.text.trim().is_empty() {
            return Err(Error::invalid("An announcement needs a text"));
        }
        if self.text.chars().count() > MAX_TEXT {
            let sentence = format!("An announcement has at most {MAX_TEXT} characters");
            return Err(Error::invalid(sentence));
        }
        if let (Some(from), Some(until)) = (self.starts_at, self.ends_at)
            && until < from
        {
            return Err(Error::invalid("The end lies before the beginning"));
        }
        if self.all_day && self.ends_at.is_none() {
            return Err(Error::invalid("Whole days need an end"));
        }
        Ok(())
    }

    fn apply(&self, conn: &mut Conn, urls: &Urls, row: &mut Announcement) -> QueryResult<()> {
        let text = self.text.trim();
        let composed = compose(conn, urls, text)?;
        row.named = Json(Named {
            accounts: composed.mentions.iter().map(|id| id.0).collect(),
            tags: composed.hashtags,
            statuses: find_statuses(conn, urls, text)?,
            emojis: emojis::find_used(conn, urls, &[text])?,
        });
        row.content = composed.content;
        text.clone_into(&mut row.text);
        row.starts_at = self.starts_at;
        row.ends_at = self.ends_at;
        row.all_day = self.all_day;
        row.scheduled_at = self.scheduled_at;
        Ok(())
    }
}

/// The known statuses whose addresses stand in a text, those that everybody may see.
fn find_statuses(conn: &mut Conn, urls: &Urls, text: &str) -> QueryResult<Vec<i64>> {
    let mut found = Vec::new();
    let links = scan(text).into_iter().filter(|part| part.kind == Kind::Url);
    for link in links.take(MOST_STATUSES) {
        let address = text.get(link.range).unwrap_or_default();
        let status = searches::status_at(conn, urls, None, address)?;
        found.extend(status.map(|status| status.id.0));
    }
    found.dedup();
    Ok(found)
}

/// When an announcement is shown no more.
fn end_of(row: &Announcement) -> Option<i64> {
    let length = if row.all_day { DAY } else { 0 };
    row.ends_at.map(|at| at.saturating_add(length))
}

/// The announcements that are shown to somebody, the oldest first; those that they have read only if `with_read`.
///
/// # Errors
/// Whatever the database says.
pub fn list_shown(
    conn: &mut Conn,
    viewer: AccountId,
    with_read: bool,
) -> QueryResult<Vec<Announcement>> {
    let mut shown = store::announcements::list_published(conn, MOST_SHOWN)?;
    if !with_read {
        let ids: Vec<AnnouncementId> = shown.iter().map(|row| row.id).collect();
        let read = store::announcements::list_dismissed(conn, viewer, &ids)?;
        shown.retain(|row| !read.contains(&row.id));
    }
    Ok(shown)
}

/// The newest of all announcements, for the staff; at most `limit`.
///
/// # Errors
/// [`Error::Forbidden`] for others.
pub async fn list_all(node: &Node, by: By, limit: i64) -> Result<Vec<Announcement>> {
    by.check_look()?;
    let list = move |conn: &mut Conn| store::announcements::list_newest(conn, limit);
    Ok(node.db.read(list).await?)
}

/// One announcement, for the staff.
///
/// # Errors
/// [`Error::Forbidden`] for others, [`Error::NotFound`] if there is none.
pub async fn show(node: &Node, by: By, id: AnnouncementId) -> Result<Announcement> {
    by.check_look()?;
    let find = move |conn: &mut Conn| store::announcements::find(conn, id);
    node.db.read(find).await?.ok_or(Error::NotFound)
}

/// Makes an announcement; `publishes` shows it at once.
///
/// # Errors
/// [`Error::Forbidden`] unless `staff` may act, [`Error::Invalid`] says what is wrong with the draft.
pub async fn create(
    node: &Node,
    staff: Staff,
    draft: Draft,
    publishes: bool,
) -> Result<Announcement> {
    staff.by.check_act()?;
    draft.check()?;
    let urls = node.urls.clone();
    let write = move |tx: &mut Tx| -> Result<Announcement> {
        let now = tx.now();
        let mut row = Announcement {
            id: AnnouncementId(tx.new_id()),
            text: String::new(),
            content: String::new(),
            named: Json::default(),
            all_day: false,
            starts_at: None,
            ends_at: None,
            scheduled_at: None,
            published_at: publishes.then_some(now),
            created_at: now,
            updated_at: now,
        };
        draft.apply(tx, &urls, &mut row)?;
        settle(&mut row, now)?;
        store::announcements::insert(tx, &row)?;
        note(tx, &staff, "create_announcement", &row)?;
        tell(tx, &row)?;
        Ok(row)
    };
    node.db.write(write).await
}

/// Changes an announcement; those who have it on their screens see the new text.
///
/// # Errors
/// As [`create`], and [`Error::NotFound`] if there is none.
pub async fn update(
    node: &Node,
    staff: Staff,
    id: AnnouncementId,
    draft: Draft,
) -> Result<Announcement> {
    staff.by.check_act()?;
    draft.check()?;
    let urls = node.urls.clone();
    let write = move |tx: &mut Tx| -> Result<Announcement> {
        let mut row = require(tx, id)?;
        draft.apply(tx, &urls, &mut row)?;
        row.updated_at = tx.now();
        let now = tx.now();
        settle(&mut row, now)?;
        store::announcements::update(tx, &row)?;
        note(tx, &staff, "update_announcement", &row)?;
        tell(tx, &row)?;
        Ok(row)
    };
    node.db.write(write).await
}

/// Shows an announcement at once.
///
/// # Errors
/// [`Error::Forbidden`] unless `staff` may act, [`Error::NotFound`] if there is none, [`Error::Invalid`] if what it
/// tells of has ended.
pub async fn publish(node: &Node, staff: Staff, id: AnnouncementId) -> Result<()> {
    staff.by.check_act()?;
    let write = move |tx: &mut Tx| -> Result<()> {
        let mut row = require(tx, id)?;
        if row.published_at.is_some() {
            return Ok(());
        }
        let now = tx.now();
        row.published_at = Some(now);
        settle(&mut row, now)?;
        store::announcements::update(tx, &row)?;
        note(tx, &staff, "publish_announcement", &row)?;
        Ok(tell(tx, &row)?)
    };
    node.db.write(write).await
}

/// Shows an announcement no longer; it can be published again.
///
/// # Errors
/// [`Error::Forbidden`] unless `staff` may act, [`Error::NotFound`] if there is none.
pub async fn withdraw(node: &Node, staff: Staff, id: AnnouncementId) -> Result<()> {
    staff.by.check_act()?;
    let write = move |tx: &mut Tx| -> Result<()> {
        let row = require(tx, id)?;
        if row.published_at.is_some() || row.scheduled_at.is_some() {
            note(tx, &staff, "withdraw_announcement", &row)?;
        }
        Ok(hide(tx, row)?)
    };
    node.db.write(write).await
}

/// Removes an announcement with everything that hangs on it.
///
/// # Errors
/// [`Error::Forbidden`] unless `staff` may act, [`Error::NotFound`] if there is none.
pub async fn remove(node: &Node, staff: Staff, id: AnnouncementId) -> Result<()> {
    staff.by.check_act()?;
    let write = move |tx: &mut Tx| -> Result<()> {
        let row = require(tx, id)?;
        if row.published_at.is_some() {
            news::withdrawn(tx, id)?;
        }
        note(tx, &staff, "remove_announcement", &row)?;
        Ok(store::announcements::delete(tx, id)?)
    };
    node.db.write(write).await
}

fn require(tx: &mut Tx, id: AnnouncementId) -> Result<Announcement> {
    store::announcements::find(tx, id)?.ok_or(Error::NotFound)
}

/// The record keeps of an announcement how it begins.
fn note(tx: &mut Tx, staff: &Staff, action: &str, row: &Announcement) -> QueryResult<()> {
    let target = Target::row(row.id.0, row.id.to_string());
    record(tx, staff, action, target, &clean_line(&row.text, RECORDED))
}

/// What is shown has no time to be published any more, and is not over.
fn settle(row: &mut Announcement, now: i64) -> Result<()> {
    if row.published_at.is_some() {
        row.scheduled_at = None;
    }
    if end_of(row).is_some_and(|end| end <= now) {
        return Err(Error::invalid("The end lies in the past"));
    }
    Ok(())
}

fn tell(tx: &mut Tx, row: &Announcement) -> QueryResult<()> {
    match row.published_at {
        Some(_) => news::announced(tx, row.id),
        None => Ok(()),
    }
}

fn hide(tx: &mut Tx, mut row: Announcement) -> QueryResult<()> {
    row.scheduled_at = None;
    let was_shown = row.published_at.take().is_some();
    store::announcements::update(tx, &row)?;
    if was_shown {
        news::withdrawn(tx, row.id)?;
    }
    Ok(())
}

/// Notes that somebody has read an announcement.
///
/// # Errors
/// [`Error::NotFound`] unless it is shown.
pub async fn dismiss(node: &Node, viewer: AccountId, id: AnnouncementId) -> Result<()> {
    let write = move |tx: &mut Tx| -> Result<()> {
        require_shown(tx, id)?;
        Ok(store::announcements::dismiss(tx, viewer, id)?)
    };
    node.db.write(write).await
}

/// Reacts to an announcement with an emoji, or with the shortcode of one of this node's own.
///
/// # Errors
/// [`Error::NotFound`] unless it is shown; [`Error::Invalid`] for what is no emoji, and for a ninth different one.
pub async fn react(node: &Node, viewer: AccountId, id: AnnouncementId, name: &str) -> Result<()> {
    let name = name.to_owned();
    let write = move |tx: &mut Tx| -> Result<()> {
        let row = require_shown(tx, id)?;
        if !is_emoji(&name) && emojis::list_usable_named(tx, &[&name])?.is_empty() {
            return Err(Error::invalid(
                "Validation failed: Name is not a recognized emoji",
            ));
        }
        // Other processes wait here, so that all of them together keep to the number.
        store::announcements::update(tx, &row)?;
        let known = store::announcements::list_tallies(tx, &[id])?;
        let is_known = known.iter().any(|tally| tally.name == name);
        if !is_known && known.len() >= MAX_REACTIONS {
            return Err(Error::invalid(
                "Validation failed: Limit of different reactions reached",
            ));
        }
        if store::announcements::react(tx, id, viewer, &name)? {
            news::reacted(tx, id, name.clone())?;
        }
        Ok(())
    };
    node.db.write(write).await
}

/// Takes a reaction back. Nothing happens if there is none.
///
/// # Errors
/// [`Error::NotFound`] unless the announcement is shown.
pub async fn unreact(node: &Node, viewer: AccountId, id: AnnouncementId, name: &str) -> Result<()> {
    let name = name.to_owned();
    let write = move |tx: &mut Tx| -> Result<()> {
        require_shown(tx, id)?;
        if store::announcements::unreact(tx, id, viewer, &name)? {
            news::reacted(tx, id, name.clone())?;
        }
        Ok(())
    };
    node.db.write(write).await
}

fn require_shown(tx: &mut Tx, id: AnnouncementId) -> Result<Announcement> {
    let row = require(tx, id)?;
    match row.published_at {
        Some(_) => Ok(row),
        None => Err(Error::NotFound),
    }
}

/// Publishes what is due and withdraws what has ended; gives the number of both. May be done at any time.
///
/// # Errors
/// Whatever the database says.
pub async fn run_due(node: &Node) -> QueryResult<usize> {
    let look = |conn: &mut Conn, now| -> QueryResult<bool> {
        let due = store::announcements::list_due(conn, now, 1)?;
        Ok(!due.is_empty() || !store::announcements::list_ending(conn, now, 1)?.is_empty())
    };
    let now = node.clock.now();
    if !node.db.read(move |conn| look(conn, now)).await? {
        return Ok(0);
    }
    node.db.write_later(turn).await
}

fn turn(tx: &mut Tx) -> QueryResult<usize> {
    let now = tx.now();
    let mut turned = 0;
    for mut row in store::announcements::list_due(tx, now, AT_ONCE)? {
        row.scheduled_at = None;
        // What is over before anybody could read it stays unpublished.
        let is_over = end_of(&row).is_some_and(|end| end <= now);
        row.published_at = (!is_over).then_some(now);
        store::announcements::update(tx, &row)?;
        tell(tx, &row)?;
        turned += 1;
    }
    for row in store::announcements::list_ending(tx, now, AT_ONCE)? {
        if end_of(&row).is_some_and(|end| end <= now) {
            hide(tx, row)?;
            turned += 1;
        }
    }
    Ok(turned)
}
