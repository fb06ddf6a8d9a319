//! The pages on which people come in, with sample data, friendly or hostile.

use super::samples::{NOON, Samples};
use super::{confirmation, invites, recovery, sign_ups};

/// These pages in all their states, with a name for each.
pub(super) fn pages(samples: Samples) -> Vec<(&'static str, String)> {
    let visitor = samples.frame(None, None);
    let viewer = samples.frame(Some(samples.ada()), None);
    let confirm = confirmation::Confirmation {
        form: samples.form(&[]),
        token: samples.text("token"),
        email: samples.text("ada@mail.example"),
    };
    vec![
        ("confirmation", confirmation::render(&visitor, &confirm)),
        (
            "forgotten",
            recovery::render(&visitor, &forgotten(samples, true)),
        ),
        (
            "forgotten-without-mail",
            recovery::render(&visitor, &forgotten(samples, false)),
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
    ]
}

fn forgotten(samples: Samples, is_mailed: bool) -> recovery::Forgotten {
    let problems = [(Some("email"), "This is not an e-mail address.")];
    recovery::Forgotten {
        form: samples.form(if is_mailed { &problems } else { &[] }),
        email: samples.text("ada"),
        is_mailed,
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
