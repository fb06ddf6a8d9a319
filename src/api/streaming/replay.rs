//! What a reader missed while it was away: the news behind the last that it was told.

use actix_web::web::Bytes;

use super::channels::Channel;
use super::frames;
use super::hub::{Line, Position, Roll};
use crate::api::render::View;
use crate::node::Node;
use crate::store::QueryResult;
use crate::store::news;
use std::sync::Arc;

/// News that are read at once.
const PAGE: i64 = 100;

/// What one reader is still to be told of the past.
pub(super) struct Replay {
    roll: Arc<Roll>,
    at: i64,
    until: Position,
}

impl Replay {
    /// From the news behind `from` up to where the reader joined, of this channel alone.
    pub(super) fn new(line: &Line, channel: Channel, from: i64, until: Position) -> Self {
        let line = Line {
            channels: vec![channel],
            ..line.clone()
        };
        Self {
            roll: Arc::new(Roll::of(vec![line])),
            at: from,
            until,
        }
    }

    /// The next frames, maybe none; `None` when all were given.
    ///
    /// # Errors
    /// Whatever the database says.
    pub(super) async fn next(&mut self, node: &Node) -> QueryResult<Option<Vec<Bytes>>> {
        if self.at >= self.until.last {
            return Ok(None);
        }
        let (at, until, roll) = (self.at, self.until, self.roll.clone());
        let view = View::of(node, None);
        let (last, frames) = node
            .db
            .read(move |conn| {
                let rows = news::list(conn, at, until.last, &[], PAGE)?;
                let last = rows.last().map_or(until.last, |piece| piece.id);
                let frames = frames::compose(conn, &view, &roll, &rows, until.safe)?;
                QueryResult::Ok((last, frames))
            })
            .await?;
        self.at = last;
        Ok(Some(frames.into_iter().map(|(_, frame)| frame).collect()))
    }
}

/// Whether everything behind this id is still known.
///
/// # Errors
/// Whatever the database says.
pub(super) async fn is_kept(node: &Node, id: i64) -> QueryResult<bool> {
    let oldest = node.db.read(news::oldest).await?;
    Ok(oldest.is_none_or(|oldest| oldest <= id + 1))
}
