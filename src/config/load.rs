//! Puts a configuration together: defaults, then the file, then the environment, then flags. Everything
//! that does not fit is collected and told at once. Nothing here looks at the computer; see `sources`.

use std::path::PathBuf;

use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

use super::configuration::Config;
use super::given::Given;
use super::problems::{ConfigErrors, Problem};
use super::suggest::suggest;
use super::table::Section;

/// What every variable of this program begins with.
pub(super) const PREFIX: &str = "WHIMBREL_";

/// The variable that names the file.
pub(super) const FILE_VARIABLE: &str = "WHIMBREL_CONFIG";

/// Variables that belong to the project's tests, by how they begin.
const TEST_VARIABLES: [&str; 2] = ["WHIMBREL_TEST_", "WHIMBREL_CORPUS"];

/// The sources of a configuration beside its defaults. Later fields count more.
#[derive(Clone, Debug, Default)]
pub struct LoadOptions {
    /// The file, already read.
    pub file: Option<ConfigFile>,
    /// Environment variables; those that do not begin with `WHIMBREL_` are ignored.
    pub environment: Vec<(String, String)>,
    /// Flags, as key (`server.domain`) and value.
    pub overrides: Vec<(&'static str, String)>,
}

/// A configuration file that has been read.
#[derive(Clone, Debug)]
pub struct ConfigFile {
    /// Its path, for messages.
    pub path: PathBuf,
    /// Its content, in TOML.
    pub text: String,
}

impl Config {
    /// Puts a configuration together and checks it.
    ///
    /// # Errors
    /// Everything that is wrong with it: what does not parse, unknown keys, values that do not fit, and
    /// what [`Config::check`] finds.
    pub fn load(options: LoadOptions) -> Result<Self, ConfigErrors> {
        Self::load_after(Vec::new(), options)
    }

    /// Like [`Config::load`], when reading the sources has met `problems` already.
    pub(super) fn load_after(
        problems: Vec<Problem>,
        options: LoadOptions,
    ) -> Result<Self, ConfigErrors> {
        let mut loading = Loading {
            problems,
            ..Loading::default()
        };
        if let Some(file) = &options.file {
            loading.read_file(file);
        }
        for (name, value) in options.environment {
            loading.read_variable(&name, value);
        }
        for (key, value) in options.overrides {
            loading.read_override(key, value);
        }
        loading.problems.extend(loading.config.problems());
        ConfigErrors::check(loading.problems)?;
        Ok(loading.config)
    }
}

/// A configuration that is being put together, and what was wrong so far.
#[derive(Default)]
struct Loading {
    config: Config,
    problems: Vec<Problem>,
}

impl Loading {
    fn read_file(&mut self, file: &ConfigFile) {
        let place = |at: usize| format!("{}:{}", file.path.display(), line_of(&file.text, at));
        let (table, errors) = DeTable::parse_recoverable(&file.text);
        for error in &errors {
            let start = error.span().map_or(0, |span| span.start);
            let message = format!("{} is not valid TOML: {}", place(start), error.message());
            self.problems.push(Problem::general(message));
        }
        // What follows a syntax error may have been misread, so nothing is said about it.
        if !errors.is_empty() {
            return;
        }
        let mut sections: Vec<_> = table.get_ref().iter().collect();
        sections.sort_by_key(|(name, _)| name.span().start);
        for (name, value) in sections {
            self.read_table(name, value, &place);
        }
    }

    fn read_table(
        &mut self,
        section: &Spanned<DeString<'_>>,
        value: &Spanned<DeValue<'_>>,
        place: &impl Fn(usize) -> String,
    ) {
        let name = section.get_ref().as_ref();
        let here = format!("in {}", place(section.span().start));
        let is_section = self.config.find_section(name).is_some();
        let problem = match value.get_ref() {
            DeValue::Table(keys) if is_section => {
                let mut keys: Vec<_> = keys.iter().collect();
                keys.sort_by_key(|(key, _)| key.span().start);
                for (key, value) in keys {
                    let full = format!("{name}.{}", key.get_ref());
                    let here = format!("in {}", place(key.span().start));
                    self.set(&full, &Given::from_toml(value.get_ref()), &here);
                }
                return;
            }
            DeValue::Table(_) => {
                let known = self.config.sections().map(Section::name);
                let meant = suggest(name, known.into_iter()).map(|known| format!("[{known}]"));
                format!("unknown section [{name}] {here}{}", did_you_mean(meant))
            }
            other if is_section => {
                let found = Given::from_toml(other).describe();
                format!("{name} {here}: found {found}, expected the section [{name}]")
            }
            _ => return self.set(name, &Given::from_toml(value.get_ref()), &here),
        };
        self.problems.push(Problem::general(problem));
    }

    fn read_variable(&mut self, name: &str, value: String) {
        let is_foreign = !name.starts_with(PREFIX)
            || name == FILE_VARIABLE
            || TEST_VARIABLES.iter().any(|start| name.starts_with(start));
        if is_foreign {
            return;
        }
        let keys = self.keys();
        let Some(key) = keys.iter().find(|key| variable_of(key) == name) else {
            let names: Vec<String> = keys.iter().map(|key| variable_of(key)).collect();
            let meant = suggest(name, names.iter().map(String::as_str)).map(str::to_owned);
            let message = format!(
                "unknown variable {name} in the environment{}",
                did_you_mean(meant)
            );
            self.problems.push(Problem::general(message));
            return;
        };
        let place = format!("in the environment ({name})");
        self.set(key, &Given::Words(value), &place);
    }

    fn read_override(&mut self, key: &str, value: String) {
        self.set(key, &Given::Words(value), "on the command line");
    }

    /// Sets `key`, written `section.key`, or notes why that cannot be.
    fn set(&mut self, key: &str, given: &Given, place: &str) {
        let known = key
            .split_once('.')
            .and_then(|(section, name)| Some((self.config.find_section(section)?, name)))
            .filter(|(section, name)| section.keys().iter().any(|key| key.name == *name));
        let Some((section, name)) = known else {
            let keys = self.keys();
            let meant =
                suggest(key, keys.iter().map(String::as_str)).map(|known| format!("\"{known}\""));
            let message = format!("unknown key \"{key}\" {place}{}", did_you_mean(meant));
            self.problems.push(Problem::of(key, message));
            return;
        };
        if let Err(mismatch) = section.set(name, given) {
            self.problems.push(Problem::mismatch(key, place, &mismatch));
        }
    }

    /// All keys, written `section.key`.
    fn keys(&self) -> Vec<String> {
        let sections = self.config.sections().into_iter();
        sections
            .flat_map(|section| {
                let keys = section.keys().iter();
                keys.map(move |key| format!("{}.{}", section.name(), key.name))
            })
            .collect()
    }
}

/// The environment variable of a key: `server.domain` is `WHIMBREL_SERVER__DOMAIN`.
fn variable_of(key: &str) -> String {
    format!("{PREFIX}{}", key.replace('.', "__").to_uppercase())
}

fn did_you_mean(meant: Option<String>) -> String {
    match meant {
        Some(meant) => format!(": did you mean {meant}?"),
        None => " (`whimbrel config example` shows all keys)".to_owned(),
    }
}

/// The line, counted from 1, of the byte at `at`.
fn line_of(text: &str, at: usize) -> usize {
    let before = text.bytes().take(at);
    1 + before.filter(|byte| *byte == b'\n').count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(file: &str, environment: &[(&str, &str)]) -> LoadOptions {
        let environment = environment.iter();
        LoadOptions {
            file: Some(ConfigFile {
                path: PathBuf::from("whimbrel.toml"),
                text: file.to_owned(),
            }),
            environment: environment
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
            overrides: Vec::new(),
        }
    }

    fn complaints(options: LoadOptions) -> Vec<String> {
        match Config::load(options) {
            Ok(_) => Vec::new(),
            Err(errors) => errors.to_string().lines().map(str::to_owned).collect(),
        }
    }

    #[test]
    fn nothing_given_is_the_default() {
        let config = Config::load(LoadOptions::default()).unwrap();
        assert_eq!(config, Config::default());
    }

    #[test]
    fn later_sources_win() {
        let file = "[server]\ndomain = \"file.example\"\nworkers = 1\ndata = \"/file\"\n";
        let environment = [
            ("WHIMBREL_SERVER__WORKERS", "2"),
            ("WHIMBREL_SERVER__DATA", "/environment"),
        ];
        let mut options = options(file, &environment);
        options.overrides = vec![("server.data", "/flag".to_owned())];
        let server = Config::load(options).unwrap().server;
        assert_eq!(server.domain, "file.example");
        assert_eq!(server.workers, 2);
        assert_eq!(server.data, PathBuf::from("/flag"));
    }

    #[test]
    fn every_key_has_a_variable() {
        let config = Config::default();
        for section in config.sections() {
            for key in section.keys() {
                let (value, name) = match key.sample {
                    Some(sample) => (sample.to_owned(), key.name),
                    None => (section.to_toml(key.name), key.name),
                };
                let value = value.trim_matches('"').to_owned();
                let variable = variable_of(&format!("{}.{name}", section.name()));
                let mut given = vec![(variable.as_str(), value.as_str())];
                if key.name == "bucket" {
                    // It is nothing without its key.
                    given.push(("WHIMBREL_STORAGE__ACCESS_KEY", "a"));
                    given.push(("WHIMBREL_STORAGE__SECRET_KEY", "b"));
                }
                if key.name.starts_with("smtp_") {
                    // One without the other is nobody's.
                    given.push(("WHIMBREL_MAIL__SMTP_USER", "a"));
                    given.push(("WHIMBREL_MAIL__SMTP_PASSWORD", "b"));
                }
                let said = complaints(options("", &given));
                assert_eq!(said, Vec::<String>::new(), "{variable}={value}");
            }
        }
    }

    #[test]
    fn reads_the_forms_of_the_environment() {
        let environment = [
            ("WHIMBREL_SERVER__TRUSTED_PROXIES", "10.0.0.0/8, ::1"),
            ("WHIMBREL_SERVER__HTTPS", "1"),
            ("WHIMBREL_FEDERATION__ENABLED", "false"),
            ("WHIMBREL_DATABASE__URL", ""),
            (
                "WHIMBREL_INSTANCE__RULES",
                r#"["Be kind, please.", "Go out."]"#,
            ),
            ("WHIMBREL_INSTANCE__REGISTRATIONS", "approval"),
            ("WHIMBREL_LIMITS__UPLOADS_PER_ACCOUNT", "7 per hour"),
        ];
        let config = Config::load(options("", &environment)).unwrap();
        assert_eq!(config.server.trusted_proxies.len(), 2);
        assert_eq!(config.server.origin(), "https://localhost:8080");
        assert!(!config.federation.enabled);
        assert_eq!(config.database.url, None);
        assert_eq!(config.instance.rules, ["Be kind, please.", "Go out."]);
        assert_eq!(config.instance.registrations.as_str(), "approval");
        assert_eq!(config.limits.uploads_per_account.count, 7);
    }

    #[test]
    fn refuses_unknown_names_with_a_suggestion() {
        let table = [
            (
                "[server]\ndomian = \"a.example\"",
                "unknown key \"server.domian\" in whimbrel.toml:2: did you mean \"server.domain\"?",
            ),
            (
                "domain = \"a.example\"",
                "unknown key \"domain\" in whimbrel.toml:1: did you mean \"server.domain\"?",
            ),
            (
                "[instance]\n\nlisten = \"[::]:80\"",
                "unknown key \"instance.listen\" in whimbrel.toml:3: did you mean \"server.listen\"?",
            ),
            (
                "[sever]\ndomain = \"a.example\"",
                "unknown section [sever] in whimbrel.toml:1: did you mean [server]?",
            ),
            (
                "[kitchen]\nsink = 1",
                "unknown section [kitchen] in whimbrel.toml:1 (`whimbrel config example` shows all keys)",
            ),
            (
                "[server.domain]\nname = 1",
                "server.domain in whimbrel.toml:1: found a table, expected a string",
            ),
            (
                "server = 3",
                "server in whimbrel.toml:1: found 3, expected the section [server]",
            ),
        ];
        for (file, expected) in table {
            assert_eq!(complaints(options(file, &[])), [expected], "{file}");
        }
    }

    #[test]
    fn refuses_unknown_variables_but_not_those_of_others() {
        let environment = [
            ("WHIMBREL_SERVER_DOMAIN", "a.example"),
            ("WHIMBREL_SERVER__DOMIAN", "a.example"),
            ("WHIMBREL_KITCHEN", "1"),
            ("WHIMBREL_CONFIG", "whimbrel.toml"),
            ("WHIMBREL_TEST_WRITE", "1"),
            ("WHIMBREL_CORPUS", "/corpus"),
            ("PATH", "/bin"),
        ];
        let expected = [
            "unknown variable WHIMBREL_SERVER_DOMAIN in the environment: did you mean WHIMBREL_SERVER__DOMAIN?",
            "unknown variable WHIMBREL_SERVER__DOMIAN in the environment: did you mean WHIMBREL_SERVER__DOMAIN?",
            "unknown variable WHIMBREL_KITCHEN in the environment (`whimbrel config example` shows all keys)",
        ];
        assert_eq!(complaints(options("", &environment)), expected);
    }

    #[test]
    fn refuses_wrong_values_naming_key_source_and_expectation() {
        let table = [
            (
                "[server]\nworkers = \"4\"",
                "server.workers in whimbrel.toml:2: found \"4\", expected a whole number from 0 to",
            ),
            (
                "[instance]\nmax_characters = 0",
                "instance.max_characters in whimbrel.toml:2: found 0, expected a whole number from 1 to 100000",
            ),
            (
                "[instance]\nmax_characters = 1.5",
                "instance.max_characters in whimbrel.toml:2: found the fraction 1.5, expected a whole number",
            ),
            (
                "[instance]\nregistrations = \"Open\"",
                "instance.registrations in whimbrel.toml:2: found \"Open\", expected one of \"closed\", \"open\", \"approval\"",
            ),
            (
                "[instance]\nlanguages = [\"english\"]",
                "instance.languages in whimbrel.toml:2: found [\"english\"], expected language codes",
            ),
            (
                "[instance]\ncontact_email = \"me\"",
                "instance.contact_email in whimbrel.toml:2: found \"me\", expected an e-mail address",
            ),
            (
                "[federation]\nenabled = \"yes\"",
                "federation.enabled in whimbrel.toml:2: found \"yes\", expected true or false",
            ),
            (
                "[federation]\ndelivery_retention_days = 0",
                "federation.delivery_retention_days in whimbrel.toml:2: found 0, expected a whole number from 1 to 3650",
            ),
            (
                "[server]\ntrusted_proxies = [\"::1\", \"10.0.0.0/33\"]",
                "server.trusted_proxies in whimbrel.toml:2: found \"10.0.0.0/33\", expected an address such as",
            ),
            (
                "[server]\nlisten = \"8080\"",
                "server.listen in whimbrel.toml:2: found \"8080\", expected an address with a port",
            ),
            (
                "[server]\ndomain = \"https://a.example\"",
                "server.domain in whimbrel.toml:2: found \"https://a.example\", expected a domain name such as",
            ),
            (
                "[limits]\nposts_per_account = 300",
                "limits.posts_per_account in whimbrel.toml:2: found 300, expected a rate such as",
            ),
            (
                "[log]\nformat = \"xml\"",
                "log.format in whimbrel.toml:2: found \"xml\", expected one of \"text\", \"json\"",
            ),
        ];
        for (file, expected) in table {
            let said = complaints(options(file, &[]));
            assert_eq!(said.len(), 1, "{said:?}");
            assert!(said[0].starts_with(expected), "{said:?}\n{expected}");
        }
        let said = complaints(options("", &[("WHIMBREL_SERVER__WORKERS", "many")]));
        let place = "server.workers in the environment (WHIMBREL_SERVER__WORKERS): found \"many\", expected";
        assert!(said[0].starts_with(place), "{said:?}");
        let said = complaints(LoadOptions {
            overrides: vec![("server.domain", "A.example".to_owned())],
            ..LoadOptions::default()
        });
        let place = "server.domain on the command line: found \"A.example\", expected";
        assert!(said[0].starts_with(place), "{said:?}");
    }

    #[test]
    fn tells_all_problems_together() {
        let file = "[server]\ndomian = \"a.example\"\nworkers = -1\n\n[federation]\nper_peer_in_flight = 100\n";
        let mut options = options(file, &[("WHIMBREL_LOG__LEVEL", "loud")]);
        options.overrides = vec![("server.data", String::new())];
        let errors = Config::load(options).unwrap_err();
        let keys: Vec<_> = errors
            .problems()
            .iter()
            .map(|problem| problem.key.clone().unwrap())
            .collect();
        assert_eq!(
            keys,
            [
                "server.domian",
                "server.workers",
                "log.level",
                "server.data",
                "federation.per_peer_in_flight"
            ]
        );
    }

    #[test]
    fn tells_what_is_no_toml_by_line() {
        let said = complaints(options("[server]\ndomain = a\n", &[]));
        assert!(
            said[0].starts_with("whimbrel.toml:2 is not valid TOML: "),
            "{said:?}"
        );
        let said = complaints(options("[log]\n[log]\n", &[]));
        assert!(
            said[0].starts_with("whimbrel.toml:2 is not valid TOML: "),
            "{said:?}"
        );
    }

    #[test]
    fn does_not_repeat_secrets() {
        let file = "[database]\nurl = \"mysql://user:hidden@localhost/w\"";
        let environment = [("WHIMBREL_DATABASE__URL", "user:hidden@localhost")];
        let said = complaints(options(file, &environment));
        assert_eq!(said.len(), 2);
        assert!(
            said.iter()
                .all(|line| line.contains("not shown") && !line.contains("hidden")),
            "{said:?}"
        );
        let good = options(
            "[database]\nurl = \"postgres://user:hidden@localhost/w\"",
            &[],
        );
        let shown = format!("{:?}", Config::load(good).unwrap());
        assert!(
            !shown.contains("hidden") && shown.contains("user:***@"),
            "{shown}"
        );
    }
}
