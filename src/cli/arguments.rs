//! What can be asked on the command line, and the way from there to the command.

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use super::failure::Failure;
use super::globals::Globals;
use super::{
    account, announcement, catch_up, config, delivery, doctor, domain, emoji, fetch, inbox, invite,
    jobs, lab, media, migrate, output, peers, serve, token,
};
use crate::load::open_files;

const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  it did not work; a sentence on standard error says why
  2  the command or the configuration is not right
  3  `doctor` found something that needs a look";

/// A federated microblog node that does not lose posts.
#[derive(Debug, Parser)]
#[command(name = "whimbrel", version, after_help = EXIT_CODES, arg_required_else_help = true)]
struct Arguments {
    #[command(flatten)]
    globals: Globals,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Runs the node
    Serve(serve::Serve),
    /// Runs several nodes that federate with each other on this computer, to try things out
    Lab(lab::Lab),
    /// Looks after the people of this node
    #[command(subcommand)]
    Account(account::AccountCommand),
    /// Tells everybody on this node something
    #[command(subcommand)]
    Announcement(announcement::AnnouncementCommand),
    /// Looks after the emoji of this node
    #[command(subcommand)]
    Emoji(emoji::EmojiCommand),
    /// Invites people to this node
    #[command(subcommand)]
    Invite(invite::InviteCommand),
    /// Gives and takes access tokens, for bots and scripts
    #[command(subcommand)]
    Token(token::TokenCommand),
    /// Shows what other servers sent and what became of it, and tries it again
    #[command(subcommand)]
    Inbox(inbox::InboxCommand),
    /// Shows work that was given up, and tries it again
    #[command(subcommand)]
    Jobs(jobs::JobsCommand),
    /// Shows what was pulled from other servers after absences, and pulls by hand
    #[command(subcommand)]
    CatchUp(catch_up::CatchUpCommand),
    /// Shows how other servers do, and decides about them
    Peers(peers::Peers),
    /// Blocks and allows other servers
    #[command(subcommand)]
    Domain(domain::DomainCommand),
    /// Shows what became of posts at other servers
    #[command(subcommand)]
    Delivery(delivery::DeliveryCommand),
    /// Asks another server for an account or a post, and shows what was understood
    Fetch(fetch::Fetch),
    /// Looks whether everything that the node needs is there
    Doctor(doctor::Doctor),
    /// Brings uploaded files from a folder to a bucket
    #[command(subcommand)]
    Media(media::MediaCommand),
    /// Brings the database up to date; `serve` does so by itself
    Migrate(migrate::Migrate),
    /// Shows, explains and checks the configuration
    #[command(subcommand)]
    Config(config::ConfigCommand),
}

/// Runs the command that this process was asked for; the exit code says how it went.
#[must_use]
pub fn run() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    open_files::ask_for_more();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    let done = runtime.map_err(Failure::failed).and_then(|runtime| {
        let done = runtime.block_on(obey(arguments));
        // What still runs after a hasty end is not waited for.
        runtime.shutdown_background();
        done
    });
    done.map_or_else(
        |failure| {
            if let Some(sentence) = failure.sentence() {
                output::complain(sentence);
            }
            failure.exit_code()
        },
        |()| ExitCode::SUCCESS,
    )
}

async fn obey(arguments: Arguments) -> Result<(), Failure> {
    let globals = &arguments.globals;
    match arguments.command {
        Command::Serve(command) => command.run(globals).await,
        Command::Lab(command) => command.run(globals).await,
        Command::Account(command) => command.run(globals).await,
        Command::Announcement(command) => command.run(globals).await,
        Command::Emoji(command) => command.run(globals).await,
        Command::Invite(command) => command.run(globals).await,
        Command::Token(command) => command.run(globals).await,
        Command::Inbox(command) => command.run(globals).await,
        Command::Jobs(command) => command.run(globals).await,
        Command::CatchUp(command) => command.run(globals).await,
        Command::Peers(command) => command.run(globals).await,
        Command::Domain(command) => command.run(globals).await,
        Command::Delivery(command) => command.run(globals).await,
        Command::Fetch(command) => command.run(globals).await,
        Command::Doctor(command) => command.run(globals).await,
        Command::Media(command) => command.run(globals).await,
        Command::Migrate(command) => command.run(globals).await,
        Command::Config(command) => command.run(globals),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_arguments_are_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn the_flags_of_the_node_go_with_every_command() {
        let command = Arguments::command();
        let names: Vec<&str> = command
            .get_subcommands()
            .map(clap::Command::get_name)
            .collect();
        assert!(names.contains(&"serve") && names.contains(&"config"));
        for line in [
            "whimbrel --data d serve --listen 127.0.0.1:0",
            "whimbrel serve --data d --domain x.example --database-url sqlite:x --config c",
            "whimbrel config check --data d",
            "whimbrel migrate --data d --json",
            "whimbrel doctor --data d",
            "whimbrel lab --nodes 2 --port 9000 --page-port 0 --data d",
            "whimbrel account create a --email a@b.c --password p --confirmed --approved --data d",
            "whimbrel account create a --email a@b.c --generate-password --confirmed=false",
            "whimbrel announcement list --json --data d",
            "whimbrel announcement add hello --ends 2026-08-08T12:34:00Z --all-day",
            "whimbrel announcement add hello --at 2026-08-08T12:34:00Z --json",
            "whimbrel announcement change 7 --text hello",
            "whimbrel announcement publish 7 --json",
            "whimbrel emoji import a.png --category Birds --prefix b_ --hidden --replace",
            "whimbrel emoji change :cup: --visible false --json",
            "whimbrel emoji disable cup --data d",
            "whimbrel token create a --scopes read --domain d --data d",
            "whimbrel account reject a --json",
            "whimbrel account confirm a",
            "whimbrel invite create --uses 5 --days 7 --json",
            "whimbrel invite list",
            "whimbrel invite revoke 7",
            "whimbrel inbox list --state failed --json --data d",
            "whimbrel inbox show 7 --json",
            "whimbrel inbox retry 7",
            "whimbrel inbox retry --failed --host a.test",
            "whimbrel jobs list --dead --json",
            "whimbrel jobs retry 7",
            "whimbrel catch-up show --json --data d",
            "whimbrel catch-up start --since 24h --host x.example",
            "whimbrel peers --data d",
            "whimbrel peers --state down --json",
            "whimbrel peers list --state backlog",
            "whimbrel peers forget a.test --yes --json",
            "whimbrel delivery show 7 --json",
            "whimbrel domain block evil.test --severity silence --reject-media --comment c",
            "whimbrel domain unblock evil.test --data d",
            "whimbrel domain list --allowed --json",
            "whimbrel account suspend ann --text t --data d",
            "whimbrel account unsuspend ann@evil.test",
            "whimbrel account audit --json",
        ] {
            let parsed = Arguments::try_parse_from(line.split(' '));
            assert!(parsed.is_ok(), "{line}: {parsed:?}");
        }
        for line in [
            "whimbrel serve --dat d",
            "whimbrel account create a --email a@b.c",
            "whimbrel account create a --email a@b.c --password p --generate-password",
            "whimbrel announcement add hello --all-day",
            "whimbrel announcement add hello --at soon",
            "whimbrel announcement add hello --draft --at 2026-08-08T12:34:00Z",
            "whimbrel emoji import",
            "whimbrel lab --nodes 0",
            "whimbrel inbox list --state applied",
            "whimbrel inbox retry",
            "whimbrel inbox retry 7 --failed",
            "whimbrel inbox retry 7 --host a.test",
            "whimbrel invite create --uses 0",
            "whimbrel peers --state broken",
            "whimbrel peers show",
            "whimbrel domain block evil.test --severity harsh",
        ] {
            assert!(
                Arguments::try_parse_from(line.split(' ')).is_err(),
                "{line}"
            );
        }
    }
}
