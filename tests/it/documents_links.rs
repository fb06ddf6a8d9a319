//! Links in the project's documents: each relative one leads to a file or folder that is there.
//!
//! Addresses elsewhere are not asked, as tests talk to nobody.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Folders without documents of ours: what tools make, and what they keep.
const FOREIGN: &[&str] = &["target", "node_modules", ".git"];

#[test]
fn every_relative_link_leads_somewhere() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut documents = Vec::new();
    gather(root, &mut documents);
    let mut followed = 0;
    let mut broken = BTreeSet::new();
    for document in &documents {
        let text = fs::read_to_string(document).expect("a document is text");
        let folder = document.parent().expect("a document lies in a folder");
        for link in relative_links(&text) {
            followed += 1;
            if !folder.join(&link).exists() {
                let name = document.strip_prefix(root).unwrap_or(document);
                broken.insert(format!("{}: {link}", name.display()));
            }
        }
    }
    assert!(documents.len() > 10, "the documents are found");
    assert!(followed > 50, "the links are found");
    assert!(broken.is_empty(), "these lead nowhere: {broken:#?}");
}

fn gather(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder can be read") {
        let path = entry.expect("an entry can be read").path();
        let name = path.file_name().and_then(|name| name.to_str());
        if path.is_dir() {
            if !name.is_some_and(|name| FOREIGN.contains(&name)) {
                gather(&path, found);
            }
        } else if path.extension().is_some_and(|extension| extension == "md") {
            found.push(path);
        }
    }
}

/// The targets of links and pictures in Markdown, without those that name a scheme or only a heading; what comes after
/// `#` is left out.
fn relative_links(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for line in prose(text) {
        for (at, _) in line.match_indices("](") {
            let Some((target, _)) = line[at + 2..].split_once(')') else {
                continue;
            };
            let target = target.split([' ', '#']).next().unwrap_or_default();
            if !target.is_empty() && !target.contains(':') {
                found.push(target.to_owned());
            }
        }
    }
    found
}

/// The lines that are no code.
fn prose(text: &str) -> Vec<&str> {
    let mut is_code = false;
    let mut lines = Vec::new();
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            is_code = !is_code;
        } else if !is_code {
            lines.push(line);
        }
    }
    lines
}

#[test]
fn only_relative_links_outside_code_are_followed() {
    let text = "[a](b.md) and [c](../d/e.md#f \"g\")\n```\n[no](code.md)\n```\n\
        [https](https://x.example/a.md) [mail](mailto:a@b.example) [here](#below)\n![p](i/p.png)\n";
    assert_eq!(relative_links(text), ["b.md", "../d/e.md", "i/p.png"]);
}
