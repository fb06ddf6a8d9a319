//! The pages on which people come in and look after their accounts, with sample data, friendly or hostile.

use super::samples::{NOON, Samples};
use super::settings::Application;
use super::sign_up::Registrations;
use super::{
    account, confirmation, elsewhere, invites, recovery, settings, share, sign_up, sign_ups, text,
};

/// These pages in all their states, with a name for each.
pub(super) fn pages(samples: Samples) -> Vec<(&'static str, String)> {
    let visitor = samples.frame(None, None);
    let viewer = samples.frame(Some(samples.ada()), None);
    let confirm = confirmation::Confirmation {
        form: samples.form(&[]),
        token: samples.text("token"),
        email: samples.text("ada@mail.example"),
    };
    let mut pages = vec![
        ("confirmation", confirmation::render(&visitor, &confirm)),
        (
            "forgotten",
            recovery::render(&visitor, &forgotten(samples, true)),
        ),
        (
            "forgotten-without-mail",
            recovery::render(&visitor, &forgotten(samples, false)),
        ),
        (
            "sign-up-invites",
            sign_up::render(&visitor, &samples.sign_up(Registrations::Invites)),
        ),
        (
            "confirm-again",
            recovery::render(
                &visitor,
                &asked_for(samples, recovery::Wanted::Confirmation, true),
            ),
        ),
        ("reset", recovery::render_new(&visitor, &reset(samples))),
        ("invites", invites::render(&viewer, &made(samples))),
        (
            "invites-none",
            invites::render(
                &viewer,
                &invites::Invites {
                    invites: Vec::new(),
                    ..made(samples)
                },
            ),
        ),
        (
            "text",
            text::render(
                &visitor,
                &text::Text {
                    title: samples.text("Privacy policy"),
                    since: NOON,
                    text_html: "<p>We keep what you post.</p><p>We sell nothing.</p>".to_owned(),
                },
            ),
        ),
        ("settings", settings::render(&viewer, &own(samples))),
        ("account", account::render(&viewer, &whole(samples, false))),
        (
            "account-moved",
            account::render(&viewer, &whole(samples, true)),
        ),
        ("sign-ups", sign_ups::render(&viewer, &asked(samples))),
        (
            "sign-ups-none",
            sign_ups::render(
                &viewer,
                &sign_ups::SignUps {
                    sign_ups: Vec::new(),
                    ..asked(samples)
                },
            ),
        ),
    ];
    pages.extend(between_servers(samples));
    pages
}

/// The pages on which people act on what is elsewhere, or come from elsewhere.
fn between_servers(samples: Samples) -> Vec<(&'static str, String)> {
    let visitor = samples.frame(None, None);
    let viewer = samples.frame(Some(samples.ada()), None);
    vec![
        (
            "elsewhere",
            elsewhere::render(&visitor, &foreign(samples, true)),
        ),
        (
            "elsewhere-post",
            elsewhere::render(&visitor, &foreign(samples, false)),
        ),
        ("share", share::render(&viewer, &shared(samples, false))),
        (
            "share-reply",
            share::render(&viewer, &shared(samples, true)),
        ),
    ]
}

fn forgotten(samples: Samples, is_mailed: bool) -> recovery::Forgotten {
    asked_for(samples, recovery::Wanted::Password, is_mailed)
}

fn asked_for(samples: Samples, wanted: recovery::Wanted, is_mailed: bool) -> recovery::Forgotten {
    let problems = [(Some("email"), "This is not an e-mail address.")];
    recovery::Forgotten {
        wanted,
        form: samples.form(if is_mailed { &problems } else { &[] }),
        email: samples.text("ada"),
        is_mailed,
    }
}

fn foreign(samples: Samples, is_account: bool) -> elsewhere::Elsewhere {
    let problems = [(
        Some("handle"),
        "This server does not answer. Is the handle right?",
    )];
    elsewhere::Elsewhere {
        form: samples.form(if is_account { &[] } else { &problems }),
        uri: samples.text("https://mudflat.example/users/ada"),
        is_account,
        handle: samples.text("@curlew@estuary.example"),
        own_url: samples.url("/authorize_interaction?uri=x"),
    }
}

fn shared(samples: Samples, is_reply: bool) -> share::Share {
    let problems = [(Some("text"), "Text can't be blank")];
    let parent = || (Box::new(samples.statuses().remove(0)), samples.text("x"));
    share::Share {
        form: samples.form(if is_reply { &problems } else { &[] }),
        key: samples.text("0123456789abcdef"),
        text: samples.text("A tide table for the whole year\nhttps://tides.example/"),
        warning: samples.text(""),
        audience: "unlisted",
        most_characters: 5_000,
        parent: is_reply.then(parent),
    }
}

fn reset(samples: Samples) -> recovery::Reset {
    recovery::Reset {
        form: samples.form(&[(Some("password"), "A password has at least 8 characters.")]),
        token: samples.text("token"),
        username: samples.text("ada"),
        password_min_chars: 8,
    }
}

fn made(samples: Samples) -> invites::Invites {
    let line = |id: &str, is_open: bool| invites::Line {
        id: samples.text(id),
        url: samples.text("https://mudflat.example/invite/0123456789abcdef0123"),
        is_open,
        uses: 3,
        max_uses: is_open.then_some(5),
        expires_at: is_open.then_some(NOON),
    };
    invites::Invites {
        form: samples.form(&[]),
        invites: vec![line("1", true), line("2", false)],
    }
}

fn asked(samples: Samples) -> sign_ups::SignUps {
    let line = |name: &str, reason: &str| sign_ups::Line {
        id: samples.text(name),
        username: samples.text(name),
        email: samples.text(&format!("{name}@mail.example")),
        is_confirmed: reason.is_empty(),
        reason: samples.text(reason),
        at: NOON,
    };
    sign_ups::SignUps {
        form: samples.form(&[]),
        sign_ups: vec![
            line(
                "knot",
                "I count waders for the county and would like to share what I see.",
            ),
            line("dunlin", ""),
        ],
    }
}

fn whole(samples: Samples, has_moved: bool) -> account::Account {
    let problems = [(
        Some("target"),
        "The other account does not name this one as an alias.",
    )];
    account::Account {
        form: samples.form(if has_moved { &[] } else { &problems }),
        handle: samples.text("@ada@mudflat.example"),
        aliases: vec![account::Alias {
            uri: samples.url("https://estuary.example/users/ada"),
            account: samples.ada(),
        }],
        moved_to: has_moved.then(|| samples.ada()),
    }
}

fn own(samples: Samples) -> settings::Settings {
    let application = |id: &str, name: &str, scopes: &[&str], used| Application {
        id: samples.text(id),
        name: samples.text(name),
        website: Some(samples.url("https://tusk.example/")),
        scopes: scopes.iter().map(|scope| samples.text(scope)).collect(),
        authorized_at: NOON - 90 * 86_400_000,
        last_used_at: used,
    };
    settings::Settings {
        form: samples.form(&[(Some("current_password"), "This is not your password.")]),
        account: samples.ada(),
        email: samples.text("ada@mail.example"),
        reading: settings::Reading {
            media: "show_all",
            expands_spoilers: true,
            autoplays: false,
        },
        wanted_email: Some(samples.text("curlew@mail.example")),
        entered_email: samples.text(""),
        is_mailed: true,
        may_invite: true,
        applications: vec![
            application(
                "1",
                "Tusk for phones",
                &["read", "write", "follow", "push"],
                Some(NOON),
            ),
            application(
                "2",
                "Nightly archive script",
                &["read:statuses", "read:accounts"],
                None,
            ),
        ],
        password_min_chars: 10,
        is_staff: true,
    }
}
