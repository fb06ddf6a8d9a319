//! Other servers, for the staff.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use url::form_urlencoded;

use super::admin::StaffVisit;
use super::fields::Sent;
use super::pages::Flash;
use super::pages::absences::Absence;
use super::pages::peers::{Line, Peer as View, Peers, Vitals as Shown};
use super::refusals::Refused;
use super::visits::see_other;
use super::{pages, paths};
use crate::social::absences::{self, Report};
use crate::social::peers::{self, Decision, Peer, State, Wanted};
use crate::social::vitals::{Gauges, Vitals};
use crate::store::{AbsenceCause, Conn, QueryResult};
use crate::text::spans::in_words;

/// Servers on a page.
const PAGE: i64 = 50;
/// Absences above the list.
const ABSENCES: usize = 3;

/// `GET /admin/peers`: the list, narrowed by `state`, after the domain `after`.
pub(super) async fn list(
    staff: StaffVisit,
    gauges: web::Data<Gauges>,
) -> Result<HttpResponse, Refused> {
    let StaffVisit { visit, by, .. } = staff;
    let (node, filter) = (&visit.node, visit.query.get("state"));
    let wanted = Wanted {
        chosen: peers::filter_of(filter)?,
        after: visit.query.get("after").to_owned(),
        limit: PAGE,
    };
    let is_first = wanted.after.is_empty();
    let listing = peers::list(node, by, wanted).await?;
    let mut missed = if is_first {
        let list = |conn: &mut Conn| absences::list_recent(conn, ABSENCES);
        node.db.read(list).await?
    } else {
        Vec::new()
    };
    missed.sort_by_key(|report| !report.is_under_way());
    let now = node.clock.now();
    let next = listing.next.map(|after| next_url(filter, &after));
    let view = Peers {
        node: vitals(gauges.take(node).await?),
        kept_days: node.config.federation.delivery_retention_days,
        absences: missed.iter().map(absence).collect(),
        filter: filter.to_owned(),
        peers: listing.peers.iter().map(|peer| line(peer, now)).collect(),
        next_url: next,
    };
    let html = pages::peers::render(&visit.frame(None), &view);
    Ok(visit.form_page(StatusCode::OK, html))
}

fn next_url(filter: &str, after: &str) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    if !filter.is_empty() {
        query.append_pair("state", filter);
    }
    query.append_pair("after", after);
    format!("{}?{}", paths::ADMIN_PEERS, query.finish())
}

fn vitals(vitals: Vitals) -> Shown {
    Shown {
        lag: vitals.lag().in_words(),
        backlog: vitals.counts.backlog,
        up: vitals.peers_up(),
        down: vitals.counts.peers.down,
        paused: vitals.counts.peers.paused,
    }
}

fn absence(report: &Report) -> Absence {
    let given_up = report.failed.iter().map(|host| {
        let reason = host.last_error.clone().unwrap_or_default();
        (host.host.clone(), reason)
    });
    let sentence = report.sentence();
    Absence {
        // A sentence may begin with the name of a server, which stays as it is.
        summary: match &report.absence.host {
            Some(host) if sentence.starts_with(host.as_str()) => sentence,
            _ => begun_large(&sentence),
        },
        ended_at: report.absence.away_until,
        is_asked: report.absence.cause == AbsenceCause::Hand,
        is_under_way: report.is_under_way(),
        done: report.absence.peers_done,
        open: report.peers_open(),
        failed: report.absence.peers_failed,
        given_up: given_up.collect(),
        recovered: report.absence.recovered,
    }
}

fn begun_large(sentence: &str) -> String {
    let mut letters = sentence.chars();
    let first = letters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}

fn line(peer: &Peer, now: i64) -> Line {
    Line {
        domain: peer.health.domain.clone(),
        url: paths::admin_peer(&peer.health.domain),
        software: software(peer),
        state: peer.state.word(),
        description: peer.in_words(now),
        backlog: peer.backlog.deliveries,
    }
}

fn software(peer: &Peer) -> Option<String> {
    let name = peer.health.software.as_deref()?;
    let version = peer.health.software_version.as_deref().unwrap_or_default();
    Some(format!("{name} {version}").trim_end().to_owned())
}

/// `GET /admin/peers/{domain}`: one server.
pub(super) async fn show(
    staff: StaffVisit,
    domain: web::Path<String>,
) -> Result<HttpResponse, Refused> {
    let StaffVisit { visit, by, .. } = staff;
    let peer = peers::show(&visit.node, by, &domain).await?;
    let host = peer.health.domain.clone();
    let look = move |conn: &mut Conn| -> QueryResult<_> {
        let last = absences::find_last_of(conn, &host)?;
        Ok((last, absences::find_standing(conn, &host)?))
    };
    let (last, standing) = visit.node.db.read(look).await?;
    let now = visit.node.clock.now();
    let done = match visit.query.get("done") {
        "retry" => Some("It is being tried."),
        "pause" => Some("It is paused: nothing is sent to it until you end the pause."),
        "resume" => Some("The pause has ended."),
        "forget" => Some("What waited for it was dropped."),
        "unsure" => Some("Nothing was dropped: the box was not ticked."),
        _ => None,
    };
    let view = View {
        form: visit.form(Vec::new()),
        may_act: by.may_act(),
        line: line(&peer, now),
        is_paused: peer.health.paused_at.is_some(),
        advice: advice(
            peer.state,
            visit.node.config.federation.delivery_retention_days,
        ),
        facts: facts(&peer, standing, now),
        absence: last.as_ref().map(absence),
    };
    let flash = done.map(|sentence| Flash::Done(sentence.to_owned()));
    let html = pages::peers::render_one(&visit.frame(flash), &view);
    Ok(visit.form_page(StatusCode::OK, html))
}

/// What somebody who looks after the node should do about a server, if anything.
fn advice(state: State, kept_days: u32) -> Option<String> {
    let dropped = format!("What waits for longer than {kept_days} days is dropped.");
    match state {
        State::Up => None,
        State::Slow => Some(
            "There is nothing to do as long as the number falls: the server gets what waits as fast as it takes it."
                .to_owned(),
        ),
        State::Down => Some(format!(
            "You need not do anything: the server is tried again by itself, at least every six hours, and then \
             gets everything that waits. {dropped} If you know that it is back, try it now."
        )),
        State::Paused => Some(format!(
            "It is sent nothing, and not tried, until somebody ends the pause. {dropped}"
        )),
    }
}

fn facts(peer: &Peer, standing: Option<String>, now: i64) -> Vec<(&'static str, String)> {
    let health = &peer.health;
    let ago = |at: i64| format!("{} ago", in_words(now - at));
    let never = || "never".to_owned();
    let mut facts = vec![
        (
            "Took something",
            health.last_success_at.map_or_else(never, ago),
        ),
        ("Was heard", health.last_heard_at.map_or_else(never, ago)),
        (
            "Software",
            software(peer).unwrap_or_else(|| "not known yet".to_owned()),
        ),
    ];
    if let Some(since) = peer.waits_since() {
        facts.push(("Oldest delivery", ago(since)));
    }
    if let Some(skew) = health.clock_skew_ms {
        facts.push(("Clock", clock(skew)));
    }
    let refused = match (&health.signature_failure, health.signature_failed_at) {
        (Some(reason), Some(at)) => {
            let number = health.signature_failures;
            format!("{number}, the last {}: {reason}", ago(at))
        }
        _ => health.signature_failures.to_string(),
    };
    facts.push(("Refused signatures in its name", refused));
    if let Some(standing) = standing {
        facts.push(("After our last absence", standing));
    }
    facts.push(("First seen", ago(health.created_at)));
    facts
}

/// Seconds are what the header has; less than two of them are the way.
fn clock(skew: i64) -> String {
    match skew {
        -2_000..=2_000 => "as ours".to_owned(),
        _ if skew < 0 => format!("{} behind ours", in_words(-skew)),
        _ => format!("{} ahead of ours", in_words(skew)),
    }
}

/// `POST /admin/peers/{domain}/{decision}`.
pub(super) async fn decide(
    staff: StaffVisit,
    path: web::Path<(String, String)>,
    sent: Sent,
) -> Result<HttpResponse, Refused> {
    let (StaffVisit { visit, by, .. }, Sent(sent)) = (staff, sent);
    visit.check_form(&sent)?;
    let (domain, word) = path.into_inner();
    let decision = Decision::from_word(&word).ok_or(Refused(StatusCode::NOT_FOUND))?;
    by.check_act()?;
    let page = paths::admin_peer(&domain);
    if decision == Decision::Forget && !sent.is_yes("yes") {
        return Ok(see_other(&format!("{page}?done=unsure")));
    }
    peers::decide(&visit.node, by, &domain, decision).await?;
    Ok(see_other(&format!("{page}?done={word}")))
}
