//! The loop that reads news and hands them to the hub's readers: at once when it was quiet, else in batches.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use actix_web::web::Bytes;
use tokio::sync::broadcast::error::{RecvError, TryRecvError};
use tokio::sync::broadcast::{self, Receiver};
use tokio::time::{Instant, Interval, MissedTickBehavior, interval, sleep};

use super::frames;
use super::hub::{Hub, Position, Roll, Style};
use crate::api::render::View;
use crate::clock::MINUTE;
use crate::node::Node;
use crate::social::tokens;
use crate::store::news::{self, News};
use crate::store::{Event, QueryResult, Tx};

/// How often it looks unasked: for what other processes wrote, and for tokens that became void.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// The least time between two batches: what arrives within it is told together.
const BREATH: Duration = Duration::from_millis(20);
/// About what it costs to write to one reader. Many readers are told less often, but more at once: a write costs the
/// same for one event as for ten.
const A_WRITE: Duration = Duration::from_micros(30);
/// The longest time between two batches. A batch that was dear is followed by a rest of its own length, so that
/// streams never take more than half of a reader's time.
const LONGEST_BREATH: Duration = Duration::from_millis(250);
/// News of one batch at most.
const BATCH: usize = 200;
/// Events that become one piece of bytes at most.
const TOGETHER: usize = 16;
/// How long a lower id is waited for when a higher one is there, as transactions of other processes take.
const PATIENCE: Duration = Duration::from_secs(30);
/// Missing ids that are waited for at most.
const MOST_MISSING: i64 = 1_000;
/// How long news are kept for those who come back, in milliseconds.
const KEPT: i64 = 15 * MINUTE;
/// How often older ones are removed.
const PRUNE_EVERY: Duration = Duration::from_secs(30);
/// News that one write removes at most, so that other writes do not wait long.
const PRUNED_AT_ONCE: usize = 500;

/// How far the news have been read.
#[derive(Debug, Default)]
pub struct Reading {
    last: i64,
    missing: BTreeMap<i64, Instant>,
}

impl Reading {
    /// Begins behind what there is, and notes what may still come of lower ids.
    ///
    /// # Errors
    /// Whatever the database says.
    pub async fn begin(hub: &Hub, node: &Node) -> QueryResult<Self> {
        let ids = node
            .db
            .read(|conn| {
                let newest = news::newest(conn)?;
                news::list_ids(conn, newest - MOST_MISSING)
            })
            .await?;
        let mut reading = Self {
            last: ids.first().map_or(0, |first| first - 1),
            missing: BTreeMap::new(),
        };
        reading.take(ids.into_iter(), Instant::now());
        hub.advance(reading.position());
        Ok(reading)
    }

    /// Notes ids that were read, in order.
    fn take(&mut self, ids: impl Iterator<Item = i64>, now: Instant) {
        for id in ids {
            if id <= self.last {
                self.missing.remove(&id);
                continue;
            }
            let first = (self.last + 1).max(id - MOST_MISSING);
            self.missing.extend((first..id).map(|gap| (gap, now)));
            self.last = id;
        }
        self.missing.retain(|_, since| now - *since < PATIENCE);
    }

    fn position(&self) -> Position {
        let gap = self.missing.first_key_value();
        Position {
            last: self.last,
            safe: gap.map_or(self.last, |(gap, _)| gap - 1),
        }
    }
}

/// Tells the hub's readers what happens, until the hub is closed.
pub async fn run(hub: Hub, node: Node, reading: Reading) {
    let mut closing = hub.closing();
    tokio::select! {
        () = tell(&hub, &node, reading) => {}
        () = prune(&node) => {}
        _ = closing.wait_for(|is_closing| *is_closing) => {}
    }
}

async fn tell(hub: &Hub, node: &Node, mut reading: Reading) {
    let mut events = node.db.listen();
    let mut look = ticks(LOOK_EVERY);
    loop {
        let heard = hear(&mut events, &mut look).await;
        if heard.is_closed {
            return;
        }
        if heard.access {
            shut_out(hub, node).await;
        }
        if !heard.news {
            continue;
        }
        let began = Instant::now();
        loop {
            match deliver(hub, node, &mut reading).await {
                Ok(count) if count < BATCH => break,
                Ok(_) => shut_out(hub, node).await,
                Err(error) => {
                    tracing::error!(%error, "streams cannot be told what happens");
                    hub.break_off();
                    break;
                }
            }
        }
        let rest = began.elapsed().max(breath(hub.count()));
        sleep(rest.min(LONGEST_BREATH)).await;
    }
}

/// The least time between two batches for so many readers.
fn breath(readers: usize) -> Duration {
    let writing = A_WRITE.saturating_mul(u32::try_from(readers).unwrap_or(u32::MAX));
    BREATH.max(writing)
}

fn ticks(every: Duration) -> Interval {
    let mut ticks = interval(every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}

/// What there is to look at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Heard {
    news: bool,
    access: bool,
    is_closed: bool,
}

impl Heard {
    const ALL: Self = Self {
        news: true,
        access: true,
        is_closed: false,
    };

    fn note(&mut self, event: Event) {
        self.news |= matches!(event, Event::News | Event::Missed);
        self.access |= matches!(event, Event::Access | Event::Missed);
    }
}

/// Waits for an event or the next look, and takes all events that are there.
async fn hear(events: &mut Receiver<Event>, look: &mut Interval) -> Heard {
    let mut heard = Heard::default();
    tokio::select! {
        event = events.recv() => match event {
            Ok(event) => heard.note(event),
            Err(RecvError::Lagged(_)) => heard = Heard::ALL,
            Err(RecvError::Closed) => heard.is_closed = true,
        },
        _ = look.tick() => heard = Heard::ALL,
    }
    loop {
        match events.try_recv() {
            Ok(event) => heard.note(event),
            Err(TryRecvError::Lagged(_)) => heard = Heard::ALL,
            Err(broadcast::error::TryRecvError::Empty | TryRecvError::Closed) => return heard,
        }
    }
}

/// Ends the streams whose tokens open nothing any more.
async fn shut_out(hub: &Hub, node: &Node) {
    let open = hub.tokens();
    if open.is_empty() {
        return;
    }
    let void = node
        .db
        .read(move |conn| tokens::list_void(conn, &open))
        .await;
    match void {
        Ok(void) if void.is_empty() => {}
        Ok(void) => hub.shut_out(&void),
        Err(error) => {
            // Who may not listen any more must not, so nobody does.
            tracing::error!(%error, "the tokens of streams cannot be checked");
            hub.break_off();
        }
    }
}

/// Hands one batch of news to those who hear it; tells how many there were.
async fn deliver(hub: &Hub, node: &Node, reading: &mut Reading) -> QueryResult<usize> {
    let (last, missing) = (reading.last, reading.missing.keys().copied().collect());
    let rows = read(node, last, missing).await?;
    let count = rows.iter().filter(|piece| piece.id > last).count();
    reading.take(rows.iter().map(|piece| piece.id), Instant::now());
    let position = reading.position();
    let roll = hub.advance(position);
    if rows.is_empty() || roll.lines.is_empty() {
        return Ok(count);
    }
    let view = View::of(node, None);
    let readers = roll.clone();
    let frames = node
        .db
        .read(move |conn| frames::compose(conn, &view, &readers, &rows, position.safe))
        .await?;
    hand_out(&roll, frames);
    Ok(count)
}

/// Puts the frames of one batch before their readers. Events of one reader that come together are one piece of bytes,
/// which readers who get the same ones share; messages of a socket stay apart.
fn hand_out(roll: &Roll, frames: Vec<(usize, Bytes)>) {
    let mut heard: BTreeMap<usize, Vec<Bytes>> = BTreeMap::new();
    for (reader, frame) in frames {
        heard.entry(reader).or_default().push(frame);
    }
    let mut joined: HashMap<Vec<*const u8>, Bytes> = HashMap::new();
    for (reader, frames) in heard {
        let Some(line) = roll.lines.get(reader) else {
            continue;
        };
        let together = match line.style {
            Style::Events => TOGETHER,
            Style::Socket => 1,
        };
        for some in frames.chunks(together) {
            if let [one] = some {
                line.mailbox.push(one.clone());
                continue;
            }
            let same: Vec<*const u8> = some.iter().map(|frame| frame.as_ptr()).collect();
            let piece = joined
                .entry(same)
                .or_insert_with(|| Bytes::from(some.concat()));
            line.mailbox.push(piece.clone());
        }
    }
}

async fn read(node: &Node, last: i64, missing: Vec<i64>) -> QueryResult<Vec<News>> {
    let limit = i64::try_from(BATCH).unwrap_or(i64::MAX);
    let read = move |conn: &mut _| news::list(conn, last, i64::MAX, &missing, limit);
    node.db.read(read).await
}

/// Forgets what nobody comes back for any more.
async fn prune(node: &Node) {
    let mut look = ticks(PRUNE_EVERY);
    let limit = i64::try_from(PRUNED_AT_ONCE).unwrap_or(i64::MAX);
    loop {
        look.tick().await;
        let prune = move |tx: &mut Tx| {
            let before = tx.now() - KEPT;
            news::prune(tx, before, limit)
        };
        loop {
            match node.db.write(prune).await {
                Ok(count) if count >= PRUNED_AT_ONCE => {}
                Ok(_) => break,
                Err(error) => {
                    tracing::error!(%error, "old news cannot be removed");
                    break;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::hub::Line;
    use super::*;
    use crate::id::{AccountId, TokenId};

    #[tokio::test]
    async fn events_of_one_batch_are_one_piece_that_readers_share() {
        let line = |style| Line {
            viewer: AccountId(1),
            token: TokenId(1),
            style,
            channels: Vec::new(),
            mailbox: Arc::default(),
        };
        let styles = [Style::Events, Style::Events, Style::Socket, Style::Events];
        let roll = Roll::of(styles.map(line).to_vec());
        let [a, b] = [Bytes::from("a".repeat(9)), Bytes::from("b".repeat(9))];
        let mut frames = vec![(3, b.clone())];
        for reader in 0..3 {
            frames.extend([(reader, a.clone()), (reader, b.clone())]);
        }
        hand_out(&roll, frames);
        let mut heard = Vec::new();
        for line in &roll.lines {
            heard.push(line.mailbox.take(usize::MAX));
        }
        let both = Bytes::from([&a[..], &b[..]].concat());
        let expected = [vec![both.clone()], vec![both], vec![a, b.clone()], vec![b]];
        assert_eq!(heard, expected);
        assert_eq!(heard[0][0].as_ptr(), heard[1][0].as_ptr());
        assert_eq!(
            (breath(3), breath(3_000)),
            (BREATH, Duration::from_millis(90))
        );
    }

    #[test]
    fn an_id_that_is_missing_holds_back_what_readers_come_back_with() {
        let (mut reading, now) = (Reading::default(), Instant::now());
        let position = |last, safe| Position { last, safe };
        for (ids, later, expected) in [
            (vec![1, 2], 0, position(2, 2)),
            (vec![4, 6], 0, position(6, 2)),
            (vec![3], 0, position(6, 4)),
            (vec![7], 10, position(7, 4)),
            (vec![], 31, position(7, 7)),
            (vec![5], 31, position(7, 7)),
            (vec![10_000], 32, position(10_000, 8_999)),
        ] {
            reading.take(ids.clone().into_iter(), now + Duration::from_secs(later));
            assert_eq!(reading.position(), expected, "{ids:?}");
        }
    }
}
