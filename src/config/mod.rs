//! What an operator can set, one file per section.
//!
//! The section structs are the one table of settings: a field's type, default, rule and documentation
//! stand together in its `section!` block, and the parser, the environment names, the suggestions and the
//! documented example (`config/example.toml`) all read them there.
//!
//! Later sources win: defaults, one TOML file, environment variables, flags.

mod configuration;
mod database;
mod example;
mod federation;
mod given;
mod instance;
mod limits;
mod load;
mod log;
mod mail;
mod media;
mod metrics;
mod network;
mod problems;
mod rules;
mod server;
mod setting;
mod show;
mod sources;
mod storage;
mod suggest;
mod table;
mod trends;

pub use configuration::Config;
pub use database::{Database, DatabaseUrl, NoDatabaseUrl};
pub use example::example;
pub use federation::Federation;
pub use instance::{Audience, Instance, Inviters, Registrations};
pub use limits::{Limits, NoRate, Rate};
pub use load::{ConfigFile, LoadOptions};
pub use log::{Log, LogFormat, LogLevel};
pub use mail::{Mail, MailPassword, MailSecurity, MailTransport};
pub use media::Media;
pub use metrics::{Metrics, MetricsToken, NoMetricsToken};
pub use network::{Network, NoNetwork};
pub use problems::{ConfigErrors, Problem};
pub use server::Server;
pub use show::show;
pub use storage::{SecretKey, Storage};
pub use trends::Trends;
