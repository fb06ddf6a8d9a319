//! The configuration in force, written out as a file that would set it.

use super::configuration::Config;
use super::setting::quote;
use super::table::Section;

/// Every key with the value that it has, in TOML; passwords are shown as `***`.
#[must_use]
pub fn show(config: &Config) -> String {
    let sections = config.sections().into_iter();
    let sections: Vec<String> = sections
        .map(|section| write_section(config, section))
        .collect();
    sections.join("\n")
}

fn write_section(config: &Config, section: &dyn Section) -> String {
    let mut text = format!("[{}]\n", section.name());
    for key in section.keys() {
        let value = match (section.name(), key.name) {
            ("database", "url") => quote(config.database_url()),
            _ => section.to_toml(key.name),
        };
        if value.is_empty() {
            text.extend(["# ", key.name, " is not set\n"]);
        } else {
            text.extend([key.name, " = ", &value, "\n"]);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{ConfigFile, LoadOptions};

    #[test]
    fn what_is_shown_sets_the_same() {
        let mut config = Config::default();
        config.instance.title = "Curlew".to_owned();
        config.limits.enabled = false;
        config.database.url = "sqlite:here.db".parse().ok();
        let file = Some(ConfigFile {
            path: "shown.toml".into(),
            text: show(&config),
        });
        let loaded = Config::load(LoadOptions {
            file,
            ..LoadOptions::default()
        });
        assert_eq!(loaded.unwrap(), config);
    }

    #[test]
    fn passwords_are_not_shown() {
        let mut config = Config::default();
        config.database.url = "postgres://w:hunter2@localhost/w".parse().ok();
        let shown = show(&config);
        assert!(!shown.contains("hunter2"), "{shown}");
        assert!(shown.contains("postgres://w:***@localhost/w"), "{shown}");
    }
}
