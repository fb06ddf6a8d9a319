//! The flags that every command takes, and the node that they describe.

use std::path::{Path, PathBuf};

use clap::Args;

use super::failure::Failure;
use crate::clock::Clock;
use crate::config::{Config, LogLevel};
use crate::node::Node;
use crate::telemetry;

const DATABASE_HELP: &str = "The database: sqlite:PATH or postgres://USER:PASSWORD@HOST/NAME \
    [default: whimbrel.db in the data folder]";

/// Flags of every command; they count more than the environment and the configuration file.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct Globals {
    /// The configuration file [default: ./whimbrel.toml or whimbrel.toml in the data folder, when there is one]
    #[arg(long, global = true, value_name = "FILE", help_heading = "Node")]
    config: Option<PathBuf>,

    /// The folder of everything that the node keeps [default: ./data]
    #[arg(long, global = true, value_name = "DIR", help_heading = "Node")]
    data: Option<String>,

    /// The node's domain, with its port when it has one [default: localhost:8080]
    #[arg(long, global = true, help_heading = "Node")]
    domain: Option<String>,

    #[arg(long, global = true, value_name = "URL", help_heading = "Node", help = DATABASE_HELP)]
    database_url: Option<String>,
}

impl Globals {
    /// The configuration of this process; `more` are flags of the command, as key and value.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub(super) fn load(&self, more: Vec<(&'static str, String)>) -> Result<Config, Failure> {
        let flags = [
            ("server.data", &self.data),
            ("server.domain", &self.domain),
            ("database.url", &self.database_url),
        ];
        let flags = flags
            .into_iter()
            .filter_map(|(key, value)| Some((key, value.clone()?)));
        let overrides = flags.chain(more).collect();
        Ok(Config::load_from_process(
            self.config.as_deref(),
            overrides,
        )?)
    }

    /// The configuration of a node beside others, which shares the file and the environment with them, but not the
    /// flags that name its place.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub(super) fn load_beside(
        &self,
        overrides: Vec<(&'static str, String)>,
    ) -> Result<Config, Failure> {
        Ok(Config::load_from_process(
            self.config.as_deref(),
            overrides,
        )?)
    }

    /// The configuration file, when a flag names it.
    pub(super) fn config_flag(&self) -> Option<&Path> {
        self.config.as_deref()
    }

    /// The data folder, when a flag names it.
    pub(super) fn data_flag(&self) -> Option<&str> {
        self.data.as_deref()
    }

    /// Opens the node for a command that is not the server: only what needs a look is logged, unless the
    /// configuration asks for more than usual.
    ///
    /// # Errors
    /// What is wrong with the configuration, or what the node lacks.
    pub(super) async fn open(&self) -> Result<Node, Failure> {
        let config = self.load(Vec::new())?;
        start_quiet_log(&config);
        Ok(Node::open(config, Clock::real()).await?)
    }
}

/// Starts the log of a command whose output people read.
pub(super) fn start_quiet_log(config: &Config) {
    let mut log = config.log.clone();
    if log.level == LogLevel::Info {
        log.level = LogLevel::Warn;
    }
    telemetry::start(&log);
}
