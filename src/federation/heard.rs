//! Peers that are heard of: the signed request of one that is down lets it be tried at once.
//!
//! The inbox does the same in the write that stores what came. Here are the requests that write nothing else.

use std::sync::LazyLock;

use quick_cache::sync::Cache;

use crate::clock::MINUTE;
use crate::id::AccountId;
use crate::node::Node;
use crate::store::{self, Conn, QueryResult, Tx, peers};

/// How often the rows are looked at for one account, in milliseconds.
const PAUSE: i64 = MINUTE;

/// When accounts were last heard of, by node and account.
static HEARD: LazyLock<Cache<String, i64>> = LazyLock::new(|| Cache::new(8_192));

/// Takes note of a verified request by an account.
pub(super) async fn note(node: &Node, account: AccountId) {
    if !is_news(node, account) {
        return;
    }
    // Whoever asks is answered in any case.
    if let Err(error) = hasten(node, account).await {
        tracing::warn!(%error, "a peer that was heard of could not be noted");
    }
}

fn is_news(node: &Node, account: AccountId) -> bool {
    let place = format!("{}\n{account}", node.urls.origin());
    let now = node.clock.now();
    let last = HEARD.get(&place);
    if last.is_some_and(|last| (0..PAUSE).contains(&(now - last))) {
        return false;
    }
    HEARD.insert(place, now);
    true
}

async fn hasten(node: &Node, account: AccountId) -> QueryResult<()> {
    let find = move |conn: &mut Conn| -> QueryResult<Option<String>> {
        let account = store::accounts::find(conn, account)?;
        let Some(domain) = account.and_then(|account| account.domain) else {
            return Ok(None);
        };
        let peer = peers::find_by_domain(conn, &domain)?;
        let down = peer.filter(|peer| peer.down_since.is_some());
        Ok(down.map(|peer| peer.domain))
    };
    let Some(domain) = node.db.read(find).await? else {
        return Ok(());
    };
    let hasten = move |tx: &mut Tx| peers::hasten(tx, &domain);
    node.db.write(hasten).await.map(drop)
}
