//! What a node holds and what waits in it, counted at one instant. These queries walk whole tables: they are for
//! the small nodes of a lab, not for those of a crowd.

use std::collections::HashMap;

use diesel::dsl::count_star;
use diesel::prelude::*;

use super::conn::{Conn, on};
use super::jobs::Job;
use super::peers::Peer;
use super::schema::{accounts, activities, deliveries, home_entries, jobs, peers, statuses};
use crate::id::AccountId;

/// What waits for one peer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backlog {
    /// The peer's domain.
    pub domain: String,
    /// New posts.
    pub posts: i64,
    /// Everything else: follows and their answers, likes, deletions.
    pub others: i64,
}

/// The type of an activity that brings a new post.
const NEW_POST: &str = "Create";

/// What waits for each peer, in the order of their domains; none where nothing waits.
pub fn list_backlogs(conn: &mut Conn) -> QueryResult<Vec<Backlog>> {
    let all: Vec<(String, i64)> = on!(conn, |c| deliveries::table
        .inner_join(peers::table.on(peers::id.eq(deliveries::peer_id)))
        .group_by(peers::domain)
        .order(peers::domain.asc())
        .select((peers::domain, count_star()))
        .load(c))?;
    let posts: Vec<(String, i64)> = on!(conn, |c| deliveries::table
        .inner_join(activities::table.on(activities::id.eq(deliveries::activity_id)))
        .inner_join(peers::table.on(peers::id.eq(deliveries::peer_id)))
        .filter(activities::kind.eq(NEW_POST))
        .group_by(peers::domain)
        .select((peers::domain, count_star()))
        .load(c))?;
    let posts: HashMap<String, i64> = posts.into_iter().collect();
    let backlog = |(domain, all): (String, i64)| {
        let posts = posts.get(&domain).copied().unwrap_or(0);
        // The two were counted one after the other, and a lane may have been at work in between.
        let others = (all - posts).max(0);
        Backlog {
            domain,
            posts,
            others,
        }
    };
    Ok(all.into_iter().map(backlog).collect())
}

/// Every peer that is known.
pub fn list_peers(conn: &mut Conn) -> QueryResult<Vec<Peer>> {
    on!(conn, |c| peers::table
        .order(peers::domain.asc())
        .select(Peer::as_select())
        .load(c))
}

/// How many posts there are by people of each domain; those of this node have none. Boosts are no posts.
pub fn count_posts(conn: &mut Conn) -> QueryResult<Vec<(Option<String>, i64)>> {
    on!(conn, |c| statuses::table
        .inner_join(accounts::table.on(accounts::id.eq(statuses::account_id)))
        .filter(statuses::boost_of_id.is_null())
        .group_by(accounts::domain)
        .select((accounts::domain, count_star()))
        .load(c))
}

/// How many posts and boosts are in a home timeline.
pub fn count_home(conn: &mut Conn, account: AccountId) -> QueryResult<i64> {
    on!(conn, |c| home_entries::table
        .filter(home_entries::account_id.eq(account))
        .count()
        .get_result(c))
}

/// How many facts were committed for which no deliveries are written yet.
pub fn count_facts(conn: &mut Conn) -> QueryResult<i64> {
    on!(conn, |c| jobs::table
        .filter(jobs::kind.eq(Job::DISTRIBUTE))
        .filter(jobs::is_dead.eq(false))
        .count()
        .get_result(c))
}
