//! The project's own source files, as the tests on the house read them.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// One file below `src`.
pub struct Source {
    /// Its path below `src`, with slashes.
    pub path: String,
    /// Its text.
    pub text: String,
}

/// Every Rust file below `src`, test files left out.
pub fn all_sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    gather(&root, &root, &mut found);
    found.sort_by(|a, b| a.path.cmp(&b.path));
    assert!(found.len() > 50, "the sources are found");
    found
}

fn gather(root: &Path, folder: &Path, found: &mut Vec<Source>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path: PathBuf = entry.unwrap().path();
        if path.is_dir() {
            gather(root, &path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let name = path
                .strip_prefix(root)
                .unwrap()
                .to_str()
                .unwrap()
                .to_owned();
            if !name.ends_with("tests.rs") && !name.contains("/tests/") && !name.contains("testing")
            {
                found.push(Source {
                    path: name,
                    text: fs::read_to_string(&path).unwrap(),
                });
            }
        }
    }
}

impl Source {
    /// The room it stands in: `store` for `store/conn.rs`.
    pub fn room(&self) -> &str {
        self.path.split('/').next().unwrap().trim_end_matches(".rs")
    }

    /// Whether it only lists its folder's modules.
    pub fn is_mod(&self) -> bool {
        self.path.ends_with("mod.rs") || self.path == "lib.rs"
    }

    /// Its module path: `store::conn`.
    pub fn module(&self) -> String {
        self.path
            .trim_end_matches(".rs")
            .trim_end_matches("/mod")
            .replace('/', "::")
    }

    /// Its text up to its tests.
    pub fn code_without_tests(&self) -> &str {
        let end = self
            .text
            .find("#[cfg(test)]\nmod ")
            .unwrap_or(self.text.len());
        &self.text[..end]
    }

    /// The rooms that its code names.
    pub fn used_rooms(&self) -> BTreeSet<String> {
        let mut rooms = BTreeSet::new();
        for line in self.code_without_tests().lines() {
            let line = if line.trim_start().starts_with("//") {
                ""
            } else {
                line
            };
            for (at, _) in line.match_indices("crate::") {
                if line[..at].ends_with('$') {
                    continue;
                }
                let rest = &line[at + "crate::".len()..];
                let name: String = rest
                    .chars()
                    .take_while(|c| c.is_alphanumeric() || *c == '_')
                    .collect();
                if !name.is_empty() {
                    rooms.insert(name);
                }
                if let Some(group) = rest.strip_prefix('{') {
                    for part in group.split(['}', ',']) {
                        let name: String = part
                            .trim()
                            .chars()
                            .take_while(|c| c.is_alphanumeric() || *c == '_')
                            .collect();
                        if !name.is_empty() && name.chars().all(|c| c.is_lowercase() || c == '_') {
                            rooms.insert(name);
                        }
                    }
                }
            }
        }
        rooms
    }
}
