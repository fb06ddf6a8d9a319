//! Longer texts of the node: what it is, its privacy policy, its terms. Each is a file that the configuration names,
//! plain text with blank lines between paragraphs, read when somebody asks for it.

use std::collections::HashMap;
use std::path::PathBuf;
use std::time::UNIX_EPOCH;

use super::{Error, Result};
use crate::node::Node;
use crate::text::profile::render_note;
use crate::text::render::Surroundings;

/// The most bytes of a text.
const LONGEST: u64 = 1 << 20;

/// One of the node's texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// What the node is, at length.
    Description,
    /// What it does with what it knows of people.
    Privacy,
    /// Under which terms people use it.
    Terms,
}

/// A text as it reads now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// HTML.
    pub html: String,
    /// Since when it reads so, in milliseconds.
    pub since: i64,
}

/// Whether the node has such a text.
#[must_use]
pub fn is_set(node: &Node, kind: Kind) -> bool {
    path(node, kind).is_some()
}

fn path(node: &Node, kind: Kind) -> Option<&PathBuf> {
    let instance = &node.config.instance;
    match kind {
        Kind::Description => instance.extended_description_file.as_ref(),
        Kind::Privacy => instance.privacy_policy_file.as_ref(),
        Kind::Terms => instance.terms_of_service_file.as_ref(),
    }
}

/// The texts that the node has, by the names of their settings, with their files.
#[must_use]
pub fn list_files(node: &Node) -> Vec<(&'static str, PathBuf)> {
    let named = [
        ("extended_description_file", Kind::Description),
        ("privacy_policy_file", Kind::Privacy),
        ("terms_of_service_file", Kind::Terms),
    ];
    let set = named.into_iter().filter_map(|(name, kind)| {
        let path = path(node, kind)?.clone();
        Some((name, path))
    });
    set.collect()
}

/// The text as it reads now.
///
/// # Errors
/// [`Error::NotFound`] where the node has none, [`Error::Files`] when its file cannot be read.
pub async fn read(node: &Node, kind: Kind) -> Result<Text> {
    let path = path(node, kind).cloned().ok_or(Error::NotFound)?;
    let load = move || -> std::io::Result<(String, i64)> {
        let known = std::fs::metadata(&path)?;
        if known.len() > LONGEST {
            let cause = format!("{} is larger than {LONGEST} bytes", path.display());
            return Err(std::io::Error::other(cause));
        }
        let since = known.modified()?.duration_since(UNIX_EPOCH);
        let since = since.map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(0));
        Ok((std::fs::read_to_string(path)?, since))
    };
    let loaded = tokio::task::spawn_blocking(load).await;
    let (text, since) = loaded.map_err(|error| Error::Broken(error.to_string()))??;
    let mentions = HashMap::new();
    let around = Surroundings {
        origin: node.urls.origin(),
        mentions: &mentions,
    };
    Ok(Text {
        html: render_note(text.trim(), around),
        since,
    })
}
