//! Figures for the staff: what happens day by day, what it is made of, and who came back.
//!
//! Source: <https://docs.joinmastodon.org/methods/admin/measures/>

use std::collections::HashSet;

use actix_web::HttpResponse;
use actix_web::web::{self, Data, ServiceConfig};
use serde::Deserialize;

use crate::api::answers::json;
use crate::api::auth::Viewer;
use crate::api::entities::Instant;
use crate::api::entities::admin::{self as entities, Cohort, CohortPeriod, Measure};
use crate::api::error::ApiError;
use crate::api::params::{Params, blank_as_none};
use crate::api::render::{self, figures::Names};
use crate::api::scopes::AdminRead;
use crate::clock::{DAY, from_rfc3339};
use crate::id::TagId;
use crate::node::Node;
use crate::social::dimensions::{self, Dimension};
use crate::social::figures::{self, Span};
use crate::social::measures::{self, Figure, Server};
use crate::social::staff::By;

/// Parts that are shown without a `limit`.
const USUAL_PARTS: i64 = 10;
/// Parts that are shown with any `limit`.
const MOST_PARTS: i64 = 100;

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
    #[serde(deserialize_with = "blank_as_none")]
    limit: Option<i64>,
    tag_accounts: About,
    tag_uses: About,
    tag_servers: About,
    tag_languages: About,
    instance_accounts: About,
    instance_media_attachments: About,
    instance_reports: About,
    instance_statuses: About,
    instance_follows: About,
    instance_followers: About,
    instance_languages: About,
}

/// What one key is about.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct About {
    #[serde(deserialize_with = "blank_as_none")]
    id: Option<TagId>,
    #[serde(deserialize_with = "blank_as_none")]
    domain: Option<String>,
    include_subdomains: bool,
}

impl About {
    fn tag(&self, key: &str) -> Result<TagId, ApiError> {
        self.id.ok_or_else(|| missing(key, "id"))
    }

    fn server(&self, key: &str) -> Result<Server, ApiError> {
        let domain = self.domain.as_deref();
        let domain = domain.ok_or_else(|| missing(key, "domain"))?;
        Ok(Server::new(domain, self.include_subdomains)?)
    }
}

fn missing(key: &str, name: &str) -> ApiError {
    ApiError::bad_request(format!("Parameter \"{key}[{name}]\" is missing"))
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

    fn span(&self, now: i64) -> Result<Span, ApiError> {
        let (from, to) = self.bounds(now)?;
        Ok(Span::new(from, to)?)
    }

    /// Each key once.
    fn keys(&self) -> impl Iterator<Item = &str> {
        let mut seen = HashSet::new();
        let keys = self.keys.iter().map(String::as_str);
        keys.filter(move |key| seen.insert(*key))
    }

    /// The figure of this key; none for keys that are not known.
    fn figure(&self, key: &str) -> Result<Option<Figure>, ApiError> {
        Ok(Some(match key {
            "active_users" => Figure::ActiveUsers,
            "new_users" => Figure::NewUsers,
            "interactions" => Figure::Interactions,
            "opened_reports" => Figure::OpenedReports,
            "resolved_reports" => Figure::ResolvedReports,
            "tag_accounts" => Figure::TagAccounts(self.tag_accounts.tag(key)?),
            "tag_uses" => Figure::TagUses(self.tag_uses.tag(key)?),
            "tag_servers" => Figure::TagServers(self.tag_servers.tag(key)?),
            "instance_accounts" => Figure::InstanceAccounts(self.instance_accounts.server(key)?),
            "instance_media_attachments" => {
                Figure::InstanceMediaAttachments(self.instance_media_attachments.server(key)?)
            }
            "instance_reports" => Figure::InstanceReports(self.instance_reports.server(key)?),
            "instance_statuses" => Figure::InstanceStatuses(self.instance_statuses.server(key)?),
            "instance_follows" => Figure::InstanceFollows(self.instance_follows.server(key)?),
            "instance_followers" => Figure::InstanceFollowers(self.instance_followers.server(key)?),
            _ => return Ok(None),
        }))
    }

    /// What has parts by this key, and what their names stand for; none for keys that are not known.
    fn dimension<'a>(
        &self,
        key: &str,
        here: &'a str,
    ) -> Result<Option<(Dimension, Names<'a>)>, ApiError> {
        Ok(Some(match key {
            "languages" => (Dimension::Languages, Names::Languages),
            "sources" => (Dimension::Sources, Names::Applications),
            "servers" => (Dimension::Servers, Names::Servers(here)),
            "tag_servers" => {
                let tag = self.tag_servers.tag(key)?;
                (Dimension::TagServers(tag), Names::Servers(here))
            }
            "tag_languages" => {
                let tag = self.tag_languages.tag(key)?;
                (Dimension::TagLanguages(tag), Names::Languages)
            }
            "instance_accounts" => {
                let server = self.instance_accounts.server(key)?;
                (Dimension::InstanceAccounts(server), Names::Accounts)
            }
            "instance_languages" => {
                let server = self.instance_languages.server(key)?;
                (Dimension::InstanceLanguages(server), Names::Languages)
            }
            _ => return Ok(None),
        }))
    }
}

/// A day or an instant, in milliseconds.
fn parse_day(text: &str) -> Option<i64> {
    from_rfc3339(text).or_else(|| from_rfc3339(&format!("{text}T00:00:00Z")))
}

/// Figures, day by day; keys that are not known are left out.
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
    let span = asked.span(node.clock.now())?;
    let mut shown: Vec<Measure> = Vec::new();
    for key in asked.keys() {
        let Some(figure) = asked.figure(key)? else {
            continue;
        };
        let is_size = matches!(figure, Figure::InstanceMediaAttachments(_));
        let measured = measures::measure(&node, by, figure, span).await?;
        shown.push(render::figures::measure(key.to_owned(), measured, is_size));
    }
    Ok(json(&shown))
}

/// What there is of something, by kind; keys that are not known are left out.
///
/// Source: <https://docs.joinmastodon.org/methods/admin/dimensions/#get>
async fn dimensions(
    node: Data<Node>,
    viewer: Viewer<AdminRead>,
    params: Params<Asked>,
) -> Result<HttpResponse, ApiError> {
    let by = By::Person(viewer.user.role);
    by.check_look()?;
    let asked = params.into_inner();
    let span = asked.span(node.clock.now())?;
    let limit = asked.limit.unwrap_or(USUAL_PARTS).clamp(1, MOST_PARTS);
    let (engine, here) = (node.db.engine(), node.urls.authority());
    let mut shown: Vec<entities::Dimension> = Vec::new();
    for key in asked.keys() {
        let data = match key {
            "space_usage" => {
                render::figures::space(engine, dimensions::measure_space(&node, by).await?)
            }
            "software_versions" => {
                let version = dimensions::find_database_version(&node, by).await?;
                render::figures::versions(engine, &version)
            }
            key => {
                let Some((dimension, names)) = asked.dimension(key, here)? else {
                    continue;
                };
                let parts = dimensions::list_parts(&node, by, dimension, span, limit).await?;
                let parts = parts.into_iter();
                parts
                    .map(|(name, value)| render::figures::part(names, name, value))
                    .collect()
            }
        };
        let key = key.to_owned();
        shown.push(entities::Dimension { key, data });
    }
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
