//! What the page of a lab shows, and its JSON: several nodes, what each holds, what waits for whom.

use serde::Serialize;

/// All of a lab at one instant, as its databases have it.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Lab {
    /// The nodes, in the order in which they were made.
    pub nodes: Vec<Seat>,
    /// What is between each two of them, one for each direction.
    pub ways: Vec<Way>,
    /// What was done on this page or in the lab, the newest first.
    pub said: Vec<Said>,
}

/// Something that was done.
#[derive(Clone, Debug, Serialize)]
pub struct Said {
    /// When, in milliseconds.
    pub at: i64,
    /// A sentence.
    pub words: String,
}

/// One node.
#[derive(Clone, Debug, Serialize)]
pub struct Seat {
    /// Its short name: `beta`.
    pub name: String,
    /// Its person: `bob`.
    pub person: String,
    /// Where it is: `http://beta.localhost:8082`.
    pub origin: String,
    /// Whether it runs.
    pub state: State,
    /// Posts in the home timeline of its person.
    pub timeline: i64,
    /// Posts that its person made.
    pub made: i64,
    /// Posts that were made and not yet put into the queues of the others.
    pub unqueued: i64,
    /// What was received and is not yet applied.
    pub unapplied: i64,
    /// The newest posts of the home timeline, the newest first.
    pub latest: Vec<Line>,
}

/// Whether a node runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// It answers.
    Running,
    /// Its process is there and does not answer yet.
    Starting,
    /// It has no process.
    Dead,
}

/// A post in one line.
#[derive(Clone, Debug, Serialize)]
pub struct Line {
    /// The short name of its author's node.
    pub node: String,
    /// Its author.
    pub person: String,
    /// Its text.
    pub text: String,
    /// When it was made, in milliseconds.
    pub at: i64,
}

/// What is between two nodes, in one direction.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Way {
    /// Who sends.
    pub from: String,
    /// Who receives.
    pub to: String,
    /// Posts that wait in the sender's database.
    pub posts: i64,
    /// Other messages that wait there.
    pub others: i64,
    /// The sender's posts that the receiver's database has.
    pub arrived: i64,
    /// Since when the sender finds that the receiver takes nothing, in milliseconds.
    pub down_since: Option<i64>,
    /// In how many milliseconds the sender tries it again.
    pub next_try_in: Option<i64>,
    /// What went wrong the last time.
    pub last_error: Option<String>,
}

impl Way {
    /// Everything that waits.
    pub(super) fn waiting(&self) -> i64 {
        self.posts + self.others
    }
}

impl State {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Starting => "starting",
            Self::Dead => "dead",
        }
    }
}
