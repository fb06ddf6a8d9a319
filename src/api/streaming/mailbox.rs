//! What waits to be sent to one reader: bounded, so that a slow reader costs no memory.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::Poll;

use actix_web::web::Bytes;
use futures_util::task::AtomicWaker;

/// Bytes that may wait for one reader. The bytes themselves are shared by all readers that get the same.
const LARGEST: usize = 1 << 20;

/// Why a stream ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// The reader took what it was sent too slowly.
    TooSlow,
    /// Its token opens nothing any more.
    NoAccess,
    /// The node stops, or could not read what there was to tell.
    Stopping,
}

impl End {
    /// What the reader is told.
    pub(super) fn sentence(self) -> &'static str {
        match self {
            Self::TooSlow => "too slow: come back with the id of the last event",
            Self::NoAccess => "the access token is not valid any more",
            Self::Stopping => "the node stops: come back with the id of the last event",
        }
    }
}

/// What waits for one reader.
#[derive(Debug, Default)]
pub(super) struct Mailbox {
    inside: Mutex<Inside>,
    reader: AtomicWaker,
}

#[derive(Debug, Default)]
struct Inside {
    frames: VecDeque<Bytes>,
    size: usize,
    end: Option<End>,
}

impl Mailbox {
    /// Adds a frame; one that finds no room ends the stream.
    pub(super) fn push(&self, frame: Bytes) {
        let mut inside = self.lock();
        if inside.end.is_some() {
            return;
        }
        if inside.size + frame.len() > LARGEST {
            inside.finish(End::TooSlow);
        } else {
            inside.size += frame.len();
            inside.frames.push_back(frame);
        }
        drop(inside);
        self.reader.wake();
    }

    /// Ends the stream; what waits is not sent any more, but for that of a node that stops.
    pub(super) fn close(&self, end: End) {
        self.lock().finish(end);
        self.reader.wake();
    }

    /// The next frame, or why there is none any more. May be dropped and called again.
    pub(super) async fn next(&self) -> Result<Bytes, End> {
        poll_fn(|context| {
            self.reader.register(context.waker());
            let mut inside = self.lock();
            if let Some(frame) = inside.frames.pop_front() {
                inside.size -= frame.len();
                return Poll::Ready(Ok(frame));
            }
            // What a burst needed is not kept by a reader that is quiet again.
            inside.frames = VecDeque::new();
            match inside.end {
                Some(end) => Poll::Ready(Err(end)),
                None => Poll::Pending,
            }
        })
        .await
    }

    /// Takes out what waits, up to about `most` bytes.
    pub(super) fn take(&self, most: usize) -> Vec<Bytes> {
        let mut inside = self.lock();
        let (mut taken, mut size) = (Vec::new(), 0);
        while size < most
            && let Some(frame) = inside.frames.pop_front()
        {
            size += frame.len();
            taken.push(frame);
        }
        inside.size -= size;
        taken
    }

    fn lock(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inside {
    fn finish(&mut self, end: End) {
        if self.end.is_some() {
            return;
        }
        self.end = Some(end);
        if end != End::Stopping {
            self.frames = VecDeque::new();
            self.size = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn frames_come_in_order_and_the_end_last() {
        let mailbox = Mailbox::default();
        for text in ["a", "b", "c"] {
            mailbox.push(Bytes::from_static(text.as_bytes()));
        }
        assert_eq!(mailbox.next().await, Ok(Bytes::from_static(b"a")));
        assert_eq!(mailbox.take(1), [Bytes::from_static(b"b")]);
        mailbox.close(End::Stopping);
        mailbox.push(Bytes::from_static(b"d"));
        assert_eq!(mailbox.next().await, Ok(Bytes::from_static(b"c")));
        assert_eq!(mailbox.next().await, Err(End::Stopping));
    }

    #[tokio::test]
    async fn a_reader_that_takes_nothing_is_cut_off_and_holds_nothing() {
        let mailbox = Mailbox::default();
        let frame = Bytes::from(vec![b'x'; LARGEST / 4]);
        for _ in 0..5 {
            mailbox.push(frame.clone());
        }
        assert_eq!(mailbox.next().await, Err(End::TooSlow));
        assert_eq!(mailbox.lock().size, 0);
    }

    #[tokio::test]
    async fn nothing_follows_the_loss_of_access() {
        let mailbox = Mailbox::default();
        mailbox.push(Bytes::from_static(b"secret"));
        mailbox.close(End::NoAccess);
        mailbox.close(End::Stopping);
        assert_eq!(mailbox.next().await, Err(End::NoAccess));
    }
}
