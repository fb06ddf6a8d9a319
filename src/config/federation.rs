//! The `federation` section: how the node talks with other servers.

use std::path::PathBuf;

use super::rules::between;
use super::table::section;

section! {
    /// How the node talks with other servers.
    pub struct Federation in federation {
        /// Whether the node talks with other servers at all.
        pub enabled: bool = true;

        /// Lets the node talk only with the servers that its staff allows, one by one.
        pub limited: bool = false;

        /// Lets peers use http instead of https. For closed networks and tests only.
        pub allow_http: bool = false;

        /// Lets the node connect to loopback, private and other special addresses. For closed networks and
        /// tests only: on the Internet this opens the node's own network to strangers.
        pub allow_private_addresses: bool = false;

        /// PEM files of certificate authorities to trust beside the well-known ones.
        pub extra_root_certificates: Vec<PathBuf> = Vec::new();

        /// Days that what a peer has not taken yet is kept for it; deletions, blocks and the like four times as long.
        pub delivery_retention_days: u32 [between(1, 3650)] = 90;

        /// Minutes of absence, of this node or of a peer, after which what was missed is pulled from the peers'
        /// outboxes. 0 switches that off.
        pub catch_up_after_minutes: u32 [between(0, 525_600)] = 10;

        /// Days that people can see what became of each delivery, from when nobody waits for the document any more.
        pub receipts_retention_days: u32 [between(0, 3650)] = 30;

        /// Deliveries that one process has under way at the same time.
        pub deliveries_in_flight: usize [between(1, 10_000)] = 64;

        /// Deliveries under way to one peer at the same time.
        pub per_peer_in_flight: usize [between(1, 1_000)] = 4;

        /// The largest activity that an inbox takes, in bytes.
        pub inbox_body_limit_bytes: usize [between(1_024, 67_108_864)] = 1_048_576;

        /// Received activities that may wait to be applied. As they become more, senders are asked to come back
        /// later: first with likes and boosts, last with messages to people here.
        pub inbox_backlog_limit: usize [between(16, 100_000_000)] = 20_000;

        /// The same, of one server, so that it does not use up the room of others.
        pub inbox_backlog_per_host: usize [between(4, 100_000_000)] = 5_000;

        /// Deliveries to inboxes that are taken at the same time; others are asked to come back later.
        pub inbox_in_flight: usize [between(4, 100_000)] = 512;

        /// Memory for the bodies of these deliveries, in mebibytes.
        pub inbox_memory_mebibytes: usize [between(1, 65_536)] = 64;
    }
}
