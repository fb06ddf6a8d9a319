//! Reads the sources of a configuration from the computer: the environment and the file.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::configuration::Config;
use super::load::{ConfigFile, FILE_VARIABLE, LoadOptions, PREFIX};
use super::problems::{ConfigErrors, Problem};

/// The name of the file that is looked for when none is named.
const FILE_NAME: &str = "whimbrel.toml";

/// The variable that names the data folder.
const DATA_VARIABLE: &str = "WHIMBREL_SERVER__DATA";

impl Config {
    /// Puts the configuration of this process together: the file named `file` (or by `WHIMBREL_CONFIG`, or
    /// `./whimbrel.toml`, or `whimbrel.toml` in the data folder, when there is one), the environment, and
    /// `overrides` (`("server.domain", "example.org")`), in this order.
    ///
    /// # Errors
    /// Everything that is wrong with it, a named file that cannot be read included.
    pub fn load_from_process(
        file: Option<&Path>,
        overrides: Vec<(&'static str, String)>,
    ) -> Result<Self, ConfigErrors> {
        let mut problems = Vec::new();
        let environment = read_environment(std::env::vars_os(), &mut problems);
        let file = find_file(Path::new(""), file, &environment, &overrides).and_then(|path| {
            let read = std::fs::read_to_string(&path);
            let read = read.map_err(|error| {
                let message = format!("{} cannot be read: {error}", path.display());
                problems.push(Problem::general(message));
            });
            let text = read.ok()?;
            Some(ConfigFile { path, text })
        });
        let options = LoadOptions {
            file,
            environment,
            overrides,
        };
        Self::load_after(problems, options)
    }
}

/// The variables of this program. One that is not UTF-8 is a problem.
fn read_environment(
    variables: impl Iterator<Item = (OsString, OsString)>,
    problems: &mut Vec<Problem>,
) -> Vec<(String, String)> {
    let ours = variables.filter_map(|(name, value)| {
        let name = name.into_string().ok()?;
        name.starts_with(PREFIX).then_some((name, value))
    });
    let mut environment = Vec::new();
    for (name, value) in ours {
        if let Ok(value) = value.into_string() {
            environment.push((name, value));
        } else {
            let message = format!("{name} in the environment is not valid UTF-8");
            problems.push(Problem::general(message));
        }
    }
    environment.sort();
    environment
}

/// The file to read: one that was named, whether it exists or not, or the first usual one that exists.
/// `here` is the working folder.
fn find_file(
    here: &Path,
    named: Option<&Path>,
    environment: &[(String, String)],
    overrides: &[(&'static str, String)],
) -> Option<PathBuf> {
    let variable = |wanted: &str| {
        let found = environment.iter().find(|(name, _)| name == wanted);
        found
            .map(|(_, value)| value)
            .filter(|value| !value.is_empty())
    };
    if let Some(path) = named {
        return Some(path.to_owned());
    }
    if let Some(path) = variable(FILE_VARIABLE) {
        return Some(PathBuf::from(path));
    }
    let data = overrides
        .iter()
        .rfind(|(key, _)| *key == "server.data")
        .map(|(_, value)| value)
        .or_else(|| variable(DATA_VARIABLE))
        .map_or_else(|| Config::default().server.data, PathBuf::from);
    [here.join(FILE_NAME), data.join(FILE_NAME)]
        .into_iter()
        .find(|path| path.exists())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(list: &[(&str, &str)]) -> Vec<(String, String)> {
        let list = list.iter();
        list.map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    }

    #[test]
    fn finds_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().to_str().unwrap();
        let inside = folder.path().join("whimbrel.toml");
        let from_variable = pairs(&[("WHIMBREL_SERVER__DATA", data)]);
        let from_flag = vec![("server.data", data.to_owned())];
        let here = tempfile::tempdir().unwrap();
        let find_file = |named, environment: &[_], overrides: &[_]| {
            super::find_file(here.path(), named, environment, overrides)
        };
        assert_eq!(find_file(None, &from_variable, &[]), None);
        std::fs::write(&inside, "").unwrap();
        assert_eq!(find_file(None, &from_variable, &[]), Some(inside.clone()));
        assert_eq!(find_file(None, &[], &from_flag), Some(inside));
        let nearer = here.path().join("whimbrel.toml");
        std::fs::write(&nearer, "").unwrap();
        assert_eq!(find_file(None, &from_variable, &[]), Some(nearer));
        let named = pairs(&[
            ("WHIMBREL_CONFIG", "/etc/w.toml"),
            ("WHIMBREL_SERVER__DATA", data),
        ]);
        assert_eq!(
            find_file(None, &named, &[]),
            Some(PathBuf::from("/etc/w.toml"))
        );
        let flag = Path::new("other.toml");
        assert_eq!(find_file(Some(flag), &named, &[]), Some(flag.to_owned()));
    }

    #[test]
    fn a_named_file_must_be_readable() {
        let missing = Path::new("/nowhere/whimbrel.toml");
        let overrides = vec![("server.workers", "many".to_owned())];
        let errors = Config::load_from_process(Some(missing), overrides).unwrap_err();
        let said = errors.to_string();
        assert!(
            said.starts_with("/nowhere/whimbrel.toml cannot be read: "),
            "{said}"
        );
        assert!(
            said.contains("server.workers on the command line"),
            "{said}"
        );
    }

    #[test]
    fn reads_the_file_that_was_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("node.toml");
        std::fs::write(&path, "[instance]\ntitle = \"Curlew\"\n").unwrap();
        let config = Config::load_from_process(Some(&path), Vec::new()).unwrap();
        assert_eq!(config.instance.title, "Curlew");
    }

    #[cfg(unix)]
    #[test]
    fn refuses_variables_that_are_no_text() {
        use std::os::unix::ffi::OsStringExt;

        let broken = OsString::from_vec(vec![0xff]);
        let mut problems = Vec::new();
        let variables = [
            (OsString::from("WHIMBREL_SERVER__DATA"), broken.clone()),
            (OsString::from("OTHER"), broken.clone()),
            (broken, OsString::from("x")),
            (
                OsString::from("WHIMBREL_LOG__LEVEL"),
                OsString::from("info"),
            ),
        ];
        let read = read_environment(variables.into_iter(), &mut problems);
        assert_eq!(read, pairs(&[("WHIMBREL_LOG__LEVEL", "info")]));
        assert_eq!(problems.len(), 1);
        assert!(problems[0].message.contains("WHIMBREL_SERVER__DATA"));
    }
}
