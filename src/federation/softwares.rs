//! What other servers run: asked of each now and then, while something is exchanged with it. It is shown to people and
//! decides nothing, so what cannot be had is not asked for again before its time.
//!
//! Source: <https://nodeinfo.diaspora.software/protocol>.

use url::Url;

use super::documents::node_infos::{Software, read_index, read_software};
use super::resolve::JobError;
use super::{failures, handles};
use crate::clock::DAY;
use crate::http::Fetch;
use crate::node::Node;
use crate::store::jobs::Job;
use crate::store::{QueryResult, Tx, peer_health};

/// How long what was said is believed, in milliseconds.
const BELIEVED: i64 = DAY;
/// The longest answer, in bytes.
const LONGEST: usize = 64 * 1024;
const ACCEPT: &str = "application/json";

/// Queues the question what a peer runs, unless it was asked lately.
pub(super) fn ask_now_and_then(tx: &mut Tx, peer: i64, domain: &str) -> QueryResult<()> {
    let before = tx.now() - BELIEVED;
    if peer_health::is_to_be_asked(tx, peer, before)? {
        let domain = domain.to_owned();
        tx.queue(&Job::LearnSoftware { domain })?;
    }
    Ok(())
}

/// Asks a server what it runs and notes it. A server that does not say keeps what it said before.
///
/// # Errors
/// Only of the database.
pub async fn learn(node: &Node, domain: &str) -> Result<(), JobError> {
    if !node.config.federation.enabled {
        return Ok(());
    }
    let Some(Software { name, version }) = ask(node, domain).await else {
        return Ok(());
    };
    let domain = domain.to_owned();
    node.db
        .write(move |tx| peer_health::record_software(tx, &domain, &name, version.as_deref()))
        .await
        .map_err(JobError::from)
}

async fn ask(node: &Node, domain: &str) -> Option<Software> {
    for scheme in handles::schemes(domain, node.config.federation.allow_http) {
        let index = Url::parse(&format!("{scheme}://{domain}/.well-known/nodeinfo")).ok()?;
        let Some((origin, body)) = get(node, domain, &index).await else {
            continue;
        };
        let href = Url::parse(&read_index(&body)?).ok()?;
        // Only the server itself says what it runs: others are not asked in its name.
        if href.origin() != origin && href.origin() != index.origin() {
            return None;
        }
        let (_, body) = get(node, domain, &href).await?;
        return read_software(&body);
    }
    None
}

async fn get(node: &Node, domain: &str, url: &Url) -> Option<(url::Origin, Vec<u8>)> {
    failures::spend(node, domain).ok()?;
    let fetch = Fetch {
        body_cap: Some(LONGEST),
        ..Fetch::new(url, ACCEPT)
    };
    match node.http.fetch(fetch).await {
        Ok(answer) if answer.is_success() => Some((answer.final_url.origin(), answer.body)),
        Ok(answer) => {
            tracing::debug!(%url, status = answer.status, "a server does not say what it runs");
            None
        }
        Err(error) => {
            tracing::debug!(%url, %error, "a server could not be asked what it runs");
            None
        }
    }
}
