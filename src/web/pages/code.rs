//! The page that shows an authorisation code to copy by hand (out-of-band).
//!
//! Source: <https://docs.joinmastodon.org/methods/oauth/#authorize>

use maud::html;

use super::layout::{Document, Frame, Width, document};

/// A code to copy.
#[derive(Clone, Debug)]
pub struct Code {
    /// The application that waits for it.
    pub application: String,
    /// The code itself.
    pub code: String,
}

/// The document.
#[must_use]
pub fn render(frame: &Frame, view: &Code) -> String {
    let main = html! {
        h1 { "Copy this code" }
        div.panel {
            div.field {
                label for="field-code" {
                    "Authorisation code for " span.breaking dir="auto" { (view.application) }
                }
                p.hint #field-code-hint { "Select it all, copy it, and paste it into the app. It works once, for ten minutes." }
                input.code #field-code type="text" name="code" value=(view.code) readonly
                    autocomplete="off" spellcheck="false" aria-describedby="field-code-hint";
            }
            p.hint { "Give it to nobody else: it opens your account." }
        }
    };
    document(
        frame,
        &Document {
            title: "Authorisation code",
            width: Width::Narrow,
            head: html! { meta name="robots" content="noindex"; },
            problems: &[],
            main,
        },
    )
}
