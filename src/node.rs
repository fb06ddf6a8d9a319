//! The node: handles only, no rules. Everything above takes what it needs from here.

use std::sync::Arc;

use crate::clock::Clock;
use crate::config::Config;
use crate::http::Client;
use crate::store::Db;
use crate::urls::Urls;

/// The handles of one running node. Cheap to clone; clones share everything.
#[derive(Clone)]
pub struct Node {
    /// What the operator set.
    pub config: Arc<Config>,
    /// The time.
    pub clock: Clock,
    /// The database.
    pub db: Db,
    /// The outgoing HTTP client.
    pub http: Client,
    /// Where this node's own things are.
    pub urls: Urls,
}
