//! The poll of a status as pages show it: what was chosen how often, as words, numbers and bars.

use maud::{Markup, html};

use super::parts::{counted, long_time};

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
        let votes = self.votes?;
        let share = (votes.max(0) * 100 + voters / 2).checked_div(voters);
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
