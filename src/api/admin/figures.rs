//! Figures for the staff. What this node cannot count cheaply is left out of the answer.
//!
//! Source: <https://docs.joinmastodon.org/methods/admin/measures/>

use actix_web::HttpResponse;
use actix_web::web::{self, Data, ServiceConfig};
use serde::Deserialize;

use crate::api::answers::json;
use crate::api::auth::Viewer;
use crate::api::entities::Instant;
use crate::api::entities::admin::{
    Cohort, CohortPeriod, Dimension, DimensionValue, Measure, MeasureDay,
};
use crate::api::error::ApiError;
use crate::api::params::{Params, blank_as_none};
use crate::api::scopes::AdminRead;
use crate::clock::{DAY, from_rfc3339};
use crate::node::Node;
use crate::social::figures::{self, Figure, Span};
use crate::social::staff::By;
use crate::store::Engine;

/// The routes of this file.
pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .route("/api/v1/admin/measures", web::post().to(measures))
        .route("/api/v1/admin/dimensions", web::post().to(dimensions))
        .route("/api/v1/admin/retention", web::post().to(retention));
}

/// What is asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    keys: Vec<String>,
    #[serde(deserialize_with = "blank_as_none")]
    start_at: Option<String>,
    #[serde(deserialize_with = "blank_as_none")]
    end_at: Option<String>,
    #[serde(deserialize_with = "blank_as_none")]
    frequency: Option<String>,
}

impl Asked {
    /// From when to when, in milliseconds; the last 30 days if nobody says.
    fn bounds(&self, now: i64) -> Result<(i64, i64), ApiError> {
        let read = |name: &str, text: &Option<String>, usual: i64| match text {
            None => Ok(usual),
            Some(text) => parse_day(text).ok_or_else(|| {
                ApiError::bad_request(format!("Parameter \"{name}\" must be a date"))
            }),
        };
        let end = read("end_at", &self.end_at, now)?;
        Ok((read("start_at", &self.start_at, end - 29 * DAY)?, end))
    }
}

/// A day or an instant, in milliseconds.
fn parse_day(text: &str) -> Option<i64> {
    from_rfc3339(text).or_else(|| from_rfc3339(&format!("{text}T00:00:00Z")))
}

/// Figures, day by day.
///
/// Source: <https://docs.joinmastodon.org/methods/admin/measures/#get>
async fn measures(
    node: Data<Node>,
    viewer: Viewer<AdminRead>,
    params: Params<Asked>,
) -> Result<HttpResponse, ApiError> {
    let by = By::Person(viewer.user.role);
    by.check_look()?;
    let asked = params.into_inner();
    let (from, to) = asked.bounds(node.clock.now())?;
    let span = Span::new(from, to)?;
    let known = |key: String| Figure::from_word(&key).map(|figure| (key, figure));
    let (keys, wanted): (Vec<String>, Vec<Figure>) =
        asked.keys.into_iter().filter_map(known).unzip();
    let found = figures::measure(&node, by, wanted, span).await?;
    let shown: Vec<Measure> = keys
        .into_iter()
        .zip(found)
        .map(|(key, measured)| Measure {
            key,
            unit: None,
            total: measured.total,
            previous_total: measured.previous,
            data: measured
                .days
                .into_iter()
                .map(|(day, value)| MeasureDay {
                    date: Instant(day),
                    value,
                })
                .collect(),
        })
        .collect();
    Ok(json(&shown))
}

/// What there is of something, by kind: the versions of the software.
///
/// Source: <https://docs.joinmastodon.org/methods/admin/dimensions/#get>
async fn dimensions(
    node: Data<Node>,
    viewer: Viewer<AdminRead>,
    params: Params<Asked>,
) -> Result<HttpResponse, ApiError> {
    By::Person(viewer.user.role).check_look()?;
    let asked = params.into_inner();
    let versions = || {
        let database = match node.db.engine() {
            Engine::Sqlite => "SQLite",
            Engine::Postgres => "PostgreSQL",
        };
        let version = env!("CARGO_PKG_VERSION");
        let value = |key: &str, human_key: &str, value: &str| DimensionValue {
            key: key.to_owned(),
            human_key: human_key.to_owned(),
            value: value.to_owned(),
            human_value: Some(value.to_owned()),
        };
        vec![
            value("whimbrel", "Whimbrel", version),
            value("database", "Database", database),
        ]
    };
    let shown: Vec<Dimension> = asked
        .keys
        .into_iter()
        .filter(|key| key == "software_versions")
        .map(|key| Dimension {
            key,
            data: versions(),
        })
        .collect();
    Ok(json(&shown))
}

/// How many of those who signed up came back.
///
/// Source: <https://docs.joinmastodon.org/methods/admin/retention/#create>
async fn retention(
    node: Data<Node>,
    viewer: Viewer<AdminRead>,
    params: Params<Asked>,
) -> Result<HttpResponse, ApiError> {
    let by = By::Person(viewer.user.role);
    by.check_look()?;
    let asked = params.into_inner();
    let (by_month, frequency, usual) = match asked.frequency.as_deref() {
        None | Some("day") => (false, "day", 6 * DAY),
        Some("month") => (true, "month", 180 * DAY),
        Some(_) => return Err(ApiError::bad_request("The frequency is day or month")),
    };
    let (mut from, to) = asked.bounds(node.clock.now())?;
    if asked.start_at.is_none() {
        from = to - usual;
    }
    let found = figures::list_returning(&node, by, from, to, by_month).await?;
    let shown: Vec<Cohort> = found
        .into_iter()
        .map(|cohort| Cohort {
            period: Instant(cohort.period),
            frequency,
            data: cohort
                .later
                .into_iter()
                .map(|(date, rate, value)| CohortPeriod {
                    date: Instant(date),
                    rate,
                    value,
                })
                .collect(),
        })
        .collect();
    Ok(json(&shown))
}
