//! Catching up after an absence: a few peers at a time, each a visit that goes on where the last one ended.

use std::collections::HashSet;

use tokio::sync::watch;

use super::bell::Bell;
use super::crew::Crew;
use crate::clock::{MINUTE, SECOND};
use crate::federation::catch_up::{self, Pace};
use crate::id::AbsenceId;
use crate::node::Node;
use crate::social::absences;
use crate::store::absences::Host;
use crate::store::leases::Duty;
use crate::store::{self, Conn, QueryResult, Trouble, Tx};

/// Peers that are asked at the same time.
const AT_ONCE: usize = 8;
/// How often the log says how far it has come, in milliseconds.
const WORD_EVERY: i64 = MINUTE;

/// How long no peer is asked after something could not be stored, in milliseconds.
const REST: i64 = 10 * SECOND;

/// Notes that this node lives; if it was away for long, what it missed will be pulled.
///
/// # Errors
/// Whatever the database says.
pub async fn arrive(node: &Node) -> QueryResult<Option<AbsenceId>> {
    let after = minutes(node);
    node.db.write(move |tx| absences::arrive(tx, after)).await
}

/// Notes that this node lives still.
///
/// # Errors
/// Whatever the database says.
pub async fn beat(node: &Node) -> QueryResult<()> {
    node.db.write(absences::beat).await
}

/// Plans what is to be pulled after an absence.
///
/// # Errors
/// Whatever the database says.
pub(super) async fn plan(node: &Node, absence: AbsenceId) -> QueryResult<()> {
    let after = minutes(node);
    let plan = move |tx: &mut Tx| absences::plan(tx, absence, after);
    node.db.write(plan).await
}

/// After how many minutes away there is something to pull; a node that talks with nobody missed nothing.
fn minutes(node: &Node) -> u32 {
    let federation = &node.config.federation;
    if federation.enabled {
        federation.catch_up_after_minutes
    } else {
        0
    }
}

type Place = (AbsenceId, String);

/// Asks peers whenever the bell rings, until it is time to stop; then lets the pages under way end.
pub(super) async fn run(node: Node, mut bell: Bell, stop: watch::Receiver<bool>) {
    let mut visits = Visits {
        node: node.clone(),
        stop,
        crew: Crew::new(),
        in_hand: HashSet::new(),
        is_doubtful: true,
        rests_until: 0,
    };
    let mut spoke_at = node.clock.now();
    loop {
        if let Err(error) = visits.fill().await {
            store::report(&error, "peers to be asked could not be claimed");
        }
        tokio::select! {
            Some((place, end)) = visits.crew.next() => {
                visits.close(&place, end);
                if node.clock.now() - spoke_at >= WORD_EVERY {
                    spoke_at = node.clock.now();
                    say(&node, place.0).await;
                }
            }
            more = bell.ring() => if !more { break },
        }
    }
    while let Some((place, end)) = visits.crew.next().await {
        visits.close(&place, end);
    }
}

/// The visits under way.
struct Visits {
    node: Node,
    stop: watch::Receiver<bool>,
    crew: Crew<Place, QueryResult<()>>,
    in_hand: HashSet<Place>,
    /// Peers may be claimed by nobody who lives: by another process that did this before, or by a visit of which nothing
    /// could be written down.
    is_doubtful: bool,
    /// Nobody is asked before this instant (milliseconds): what they would say could not be stored.
    rests_until: i64,
}

impl Visits {
    /// Begins to ask as many peers as there is room for, if that is what this process does for all.
    async fn fill(&mut self) -> QueryResult<()> {
        let node = &self.node;
        let room = AT_ONCE.saturating_sub(self.crew.len());
        let rests = node.clock.now() < self.rests_until;
        if room == 0 || rests || *self.stop.borrow() {
            return Ok(());
        }
        if !node.db.has_duty(Duty::CatchUp).await? {
            self.is_doubtful = true;
            return Ok(());
        }
        if self.is_doubtful {
            node.db.write(store::absences::release).await?;
            self.is_doubtful = false;
        }
        if !node.db.read(has_due(node.clock.now())).await? {
            return Ok(());
        }
        for host in catch_up::claim(node, i64::try_from(room).unwrap_or(1)).await? {
            let place = (host.absence_id, host.host.clone());
            // One that takes longer than its lease is claimed again by the one who is at it.
            if self.in_hand.insert(place.clone()) {
                let (node, stop) = (node.clone(), self.stop.clone());
                let work = async move {
                    catch_up::visit(&node, &host, Pace::Polite, || *stop.borrow()).await
                };
                self.crew.start(place, work);
            }
        }
        Ok(())
    }

    fn close(&mut self, place: &Place, end: Result<QueryResult<()>, String>) {
        self.in_hand.remove(place);
        let host = &place.1;
        match end {
            Ok(Ok(())) => {}
            Ok(Err(error)) => {
                if Trouble::of(&error).is_some() {
                    self.is_doubtful = true;
                    self.rests_until = self.node.clock.now() + REST;
                }
                let what = format!("what {host} was asked could not be written");
                store::report(&error, &what);
            }
            Err(error) => tracing::error!(host, error, "asking a peer broke off"),
        }
    }
}

/// Whether any peer is to be asked: looking costs no write.
fn has_due(now: i64) -> impl FnOnce(&mut Conn) -> QueryResult<bool> {
    move |conn| store::absences::is_due(conn, now)
}

async fn say(node: &Node, absence: AbsenceId) {
    let look = move |conn: &mut Conn| absences::find(conn, absence);
    if let Ok(Some(report)) = node.db.read(look).await
        && report.absence.ended_at.is_none()
    {
        tracing::info!("{}", report.sentence());
    }
}

/// Asks every peer that is due; tells how many those were.
///
/// # Errors
/// Whatever the database says.
pub(super) async fn work_off(node: &Node) -> QueryResult<usize> {
    let due: Vec<Host> = catch_up::claim(node, 1_000).await?;
    for host in &due {
        catch_up::visit(node, host, Pace::Brisk, || false).await?;
    }
    Ok(due.len())
}
