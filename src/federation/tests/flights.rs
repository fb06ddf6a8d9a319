//! One fetch at a time, whoever needs it.

use std::future::pending;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::FutureExt as _;
use futures_util::future::join_all;

use super::support::TestNode;
use crate::federation::fetch::FetchError;
use crate::federation::flights::Flights;

#[tokio::test]
async fn one_fetch_serves_all_and_one_that_breaks_off_is_taken_over() {
    let node = TestNode::start().await;
    let (flights, fetches) = (Flights::<u8>::default(), AtomicUsize::new(0));
    let fetch = |end: Result<u8, FetchError>| {
        let fetches = &fetches;
        async move {
            fetches.fetch_add(1, Ordering::Relaxed);
            tokio::task::yield_now().await;
            end
        }
    };
    let all = join_all((0..50).map(|_| flights.join(&node, "a", fetch(Ok(7))))).await;
    assert!(all.into_iter().all(|end| end.unwrap() == 7));
    assert_eq!(fetches.load(Ordering::Relaxed), 1);
    let failure = || Err(FetchError::Missing("nothing".to_owned()));
    let all = join_all((0..50).map(|_| flights.join(&node, "b", fetch(failure())))).await;
    assert!(all.into_iter().all(|end| end.is_err()));
    assert_eq!(
        fetches.load(Ordering::Relaxed),
        2,
        "failures are shared too"
    );

    let mut first = Box::pin(flights.join(&node, "a", pending()));
    assert!(first.as_mut().now_or_never().is_none());
    let mut second = Box::pin(flights.join(&node, "a", fetch(Ok(8))));
    assert!(second.as_mut().now_or_never().is_none());
    assert!(flights.has(&node, "a") && !flights.has(&node, "b"));
    drop(first);
    assert_eq!(second.await.unwrap(), 8);
    assert!(!flights.has(&node, "a"));
}
