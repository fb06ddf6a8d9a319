//! Figures of the staff: numbers, their units, and names for people.

use crate::api::entities::Instant;
use crate::api::entities::admin::{DimensionValue, Measure, MeasureDay};
use crate::social::dimensions::Space;
use crate::social::measures::Measured;
use crate::store::Engine;
use crate::text::languages::find_language;

/// The unit of sizes.
const BYTES: &str = "bytes";

/// A figure under its name; `is_size` says whether it counts bytes.
#[must_use]
pub fn measure(key: String, measured: Measured, is_size: bool) -> Measure {
    let days = measured.days.into_iter();
    Measure {
        key,
        unit: is_size.then_some(BYTES),
        total: measured.total,
        human_value: is_size.then(|| size(measured.total)),
        previous_total: measured.previous.map(|total| total.to_string()),
        data: days
            .map(|(day, value)| MeasureDay {
                date: Instant(day),
                value,
            })
            .collect(),
    }
}

/// What the names of parts stand for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Names<'a> {
    /// Codes of languages.
    Languages,
    /// Applications.
    Applications,
    /// Servers; one without a name is this one.
    Servers(&'a str),
    /// Accounts.
    Accounts,
}

/// A part of something: its name, and how much there is of it.
#[must_use]
pub fn part(names: Names<'_>, name: Option<String>, value: i64) -> DimensionValue {
    let name = name.filter(|name| !name.is_empty());
    let (key, human_key) = match (names, name) {
        (Names::Languages, None) => ("und".to_owned(), "Unknown".to_owned()),
        (Names::Languages, Some(code)) => {
            let human =
                find_language(&code).map_or_else(|| code.clone(), |known| known.name.into());
            (code, human)
        }
        (Names::Applications, None) => ("web".to_owned(), "Website".to_owned()),
        (Names::Servers(here), None) => (here.to_owned(), here.to_owned()),
        (_, name) => {
            let name = name.unwrap_or_default();
            (name.clone(), name)
        }
    };
    DimensionValue {
        key,
        human_key,
        value: value.to_string(),
        unit: None,
        human_value: None,
    }
}

/// What the node takes up.
#[must_use]
pub fn space(engine: Engine, space: Space) -> Vec<DimensionValue> {
    let (key, human_key) = names(engine);
    let part = |key: &str, human_key: &str, bytes: i64| DimensionValue {
        key: key.to_owned(),
        human_key: human_key.to_owned(),
        value: bytes.to_string(),
        unit: Some(BYTES),
        human_value: Some(size(bytes)),
    };
    vec![
        part(key, human_key, space.database),
        part("media", "Files of other servers", space.remote_files),
    ]
}

/// What the node runs on.
#[must_use]
pub fn versions(engine: Engine, database: &str) -> Vec<DimensionValue> {
    let (key, human_key) = names(engine);
    let part = |key: &str, human_key: &str, version: &str| DimensionValue {
        key: key.to_owned(),
        human_key: human_key.to_owned(),
        value: version.to_owned(),
        unit: None,
        human_value: Some(version.to_owned()),
    };
    vec![
        part("whimbrel", "Whimbrel", env!("CARGO_PKG_VERSION")),
        part(key, human_key, database),
    ]
}

fn names(engine: Engine) -> (&'static str, &'static str) {
    match engine {
        Engine::Sqlite => ("sqlite", "SQLite"),
        Engine::Postgres => ("postgresql", "PostgreSQL"),
    }
}

/// A number of bytes for people, rounded down to a tenth.
fn size(bytes: i64) -> String {
    const UNITS: [&str; 5] = ["KB", "MB", "GB", "TB", "PB"];
    if bytes < 1024 {
        let word = if bytes == 1 { "byte" } else { "bytes" };
        return format!("{bytes} {word}");
    }
    let (mut whole, mut step) = (bytes, 1_i64);
    let mut unit = "";
    for name in UNITS {
        if whole < 1024 {
            break;
        }
        (whole, step, unit) = (whole / 1024, step.saturating_mul(1024), name);
    }
    let tenths = (bytes % step).saturating_mul(10) / step;
    if whole < 100 && tenths > 0 {
        format!("{whole}.{tenths} {unit}")
    } else {
        format!("{whole} {unit}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_for_people() {
        for (bytes, expected) in [
            (0, "0 bytes"),
            (1, "1 byte"),
            (1_023, "1023 bytes"),
            (1_024, "1 KB"),
            (1_536, "1.5 KB"),
            (10 << 20, "10 MB"),
            ((5 << 30) + (1 << 29), "5.5 GB"),
            ((300 << 30) + (1 << 29), "300 GB"),
            (i64::MAX, "8191 PB"),
        ] {
            assert_eq!(size(bytes), expected, "{bytes}");
        }
    }

    #[test]
    fn parts_have_names_for_people() {
        for (names, name, key, human_key) in [
            (Names::Languages, Some("de"), "de", "German"),
            (Names::Languages, Some("zz"), "zz", "zz"),
            (Names::Languages, None, "und", "Unknown"),
            (Names::Languages, Some(""), "und", "Unknown"),
            (Names::Applications, Some("Tusky"), "Tusky", "Tusky"),
            (Names::Applications, None, "web", "Website"),
            (Names::Servers("here.test"), None, "here.test", "here.test"),
            (
                Names::Servers("here.test"),
                Some("b.test"),
                "b.test",
                "b.test",
            ),
            (Names::Accounts, Some("bob"), "bob", "bob"),
        ] {
            let shown = part(names, name.map(str::to_owned), 7);
            let found = (shown.key.as_str(), shown.human_key.as_str());
            assert_eq!(found, (key, human_key), "{names:?} {name:?}");
            assert_eq!((shown.value.as_str(), shown.unit), ("7", None));
        }
    }
}
