//! How often hashtags are used, by the day. Days are counted since 1970.

use diesel::dsl::{count_star, sum};
use diesel::prelude::*;

use super::conn::{Conn, on};
use super::schema::tag_uses;
use super::tx::Tx;
use crate::id::{AccountId, TagId};

/// The use of a tag on one day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Queryable)]
pub struct DayOfUse {
    /// Which tag.
    pub tag_id: TagId,
    /// Which day.
    pub day: i64,
    /// How many statuses used it.
    pub uses: Option<i64>,
    /// How many accounts used it.
    pub accounts: i64,
}

/// The use of these tags since a day, that day included.
pub fn list(conn: &mut Conn, tags: &[TagId], since: i64) -> QueryResult<Vec<DayOfUse>> {
    if tags.is_empty() {
        return Ok(Vec::new());
    }
    on!(conn, |c| tag_uses::table
        .filter(tag_uses::tag_id.eq_any(tags))
        .filter(tag_uses::day.ge(since))
        .group_by((tag_uses::tag_id, tag_uses::day))
        .select((
            tag_uses::tag_id,
            tag_uses::day,
            sum(tag_uses::uses),
            count_star()
        ))
        .load(c))
}

/// Counts one more status of an account under each of these tags.
pub fn add(tx: &mut Tx, tags: &[TagId], day: i64, account: AccountId) -> QueryResult<()> {
    for tag in tags {
        on!(&mut **tx, |c| diesel::insert_into(tag_uses::table)
            .values((
                tag_uses::tag_id.eq(*tag),
                tag_uses::day.eq(day),
                tag_uses::account_id.eq(account),
                tag_uses::uses.eq(1),
            ))
            .on_conflict((tag_uses::tag_id, tag_uses::day, tag_uses::account_id))
            .do_update()
            .set(tag_uses::uses.eq(tag_uses::uses + 1))
            .execute(c))?;
    }
    Ok(())
}

/// Forgets what was used before `day`, at most `limit` rows at a time; gives the number of rows removed.
pub fn prune(tx: &mut Tx, day: i64, limit: i64) -> QueryResult<usize> {
    let old: Vec<(TagId, i64, AccountId)> = on!(&mut **tx, |c| tag_uses::table
        .filter(tag_uses::day.lt(day))
        .order(tag_uses::day.asc())
        .limit(limit)
        .select((tag_uses::tag_id, tag_uses::day, tag_uses::account_id))
        .load(c))?;
    for (tag, day, account) in &old {
        on!(&mut **tx, |c| diesel::delete(
            tag_uses::table.find((*tag, *day, *account))
        )
        .execute(c))?;
    }
    Ok(old.len())
}
