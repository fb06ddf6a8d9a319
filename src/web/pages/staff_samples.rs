//! The pages about deliveries and other servers with sample data, friendly or hostile.

use super::absences::Absence;
use super::outcomes::{Host, Outcomes};
use super::peers::{Line, Peer, Peers, Vitals};
use super::samples::{NOON, Samples};
use super::status::NodeStatus;
use super::{announcements, emojis, outcomes, peers, status, trends};

/// These pages in all their states, with a name for each.
pub(super) fn pages(samples: Samples) -> Vec<(&'static str, String)> {
    let visitor = samples.frame(None, None);
    let viewer = samples.frame(Some(samples.ada()), None);
    vec![
        (
            "delivery",
            outcomes::render(&viewer, &post(samples, all_hosts(samples))),
        ),
        (
            "delivery-nowhere",
            outcomes::render(&viewer, &post(samples, Vec::new())),
        ),
        (
            "peers",
            peers::render(&viewer, &list(samples, "", all_peers(samples))),
        ),
        (
            "peers-none",
            peers::render(&viewer, &list(samples, "paused", Vec::new())),
        ),
        ("peer", peers::render_one(&viewer, &one(samples, true))),
        (
            "peer-for-moderators",
            peers::render_one(&viewer, &one(samples, false)),
        ),
        ("status", status::render(&visitor, &node(samples))),
        (
            "announcements",
            announcements::render(&viewer, &told(samples, true)),
        ),
        (
            "announcements-for-moderators",
            announcements::render(&viewer, &told(samples, false)),
        ),
        (
            "announcement",
            announcements::render_one(&viewer, &one_told(samples)),
        ),
        ("emojis", emojis::render(&viewer, &all_emojis(samples))),
        ("trends", trends::render(&viewer, &what_trends(samples))),
    ]
}

fn told(samples: Samples, may_act: bool) -> announcements::Announcements {
    let line = |published_at, scheduled_at| announcements::Line {
        url: samples.url("/admin/announcements/7"),
        text: samples.text("We move to another machine on Saturday. Posting may fail for an hour."),
        published_at,
        scheduled_at,
        ends_at: published_at,
    };
    announcements::Announcements {
        form: samples.form(&[(Some("text"), "An announcement needs a text")]),
        may_act,
        lines: vec![
            line(None, None),
            line(None, Some(NOON)),
            line(Some(NOON), None),
        ],
        entered: announcements::Entered {
            text: samples.text("A meeting"),
            starts_at: "2026-08-08T12:34".to_owned(),
            ..announcements::Entered::default()
        },
    }
}

fn one_told(samples: Samples) -> announcements::One {
    let all = told(samples, true);
    announcements::One {
        form: samples.form(&[]),
        may_act: true,
        content_html: "<p>We move to <a href=\"https://new.example/\">another machine</a>.</p>"
            .to_owned(),
        line: all.lines.into_iter().last().expect("three lines"),
        entered: all.entered,
    }
}

fn what_trends(samples: Samples) -> trends::Trends {
    let line = |text: &str, said| trends::Line {
        url: samples.url("/admin/trends/tags/7"),
        text: samples.text(text),
        page_url: samples.url("https://mudflat.example/tags/lowtide"),
        said,
    };
    trends::Trends {
        form: samples.form(&[]),
        is_on: true,
        usual: false,
        tags: vec![
            line("#lowtide", None),
            line("#averylongnameofahashtagthatsomebodywrote", Some(true)),
            line("#spam", Some(false)),
        ],
        links: vec![line("The mudflats of the north, counted anew", Some(true))],
        hosts: vec![line("news.example", None)],
        statuses: vec![line(
            "The curlews are back at the mudflat this morning.",
            None,
        )],
    }
}

fn all_emojis(samples: Samples) -> emojis::Emojis {
    let line = |shortcode: &str, is_enabled, is_in_picker| emojis::Line {
        url: samples.url("/admin/emojis/7"),
        shortcode: samples.text(shortcode),
        picture_url: samples.url("https://mudflat.example/media/emojis/a.png"),
        category: samples.text("Birds of the coast"),
        is_in_picker,
        is_enabled,
    };
    emojis::Emojis {
        form: samples.form(&[]),
        may_act: true,
        lines: vec![
            line("curlew", true, true),
            line(
                "a_very_long_name_of_a_bird_that_walks_in_the_mud",
                true,
                false,
            ),
            line("heron", false, true),
        ],
        entered: emojis::Entered::default(),
    }
}

fn post(samples: Samples, hosts: Vec<Host>) -> Outcomes {
    Outcomes {
        status_url: samples.url("https://mudflat.example/@ada/1"),
        summary: samples.text("Delivered to 12 of 14 servers · 1 waiting · 1 refused"),
        next_url: (!hosts.is_empty()).then(|| samples.url("/@ada/1/delivery?after=c.example")),
        hosts,
        kept_days: 30,
    }
}

fn all_hosts(samples: Samples) -> Vec<Host> {
    let host = |domain: &str, state, why: &str| Host {
        domain: samples.text(domain),
        state,
        at: NOON,
        why: samples.text(why),
    };
    vec![
        host("estuary.example", "delivered", ""),
        host(
            "saltmarsh.example",
            "waiting",
            "takes nothing for 3 days; next try in 41 minutes; last error: the name saltmarsh.example is not known",
        ),
        host(
            "very-long-name-of-a-server-on-the-coast.social.example",
            "delivered",
            "",
        ),
        host(
            "shut.example",
            "refused",
            "HTTP 403 this server does not federate with yours",
        ),
    ]
}

fn line(samples: Samples, domain: &str, state: &'static str, description: &str) -> Line {
    Line {
        domain: samples.text(domain),
        url: samples.url("/admin/peers/saltmarsh.example"),
        software: Some(samples.text("mastodon 4.5.2")),
        state,
        description: samples.text(description),
        backlog: 12_480,
    }
}

fn all_peers(samples: Samples) -> Vec<Line> {
    let mut up = line(samples, "estuary.example", "up", "takes deliveries");
    (up.backlog, up.software) = (0, None);
    vec![
        up,
        down(samples),
        line(
            samples,
            "very-long-name-of-a-server-on-the-coast.social.example",
            "slow",
            "takes deliveries, but is 12 minutes behind",
        ),
        line(
            samples,
            "resting.example",
            "paused",
            "paused 3 days ago: nothing is sent to it, what is for it waits",
        ),
    ]
}

fn down(samples: Samples) -> Line {
    line(
        samples,
        "saltmarsh.example",
        "down",
        "has taken nothing for 3 days; next try in 41 minutes; last error: the name saltmarsh.example is not known",
    )
}

fn absences(samples: Samples) -> Vec<Absence> {
    let absence = |summary: &str, is_under_way, open, failed| Absence {
        summary: samples.text(summary),
        ended_at: NOON,
        is_asked: false,
        is_under_way,
        done: 87,
        open,
        failed,
        given_up: vec![(
            samples.text("shut.example"),
            samples.text("the name shut.example is not known"),
        )],
        recovered: 412,
    };
    vec![
        absence(
            "estuary.example was away 2 h: recovered 412 posts",
            false,
            0,
            0,
        ),
        absence(
            "Away 6 h 12 min: so far recovered 412 posts from 87 of 120 peers",
            true,
            30,
            3,
        ),
        absence(
            "Away 1 d 2 h: recovered 412 posts from 87 of 90 peers",
            false,
            0,
            3,
        ),
    ]
}

fn list(samples: Samples, filter: &str, peers: Vec<Line>) -> Peers {
    Peers {
        node: Vitals {
            lag: samples.text("Posts leave and arrive without delay."),
            backlog: 12_480,
            up: 1_204,
            down: 17,
            paused: 1,
        },
        kept_days: 90,
        absences: if filter.is_empty() {
            absences(samples)
        } else {
            Vec::new()
        },
        filter: filter.to_owned(),
        next_url: (!peers.is_empty()).then(|| samples.url("/admin/peers?after=z.example")),
        peers,
    }
}

fn one(samples: Samples, may_act: bool) -> Peer {
    Peer {
        form: samples.form(&[]),
        may_act,
        line: down(samples),
        is_paused: !may_act,
        advice: may_act.then(|| samples.text("You need not do anything.")),
        facts: vec![
            ("Took something", samples.text("3 days ago")),
            ("Was heard", samples.text("2 minutes ago")),
            ("Software", samples.text("mastodon 4.5.2")),
            (
                "Refused signatures in its name",
                samples.text(
                    "12, the last 4 hours ago: the signature does not match the request and key",
                ),
            ),
            (
                "After our last absence",
                samples.text("asked for everything; 12 posts recovered"),
            ),
        ],
        absence: absences(samples).into_iter().next(),
    }
}

fn node(samples: Samples) -> NodeStatus {
    NodeStatus {
        lag: samples.text("Posts leave and arrive without delay."),
        servers: 1_222,
        down: 17,
        running_since: NOON,
    }
}
