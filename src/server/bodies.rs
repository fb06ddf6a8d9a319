//! Bodies of requests: none is larger than any route takes, and none arrives so slowly that it holds its
//! connection for ever. Routes have smaller limits of their own.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use actix_web::HttpMessage as _;
use actix_web::dev::{Payload, ServiceRequest};
use actix_web::error::PayloadError;
use actix_web::http::header::{CONTENT_LENGTH, TRANSFER_ENCODING};
use actix_web::web::Bytes;
use futures_util::Stream;
use tokio::time::{Instant, Sleep, sleep_until};

use crate::api::params::BodyLimits;
use crate::config::Config;

/// How long any body may take.
const GRACE: Duration = Duration::from_secs(30);

/// How many bytes buy one second more.
const BYTES_PER_SECOND: u64 = 8 * 1024;

/// What the parts of a form need besides the file.
const FORM_ROOM: usize = 1 << 20;

/// The limits of the client API.
pub(super) fn limits(config: &Config) -> BodyLimits {
    BodyLimits {
        multipart: config.media.image_size_limit_bytes + FORM_ROOM,
        // A picture may come with a video, to be shown in its place.
        media: config
            .media
            .video_size_limit_bytes
            .saturating_add(config.media.image_size_limit_bytes)
            .saturating_add(FORM_ROOM),
        ..BodyLimits::default()
    }
}

/// The largest body that any route takes, in bytes.
pub(super) fn largest(config: &Config) -> usize {
    let limits = limits(config);
    let inbox = config.federation.inbox_body_limit_bytes;
    limits
        .multipart
        .max(limits.media)
        .max(limits.other)
        .max(inbox)
}

/// Watches over the body of a request; `false` when it says itself that it is larger than `cap` bytes.
pub(super) fn watch(request: &mut ServiceRequest, cap: usize) -> bool {
    let length = request.headers().get(CONTENT_LENGTH);
    let length = length.and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if length.is_some_and(|length| length > cap) {
        return false;
    }
    let is_chunked = request.headers().contains_key(TRANSFER_ENCODING);
    if is_chunked || length.is_some_and(|length| length > 0) {
        let body = Watched {
            body: request.take_payload(),
            begun: Instant::now(),
            received: 0,
            cap,
            alarm: None,
        };
        let payload = Box::pin(body);
        request.set_payload(Payload::Stream { payload });
    }
    true
}

/// A body that ends with an error when it is too large or too slow.
struct Watched {
    body: Payload,
    begun: Instant,
    received: usize,
    cap: usize,
    alarm: Option<Pin<Box<Sleep>>>,
}

impl Watched {
    /// When the body must be complete, from what has come of it so far.
    fn deadline(&self) -> Instant {
        let received = u64::try_from(self.received).unwrap_or(u64::MAX);
        self.begun + GRACE + Duration::from_secs(received / BYTES_PER_SECOND)
    }

    fn take(&mut self, chunk: Bytes) -> Result<Bytes, PayloadError> {
        self.received = self.received.saturating_add(chunk.len());
        if self.received > self.cap {
            return Err(PayloadError::Overflow);
        }
        let deadline = self.deadline();
        if let Some(alarm) = &mut self.alarm {
            alarm.as_mut().reset(deadline);
        }
        Ok(chunk)
    }
}

impl Stream for Watched {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        match Pin::new(&mut this.body).poll_next(cx) {
            Poll::Ready(Some(Ok(chunk))) => Poll::Ready(Some(this.take(chunk))),
            Poll::Ready(end) => Poll::Ready(end),
            Poll::Pending => {
                let deadline = this.deadline();
                let alarm = this
                    .alarm
                    .get_or_insert_with(|| Box::pin(sleep_until(deadline)));
                alarm.as_mut().poll(cx).map(|()| {
                    let late = io::Error::new(io::ErrorKind::TimedOut, "the body came too slowly");
                    Some(Err(PayloadError::Io(late)))
                })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;
    use futures_util::{StreamExt, stream};

    use super::*;

    fn watched(chunks: impl Stream<Item = Bytes> + 'static, cap: usize) -> Watched {
        let payload = Box::pin(chunks.map(Ok));
        Watched {
            body: Payload::Stream { payload },
            begun: Instant::now(),
            received: 0,
            cap,
            alarm: None,
        }
    }

    #[test]
    fn a_body_that_says_that_it_is_too_large_is_not_read() {
        for (length, expected) in [(10, true), (11, false)] {
            let request = TestRequest::post().insert_header((CONTENT_LENGTH, length));
            let mut request = request.to_srv_request();
            assert_eq!(watch(&mut request, 10), expected, "{length}");
        }
    }

    #[tokio::test]
    async fn a_body_that_is_larger_than_it_said_breaks_off() {
        let chunks = || stream::iter([Bytes::from_static(b"12345"), Bytes::from_static(b"67890")]);
        let mut fits = watched(chunks(), 10);
        assert_eq!(fits.next().await.unwrap().unwrap(), "12345");
        assert_eq!(fits.next().await.unwrap().unwrap(), "67890");
        assert!(fits.next().await.is_none());
        let mut larger = watched(chunks(), 9);
        assert!(larger.next().await.unwrap().is_ok());
        let error = larger.next().await.unwrap().unwrap_err();
        assert!(matches!(error, PayloadError::Overflow), "{error}");
    }

    #[tokio::test]
    async fn a_body_that_stands_still_breaks_off() {
        let mut body = watched(stream::pending(), 10);
        body.begun -= GRACE;
        let error = body.next().await.unwrap().unwrap_err();
        assert!(matches!(error, PayloadError::Io(_)), "{error}");
    }

    #[test]
    fn what_arrives_buys_time() {
        let mut body = watched(stream::empty(), usize::MAX);
        let before = body.deadline();
        body.received = 10 * 8 * 1024;
        assert_eq!(body.deadline() - before, Duration::from_secs(10));
    }
}
