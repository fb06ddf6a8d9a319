//! The page that says where each attack is tested names only what exists.

use std::fs;
use std::path::{Path, PathBuf};

use regex::Regex;

fn gather(folder: &Path, found: &mut Vec<(PathBuf, String)>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            gather(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).expect("a text");
            found.push((path, text));
        }
    }
}

#[test]
fn the_page_names_files_and_tests_that_exist() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut sources = Vec::new();
    for folder in ["src", "tests/it"] {
        gather(&root.join(folder), &mut sources);
    }
    let page = fs::read_to_string(root.join("docs/SECURITY-TESTS.md")).expect("the page");
    let mark = Regex::new("`([^`]+)`").expect("an expression");
    let name = Regex::new("^[a-z][a-z0-9]*_[a-z0-9_]*…?$").expect("an expression");
    let mut wrong = Vec::new();
    for mark in mark.captures_iter(&page) {
        let mark = &mark[1];
        let is_there = if Path::new(mark).extension().is_some_and(|kind| kind == "rs") {
            sources.iter().any(|(path, _)| path.ends_with(mark))
        } else if name.is_match(mark) {
            let start = format!("fn {}", mark.trim_end_matches('…'));
            sources.iter().any(|(_, text)| text.contains(&start))
        } else {
            true
        };
        if !is_there {
            wrong.push(mark.to_owned());
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
