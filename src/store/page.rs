//! Keyset paging: every list is cut by ids, never by offsets.

/// Which part of a list is asked for.
///
/// `max_id` and `since_id` are exclusive bounds of the newest page; `min_id` asks for the page that comes
/// directly after it. Lists are returned newest first in every case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// How many rows at most.
    pub limit: i64,
    /// Only rows older than this id.
    pub max_id: Option<i64>,
    /// Only rows newer than this id.
    pub since_id: Option<i64>,
    /// The rows just newer than this id.
    pub min_id: Option<i64>,
}

impl Page {
    /// The newest `limit` rows.
    #[must_use]
    pub fn newest(limit: i64) -> Self {
        Self {
            limit,
            max_id: None,
            since_id: None,
            min_id: None,
        }
    }

    /// Ids must be below this.
    #[must_use]
    pub fn below(&self) -> i64 {
        self.max_id.unwrap_or(i64::MAX)
    }

    /// Ids must be above this.
    #[must_use]
    pub fn above(&self) -> i64 {
        self.min_id.or(self.since_id).unwrap_or(0)
    }

    /// Whether rows are taken from the old end upwards.
    #[must_use]
    pub fn climbs(&self) -> bool {
        self.min_id.is_some()
    }
}

/// Cuts one page out of a boxed query on `$column`, newest first.
macro_rules! cut {
    ($conn:ident, $query:expr, $column:expr, $page:expr, $row:ty) => {{
        let page: &$crate::store::Page = $page;
        let bounded = $query
            .filter($column.lt(page.below()))
            .filter($column.gt(page.above()))
            .limit(page.limit);
        if page.climbs() {
            let mut rows: Vec<$row> = bounded.order($column.asc()).load($conn)?;
            rows.reverse();
            Ok(rows)
        } else {
            bounded.order($column.desc()).load($conn)
        }
    }};
}
pub(super) use cut;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_are_exclusive_and_min_id_climbs() {
        let page = Page {
            limit: 20,
            max_id: Some(90),
            since_id: Some(10),
            min_id: None,
        };
        assert_eq!((page.below(), page.above(), page.climbs()), (90, 10, false));
        let page = Page {
            min_id: Some(30),
            ..page
        };
        assert_eq!((page.below(), page.above(), page.climbs()), (90, 30, true));
        assert_eq!(Page::newest(5).above(), 0);
    }
}
