//! A page of a list, and where its neighbours begin: also where the first or last row is not for the viewer, or the
//! cursors are not the ids of the items.

/// Part of a list, and the cursors at its ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slice<T> {
    /// What the viewer may see of it, in the order of the list.
    pub items: Vec<T>,
    /// The cursor of the first row, shown or not; none if there was no row.
    pub newest: Option<i64>,
    /// The cursor of the last row, shown or not; none if there was no row.
    pub oldest: Option<i64>,
    /// How many rows there were, shown or not.
    pub rows: usize,
}

impl<T> Slice<T> {
    /// A part without rows.
    #[must_use]
    pub fn empty() -> Self {
        Self {
            items: Vec::new(),
            newest: None,
            oldest: None,
            rows: 0,
        }
    }

    /// The same part of the list with its items made into something else.
    ///
    /// # Errors
    /// What `change` returns.
    pub fn try_map<U, E>(
        self,
        change: impl FnOnce(Vec<T>) -> Result<Vec<U>, E>,
    ) -> Result<Slice<U>, E> {
        Ok(Slice {
            items: change(self.items)?,
            newest: self.newest,
            oldest: self.oldest,
            rows: self.rows,
        })
    }

    /// `items` is what was kept of `rows`, whose cursors `cursor` tells.
    #[must_use]
    pub fn new<R>(items: Vec<T>, rows: &[R], cursor: impl Fn(&R) -> i64) -> Self {
        Self {
            items,
            newest: rows.first().map(&cursor),
            oldest: rows.last().map(&cursor),
            rows: rows.len(),
        }
    }
}
