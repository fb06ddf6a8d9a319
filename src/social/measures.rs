//! What the staff sees day by day: people, what they do, hashtags, and what is known of other servers. Each figure
//! costs a fixed number of queries, however many days are asked for, and is read for itself, so that others come
//! between.

use std::collections::HashMap;

use super::figures::Span;
use super::staff::By;
use super::tags::day_of;
use super::{Error, Result};
use crate::clock::{DAY, midnight};
use crate::id::TagId;
use crate::node::Node;
use crate::store::figures::{self as rows, Daily};
use crate::store::{self, Conn, QueryResult, visitors};
use crate::text::domains::{normalise_domain, turn_round, without_port};

/// How long it is kept how hashtags were used, in milliseconds: as long as one question may ask for.
pub const TAG_USES_KEPT: i64 = 92 * DAY;
/// How long it is remembered from where and when people used the node, in milliseconds.
pub const VISITS_KEPT: i64 = 365 * DAY;
/// Servers below a domain that one figure is counted for.
const MOST_SERVERS: usize = 1_000;

/// Another server, or all below a domain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Server {
    domain: String,
    with_subdomains: bool,
}

impl Server {
    /// The server of this domain, with those below it if they are wanted too.
    ///
    /// # Errors
    /// [`Error::Invalid`] for what is no domain.
    pub fn new(domain: &str, with_subdomains: bool) -> Result<Self> {
        let domain = normalise_domain(domain.trim())
            .map_err(|reason| Error::invalid(format!("This is not a domain: {reason}")))?;
        Ok(Self {
            domain,
            with_subdomains,
        })
    }

    /// The domains of accounts that are meant.
    pub(super) fn list_domains(&self, conn: &mut Conn) -> Result<Vec<String>> {
        if !self.with_subdomains {
            return Ok(vec![self.domain.clone()]);
        }
        let domains = store::standings::list_domains_below(conn, without_port(&self.domain))?;
        if domains.len() > MOST_SERVERS {
            return Err(Error::invalid(format!(
                "More than {MOST_SERVERS} servers lie below {}",
                self.domain
            )));
        }
        Ok(domains)
    }
}

/// Something that is counted day by day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Figure {
    /// People who used the node.
    ActiveUsers,
    /// People who signed up.
    NewUsers,
    /// Likes, boosts and answers of people here.
    Interactions,
    /// Reports that were made.
    OpenedReports,
    /// Reports that were resolved.
    ResolvedReports,
    /// Accounts that used a hashtag.
    TagAccounts(TagId),
    /// Statuses that used a hashtag.
    TagUses(TagId),
    /// Servers from which a hashtag was used.
    TagServers(TagId),
    /// Known accounts of a server.
    InstanceAccounts(Server),
    /// Bytes that are kept of a server's files.
    InstanceMediaAttachments(Server),
    /// Reports of accounts of a server.
    InstanceReports(Server),
    /// Known statuses of accounts of a server.
    InstanceStatuses(Server),
    /// Follows of accounts of a server by people here.
    InstanceFollows(Server),
    /// Follows of people here by accounts of a server.
    InstanceFollowers(Server),
}

/// A figure over some days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Measured {
    /// Over all days; people, accounts and servers count once. Of another server everything that is known, whenever
    /// it came.
    pub total: i64,
    /// The same over as many days before; none of what has no days before, or where not all of them are known any
    /// more.
    pub previous: Option<i64>,
    /// Each day that is still known with its figure.
    pub days: Vec<(i64, i64)>,
}

/// A figure over some days.
///
/// # Errors
/// [`Error::Forbidden`] for people outside the staff, [`Error::Invalid`] where too many servers lie below a domain.
pub async fn measure(node: &Node, by: By, figure: Figure, span: Span) -> Result<Measured> {
    by.check_look()?;
    let now = node.clock.now();
    let read = move |conn: &mut Conn| match figure {
        Figure::InstanceAccounts(server) => of_server(conn, &server, span, rows::accounts_of),
        Figure::InstanceReports(server) => of_server(conn, &server, span, rows::reports_of),
        Figure::InstanceStatuses(server) => of_server(conn, &server, span, rows::statuses_of),
        Figure::InstanceFollows(server) => of_server(conn, &server, span, rows::follows_of),
        Figure::InstanceFollowers(server) => of_server(conn, &server, span, rows::follows_by),
        Figure::InstanceMediaAttachments(server) => {
            let from = turn_round(&server.domain);
            // What comes after the dot at its end.
            let to = from.trim_end_matches('.').to_owned() + "/";
            Ok(stock(&rows::bytes_of(conn, &from, &to)?, span))
        }
        Figure::NewUsers => Ok(sum(conn, span, 0, rows::sign_ups)?),
        Figure::OpenedReports => Ok(sum(conn, span, 0, rows::opened_reports)?),
        Figure::ResolvedReports => Ok(sum(conn, span, 0, rows::resolved_reports)?),
        Figure::Interactions => {
            let known = known_since(now, VISITS_KEPT);
            Ok(sum(conn, span, known, rows::interactions)?)
        }
        Figure::ActiveUsers => {
            let known = known_since(now, VISITS_KEPT);
            let (daily, count) = (visitors::count_by_day, visitors::count_people);
            Ok(distinct(conn, span, known, daily, count)?)
        }
        Figure::TagUses(tag) => {
            let daily = |c: &mut Conn, from, to| rows::tag_uses(c, tag, day_of(from), day_of(to));
            Ok(sum(conn, span, known_since(now, TAG_USES_KEPT), daily)?)
        }
        Figure::TagAccounts(tag) => {
            let known = known_since(now, TAG_USES_KEPT);
            let daily =
                |c: &mut Conn, from, to| rows::tag_accounts(c, tag, day_of(from), day_of(to));
            let count =
                |c: &mut Conn, from, to| rows::count_tag_accounts(c, tag, day_of(from), day_of(to));
            Ok(distinct(conn, span, known, daily, count)?)
        }
        Figure::TagServers(tag) => {
            let known = known_since(now, TAG_USES_KEPT);
            let daily =
                |c: &mut Conn, from, to| rows::tag_servers(c, tag, day_of(from), day_of(to));
            let count =
                |c: &mut Conn, from, to| rows::count_tag_servers(c, tag, day_of(from), day_of(to));
            Ok(distinct(conn, span, known, daily, count)?)
        }
    };
    node.db.read(read).await
}

/// The first whole day of what is kept for so many milliseconds.
fn known_since(now: i64, kept: i64) -> i64 {
    midnight(now - kept) + DAY
}

/// What can be added up: one query for the days and those before.
fn sum(
    conn: &mut Conn,
    span: Span,
    known: i64,
    daily: impl Fn(&mut Conn, i64, i64) -> QueryResult<Daily>,
) -> QueryResult<Measured> {
    let before = span.before();
    let found = daily(conn, before.first.max(known), span.end())?;
    let within = |of: Span| {
        let days = found.iter().filter(|(day, _)| *day >= of.first);
        days.filter(|(day, _)| *day <= of.last)
            .map(|(_, value)| value)
            .sum()
    };
    Ok(Measured {
        total: within(span),
        previous: (before.first >= known).then(|| within(before)),
        days: spread(&found, span, known),
    })
}

/// What counts once, on however many days it is there: the days, and a count for each of the two totals.
fn distinct(
    conn: &mut Conn,
    span: Span,
    known: i64,
    daily: impl Fn(&mut Conn, i64, i64) -> QueryResult<Daily>,
    count: impl Fn(&mut Conn, i64, i64) -> QueryResult<i64>,
) -> QueryResult<Measured> {
    let before = span.before();
    let found = daily(conn, span.first.max(known), span.end())?;
    let previous = if before.first >= known {
        Some(count(conn, before.first, before.end())?)
    } else {
        None
    };
    Ok(Measured {
        total: count(conn, span.first.max(known), span.end())?,
        previous,
        days: spread(&found, span, known),
    })
}

fn of_server(
    conn: &mut Conn,
    server: &Server,
    span: Span,
    daily: fn(&mut Conn, &[String]) -> QueryResult<Daily>,
) -> Result<Measured> {
    let domains = server.list_domains(conn)?;
    Ok(stock(&daily(conn, &domains)?, span))
}

/// What is there in all, and how much of it came on each day.
fn stock(found: &[(i64, i64)], span: Span) -> Measured {
    Measured {
        total: found.iter().map(|(_, value)| value).sum(),
        previous: None,
        days: spread(found, span, 0),
    }
}

/// Every day of a span that is still known.
fn spread(found: &[(i64, i64)], span: Span, known: i64) -> Vec<(i64, i64)> {
    let found: HashMap<i64, i64> = found.iter().copied().collect();
    span.days()
        .filter(|day| *day >= known)
        .map(|day| (day, found.get(&day).copied().unwrap_or(0)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_that_are_not_known_any_more_are_left_out() {
        let span = Span::new(3 * DAY, 5 * DAY).unwrap();
        let found = [(DAY, 9), (3 * DAY, 2), (5 * DAY, 1)];
        for (known, expected) in [
            (0, vec![(3 * DAY, 2), (4 * DAY, 0), (5 * DAY, 1)]),
            (4 * DAY, vec![(4 * DAY, 0), (5 * DAY, 1)]),
            (6 * DAY, vec![]),
        ] {
            assert_eq!(spread(&found, span, known), expected, "{known}");
        }
        let all = stock(&found, span);
        assert_eq!((all.total, all.previous, all.days.len()), (12, None, 3));
    }

    #[test]
    fn the_longest_question_about_hashtags_is_known_to_its_first_day() {
        let now = 200 * DAY + 5;
        let span = Span::new(now - 91 * DAY, now).unwrap();
        assert!(known_since(now, TAG_USES_KEPT) <= span.first);
        assert!(Span::new(now - 92 * DAY, now).is_err());
    }

    #[test]
    fn servers_have_one_spelling() {
        for (text, domain) in [("B.Test", "b.test"), (" b.test ", "b.test")] {
            assert_eq!(Server::new(text, false).unwrap().domain, domain, "{text:?}");
        }
        for text in ["", "a b", "http://b.test/"] {
            assert!(Server::new(text, true).is_err(), "{text:?}");
        }
    }
}
