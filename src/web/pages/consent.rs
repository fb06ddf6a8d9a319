//! The consent page of OAuth: which application asks for what, on whose behalf.
//!
//! Source: <https://docs.joinmastodon.org/methods/oauth/#authorize>

use maud::{Markup, html};

use super::accounts::AccountCard;
use super::forms::{Form, csrf, hidden};
use super::layout::{Document, Frame, Width, document};
use super::parts::safe_url;
use super::scopes::{Power, describe, without_covered};
use crate::web::paths;

/// An application's request for access.
#[derive(Clone, Debug)]
pub struct Consent {
    /// Token; the buttons send `decision` as `authorize` or `deny`.
    pub form: Form,
    /// The name that the application gave itself.
    pub application: String,
    /// The website that it gave.
    pub website: Option<String>,
    /// Where the person goes afterwards: a host, or the scheme of an app; `None` when a code is shown instead.
    pub redirect_target: Option<String>,
    /// What it asks for.
    pub scopes: Vec<String>,
    /// Whose account it is about.
    pub account: AccountCard,
    /// Where another account is chosen.
    pub switch_url: String,
    /// The request's own parameters, sent back with the decision.
    pub parameters: Vec<(String, String)>,
}

/// The document.
#[must_use]
pub fn render(frame: &Frame, view: &Consent) -> String {
    let main = html! {
        h1 { "Let " span.breaking dir="auto" { (view.application) } " use your account?" }
        div.panel {
            p { "This app asks for access to:" }
            (view.account.render())
            p.aside-left { "Not you? " a href=[safe_url(&view.switch_url)] { "Use another account" } }
            @for power in [Power::Read, Power::Write, Power::Administer] { (group(view, power)) }
            (origin(view))
            form method="post" action=(paths::AUTHORIZE) {
                (csrf(&view.form.csrf_token))
                @for (name, value) in &view.parameters { (hidden(name, value)) }
                p.actions {
                    button.button type="submit" name="decision" value="authorize" { "Authorise" }
                    button.button.quiet type="submit" name="decision" value="deny" { "Deny" }
                }
            }
            p.hint { "You can take this back at any time in your settings." }
        }
    };
    document(
        frame,
        &Document {
            title: "Authorise an app",
            width: Width::Narrow,
            head: html! { meta name="robots" content="noindex"; },
            problems: &view.form.problems,
            main,
        },
    )
}

fn group(view: &Consent, power: Power) -> Markup {
    let scopes: Vec<_> = without_covered(&view.scopes)
        .into_iter()
        .map(|scope| (scope, describe(scope)))
        .filter(|(_, (found, _))| *found == power)
        .collect();
    html! {
        @if !scopes.is_empty() {
            h2 { (power.heading()) }
            ul.scopes.scopes-strong[power != Power::Read] {
                @for (scope, (_, words)) in &scopes {
                    li {
                        @if let Some(words) = words { (words) " " code { (scope) } } @else { code { (scope) } }
                    }
                }
            }
        }
    }
}

fn origin(view: &Consent) -> Markup {
    html! {
        dl.origin {
            @if let Some(website) = &view.website {
                dt { "Its website" }
                dd { a href=[safe_url(website)] rel="nofollow noopener noreferrer" { (website) } }
            }
            dt { "Afterwards" }
            @if let Some(target) = &view.redirect_target {
                dd { "You return to " strong { (target) } }
            } @else {
                dd { "You get a code to copy into the app" }
            }
        }
    }
}
