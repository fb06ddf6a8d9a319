//! Other servers, for the staff.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use url::form_urlencoded;

use super::admin::StaffVisit;
use super::fields::Sent;
use super::pages::Flash;
use super::pages::peers::{Line, Peer as View, Peers, Vitals as Shown};
use super::refusals::Refused;
use super::visits::see_other;
use super::{pages, paths};
use crate::clock::to_rfc3339;
use crate::social::peers::{self, Decision, Peer, Wanted};
use crate::social::vitals::{Gauges, Vitals};
use crate::text::spans::in_words;

/// Servers on a page.
const PAGE: i64 = 50;

/// `GET /admin/peers`: the list, narrowed by `state`, after the domain `after`.
pub(super) async fn list(
    staff: StaffVisit,
    gauges: web::Data<Gauges>,
) -> Result<HttpResponse, Refused> {
    let StaffVisit { visit, by } = staff;
    let (node, filter) = (&visit.node, visit.query.get("state"));
    let wanted = Wanted {
        chosen: peers::filter_of(filter)?,
        after: visit.query.get("after").to_owned(),
        limit: PAGE,
    };
    let listing = peers::list(node, by, wanted).await?;
    let now = node.clock.now();
    let next = listing.next.map(|after| next_url(filter, &after));
    let view = Peers {
        node: vitals(gauges.take(node).await?),
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
    let StaffVisit { visit, by } = staff;
    let peer = peers::show(&visit.node, by, &domain).await?;
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
        facts: facts(&peer, now),
    };
    let flash = done.map(|sentence| Flash::Done(sentence.to_owned()));
    let html = pages::peers::render_one(&visit.frame(flash), &view);
    Ok(visit.form_page(StatusCode::OK, html))
}

fn facts(peer: &Peer, now: i64) -> Vec<(&'static str, String)> {
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
    facts.push(("Known since", to_rfc3339(health.created_at)));
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
    let (StaffVisit { visit, by }, Sent(sent)) = (staff, sent);
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
