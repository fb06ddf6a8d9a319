//! The frame of the pages for the staff: a row of links to all of them, above what each has to say.

use maud::{Markup, html};

use super::layout::{Document, Frame, Width, document};
use crate::web::paths;

/// The pages for the staff, in the order of their links.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Section {
    /// Other servers.
    Peers,
    /// What everybody on this node is told.
    Announcements,
    /// The node's own emoji.
    Emojis,
    /// What trends.
    Trends,
    /// Sign-ups that wait.
    SignUps,
}

impl Section {
    const ALL: [Self; 5] = [
        Self::Peers,
        Self::SignUps,
        Self::Announcements,
        Self::Emojis,
        Self::Trends,
    ];

    fn link(self) -> (&'static str, &'static str) {
        match self {
            Self::Peers => (paths::ADMIN_PEERS, "Servers"),
            Self::Announcements => (paths::ADMIN_ANNOUNCEMENTS, "Announcements"),
            Self::Emojis => (paths::ADMIN_EMOJIS, "Emoji"),
            Self::Trends => (paths::ADMIN_TRENDS, "Trends"),
            Self::SignUps => (paths::ADMIN_SIGN_UPS, "Sign-ups"),
        }
    }
}

/// A page for the staff.
pub(super) fn staff_document(
    frame: &Frame,
    title: &str,
    current: Section,
    main: &Markup,
) -> String {
    let main = html! {
        p.hint { "Looking after " (frame.domain) }
        h1.page-title.breaking { (title) }
        nav.tabs aria-label="Looking after this node" {
            @for section in Section::ALL {
                a href=(section.link().0) aria-current=[(section == current).then_some("page")] {
                    (section.link().1)
                }
            }
            a href=(paths::STATUS) { "Public status" }
        }
        (main)
    };
    document(
        frame,
        &Document {
            title,
            width: Width::Wide,
            head: html! { meta name="robots" content="noindex"; },
            problems: &[],
            main,
        },
    )
}
