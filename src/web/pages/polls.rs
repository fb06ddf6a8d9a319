//! The poll of a status as pages show it: what was chosen how often, as words, numbers and bars.

use maud::{Markup, html};

use super::forms::{Form, csrf};
use super::parts::{counted, long_time, safe_url};

/// A poll.
#[derive(Clone, Debug)]
pub struct Poll {
    /// Its options, in order.
    pub options: Vec<PollOption>,
    /// Whether several options may be chosen.
    pub multiple: bool,
    /// How many people voted; how many votes there are, if that is not known.
    pub voters: i64,
    /// When it ends or ended (milliseconds).
    pub ends_at: Option<i64>,
    /// Whether it is over.
    pub is_over: bool,
}

/// One option of a poll.
#[derive(Clone, Debug)]
pub struct PollOption {
    /// Its text (plain).
    pub title: String,
    /// How often it was chosen; none while that is hidden.
    pub votes: Option<i64>,
}

impl PollOption {
    /// Of a hundred voters, how many chose it.
    fn percent(&self, voters: i64) -> Option<i64> {
        let number = self.votes?;
        let share = (number.max(0) * 100 + voters / 2).checked_div(voters);
        Some(share.unwrap_or_default().clamp(0, 100))
    }
}

impl Poll {
    /// The poll as a list.
    pub(super) fn render(&self, language: Option<&str>) -> Markup {
        html! {
            div.poll role="group" aria-label=(if self.is_over { "Results of the poll" } else { "Poll" }) {
                ul.poll-options {
                    @for option in &self.options {
                        li {
                            span.poll-title lang=[language] dir="auto" { (option.title) }
                            @if let (Some(votes), Some(percent)) = (option.votes, option.percent(self.voters)) {
                                span.poll-share { (percent) "% (" (counted(votes, "vote", "votes")) ")" }
                                meter.poll-bar min="0" max="100" value=(percent) aria-hidden="true" {}
                            }
                        }
                    }
                }
                p.poll-state {
                    (counted(self.voters, "person", "people")) " voted"
                    @if self.multiple { " · several answers can be chosen" }
                    @if let Some(at) = self.ends_at {
                        @if self.is_over { " · ended " } @else { " · ends " }
                        (long_time(at))
                    }
                }
            }
        }
    }
}

/// The form with which somebody who is signed in votes.
#[derive(Clone, Debug)]
pub struct Ballot {
    /// What every form carries.
    pub form: Form,
    /// Where it is sent.
    pub url: String,
    /// The texts of the options (plain), in order.
    pub options: Vec<String>,
    /// Whether several options may be chosen.
    pub multiple: bool,
    /// The language of the post as a BCP 47 tag.
    pub language: Option<String>,
}

impl Ballot {
    /// The form; what is chosen is sent as `choice`, the place of an option from 0.
    pub(super) fn render(&self) -> Markup {
        let kind = if self.multiple { "checkbox" } else { "radio" };
        html! {
            form.ballot method="post" action=[safe_url(&self.url)] {
                (csrf(&self.form.csrf_token))
                fieldset {
                    legend { "Your vote" }
                    @for (place, option) in self.options.iter().enumerate() {
                        @let id = format!("choice-{place}");
                        div.choice {
                            input id=(id) type=(kind) name="choice" value=(place) required[!self.multiple];
                            label for=(id) lang=[self.language.as_deref()] dir="auto" { (option) }
                        }
                    }
                }
                p.actions { button.button type="submit" { "Vote" } }
            }
        }
    }
}

/// A poll whose texts are made by `text`, for the samples of pages.
#[cfg(test)]
pub(super) fn sample(text: impl Fn(&str) -> String) -> Poll {
    let option = |title| PollOption {
        title: text(title),
        votes: Some(3),
    };
    Poll {
        options: vec![option("Curlew"), option("Whimbrel")],
        multiple: true,
        voters: 4,
        ends_at: Some(1_786_192_496_789),
        is_over: false,
    }
}

/// A form whose texts are made by `text`, for the samples of pages.
#[cfg(test)]
pub(super) fn sample_ballot(url: String, text: impl Fn(&str) -> String) -> Ballot {
    Ballot {
        form: Form::default(),
        url,
        options: vec![text("Curlew"), text("Whimbrel")],
        multiple: false,
        language: Some(text("en")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_of_people_and_never_more_than_all() {
        for (votes, voters, expected) in [
            (Some(1), 3, Some(33)),
            (Some(2), 3, Some(67)),
            (Some(0), 0, Some(0)),
            (Some(5), 3, Some(100)),
            (Some(-1), 3, Some(0)),
            (None, 3, None),
        ] {
            let title = "tea".to_owned();
            let option = PollOption { title, votes };
            assert_eq!(option.percent(voters), expected, "{votes:?} {voters}");
        }
    }
}
