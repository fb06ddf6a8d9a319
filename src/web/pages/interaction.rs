//! The page to which other servers send people who want to follow, boost or favourite something seen there.

use maud::html;

use super::accounts::AccountCard;
use super::forms::{Form, csrf, hidden};
use super::layout::{Document, Frame, Width, document};
use super::statuses::{Detail, Status};
use crate::web::paths;

/// Something from elsewhere, and what can be done with it.
#[derive(Clone, Debug)]
pub struct Interaction {
    /// Token; the buttons send the `word` of an [`Action`] as `action`.
    pub form: Form,
    /// The address as it was given, sent back as `uri`.
    pub uri: String,
    /// What it leads to.
    pub subject: Subject,
    /// What can be done.
    pub offered: Vec<Action>,
    /// Sentences about what was done already.
    pub remarks: Vec<&'static str>,
}

/// What an address leads to.
#[derive(Clone, Debug)]
pub enum Subject {
    /// An account.
    Account(AccountCard),
    /// A post.
    Status(Box<Status>),
}

/// What can be done with something from elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Follow an account.
    Follow,
    /// Boost a post.
    Boost,
    /// Favourite a post.
    Favourite,
}

impl Action {
    /// The word that the form sends.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Follow => "follow",
            Self::Boost => "boost",
            Self::Favourite => "favourite",
        }
    }

    /// The action of a word.
    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        [Self::Follow, Self::Boost, Self::Favourite]
            .into_iter()
            .find(|action| action.word() == word)
    }

    fn label(self) -> &'static str {
        match self {
            Self::Follow => "Follow",
            Self::Boost => "Boost",
            Self::Favourite => "Favourite",
        }
    }
}

/// The document.
#[must_use]
pub fn render(frame: &Frame, view: &Interaction) -> String {
    let title = match view.subject {
        Subject::Account(_) => "An account",
        Subject::Status(_) => "A post",
    };
    let main = html! {
        h1.page-title { (title) }
        @match &view.subject {
            Subject::Account(account) => div.panel { (account.render()) },
            Subject::Status(status) => (status.render(Detail::Full)),
        }
        @for remark in &view.remarks { p.hint { (remark) } }
        @if !view.offered.is_empty() {
            form method="post" action=(paths::INTERACTION) {
                (csrf(&view.form.csrf_token))
                (hidden("uri", &view.uri))
                p.actions {
                    @for action in &view.offered {
                        button.button type="submit" name="action" value=(action.word()) { (action.label()) }
                    }
                }
            }
        }
        @if let Subject::Status(_) = &view.subject {
            p { a.button.quiet href=(paths::reply(&view.uri)) { "Write a reply" } }
        }
    };
    document(
        frame,
        &Document {
            title,
            width: Width::Narrow,
            head: html! { meta name="robots" content="noindex"; },
            problems: &view.form.problems,
            main,
        },
    )
}
