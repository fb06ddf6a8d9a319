//! What the staff decided, as every request needs it, and whether that is still what is in memory.

use diesel::prelude::*;

use super::columns::{HostSeverity, IpSeverity};
use super::conn::Conn;
use super::staff_lists::{host_allow_rows, ip_rows};
use super::tx::{Event, Tx};
use super::{host_blocks, settings};
use crate::bans::{Decisions, HostBan};

/// The name of the setting that counts decisions.
const VERSION: &str = "bans_version";

/// What was decided; only those who are allowed are talked with if the node's federation is limited.
pub fn load(conn: &mut Conn, is_limited: bool) -> QueryResult<Decisions> {
    // The version first: what is decided meanwhile is loaded once more, and never missed.
    let version = version(conn)?;
    let hosts = host_blocks::list(conn)?.into_iter().map(|block| {
        let ban = HostBan {
            is_suspended: block.severity == HostSeverity::Suspend,
            is_silenced: block.severity == HostSeverity::Silence,
            rejects_media: block.reject_media,
            rejects_reports: block.reject_reports,
        };
        (block.domain, ban)
    });
    let hosts = hosts.collect();
    let allowed = if is_limited {
        let rows = host_allow_rows::list(conn)?;
        Some(rows.into_iter().map(|row| row.domain).collect())
    } else {
        None
    };
    let closed_to = ip_rows::list(conn)?
        .into_iter()
        .filter(|block| block.severity == IpSeverity::NoAccess)
        .filter_map(|block| Some((block.network.parse().ok()?, block.expires_at)))
        .collect();
    Ok(Decisions {
        version,
        hosts,
        allowed,
        closed_to,
    })
}

/// How many decisions there have been.
pub fn version(conn: &mut Conn) -> QueryResult<i64> {
    let stored = settings::find(conn, VERSION)?;
    Ok(stored.and_then(|text| text.parse().ok()).unwrap_or(0))
}

/// Lets every process load anew what was decided.
pub fn changed(tx: &mut Tx) -> QueryResult<()> {
    let next = version(tx)? + 1;
    settings::set(tx, VERSION, &next.to_string())?;
    tx.tell(Event::Bans);
    Ok(())
}
