//! What is done on the page of a lab: posting, killing, reviving, and the whole story at once.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use futures_util::future::join_all;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;

use super::seats::Seat;
use super::survey;
use crate::clock::Clock;
use crate::store;
use crate::web::pages::lab::{Lab, Said};
use crate::web::{Act, Stage};

/// Sentences that are kept.
const MEMORY: usize = 12;

/// How long a node may take from its start to its first answer.
const START: Duration = Duration::from_secs(30);

/// How often a starting node is asked.
const ASK_EVERY: Duration = Duration::from_millis(50);

/// How long a node of the story stays dead after the last post, for people to see what waits.
const SLEEP: Duration = Duration::from_secs(5);

/// The posts of the story.
const POSTS: usize = 100;

/// What people find on a beach, for posts that nobody writes by hand.
const FINDS: [&str; 6] = [
    "a razor shell",
    "a lugworm's cast",
    "a mermaid's purse",
    "a gull's feather",
    "a crab's old coat",
    "a piece of green glass",
];

/// All nodes of a lab.
pub(super) struct Nodes {
    /// Each of them.
    pub(super) seats: Vec<Seat>,
    clock: Clock,
    said: Mutex<VecDeque<Said>>,
}

/// An act that somebody asked for, and who waits for its end.
type Asked = (Act, oneshot::Sender<()>);

/// The lab as its page sees it: reading is done at once, acting by [`Nodes::play`].
pub(super) struct Board {
    nodes: Arc<Nodes>,
    acts: mpsc::Sender<Asked>,
}

impl Board {
    /// The board of these nodes, and what is asked for on it.
    pub(super) fn new(nodes: Arc<Nodes>) -> (Self, mpsc::Receiver<Asked>) {
        let (acts, asked) = mpsc::channel(64);
        (Self { nodes, acts }, asked)
    }
}

#[async_trait]
impl Stage for Board {
    async fn look(&self) -> Lab {
        self.nodes.look().await
    }

    async fn carry_out(&self, act: Act) {
        let goes_on = matches!(act, Act::Revive(_) | Act::Sleep(_));
        let (done, end) = oneshot::channel();
        // A lab that is being closed does nothing any more.
        if self.acts.send((act, done)).await.is_ok() && !goes_on {
            let _ = end.await;
        }
    }
}

impl Nodes {
    /// These nodes; none is started.
    pub(super) fn new(seats: Vec<Seat>) -> Self {
        Self {
            seats,
            clock: Clock::real(),
            said: Mutex::default(),
        }
    }

    /// How everything stands.
    async fn look(&self) -> Lab {
        let said = self.list_said();
        survey::look(&self.seats, said).await
    }

    fn list_said(&self) -> Vec<Said> {
        let said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        said.iter().cloned().collect()
    }

    /// Carries out what is asked for on the board, each by itself, as long as this is polled.
    pub(super) async fn play(self: Arc<Self>, mut asked: mpsc::Receiver<Asked>) {
        let mut tasks = JoinSet::new();
        while let Some((act, done)) = asked.recv().await {
            let nodes = self.clone();
            tasks.spawn(async move {
                nodes.carry_out(act).await;
                let _ = done.send(());
            });
            while tasks.try_join_next().is_some() {}
        }
    }

    async fn carry_out(&self, act: Act) {
        let (Act::Post(name, _)
        | Act::PostTen(name)
        | Act::Kill(name)
        | Act::Revive(name)
        | Act::Sleep(name)) = &act;
        let Some(seat) = self.seats.iter().find(|seat| seat.place.name == name) else {
            self.say(format!("There is no node called {name:?} here."));
            return;
        };
        match act {
            Act::Post(_, text) => self.post(seat, &text).await,
            Act::PostTen(_) => {
                let posted = self.post_many(&[seat], 10).await;
                let person = seat.place.person;
                self.say(format!("{person} posted {posted} times."));
            }
            Act::Kill(_) => self.kill(seat),
            Act::Revive(_) => self.revive(seat).await,
            Act::Sleep(_) => self.sleep(seat).await,
        }
    }

    /// All nodes but this one.
    fn besides<'a>(&'a self, one: &'a Seat) -> impl Iterator<Item = &'a Seat> {
        self.seats
            .iter()
            .filter(move |seat| seat.place.name != one.place.name)
    }

    /// Writes down what happened.
    pub(super) fn say(&self, words: String) {
        let at = self.clock.now();
        let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        said.push_front(Said { at, words });
        said.truncate(MEMORY);
    }

    async fn post(&self, seat: &Seat, text: &str) {
        let person = seat.place.person;
        match seat.post(text).await {
            Ok(()) => self.say(format!("{person} posted.")),
            Err(_) if !seat.process.is_alive() => {
                let name = seat.place.name;
                self.say(format!("{person} cannot post: {name} is dead."));
            }
            Err(error) => self.say(format!("{person} could not post: {error}.")),
        }
    }

    /// Lets these people post in turn; tells how often it worked. Ends with the first that does not.
    async fn post_many(&self, seats: &[&Seat], times: usize) -> usize {
        for (number, (seat, find)) in seats.iter().cycle().zip(FINDS.iter().cycle()).enumerate() {
            if number == times {
                break;
            }
            let text = format!("Find number {} at the shore: {find}.", number + 1);
            if let Err(error) = seat.post(&text).await {
                let (person, name) = (seat.place.person, seat.place.name);
                self.say(if seat.process.is_alive() {
                    format!("{person} could not post: {error}.")
                } else {
                    format!("{person} cannot post: {name} is dead.")
                });
                return number;
            }
        }
        if seats.is_empty() { 0 } else { times }
    }

    fn kill(&self, seat: &Seat) {
        let name = seat.place.name;
        self.say(match seat.process.kill() {
            Ok(true) => format!("{name} was killed."),
            Ok(false) => format!("{name} is dead already."),
            Err(error) => format!("{name} could not be killed: {error}."),
        });
    }

    async fn revive(&self, seat: &Seat) {
        let name = seat.place.name;
        match seat.process.start() {
            Ok(true) => self.say(format!("{name} is started.")),
            Ok(false) => {
                self.say(format!("{name} runs already."));
                return;
            }
            Err(error) => {
                self.say(format!("{name} could not be started: {error}."));
                return;
            }
        }
        match wait_for(seat).await {
            Ok(()) => {
                self.hasten(seat).await;
                self.say(format!("{name} is back, and the others try it again."));
            }
            Err(reason) => self.say(reason),
        }
    }

    /// Lets the others try a node at once that they know to be down, as they do when they hear from it: who watches
    /// a lab should not have to wait for the next of the growing pauses.
    async fn hasten(&self, back: &Seat) {
        let others = self.besides(back);
        join_all(others.map(|seat| async {
            let domain = back.place.domain();
            let written = seat
                .node
                .db
                .write(move |tx| store::peers::hasten(tx, &domain))
                .await;
            if let Err(error) = written {
                self.say(format!("{} was not told: {error}.", seat.place.name));
            }
        }))
        .await;
    }

    async fn sleep(&self, sleeper: &Seat) {
        let name = sleeper.place.name;
        self.kill(sleeper);
        let others: Vec<&Seat> = self
            .besides(sleeper)
            .filter(|seat| seat.process.is_alive())
            .collect();
        let posted = self.post_many(&others, POSTS).await;
        let seconds = SLEEP.as_secs();
        self.say(format!(
            "The others posted {posted} times; {name} returns in {seconds} seconds."
        ));
        tokio::time::sleep(SLEEP).await;
        self.revive(sleeper).await;
    }

    /// Starts all nodes and waits until they answer.
    ///
    /// # Errors
    /// A sentence about the one that does not.
    pub(super) async fn start(&self) -> Result<(), String> {
        for seat in &self.seats {
            let started = seat.process.start();
            started.map_err(|error| format!("{} cannot be started: {error}", seat.place.name))?;
        }
        let waits = join_all(self.seats.iter().map(wait_for)).await;
        waits.into_iter().collect()
    }

    /// Lets everybody follow everybody, and waits until all know it: what one posts then reaches all.
    ///
    /// # Errors
    /// A sentence about the first who could not.
    pub(super) async fn acquaint(&self) -> Result<(), String> {
        let people = self.seats.iter().map(|seat| async move {
            let mut ids = Vec::new();
            for other in self.besides(seat) {
                ids.push(seat.follow(&other.handle()).await?);
            }
            for id in ids {
                while !seat.follows(&id).await? {
                    tokio::time::sleep(ASK_EVERY).await;
                }
            }
            Ok(())
        });
        let all = async {
            let all: Result<(), String> = join_all(people).await.into_iter().collect();
            all.map_err(|error| format!("somebody could not follow the others: {error}"))
        };
        match tokio::time::timeout(START, all).await {
            Ok(done) => done,
            Err(_) => Err("the nodes do not hear of each other".to_owned()),
        }
    }

    /// Stops all nodes gracefully.
    pub(super) async fn stop(&self) {
        join_all(self.seats.iter().map(|seat| seat.process.stop())).await;
    }
}

/// Waits until a node answers.
async fn wait_for(seat: &Seat) -> Result<(), String> {
    let name = seat.place.name;
    let answers = async {
        while !seat.answers().await {
            if !seat.process.is_alive() {
                return Err(format!(
                    "{name} ended by itself: {}",
                    seat.process.last_words()
                ));
            }
            tokio::time::sleep(ASK_EVERY).await;
        }
        Ok(())
    };
    match tokio::time::timeout(START, answers).await {
        Ok(answered) => answered,
        Err(_) => Err(format!("{name} does not answer")),
    }
}
