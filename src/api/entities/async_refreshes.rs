//! `AsyncRefresh`: work that goes on after an answer.
//!
//! Source: <https://docs.joinmastodon.org/entities/AsyncRefresh/>

use serde::Serialize;

use crate::id::RefreshId;

/// How such work stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AsyncRefresh {
    /// Its id.
    pub id: RefreshId,
    /// `running` or `finished`.
    pub status: &'static str,
    /// What was found so far.
    pub result_count: Option<i64>,
}

/// The same as it is answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AsyncRefreshAnswer {
    /// How it stands.
    pub async_refresh: AsyncRefresh,
}
