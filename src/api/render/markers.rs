//! Reading positions. Everything is in the rows: no queries.
//!
//! Source: <https://docs.joinmastodon.org/entities/Marker/>

use crate::api::entities::{Instant, Marker, Markers};
use crate::social::markers::Timeline;
use crate::store;

/// These positions under the names of their timelines.
#[must_use]
pub fn all(rows: Vec<store::markers::Marker>) -> Markers {
    let mut markers = Markers::default();
    for row in rows {
        let marker = Marker {
            last_read_id: row.last_read_id,
            version: row.version,
            updated_at: Instant(row.updated_at),
        };
        match Timeline::from_word(&row.timeline) {
            Some(Timeline::Home) => markers.home = Some(marker),
            Some(Timeline::Notifications) => markers.notifications = Some(marker),
            None => {}
        }
    }
    markers
}
