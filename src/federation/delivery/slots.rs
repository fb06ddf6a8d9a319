//! How many requests are under way at the same time, so that no peer holds what another needs.
//!
//! A request to a peer that is up starts with a quick slot. If it is not answered soon, it moves to a slow slot and
//! gives the quick one to the next: peers that hang fill slow slots, and a lane that waits for slow answers starts
//! nothing new once its own window is full. Peers that are down are tried with probe slots only.

use std::future::Future;
use std::pin::pin;
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::time::timeout;

/// How long a request may take before it counts as slow.
const QUICK: Duration = Duration::from_millis(250);
/// Slow slots for each quick one.
const SLOW_FOR_EACH: usize = 4;

/// The slots of one process.
pub(super) struct Slots {
    quick: Semaphore,
    slow: Semaphore,
    probes: Semaphore,
}

impl Slots {
    /// As many quick slots as `in_flight`, and others in proportion.
    pub(super) fn new(in_flight: usize) -> Self {
        Self {
            quick: Semaphore::new(in_flight),
            slow: Semaphore::new(in_flight.saturating_mul(SLOW_FOR_EACH)),
            probes: Semaphore::new((in_flight / 2).max(1)),
        }
    }

    /// Carries out a request to a peer that is up, as soon as there is a slot.
    pub(super) async fn send<T>(&self, request: impl Future<Output = T>) -> T {
        // The semaphores are never closed, so there is always a permit in the end.
        let quick = self.quick.acquire().await;
        let mut request = pin!(request);
        if let Ok(answer) = timeout(QUICK, &mut request).await {
            return answer;
        }
        let slow = self.slow.try_acquire();
        let _held = match slow {
            Ok(slow) => {
                drop(quick);
                Ok(slow)
            }
            Err(_) => quick,
        };
        request.await
    }

    /// Carries out a request to a peer that is down, as soon as there is a slot.
    pub(super) async fn probe<T>(&self, request: impl Future<Output = T>) -> T {
        let _probe = self.probes.acquire().await;
        request.await
    }
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use futures_util::FutureExt as _;

    use super::*;

    #[tokio::test]
    async fn requests_that_hang_leave_room_for_others() {
        let slots = Slots::new(2);
        let mut hanging: Vec<_> = (0..2)
            .map(|_| Box::pin(slots.send(pending::<()>())))
            .collect();
        for one in &mut hanging {
            assert!(one.now_or_never().is_none());
        }
        // Both hold their quick slots until the time is up, and slow ones then.
        let waiting = futures_util::future::join_all(&mut hanging);
        tokio::select! {
            _ = waiting => panic!("what hangs does not end"),
            answer = slots.send(async { 7 }) => assert_eq!(answer, 7),
        }
    }

    #[tokio::test]
    async fn probes_have_slots_of_their_own() {
        let slots = Slots::new(2);
        let mut probe = Box::pin(slots.probe(pending::<()>()));
        assert!((&mut probe).now_or_never().is_none());
        assert_eq!(slots.send(async { 1 }).await, 1);
        assert!(slots.probe(async { 2 }).now_or_never().is_none());
    }
}
