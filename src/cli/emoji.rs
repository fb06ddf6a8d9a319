//! `whimbrel emoji`: the node's own custom emoji. Works on the database beside a running node.

use std::fs;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::failure::Failure;
use super::globals::Globals;
use super::output;
use crate::node::Node;
use crate::social::emojis::{self, EmojiChange, MAX_BYTES, NewEmoji};
use crate::social::moderation::staff::Staff;
use crate::social::staff::By;
use crate::store::custom_emojis::CustomEmoji;

/// The endings of pictures that are taken out of a folder.
const PICTURES: [&str; 5] = ["png", "gif", "webp", "jpg", "jpeg"];

/// What can be done with custom emoji.
#[derive(Debug, Subcommand)]
pub(super) enum EmojiCommand {
    /// Lists them, by name
    List(List),
    /// Adds a picture, or all pictures of a folder; their names without the ending are the names of the emoji
    Import(Import),
    /// Changes how one is offered
    Change(Change),
    /// Keeps one from being used in new posts; it stays where it was used
    Disable(Named),
    /// Lets one be used again
    Enable(Named),
    /// Removes one with its picture, for good
    Remove(Named),
}

/// A list.
#[derive(Debug, Args)]
pub(super) struct List {
    /// Prints JSON
    #[arg(long)]
    json: bool,
}

/// Which one.
#[derive(Debug, Args)]
pub(super) struct Named {
    /// Its name, with or without colons
    name: String,
    /// Prints JSON
    #[arg(long)]
    json: bool,
}

/// Pictures.
#[derive(Debug, Args)]
pub(super) struct Import {
    /// A picture, or a folder of pictures
    path: PathBuf,
    /// The group that they are listed under
    #[arg(long, default_value = "")]
    category: String,
    /// What all names begin with
    #[arg(long, default_value = "")]
    prefix: String,
    /// Does not offer them when people choose
    #[arg(long)]
    hidden: bool,
    /// Lets them take the place of those with the same names
    #[arg(long)]
    replace: bool,
    /// Prints JSON
    #[arg(long)]
    json: bool,
}

/// How one is offered.
#[derive(Debug, Args)]
pub(super) struct Change {
    #[command(flatten)]
    named: Named,
    /// The group that it is listed under; an empty text is none
    #[arg(long)]
    category: Option<String>,
    /// Whether it is offered when people choose
    #[arg(long, action = clap::ArgAction::Set)]
    visible: Option<bool>,
}

impl EmojiCommand {
    pub(super) async fn run(self, globals: &Globals) -> Result<(), Failure> {
        let node = globals.open().await?;
        match self {
            Self::List(command) => list(&node, &command).await,
            Self::Import(command) => import(&node, &command).await,
            Self::Change(command) => {
                let wish = EmojiChange {
                    category: command.category,
                    visible_in_picker: command.visible,
                    enabled: None,
                };
                change(&node, &command.named, wish).await
            }
            Self::Disable(named) => change(&node, &named, enabled(false)).await,
            Self::Enable(named) => change(&node, &named, enabled(true)).await,
            Self::Remove(named) => {
                let emoji = emojis::find_named(&node, By::Operator, &named.name).await?;
                emojis::remove(&node, Staff::operator(), emoji.id).await?;
                if named.json {
                    return output::json(&json!({ "removed": emoji.shortcode }));
                }
                output::line(&format!(":{}: is removed.", emoji.shortcode))
            }
        }
    }
}

fn enabled(is_enabled: bool) -> EmojiChange {
    EmojiChange {
        enabled: Some(is_enabled),
        ..EmojiChange::default()
    }
}

async fn list(node: &Node, command: &List) -> Result<(), Failure> {
    let found = emojis::list_all(node, By::Operator).await?;
    if command.json {
        let shown: Vec<Value> = found.iter().map(describe).collect();
        return output::json(&shown);
    }
    let heads = ["NAME", "STATE", "GROUP"];
    let rows: Vec<Vec<String>> = found
        .iter()
        .map(|row| {
            vec![
                format!(":{}:", row.shortcode),
                state(row).to_owned(),
                row.category.clone().unwrap_or_default(),
            ]
        })
        .collect();
    output::table(&heads, &rows)
}

fn state(row: &CustomEmoji) -> &'static str {
    match (row.disabled_at, row.visible_in_picker) {
        (Some(_), _) => "disabled",
        (None, true) => "offered",
        (None, false) => "hidden",
    }
}

fn describe(row: &CustomEmoji) -> Value {
    json!({
        "shortcode": row.shortcode,
        "category": row.category,
        "visible_in_picker": row.visible_in_picker,
        "disabled": row.disabled_at.is_some(),
        "file": row.file_key,
    })
}

async fn change(node: &Node, named: &Named, wish: EmojiChange) -> Result<(), Failure> {
    let emoji = emojis::find_named(node, By::Operator, &named.name).await?;
    let changed = emojis::change(node, Staff::operator(), emoji.id, wish).await?;
    if named.json {
        return output::json(&describe(&changed));
    }
    output::line(&format!(":{}: {}", changed.shortcode, state(&changed)))
}

/// Adds what can be added, and tells of each picture that cannot; those make the command fail.
async fn import(node: &Node, command: &Import) -> Result<(), Failure> {
    let files = pictures(&command.path)?;
    let (mut added, mut refused) = (Vec::new(), Vec::new());
    for file in files {
        match add(node, command, &file).await {
            Ok(emoji) => added.push(emoji),
            Err(reason) => refused.push(format!("{}: {reason}", file.display())),
        }
    }
    if command.json {
        let shown: Vec<Value> = added.iter().map(describe).collect();
        output::json(&json!({ "added": shown, "refused": refused }))?;
    } else {
        for emoji in &added {
            output::line(&format!(":{}: added", emoji.shortcode))?;
        }
        for line in &refused {
            output::complain(line);
        }
    }
    if refused.is_empty() && !added.is_empty() {
        return Ok(());
    }
    let (good, bad) = (added.len(), refused.len());
    Err(Failure::failed(format!("{good} added, {bad} refused")))
}

async fn add(node: &Node, command: &Import, file: &Path) -> Result<CustomEmoji, String> {
    let stem = file.file_stem().unwrap_or_default().to_string_lossy();
    let new = NewEmoji {
        shortcode: format!("{}{stem}", command.prefix),
        bytes: read(file)?,
        category: command.category.clone(),
        visible_in_picker: !command.hidden,
        replaces: command.replace,
    };
    let added = emojis::add(node, Staff::operator(), new).await;
    added.map_err(|error| error.to_string())
}

fn read(file: &Path) -> Result<Vec<u8>, String> {
    let length = fs::metadata(file).map_err(|error| error.to_string())?.len();
    if length > u64::try_from(MAX_BYTES).unwrap_or(u64::MAX) {
        return Err(format!("it has more than {} KiB", MAX_BYTES >> 10));
    }
    fs::read(file).map_err(|error| error.to_string())
}

/// The picture at a path, or the pictures of the folder there, by name.
fn pictures(path: &Path) -> Result<Vec<PathBuf>, Failure> {
    let cannot = |error: std::io::Error| {
        Failure::failed(format!("{} cannot be read: {error}", path.display()))
    };
    if !fs::metadata(path).map_err(cannot)?.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut found = Vec::new();
    for entry in fs::read_dir(path).map_err(cannot)? {
        let file = entry.map_err(cannot)?.path();
        let ending = file.extension().unwrap_or_default().to_string_lossy();
        if PICTURES.contains(&ending.to_ascii_lowercase().as_str()) {
            found.push(file);
        }
    }
    if found.is_empty() {
        let sentence = format!("{} holds no pictures", path.display());
        return Err(Failure::failed(sentence));
    }
    found.sort();
    Ok(found)
}
