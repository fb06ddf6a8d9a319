//! Pieces of forms: labelled fields, hidden fields, and what was wrong.

use maud::{Markup, html};

use super::parts::{Icon, icon};

/// What every form carries.
#[derive(Clone, Debug, Default)]
pub struct Form {
    /// The token that shows that the form came from this node; sent back as `csrf_token`.
    pub csrf_token: String,
    /// What was wrong with the form the last time it was sent.
    pub problems: Vec<Problem>,
}

impl Form {
    /// What is wrong with the field called `name`: its first problem.
    fn problem_of(&self, name: &str) -> Option<&Problem> {
        self.problems
            .iter()
            .find(|problem| problem.field.as_deref() == Some(name))
    }
}

/// One thing that was wrong with a form.
#[derive(Clone, Debug)]
pub struct Problem {
    /// The name of the field, or `None` when it concerns the form as a whole.
    pub field: Option<String>,
    /// A sentence that says what to do.
    pub message: String,
}

/// The id of the field called `name` in its document.
fn field_id(name: &str) -> String {
    format!("field-{name}")
}

/// The list of problems at the top of the page, each leading to its field.
pub(super) fn problem_summary(problems: &[Problem]) -> Markup {
    html! {
        @if !problems.is_empty() {
            div.problems role="alert" aria-labelledby="problems-title" {
                p #problems-title { (icon(Icon::Warning)) strong { "Please check what you entered" } }
                ul {
                    @for problem in problems {
                        li {
                            @if let Some(field) = &problem.field {
                                a href={ "#" (field_id(field)) } { (problem.message) }
                            } @else {
                                (problem.message)
                            }
                        }
                    }
                }
            }
        }
    }
}

/// A hidden field.
pub(super) fn hidden(name: &str, value: &str) -> Markup {
    html! { input type="hidden" name=(name) value=(value); }
}

/// The hidden field that shows that the form came from this node.
pub(super) fn csrf(token: &str) -> Markup {
    hidden("csrf_token", token)
}

/// What people enter into a field.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Kind {
    #[default]
    Text,
    /// A name or address: no capital letters or corrections by the keyboard.
    Name,
    Email,
    Password,
    /// Several lines.
    Long,
    /// An instant without a zone: `2026-08-08T12:34`.
    Instant,
}

/// A labelled field; the defaults are an empty, required line of text.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Field<'a> {
    pub name: &'a str,
    pub label: &'a str,
    pub kind: Kind,
    /// The `autocomplete` token. Source: <https://html.spec.whatwg.org/#autofill>
    pub autocomplete: &'a str,
    pub value: &'a str,
    pub hint: Option<&'a str>,
    pub optional: bool,
    /// The fewest characters allowed.
    pub min_chars: Option<u32>,
}

impl Field<'_> {
    /// The field with its label, hint and the first problem that `form` has with it.
    pub(super) fn render(&self, form: &Form) -> Markup {
        let problem = form.problem_of(self.name);
        let id = field_id(self.name);
        let described = self.described_by(&id, problem.is_some());
        html! {
            div.field.field-wrong[problem.is_some()] {
                label for=(id) {
                    (self.label)
                    @if self.optional { span.optional { " (optional)" } }
                }
                @if let Some(hint) = self.hint { p.hint id={ (id) "-hint" } { (hint) } }
                (field_problem(&id, problem))
                (self.control(&id, described.as_deref(), problem.is_some()))
            }
        }
    }

    fn described_by(&self, id: &str, wrong: bool) -> Option<String> {
        match (self.hint.is_some(), wrong) {
            (true, true) => Some(format!("{id}-problem {id}-hint")),
            (true, false) => Some(format!("{id}-hint")),
            (false, true) => Some(format!("{id}-problem")),
            (false, false) => None,
        }
    }

    fn control(&self, id: &str, described: Option<&str>, wrong: bool) -> Markup {
        let invalid = wrong.then_some("true");
        let autocomplete = (!self.autocomplete.is_empty()).then_some(self.autocomplete);
        let (kind, plain) = match self.kind {
            Kind::Text => ("text", false),
            Kind::Name => ("text", true),
            Kind::Email => ("email", true),
            Kind::Password => ("password", true),
            Kind::Instant => ("datetime-local", false),
            Kind::Long => {
                return html! {
                    textarea id=(id) name=(self.name) rows="4" required[!self.optional]
                        aria-describedby=[described] aria-invalid=[invalid] dir="auto" { (self.value) }
                };
            }
        };
        html! {
            input id=(id) type=(kind) name=(self.name) required[!self.optional]
                value=[(self.kind != Kind::Password).then_some(self.value)]
                autocomplete=[autocomplete] minlength=[self.min_chars]
                autocapitalize=[plain.then_some("none")] spellcheck=[plain.then_some("false")]
                aria-describedby=[described] aria-invalid=[invalid];
        }
    }
}

/// The sentence beside the control `id` that says what is wrong with it.
fn field_problem(id: &str, problem: Option<&Problem>) -> Markup {
    html! {
        @if let Some(problem) = problem {
            p.field-problem id={ (id) "-problem" } {
                (icon(Icon::Warning)) span { (problem.message) }
            }
        }
    }
}

/// A box that must be ticked; it sends `true`.
pub(super) fn checkbox(form: &Form, name: &str, label: &str) -> Markup {
    let problem = form.problem_of(name);
    let id = field_id(name);
    html! {
        div.choice.field-wrong[problem.is_some()] {
            input id=(id) type="checkbox" name=(name) value="true" required
                aria-describedby=[problem.map(|_| format!("{id}-problem"))]
                aria-invalid=[problem.map(|_| "true")];
            div {
                label for=(id) { (label) }
                (field_problem(&id, problem))
            }
        }
    }
}

/// A box that may be ticked; it sends `true`.
pub(super) fn option(name: &str, label: &str, is_ticked: bool) -> Markup {
    let id = field_id(name);
    html! {
        div.choice {
            input id=(id) type="checkbox" name=(name) value="true" checked[is_ticked];
            div { label for=(id) { (label) } }
        }
    }
}

/// A field for a file, which must be chosen; `accept` names the kinds that browsers offer.
pub(super) fn upload(form: &Form, name: &str, label: &str, hint: &str, accept: &str) -> Markup {
    let problem = form.problem_of(name);
    let id = field_id(name);
    html! {
        div.field.field-wrong[problem.is_some()] {
            label for=(id) { (label) }
            p.hint id={ (id) "-hint" } { (hint) }
            (field_problem(&id, problem))
            input id=(id) type="file" name=(name) accept=(accept) required aria-describedby={ (id) "-hint" };
        }
    }
}

/// The pair of fields in which a new password is chosen: `password` and `password_again`.
pub(super) fn new_password(form: &Form, label: &str, min_chars: u32) -> Markup {
    let hint = format!("At least {min_chars} characters. A few unrelated words make a good one.");
    html! {
        (Field {
            name: "password",
            label,
            kind: Kind::Password,
            autocomplete: "new-password",
            hint: Some(&hint),
            min_chars: Some(min_chars),
            ..Field::default()
        }.render(form))
        (Field {
            name: "password_again",
            label: "The same password again",
            kind: Kind::Password,
            autocomplete: "new-password",
            ..Field::default()
        }.render(form))
    }
}
