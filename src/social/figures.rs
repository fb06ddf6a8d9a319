//! Figures for the staff: spans of days, who came back, and the last weeks. What is measured day by day is in
//! `measures.rs`, what it is made of in `dimensions.rs`.

use super::staff::By;
use super::{Error, Result};
use crate::clock::{DAY, midnight};
use crate::node::Node;
use crate::store::{self, Conn, QueryResult, visitors};

/// Days that one question may be about.
const MOST_DAYS: i64 = 92;
/// Periods that one question about coming back may be about.
const MOST_PERIODS: usize = 13;
/// A month, for this purpose, in milliseconds.
const MONTH: i64 = 30 * DAY;

/// Days, from the first to the last, by their midnights in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The first.
    pub first: i64,
    /// The last.
    pub last: i64,
}

impl Span {
    /// The days from `from` to `to` (milliseconds).
    ///
    /// # Errors
    /// [`Error::Invalid`] for more than 92 days, and for none.
    pub fn new(from: i64, to: i64) -> Result<Self> {
        let (first, last) = (midnight(from), midnight(to));
        if last < first || (last - first) / DAY >= MOST_DAYS {
            return Err(Error::invalid(format!(
                "The days must be 1 to {MOST_DAYS} in a row"
            )));
        }
        Ok(Self { first, last })
    }

    /// Each day.
    pub(super) fn days(self) -> impl Iterator<Item = i64> {
        (0..=(self.last - self.first) / DAY).map(move |day| self.first + day * DAY)
    }

    /// The first instant after it.
    pub(super) fn end(self) -> i64 {
        self.last + DAY
    }

    /// As many days before.
    pub(super) fn before(self) -> Self {
        let length = self.last - self.first + DAY;
        Self {
            first: self.first - length,
            last: self.first - DAY,
        }
    }
}

/// Those who signed up in one period, and how many of them came back.
#[derive(Clone, Debug, PartialEq)]
pub struct Returning {
    /// The first instant of the period, in milliseconds.
    pub period: i64,
    /// Each period from then on: its first instant, the part of them who came, and their number.
    pub later: Vec<(i64, f64, i64)>,
}

/// How many of those who signed up came back, by days or by months of 30 days.
///
/// # Errors
/// [`Error::Forbidden`] for people outside the staff, [`Error::Invalid`] for too many periods.
pub async fn list_returning(
    node: &Node,
    by: By,
    from: i64,
    to: i64,
    by_month: bool,
) -> Result<Vec<Returning>> {
    by.check_look()?;
    let length = if by_month { MONTH } else { DAY };
    let mut periods = Vec::new();
    let mut next = midnight(from);
    while next <= to {
        periods.push(next);
        next += length;
        if periods.len() > MOST_PERIODS {
            return Err(Error::invalid(format!(
                "The periods must be at most {MOST_PERIODS}"
            )));
        }
    }
    let read = move |conn: &mut Conn| {
        let cohorts = periods.iter().map(|born| {
            let of = (*born, *born + length);
            let all = visitors::count_sign_ups(conn, of.0, of.1)?;
            let later = periods.iter().filter(|period| *period >= born);
            let later = later.map(|period| {
                let came = visitors::count_returning(conn, of, (*period, *period + length))?;
                Ok((*period, part(came, all), came))
            });
            Ok(Returning {
                period: *born,
                later: later.collect::<QueryResult<_>>()?,
            })
        });
        cohorts.collect::<QueryResult<Vec<_>>>()
    };
    Ok(node.db.read(read).await?)
}

fn part(of: i64, all: i64) -> f64 {
    let thousandths = of.saturating_mul(1_000).checked_div(all).unwrap_or(0);
    f64::from(i32::try_from(thousandths).unwrap_or(1_000)) / 1_000.0
}

/// One week of the node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Week {
    /// Its first instant, in milliseconds.
    pub begins: i64,
    /// Statuses posted here.
    pub statuses: i64,
    /// People who used the node.
    pub people: i64,
    /// People who signed up.
    pub sign_ups: i64,
}

/// The last twelve weeks, the present one first. A week begins on a Thursday, as the epoch did.
///
/// # Errors
/// Whatever the database says.
pub fn list_weeks(conn: &mut Conn, now: i64) -> QueryResult<Vec<Week>> {
    const WEEK: i64 = 7 * DAY;
    let present = now - now.rem_euclid(WEEK);
    let weeks = (0..12).map(|ago| {
        let begins = present - ago * WEEK;
        let ends = begins + WEEK;
        Ok(Week {
            begins,
            statuses: store::statuses::count_local_between(conn, begins, ends)?,
            people: visitors::count_people(conn, begins, ends)?,
            sign_ups: visitors::count_sign_ups(conn, begins, ends)?,
        })
    });
    weeks.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_whole_days() {
        let span = Span::new(3 * DAY + 5, 5 * DAY + 7).unwrap();
        let days: Vec<i64> = span.days().collect();
        assert_eq!(days, [3 * DAY, 4 * DAY, 5 * DAY]);
        let before: Vec<i64> = span.before().days().collect();
        assert_eq!(before, [0, DAY, 2 * DAY]);
        for (from, to) in [(DAY, 0), (0, 92 * DAY)] {
            assert!(Span::new(from, to).is_err(), "{from} {to}");
        }
        assert!(Span::new(0, 91 * DAY).is_ok());
    }

    #[test]
    fn parts_of_nothing_are_nothing() {
        for (of, all, expected) in [(0, 0, 0.0), (1, 4, 0.25), (4, 4, 1.0)] {
            assert!((part(of, all) - expected).abs() < 1e-9, "{of} of {all}");
        }
    }
}
