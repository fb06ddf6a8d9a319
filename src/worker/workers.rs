//! The consumers of a running node: started together, stopped together, begun anew if one breaks off.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures_util::FutureExt as _;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::bell::Bell;
use super::{absences, bans, distribution, jobs, previews, processes, pushes, receipts, schedule};
use crate::federation::{activities, delivery};
use crate::node::Node;
use crate::store::{self, Event, Tx};

/// How long is waited before a consumer that broke off begins anew.
const BREATH: Duration = Duration::from_secs(1);

/// The consumers of a running node. Dropping it ends them at once, which loses nothing; [`Worker::stop`] lets them
/// finish what is under way.
pub struct Worker {
    stop: watch::Sender<bool>,
    tasks: JoinSet<()>,
    /// Outlives the others: they work until they have ended.
    pulse: JoinSet<()>,
    node: Node,
    patience: Duration,
}

impl Worker {
    /// Starts to do what is due, and what will be.
    ///
    /// # Errors
    /// Whatever the database says.
    pub async fn start(node: Node) -> store::QueryResult<Self> {
        processes::join(&node).await?;
        release_leases(&node).await?;
        absences::arrive(&node).await?;
        let (stop, stopped) = watch::channel(false);
        let mut worker = Self {
            stop,
            tasks: JoinSet::new(),
            pulse: JoinSet::new(),
            node: node.clone(),
            patience: Duration::from_secs(node.config.server.shutdown_timeout_seconds),
        };
        worker.pulse.spawn(processes::live(node.clone()));
        let bell = |event| {
            let (node, stopped) = (node.clone(), stopped.clone());
            move || Bell::new(&node, event, stopped.clone())
        };
        let (here, ring) = (node.clone(), bell(Event::Jobs));
        worker.keep("jobs", move || jobs::run(here.clone(), ring()));
        let (here, ring) = (node.clone(), bell(Event::Jobs));
        worker.keep("uploads", move || jobs::run_uploads(here.clone(), ring()));
        let (here, ring) = (node.clone(), bell(Event::Jobs));
        worker.keep("facts", move || distribution::run(here.clone(), ring()));
        let (here, ring) = (node.clone(), bell(Event::Receipts));
        worker.keep("inbox", move || {
            let apply =
                |node: Node, receipt| async move { activities::apply(&node, &receipt).await };
            receipts::run(here.clone(), ring(), apply)
        });
        let (here, ring) = (node.clone(), bell(Event::Jobs));
        worker.keep("pushes", move || pushes::run(here.clone(), ring()));
        let (here, ring, until) = (node.clone(), bell(Event::Jobs), stopped.clone());
        worker.keep("absences", move || {
            absences::run(here.clone(), ring(), until.clone())
        });
        let (here, ring) = (node.clone(), bell(Event::Bans));
        worker.keep("bans", move || bans::run(here.clone(), ring()));
        let (here, until) = (node.clone(), stopped.clone());
        worker.keep("previews", move || {
            previews::run(here.clone(), until.clone())
        });
        let (here, until) = (node.clone(), stopped.clone());
        worker.keep("schedule", move || {
            schedule::run(here.clone(), until.clone())
        });
        worker.keep("deliveries", move || {
            delivery::run(node.clone(), stopped.clone())
        });
        Ok(worker)
    }

    /// Lets a consumer run until it ends by itself, again after a panic.
    fn keep<F>(&mut self, name: &'static str, consumer: impl Fn() -> F + Send + 'static)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        self.tasks.spawn(async move {
            while AssertUnwindSafe(consumer()).catch_unwind().await.is_err() {
                tracing::error!(name, "a consumer broke off and begins anew");
                tokio::time::sleep(BREATH).await;
            }
        });
    }

    /// Starts nothing new and waits until what is under way has ended, as long as the configuration allows
    /// (`server.shutdown_timeout_seconds`). What has not ended by then is a row and is done after the next start.
    pub async fn stop(mut self) {
        // Nobody listening means that all have ended.
        let _ = self.stop.send(true);
        let all = async { while self.tasks.join_next().await.is_some() {} };
        if timeout(self.patience, all).await.is_err() {
            tracing::warn!("work that was under way is broken off and done after the next start");
            self.tasks.shutdown().await;
        }
        self.pulse.shutdown().await;
        processes::leave(&self.node).await;
    }
}

/// What processes before this one had in hand is due at once: to wait for leases would delay every post that came before
/// a crash. What another living process has in hand stays its own.
async fn release_leases(node: &Node) -> store::QueryResult<()> {
    let release = |tx: &mut Tx| {
        store::jobs::release(tx)?;
        store::pushes::release(tx)?;
        store::receipts::release(tx)
    };
    node.db.write(release).await
}
