//! Received activities: different actors at the same time, one actor's in the order in which they came. One that fails
//! never stops the others: it is tried again for about a day, then kept with its reason.

use super::bell::Bell;
use super::desk::Desk;
use crate::federation::activities::Verdict;
use crate::node::Node;
use crate::store::receipts::Receipt;
use crate::store::{self, QueryResult};

/// Applies activities whenever the bell rings, until it is time to stop; then lets those under way end.
pub(super) async fn run<A, V>(node: Node, mut bell: Bell, apply: A)
where
    A: Fn(Node, Receipt) -> V,
    V: Future<Output = Verdict> + Send + 'static,
{
    let mut desk = Desk::new(node, apply);
    loop {
        desk.claim();
        desk.record();
        tokio::select! {
            Some(news) = desk.next() => {
                if let Err(error) = desk.take(news) {
                    store::report(&error, "received activities could not be claimed or ended");
                }
            }
            more = bell.ring() => {
                if !more {
                    break;
                }
                desk.expect_more();
            }
        }
    }
    desk.close().await;
}

/// Applies every activity that is due; tells how many were tried.
///
/// # Errors
/// Whatever the database says.
pub(super) async fn work_off<A, V>(node: &Node, apply: A) -> QueryResult<usize>
where
    A: Fn(Node, Receipt) -> V,
    V: Future<Output = Verdict> + Send + 'static,
{
    let mut desk = Desk::new(node.clone(), apply);
    loop {
        let before = desk.tried();
        desk.expect_more();
        loop {
            desk.claim();
            desk.record();
            let Some(news) = desk.next().await else {
                break;
            };
            desk.take(news)?;
        }
        if desk.tried() == before {
            return Ok(before);
        }
    }
}
