//! How often somebody wanted to sign up with an e-mail address of a blocked domain, by the day and by where they came
//! from. A day is its midnight, in milliseconds.

use diesel::dsl::{count_star, sql};
use diesel::prelude::*;
use diesel::sql_types::BigInt;

use super::conn::{Conn, on};
use super::schema::{blocked_sign_ups, email_domain_blocks};
use super::tx::Tx;

/// What a block kept away on one day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Queryable)]
pub struct DayOfAttempts {
    /// Which block.
    pub block_id: i64,
    /// Which day.
    pub day: i64,
    /// How often somebody tried.
    pub attempts: i64,
    /// From how many places.
    pub addresses: i64,
}

/// Counts one more attempt under each of these blocks, as far as they are still there. `address` is where it came from;
/// nothing where that is not known.
pub fn add(tx: &mut Tx, blocks: &[i64], day: i64, address: &str) -> QueryResult<()> {
    let left: Vec<i64> = on!(&mut **tx, |c| email_domain_blocks::table
        .filter(email_domain_blocks::id.eq_any(blocks))
        .select(email_domain_blocks::id)
        .load(c))?;
    for block in left {
        on!(&mut **tx, |c| diesel::insert_into(blocked_sign_ups::table)
            .values((
                blocked_sign_ups::block_id.eq(block),
                blocked_sign_ups::day.eq(day),
                blocked_sign_ups::address.eq(address),
                blocked_sign_ups::attempts.eq(1),
            ))
            .on_conflict((
                blocked_sign_ups::block_id,
                blocked_sign_ups::day,
                blocked_sign_ups::address
            ))
            .do_update()
            .set(blocked_sign_ups::attempts.eq(blocked_sign_ups::attempts + 1))
            .execute(c))?;
    }
    Ok(())
}

/// The attempts under these blocks since a day, that day included.
pub fn list(conn: &mut Conn, blocks: &[i64], since: i64) -> QueryResult<Vec<DayOfAttempts>> {
    if blocks.is_empty() {
        return Ok(Vec::new());
    }
    on!(conn, |c| blocked_sign_ups::table
        .filter(blocked_sign_ups::block_id.eq_any(blocks))
        .filter(blocked_sign_ups::day.ge(since))
        .group_by((blocked_sign_ups::block_id, blocked_sign_ups::day))
        .select((
            blocked_sign_ups::block_id,
            blocked_sign_ups::day,
            sql::<BigInt>("CAST(SUM(blocked_sign_ups.attempts) AS BIGINT)"),
            count_star(),
        ))
        .load(c))
}

/// Forgets what was before `day`, at most `limit` rows at a time; gives the number of rows removed.
pub fn prune(tx: &mut Tx, day: i64, limit: i64) -> QueryResult<usize> {
    let old: Vec<(i64, i64, String)> = on!(&mut **tx, |c| blocked_sign_ups::table
        .filter(blocked_sign_ups::day.lt(day))
        .order(blocked_sign_ups::day.asc())
        .limit(limit)
        .select((
            blocked_sign_ups::block_id,
            blocked_sign_ups::day,
            blocked_sign_ups::address
        ))
        .load(c))?;
    for (block, day, address) in &old {
        on!(&mut **tx, |c| diesel::delete(
            blocked_sign_ups::table.find((*block, *day, address))
        )
        .execute(c))?;
    }
    Ok(old.len())
}
