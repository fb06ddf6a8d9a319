//! What the databases of the nodes say at one instant, for the page. Nothing here comes from the lab's memory but
//! whether a process is there.

use std::collections::HashMap;

use futures_util::future::join_all;

use super::seats::Seat;
use crate::id::AccountId;
use crate::store::peers::Peer;
use crate::store::surveys::{self, Backlog};
use crate::store::{self, Conn, Page, QueryResult, ReceiptState};
use crate::text::to_plain;
use crate::web::pages::lab::{Lab, Line, Said, Seat as SeatView, State, Way};

/// Posts of a home timeline that are shown.
const LATEST: i64 = 4;

/// What one database says.
#[derive(Default)]
struct Findings {
    timeline: i64,
    unqueued: i64,
    unapplied: i64,
    /// Posts by the domain of their people; those of the node itself have none.
    posts: HashMap<Option<String>, i64>,
    backlogs: HashMap<String, Backlog>,
    peers: HashMap<String, Peer>,
    /// The last posts: the author's domain and name, the text, the instant.
    latest: Vec<(Option<String>, String, String, i64)>,
}

/// Looks at all nodes.
pub(super) async fn look(seats: &[Seat], said: Vec<Said>) -> Lab {
    let looked = join_all(seats.iter().map(|seat| async {
        let (state, findings) = tokio::join!(state_of(seat), read(seat));
        (state, findings)
    }))
    .await;
    let nodes = seats.iter().zip(&looked).map(|(seat, (state, findings))| {
        let count = findings.posts.get(&None);
        SeatView {
            name: seat.place.name.to_owned(),
            person: seat.place.person.to_owned(),
            origin: seat.node.urls.origin().to_owned(),
            state: *state,
            timeline: findings.timeline,
            made: count.copied().unwrap_or(0),
            unqueued: findings.unqueued,
            unapplied: findings.unapplied,
            latest: lines(seats, seat, findings),
        }
    });
    let nodes = nodes.collect();
    let mut ways = Vec::new();
    for (from, (_, sent)) in seats.iter().zip(&looked) {
        for (to, (_, received)) in seats.iter().zip(&looked) {
            if from.place.name != to.place.name {
                ways.push(way(from, to, sent, received));
            }
        }
    }
    Lab { nodes, ways, said }
}

async fn state_of(seat: &Seat) -> State {
    if !seat.process.is_alive() {
        State::Dead
    } else if seat.answers().await {
        State::Running
    } else {
        State::Starting
    }
}

async fn read(seat: &Seat) -> Findings {
    let account = seat.account;
    let found = seat.node.db.read(move |conn| find(conn, account)).await;
    found.unwrap_or_else(|error| {
        tracing::warn!(node = seat.place.name, %error, "the database of a node could not be read");
        Findings::default()
    })
}

fn find(conn: &mut Conn, account: AccountId) -> QueryResult<Findings> {
    let ids = store::home::page(conn, account, &Page::newest(LATEST))?;
    let mut statuses = store::statuses::list(conn, &ids)?;
    statuses.sort_by_key(|status| std::cmp::Reverse(status.id));
    let authors: Vec<AccountId> = statuses.iter().map(|status| status.account_id).collect();
    let authors = store::accounts::list(conn, &authors)?;
    let latest = statuses.into_iter().filter_map(|status| {
        let mut authors = authors.iter();
        let author = authors.find(|author| author.id == status.account_id)?;
        let text = to_plain(&status.content);
        let name = author.username.clone();
        Some((author.domain.clone(), name, text, status.created_at))
    });
    let by_domain = |backlog: Backlog| (backlog.domain.clone(), backlog);
    let known = |peer: Peer| (peer.domain.clone(), peer);
    Ok(Findings {
        timeline: surveys::count_home(conn, account)?,
        unqueued: surveys::count_facts(conn)?,
        unapplied: store::receipts::count(conn, ReceiptState::Waiting)?,
        posts: surveys::count_posts(conn)?.into_iter().collect(),
        backlogs: surveys::list_backlogs(conn)?
            .into_iter()
            .map(by_domain)
            .collect(),
        peers: surveys::list_peers(conn)?.into_iter().map(known).collect(),
        latest: latest.collect(),
    })
}

fn lines(seats: &[Seat], own: &Seat, findings: &Findings) -> Vec<Line> {
    let name_of = |domain: &Option<String>| match domain {
        None => own.place.name.to_owned(),
        Some(domain) => {
            let mut seats = seats.iter();
            let seat = seats.find(|seat| seat.place.domain() == *domain);
            seat.map_or_else(|| domain.clone(), |seat| seat.place.name.to_owned())
        }
    };
    let latest = findings.latest.iter();
    let line = |(domain, person, text, at): &(Option<String>, String, String, i64)| Line {
        node: name_of(domain),
        person: person.clone(),
        text: text.clone(),
        at: *at,
    };
    latest.map(line).collect()
}

fn way(from: &Seat, to: &Seat, sent: &Findings, received: &Findings) -> Way {
    let domain = to.place.domain();
    let backlog = sent.backlogs.get(&domain);
    let peer = sent.peers.get(&domain);
    let now = from.node.clock.now();
    let arrived = received.posts.get(&Some(from.place.domain()));
    Way {
        from: from.place.name.to_owned(),
        to: to.place.name.to_owned(),
        posts: backlog.map_or(0, |backlog| backlog.posts),
        others: backlog.map_or(0, |backlog| backlog.others),
        arrived: arrived.copied().unwrap_or(0),
        down_since: peer.and_then(|peer| peer.down_since),
        next_try_in: peer
            .and_then(|peer| peer.next_probe_at)
            .map(|at| (at - now).max(0)),
        last_error: peer.and_then(|peer| peer.last_error.clone()),
    }
}
