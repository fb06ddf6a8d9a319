//! How often blocked domains of e-mail addresses are met by people who want to sign up. Where somebody came from is kept
//! for as long as that is told, and shown to nobody.

use std::net::{IpAddr, Ipv6Addr};

use super::super::Result;
use crate::clock::{DAY, midnight};
use crate::node::Node;
use crate::store::blocked_sign_ups::{self as rows, DayOfAttempts};
use crate::store::{Conn, QueryResult, Tx};

/// Over how many days it is told, today included.
pub const DAYS: i64 = 7;

/// Counts a sign-up that these blocks of domains kept away or sent to the staff.
///
/// # Errors
/// Whatever the database says.
pub fn note(tx: &mut Tx, blocks: &[i64], from: Option<IpAddr>) -> QueryResult<()> {
    let today = midnight(tx.now());
    rows::add(tx, blocks, today, &from.map(place_of).unwrap_or_default())
}

/// One text for the addresses that one computer can give itself: of the newer kind, a network of 64 bits.
fn place_of(from: IpAddr) -> String {
    match from.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let network = address.to_bits() & !u128::from(u64::MAX);
            Ipv6Addr::from_bits(network).to_string()
        }
    }
}

/// How often these blocks of domains were met on each of the last [`DAYS`] days; days without an attempt are missing.
///
/// # Errors
/// Only of the database.
pub async fn list(node: &Node, blocks: Vec<i64>) -> Result<Vec<DayOfAttempts>> {
    let since = first_day(node.clock.now());
    let read = move |conn: &mut Conn| rows::list(conn, &blocks, since);
    Ok(node.db.read(read).await?)
}

/// The first of these days, by its midnight in milliseconds.
fn first_day(now: i64) -> i64 {
    midnight(now) - (DAYS - 1) * DAY
}

/// Forgets attempts of longer ago, at most `limit` rows; gives their number.
///
/// # Errors
/// Whatever the database says.
pub fn forget(tx: &mut Tx, limit: i64) -> QueryResult<usize> {
    let since = first_day(tx.now());
    rows::prune(tx, since, limit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_computer_is_one_place() {
        for (from, expected) in [
            ("192.0.2.7", "192.0.2.7"),
            ("::ffff:192.0.2.7", "192.0.2.7"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
            ("2001:db8:1:2::1", "2001:db8:1:2::"),
            ("2001:db8:1:3::1", "2001:db8:1:3::"),
        ] {
            assert_eq!(place_of(from.parse().unwrap()), expected, "{from}");
        }
    }
}
