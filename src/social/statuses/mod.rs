//! statuses.
