//! The page behind the link that confirms an e-mail address.

use maud::html;

use super::forms::{Form, csrf, hidden};
use super::layout::{Document, Frame, Width, document};
use crate::web::paths;

/// An address to be confirmed.
#[derive(Clone, Debug)]
pub struct Confirmation {
    /// The token of forms.
    pub form: Form,
    /// The link's secret, sent back as `token`.
    pub token: String,
    /// The address.
    pub email: String,
}

/// The document.
#[must_use]
pub fn render(frame: &Frame, view: &Confirmation) -> String {
    let main = html! {
        h1 { "Confirm your e-mail address" }
        form.panel method="post" action=(paths::CONFIRMATION) {
            (csrf(&view.form.csrf_token))
            (hidden("token", &view.token))
            p { "Does " strong { (view.email) } " belong to you?" }
            button.button type="submit" { "Yes, it is mine" }
        }
        p.aside { "If you did not ask for this, close the page: nothing happens then." }
    };
    document(
        frame,
        &Document {
            title: "Confirm your e-mail address",
            width: Width::Narrow,
            head: html! { meta name="robots" content="noindex"; },
            problems: &[],
            main,
        },
    )
}
