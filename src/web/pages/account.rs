//! The signed-in person's account as a whole: its aliases, moving to another one, and its end.

use maud::{Markup, html};

use super::accounts::AccountCard;
use super::forms::{Field, Form, Kind, checkbox, csrf, hidden};
use super::layout::{Document, Frame, Width, document};
use crate::web::paths;

/// The account as a whole.
#[derive(Clone, Debug)]
pub struct Account {
    /// Token and problems; fields `alias`, `target`, `move_password`, `delete_password`, `sure`.
    pub form: Form,
    /// Its handle.
    pub handle: String,
    /// Its aliases.
    pub aliases: Vec<Alias>,
    /// Where it has moved to.
    pub moved_to: Option<AccountCard>,
}

/// Another account of the same person.
#[derive(Clone, Debug)]
pub struct Alias {
    /// Its id on the wire, sent back as `uri`.
    pub uri: String,
    /// The account.
    pub account: AccountCard,
}

/// The document.
#[must_use]
pub fn render(frame: &Frame, view: &Account) -> String {
    let main = html! {
        h1 { "Your account" }
        section.panel aria-labelledby="aliases" {
            h2 #aliases { "Moving here" }
            p.hint { "Name your old account, then move there to " strong { (view.handle) } ". Followers come along, posts do not." }
            @for alias in &view.aliases { (alias_line(view, alias)) }
            form method="post" action=(paths::ADD_ALIAS) {
                (csrf(&view.form.csrf_token))
                (handle_field(view, "alias", "Your old account"))
                button.button type="submit" { "Name it" }
            }
        }
        section.panel aria-labelledby="move" {
            h2 #move { "Moving away" }
            @match &view.moved_to {
                Some(target) => (stay(view, target)),
                None => (move_form(view)),
            }
        }
        section.panel aria-labelledby="delete" {
            h2 #delete { "Deleting it" }
            (delete_form(view))
        }
        p.aside { a href=(paths::SETTINGS) { "Back to your settings" } }
    };
    document(
        frame,
        &Document {
            title: "Your account",
            width: Width::Wide,
            head: html! { meta name="robots" content="noindex"; },
            problems: &view.form.problems,
            main,
        },
    )
}

fn handle_field(view: &Account, name: &str, label: &str) -> Markup {
    html! {
        (Field {
            name,
            label,
            kind: Kind::Name,
            hint: Some("Such as @name@example.org"),
            ..Field::default()
        }.render(&view.form))
    }
}

fn password_field(view: &Account, name: &str) -> Markup {
    html! {
        (Field {
            name,
            label: "Your password",
            kind: Kind::Password,
            autocomplete: "current-password",
            ..Field::default()
        }.render(&view.form))
    }
}

fn alias_line(view: &Account, alias: &Alias) -> Markup {
    html! {
        (alias.account.render())
        form method="post" action=(paths::REMOVE_ALIAS) {
            (csrf(&view.form.csrf_token))
            (hidden("uri", &alias.uri))
            button.button.quiet type="submit" {
                "Remove" span.visually-hidden { " the alias " (alias.account.handle) }
            }
        }
    }
}

fn stay(view: &Account, target: &AccountCard) -> Markup {
    html! {
        p { "You have moved to:" }
        (target.render())
        form method="post" action=(paths::STAY) {
            (csrf(&view.form.csrf_token))
            p.hint { "Followers who went along do not come back by themselves." }
            button.button.quiet type="submit" { "Say no longer that I have moved" }
        }
    }
}

fn move_form(view: &Account) -> Markup {
    html! {
        form method="post" action=(paths::MOVE) {
            (csrf(&view.form.csrf_token))
            p.hint { "Name " strong { (view.handle) } " as an alias there first. Your followers follow the new account then; your posts stay here. You can do this once a week." }
            (handle_field(view, "target", "Your new account"))
            (password_field(view, "move_password"))
            button.button type="submit" { "Move" }
        }
    }
}

fn delete_form(view: &Account) -> Markup {
    html! {
        form method="post" action=(paths::DELETE_ACCOUNT) {
            (csrf(&view.form.csrf_token))
            p.hint { "Your profile and everything you posted goes, here at once and elsewhere as soon as other servers hear of it. The name is not given to anybody again. This cannot be undone." }
            (password_field(view, "delete_password"))
            (checkbox(&view.form, "sure", "Yes, delete everything for good"))
            button.button.danger type="submit" { "Delete the account" }
        }
    }
}
