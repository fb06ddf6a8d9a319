//! The schedule: what is tidied up now and then. Each chore is a plain function that may be done at any time, as often
//! as one likes.

use std::time::Duration;

use tokio::sync::watch;
use tokio::time::MissedTickBehavior;

use super::absences;
use crate::clock::{DAY, HOUR, MINUTE};
use crate::node::Node;
use crate::social::measures::{TAG_USES_KEPT, VISITS_KEPT};
use crate::social::moderation::blocked_sign_ups;
use crate::social::remote_files;
use crate::social::tags::day_of;
use crate::social::{accounts, announcements, trends, users};
use crate::store::jobs::Job;
use crate::store::leases::Duty;
use crate::store::{
    self, QueryResult, Tx, activities, attachments, idempotency, mail_links, outcomes, receipts,
    tombstones, visitors,
};

/// How often the schedule looks at the clock.
const LOOK_EVERY: Duration = Duration::from_mins(1);
/// How often everything is tidied up, in milliseconds.
const TIDY_EVERY: i64 = HOUR;
/// How often it is counted what trends, in milliseconds.
const COUNT_EVERY: i64 = 5 * MINUTE;
/// Rows that one write removes at most, so that other writes do not wait long.
const AT_ONCE: i64 = 500;
/// How many times longer than others deletions and the like wait for a peer: posts that were missed are old one day, a
/// post that should be gone is not.
const LASTING_KEPT: i64 = 4;
/// Documents that one write forgets at most: each goes with an outcome for each of its recipients.
const DOCUMENTS_AT_ONCE: i64 = 25;
/// How long ended items of the inbox are kept, in milliseconds: they make repetitions known, and show what was wrong.
const RECEIPTS_KEPT: i64 = 30 * DAY;
/// How long it is remembered what others deleted or undid, in milliseconds: as long as what they sent before may still
/// come.
const TOMBSTONES_KEPT: i64 = 90 * DAY;
/// How long the keys of repeated requests are kept, in milliseconds.
const IDEMPOTENCY_KEYS_KEPT: i64 = DAY;
/// How long it is remembered what an absence came to, in milliseconds.
const ABSENCES_KEPT: i64 = 90 * DAY;
/// Profiles whose links one write sends to be looked at.
const LINKS_AT_ONCE: i64 = 100;
/// How long it is remembered that a link was sent to an address, in milliseconds.
const LINKS_KEPT: i64 = DAY;
/// How long a sign-up may wait for the confirmation of its address, in milliseconds.
const UNCONFIRMED_KEPT: i64 = 7 * DAY;
/// How long it is kept how links were used, in milliseconds.
const LINK_USES_KEPT: i64 = 30 * DAY;
/// How long an upload may wait for its post, in milliseconds.
const UPLOADS_KEPT: i64 = DAY;

/// What was tidied up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tidied {
    /// Deliveries that waited too long.
    pub deliveries: usize,
    /// Documents of which nobody is told any more what became of them.
    pub activities: usize,
    /// Ended items of the inbox.
    pub receipts: usize,
    /// Memories of what others deleted or undid.
    pub tombstones: usize,
    /// Keys of repeated requests.
    pub idempotency_keys: usize,
    /// Uploads that were never posted.
    pub uploads: usize,
    /// Absences of long ago.
    pub absences: usize,
    /// Files of other servers for which there is no room, and old failures to fetch one.
    pub remote_files: usize,
    /// Links of mails that have ended.
    pub mail_links: usize,
    /// Sign-ups whose address was never confirmed.
    pub unconfirmed: usize,
    /// Profiles whose links are looked at again.
    pub links: usize,
    /// How hashtags were used long ago.
    pub tag_uses: usize,
    /// How links were used long ago.
    pub link_uses: usize,
    /// Memories of from where and when people used the node.
    pub visits: usize,
    /// Sign-ups of long ago that met a blocked domain.
    pub attempts: usize,
}

/// Tidies up when it is time, until `stop` becomes true.
pub(super) async fn run(node: Node, mut stop: watch::Receiver<bool>) {
    let mut look = tokio::time::interval(LOOK_EVERY);
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let (mut due, mut count_due) = (0, 0);
    while !*stop.borrow() {
        tokio::select! {
            _ = look.tick() => {
                if let Err(error) = absences::beat(&node).await {
                    store::report(&error, "that this node lives could not be noted");
                }
                if let Err(error) = announcements::run_due(&node).await {
                    store::report(&error, "announcements could not be published and withdrawn");
                }
                let now = node.clock.now();
                if now >= count_due && is_on_duty(&node).await {
                    count_due = now + COUNT_EVERY;
                    if let Err(error) = trends::refresh(&node).await {
                        store::report(&error, "what trends could not be counted");
                    }
                }
                if now >= due && is_on_duty(&node).await {
                    due = now + TIDY_EVERY;
                    if let Err(error) = tidy(&node).await {
                        store::report(&error, "tidying up failed");
                    }
                }
            }
            changed = stop.changed() => if changed.is_err() { return },
        }
    }
}

/// Whether this process is the one that tidies up for all; no when that cannot be found out.
async fn is_on_duty(node: &Node) -> bool {
    let has_duty = node.db.has_duty(Duty::Schedule).await;
    has_duty.unwrap_or_else(|error| {
        store::report(&error, "whose turn it is to tidy up could not be found out");
        false
    })
}

/// Does every chore once.
///
/// # Errors
/// Whatever the database says.
pub async fn tidy(node: &Node) -> QueryResult<Tidied> {
    Ok(Tidied {
        deliveries: expire_deliveries(node).await?,
        activities: forget_activities(node).await?,
        receipts: prune_receipts(node).await?,
        tombstones: prune_tombstones(node).await?,
        idempotency_keys: prune_idempotency_keys(node).await?,
        uploads: remove_abandoned_uploads(node).await?,
        absences: prune_absences(node).await?,
        remote_files: tidy_remote_files(node).await?,
        mail_links: prune_mail_links(node).await?,
        unconfirmed: forget_unconfirmed(node).await?,
        links: check_links(node).await?,
        tag_uses: prune_tag_uses(node).await?,
        link_uses: prune_link_uses(node).await?,
        visits: prune_visits(node).await?,
        attempts: in_pieces(node, |tx| blocked_sign_ups::forget(tx, AT_ONCE)).await?,
    })
}

async fn expire_deliveries(node: &Node) -> QueryResult<usize> {
    let kept = i64::from(node.config.federation.delivery_retention_days) * DAY;
    let ordinary = in_pieces(node, move |tx| {
        let horizon = tx.now() - kept;
        outcomes::expire(tx, false, horizon, AT_ONCE)
    });
    let lasting = in_pieces(node, move |tx| {
        let horizon = tx.now() - kept * LASTING_KEPT;
        outcomes::expire(tx, true, horizon, AT_ONCE)
    });
    Ok(ordinary.await? + lasting.await?)
}

async fn forget_activities(node: &Node) -> QueryResult<usize> {
    let kept = i64::from(node.config.federation.receipts_retention_days) * DAY;
    in_pieces(node, move |tx| {
        let before = tx.now() - kept;
        activities::prune_delivered(tx, before, DOCUMENTS_AT_ONCE)
    })
    .await
}

async fn prune_receipts(node: &Node) -> QueryResult<usize> {
    in_pieces(node, |tx| {
        let before = tx.now() - RECEIPTS_KEPT;
        receipts::prune(tx, before, AT_ONCE)
    })
    .await
}

/// What was deleted here stays known, since it is answered with 410.
async fn prune_tombstones(node: &Node) -> QueryResult<usize> {
    let here = format!("{}/", node.urls.origin());
    in_pieces(node, move |tx| {
        let before = tx.now() - TOMBSTONES_KEPT;
        tombstones::prune(tx, before, &here, AT_ONCE)
    })
    .await
}

/// Repeats a write that removes a limited number of rows until it finds none; gives the number removed.
async fn in_pieces(
    node: &Node,
    remove: impl Fn(&mut Tx<'_>) -> QueryResult<usize> + Clone + Send + 'static,
) -> QueryResult<usize> {
    let mut removed = 0;
    loop {
        match node.db.write_later(remove.clone()).await? {
            0 => return Ok(removed),
            some => removed += some,
        }
    }
}

async fn prune_visits(node: &Node) -> QueryResult<usize> {
    let prune = |tx: &mut Tx| -> QueryResult<usize> {
        let before = tx.now() - VISITS_KEPT;
        Ok(visitors::prune_addresses(tx, before)? + visitors::prune_days(tx, before)?)
    };
    node.db.write_later(prune).await
}

async fn prune_absences(node: &Node) -> QueryResult<usize> {
    let prune = |tx: &mut Tx| {
        let before = tx.now() - ABSENCES_KEPT;
        store::absences::prune(tx, before)
    };
    node.db.write_later(prune).await
}

async fn tidy_remote_files(node: &Node) -> QueryResult<usize> {
    let here = node.clone();
    in_pieces(node, move |tx| remote_files::tidy(tx, &here)).await
}

async fn prune_mail_links(node: &Node) -> QueryResult<usize> {
    in_pieces(node, |tx| {
        let before = tx.now() - LINKS_KEPT;
        mail_links::prune(tx, before, AT_ONCE)
    })
    .await
}

async fn prune_link_uses(node: &Node) -> QueryResult<usize> {
    in_pieces(node, |tx| {
        let before = day_of(tx.now() - LINK_USES_KEPT);
        store::links::prune(tx, before, AT_ONCE)
    })
    .await
}

async fn prune_tag_uses(node: &Node) -> QueryResult<usize> {
    in_pieces(node, |tx| {
        let before = day_of(tx.now() - TAG_USES_KEPT);
        store::tag_uses::prune(tx, before, AT_ONCE)
    })
    .await
}

/// Where no mail is sent nobody can confirm an address, so nobody is forgotten for not doing so.
async fn forget_unconfirmed(node: &Node) -> QueryResult<usize> {
    if !node.mail.is_on() {
        return Ok(0);
    }
    in_pieces(node, |tx| {
        let before = tx.now() - UNCONFIRMED_KEPT;
        users::forget_unconfirmed(tx, before, AT_ONCE)
    })
    .await
}

/// Whether the pages that profiles name still link back.
async fn check_links(node: &Node) -> QueryResult<usize> {
    in_pieces(node, |tx| accounts::plan_due_links(tx, LINKS_AT_ONCE)).await
}

async fn prune_idempotency_keys(node: &Node) -> QueryResult<usize> {
    let prune = |tx: &mut Tx| {
        let before = tx.now() - IDEMPOTENCY_KEYS_KEPT;
        idempotency::prune(tx, before)
    };
    node.db.write_later(prune).await
}

async fn remove_abandoned_uploads(node: &Node) -> QueryResult<usize> {
    in_pieces(node, |tx| {
        let before = tx.now() - UPLOADS_KEPT;
        let abandoned = attachments::list_abandoned(tx, before, AT_ONCE)?;
        for attachment in &abandoned {
            attachments::delete(tx, attachment.id)?;
        }
        let count = abandoned.len();
        let keys: Vec<String> = abandoned
            .iter()
            .flat_map(attachments::Attachment::blob_keys)
            .collect();
        if !keys.is_empty() {
            tx.queue(&Job::RemoveBlobs { keys })?;
        }
        Ok(count)
    })
    .await
}
