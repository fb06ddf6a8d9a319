//! The documented example of a configuration file, written from the sections themselves.

use super::configuration::Config;
use super::table::{Key, Section};

const HEADER: &str = "\
# The configuration of Whimbrel. Every key is shown with its default value, or with a sample where it
# has none; remove the \"#\" before a key to set it.
#
# Whimbrel reads one such file: the one named with --config PATH or in WHIMBREL_CONFIG, else
# ./whimbrel.toml, else whimbrel.toml in the data folder. Environment variables count more than the file:
# server.domain is WHIMBREL_SERVER__DOMAIN, lists are separated by commas. Flags count more than both.
#
# This file is generated: `whimbrel config example` prints it.
";

/// The documented example of a configuration file: every key with its default and an explanation.
#[must_use]
pub fn example() -> String {
    let config = Config::default();
    let sections = config.sections().into_iter().map(write_section);
    std::iter::once(HEADER.to_owned()).chain(sections).collect()
}

fn write_section(section: &dyn Section) -> String {
    let keys = section.keys().iter().map(|key| write_key(section, key));
    let head = format!("\n{}[{}]\n", write_comment(section.about()), section.name());
    std::iter::once(head)
        .chain(keys)
        .collect::<Vec<_>>()
        .join("\n")
}

fn write_key(section: &dyn Section, key: &Key) -> String {
    let value = match key.sample {
        Some(sample) => sample.to_owned(),
        None => section.to_toml(key.name),
    };
    format!("{}# {} = {value}\n", write_comment(key.doc), key.name)
}

fn write_comment(lines: &[&str]) -> String {
    let lines: Vec<String> = lines.iter().map(|line| format!("#{line}\n")).collect();
    lines.concat()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::config::{ConfigFile, LoadOptions};

    fn load(text: String) -> Config {
        let path = "example.toml".into();
        let file = Some(ConfigFile { path, text });
        Config::load(LoadOptions {
            file,
            ..LoadOptions::default()
        })
        .unwrap()
    }

    /// Every key of every section, without the comment sign, when `keep` says so.
    fn uncommented(keep: impl Fn(&Key) -> bool) -> String {
        let config = Config::default();
        let mut text = String::new();
        for section in config.sections() {
            text.extend(["[", section.name(), "]\n"]);
            for key in section.keys().iter().filter(|key| keep(key)) {
                let line = write_key(section, key);
                text += line.lines().last().unwrap().strip_prefix("# ").unwrap();
                text += "\n";
            }
        }
        text
    }

    #[test]
    fn the_example_file_is_current() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/example.toml");
        if std::env::var_os("WHIMBREL_TEST_WRITE").is_some() {
            std::fs::write(&path, example()).unwrap();
        }
        let written = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(
            written == example(),
            "config/example.toml is not what the sections say; \
             run `WHIMBREL_TEST_WRITE=1 cargo test --lib config::example` and commit the file"
        );
    }

    #[test]
    fn the_example_changes_nothing() {
        assert_eq!(load(example()), Config::default());
    }

    #[test]
    fn the_values_shown_are_the_defaults() {
        let text = uncommented(|key| key.sample.is_none());
        assert!(text.contains("domain = \"localhost:8080\""), "{text}");
        assert_eq!(load(text), Config::default());
    }

    #[test]
    fn the_samples_shown_are_valid() {
        let config = load(uncommented(|_| true));
        assert!(config.database_url().is_postgres());
        assert_eq!(config.server.https, Some(true));
    }

    #[test]
    fn every_key_without_a_default_has_a_sample() {
        let config = Config::default();
        for section in config.sections() {
            for key in section.keys() {
                let default = section.to_toml(key.name);
                assert_eq!(default.is_empty(), key.sample.is_some(), "{}", key.name);
            }
        }
    }
}
