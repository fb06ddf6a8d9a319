//! A page of things whose cursors are not their own ids: favourites, bookmarks, who boosted.

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
