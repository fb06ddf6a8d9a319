//! Wakes a consumer: by an event, now and then for what nobody told, and to stop.

use std::time::Duration;

use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{broadcast, watch};
use tokio::time::{Interval, MissedTickBehavior};

use crate::node::Node;
use crate::store::Event;

/// How often a consumer looks unasked: for what came due, and for what other processes queued.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// What wakes one consumer.
pub(super) struct Bell {
    event: Event,
    events: broadcast::Receiver<Event>,
    look: Interval,
    stop: watch::Receiver<bool>,
}

impl Bell {
    /// A bell for this event. Its first ring comes at once.
    pub(super) fn new(node: &Node, event: Event, stop: watch::Receiver<bool>) -> Self {
        let mut look = tokio::time::interval(LOOK_EVERY);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self {
            event,
            events: node.db.listen(),
            look,
            stop,
        }
    }

    /// Waits until there may be something to do; false when it is time to stop. May be dropped and called again.
    pub(super) async fn ring(&mut self) -> bool {
        loop {
            if *self.stop.borrow() {
                return false;
            }
            tokio::select! {
                event = self.events.recv() => match event {
                    Ok(event) if event == self.event || event == Event::Missed => return true,
                    Ok(_) => {}
                    Err(RecvError::Lagged(_)) => return true,
                    Err(RecvError::Closed) => return false,
                },
                _ = self.look.tick() => return true,
                changed = self.stop.changed() => if changed.is_err() { return false },
            }
        }
    }
}
