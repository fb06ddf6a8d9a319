//! Mailings: a document becomes one delivery for each inbox that it is to reach.
//!
//! Two rules are decided here, in the write that queues, because only here is it cheap to know what waits already:
//! which class a delivery gets, and what of the waiting is needless now. The reasons stand in
//! `docs/decisions/0011-classes-and-collapsing.md`.

use std::collections::{HashMap, HashSet};

use diesel::dsl::exists;
use diesel::prelude::*;

use super::activities::{self as documents, Activity};
use super::columns::{DeliveryClass, OutcomeState};
use super::conn::on;
use super::deliveries::Delivery;
use super::follows::Destination;
use super::outcomes;
use super::peers::{self, KnownInbox};
use super::schema::{activities, deliveries, peers as peer_rows};
use super::tx::{Event, Tx};
use crate::id::{ActivityId, InboxId};

/// Inboxes that one statement names at most, and one piece of a large mailing.
pub(super) const AT_ONCE: usize = 500;

/// A document with those whom it is for.
#[derive(Clone, Copy, Debug)]
pub struct Mailing<'a> {
    /// The document.
    pub activity: &'a Activity,
    /// The type of the earlier document that it takes back, if it is an Undo: Follow, Like, ...
    pub undoes: Option<&'a str>,
    /// Its class.
    pub class: DeliveryClass,
    /// Inboxes where it is personal, whatever its class elsewhere.
    pub personal: &'a [Destination],
    /// Where it goes.
    pub destinations: &'a [Destination],
}

#[derive(Insertable)]
#[diesel(table_name = deliveries, treat_none_as_default_value = false)]
struct Row {
    #[diesel(embed)]
    delivery: Delivery,
    outage: i64,
}

impl<'a> Mailing<'a> {
    /// A post for these destinations.
    #[must_use]
    pub fn new(activity: &'a Activity, destinations: &'a [Destination]) -> Self {
        Self {
            activity,
            undoes: None,
            class: DeliveryClass::Posts,
            personal: &[],
            destinations,
        }
    }

    fn class_at(&self, inbox: &KnownInbox) -> DeliveryClass {
        let names = |place: &Destination| place.inbox_url == inbox.url;
        if self.personal.iter().any(names) {
            DeliveryClass::Personal
        } else {
            self.class
        }
    }
}

/// Stores a document once and queues it for its destinations, all in this write; each inbox gets it once. What need not
/// be sent is not stored. Mailings that may be large go in pieces: `store::spreads`.
pub fn queue(tx: &mut Tx, mailing: &Mailing) -> QueryResult<()> {
    for part in mailing.destinations.chunks(AT_ONCE) {
        queue_for(tx, mailing, part)?;
    }
    Ok(())
}

/// Stores a document and queues it for `part` of its destinations.
pub(super) fn queue_for(tx: &mut Tx, mailing: &Mailing, part: &[Destination]) -> QueryResult<()> {
    let mut inboxes = peers::ensure_inboxes(tx, part)?;
    let mut classes = HashMap::new();
    if is_topic_known(tx, mailing.activity)? {
        classes = list_classes(tx, &mailing.activity.object_uri, &inboxes)?;
        let needless = collapse(tx, mailing, &inboxes, &classes)?;
        inboxes.retain(|inbox| !needless.contains(&inbox.id));
    }
    if inboxes.is_empty() {
        return Ok(());
    }
    documents::keep(tx, mailing.activity, mailing.undoes == Some("Follow"))?;
    let row = |inbox: &KnownInbox| Row {
        delivery: Delivery {
            peer_id: inbox.peer_id,
            class: match classes.get(&inbox.id) {
                Some(class) => *class,
                None => mailing.class_at(inbox),
            },
            activity_id: mailing.activity.id,
            inbox_id: inbox.id,
        },
        outage: inbox.outage,
    };
    let rows: Vec<Row> = inboxes.iter().map(row).collect();
    on!(&mut **tx, |c| diesel::insert_into(deliveries::table)
        .values(&rows)
        .on_conflict_do_nothing()
        .execute(c))?;
    for inbox in inboxes {
        tx.tell(Event::Peer(inbox.peer_id));
    }
    Ok(())
}

/// Whether there was anything else about the thing.
fn is_topic_known(tx: &mut Tx, activity: &Activity) -> QueryResult<bool> {
    on!(&mut **tx, |c| diesel::select(exists(
        activities::table
            .filter(activities::object_uri.eq(&activity.object_uri))
            .filter(activities::id.ne(activity.id))
    ))
    .get_result(c))
}

/// The class of what waits about a thing, for each of these inboxes that anything waits for.
///
/// What is queued about it takes the same class, so all that waits about one thing for one inbox is in one class, where
/// the order is that of ids.
fn list_classes(
    tx: &mut Tx,
    object_uri: &str,
    inboxes: &[KnownInbox],
) -> QueryResult<HashMap<InboxId, DeliveryClass>> {
    let ids: Vec<InboxId> = inboxes.iter().map(|inbox| inbox.id).collect();
    let rows: Vec<(InboxId, DeliveryClass)> = on!(&mut **tx, |c| {
        let about = activities::table
            .filter(activities::object_uri.eq(object_uri))
            .select(activities::id);
        deliveries::table
            .filter(deliveries::inbox_id.eq_any(&ids))
            .filter(deliveries::activity_id.eq_any(about))
            .order(deliveries::class.asc())
            .select((deliveries::inbox_id, deliveries::class))
            .distinct()
            .load(c)
    })?;
    // Should there be two after all, the later one counts.
    Ok(rows.into_iter().collect())
}

/// Removes what waits at peers that are down and is needless once this document is there; gives the inboxes that do
/// not need the document itself either, because they never saw what it ends.
fn collapse(
    tx: &mut Tx,
    mailing: &Mailing,
    inboxes: &[KnownInbox],
    waiting: &HashMap<InboxId, DeliveryClass>,
) -> QueryResult<HashSet<InboxId>> {
    let ended = match (mailing.activity.kind.as_str(), mailing.undoes) {
        ("Delete", _) => Some("Create"),
        ("Undo", Some(kind @ ("Follow" | "Like" | "Announce"))) => Some(kind),
        ("Update", _) => None,
        _ => return Ok(HashSet::new()),
    };
    let may_collapse = |inbox: &&KnownInbox| inbox.outage > 0 && waiting.contains_key(&inbox.id);
    let mut down: Vec<&KnownInbox> = inboxes.iter().filter(may_collapse).collect();
    if down.is_empty() {
        return Ok(HashSet::new());
    }
    let peers: Vec<i64> = down.iter().map(|inbox| inbox.peer_id).collect();
    let held: HashMap<i64, i64> = peers::hold_outages(tx, &peers)?.into_iter().collect();
    down.retain(|inbox| held.get(&inbox.peer_id) == Some(&inbox.outage));
    let ids: Vec<InboxId> = down.iter().map(|inbox| inbox.id).collect();
    let mut removed = Vec::new();
    if mailing.undoes.is_none() {
        removed = remove_updates(tx, mailing.activity, &ids)?;
    }
    let mut needless = HashSet::new();
    if let Some(kind) = ended {
        let unseen = remove_unseen(tx, mailing.activity, kind, &ids)?;
        needless.extend(unseen.iter().map(|delivery| delivery.inbox_id));
        removed.extend(unseen);
    }
    outcomes::remember(tx, &removed, OutcomeState::Superseded, None)?;
    let ids: Vec<ActivityId> = removed
        .into_iter()
        .map(|delivery| delivery.activity_id)
        .collect();
    documents::settle(tx, &ids)?;
    Ok(needless)
}

/// Earlier Updates by the same sender about the same thing, tried or not: whoever gets the later document needs none
/// of them.
fn remove_updates(
    tx: &mut Tx,
    later: &Activity,
    inboxes: &[InboxId],
) -> QueryResult<Vec<Delivery>> {
    on!(&mut **tx, |c| {
        let updates = activities::table
            .filter(activities::object_uri.eq(&later.object_uri))
            .filter(activities::account_id.eq(later.account_id))
            .filter(activities::kind.eq("Update"))
            .select(activities::id);
        diesel::delete(
            deliveries::table
                .filter(deliveries::inbox_id.eq_any(inboxes))
                .filter(deliveries::activity_id.eq_any(updates)),
        )
        .returning(Delivery::as_returning())
        .get_results(c)
    })
}

/// What the document ends, where it was queued in the outage that the peer is still in and never tried: nobody there
/// can have seen it.
fn remove_unseen(
    tx: &mut Tx,
    end: &Activity,
    kind: &str,
    inboxes: &[InboxId],
) -> QueryResult<Vec<Delivery>> {
    on!(&mut **tx, |c| {
        let ended = activities::table
            .filter(activities::object_uri.eq(&end.object_uri))
            .filter(activities::account_id.eq(end.account_id))
            .filter(activities::kind.eq(kind))
            .select(activities::id);
        let same_outage = peer_rows::table
            .filter(peer_rows::id.eq(deliveries::peer_id))
            .filter(peer_rows::down_since.is_not_null())
            .filter(peer_rows::outage.eq(deliveries::outage));
        diesel::delete(
            deliveries::table
                .filter(deliveries::inbox_id.eq_any(inboxes))
                .filter(deliveries::activity_id.eq_any(ended))
                .filter(deliveries::due_at.eq(0_i64))
                .filter(deliveries::refusals.eq(0_i64))
                .filter(exists(same_outage)),
        )
        .returning(Delivery::as_returning())
        .get_results(c)
    })
}
