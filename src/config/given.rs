//! A value as it was given, before it is known what it should be: typed by TOML, or bare words from the
//! environment or a flag.

use toml::de::DeValue;

/// How much of a wrong value an error message repeats, in characters.
const REPEATED_CHARACTERS: usize = 80;

/// A value as it was given.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Given {
    /// Words without a type, from the environment or a flag.
    Words(String),
    /// A TOML string.
    Text(String),
    /// A TOML integer.
    Integer(i64),
    /// A TOML boolean.
    Boolean(bool),
    /// A TOML array.
    List(Vec<Given>),
    /// A TOML value of a kind that no setting takes, or an integer beyond 64 bits; named for people.
    Other(String),
}

impl Given {
    /// The value that the TOML parser read.
    pub(super) fn from_toml(value: &DeValue<'_>) -> Self {
        match value {
            DeValue::String(text) => Self::Text(text.to_string()),
            DeValue::Integer(integer) => i64::from_str_radix(integer.as_str(), integer.radix())
                .map_or_else(|_| Self::Other(format!("{integer}")), Self::Integer),
            DeValue::Float(float) => Self::Other(format!("the fraction {float}")),
            DeValue::Boolean(boolean) => Self::Boolean(*boolean),
            DeValue::Datetime(instant) => Self::Other(format!("the instant {instant}")),
            DeValue::Array(items) => Self::List(
                items
                    .iter()
                    .map(|item| Self::from_toml(item.get_ref()))
                    .collect(),
            ),
            DeValue::Table(_) => Self::Other("a table".to_owned()),
        }
    }

    /// The value for an error message, cut when it is long.
    pub(super) fn describe(&self) -> String {
        let whole = self.write();
        if whole.chars().count() <= REPEATED_CHARACTERS {
            return whole;
        }
        let start: String = whole.chars().take(REPEATED_CHARACTERS).collect();
        format!("{start}...")
    }

    fn write(&self) -> String {
        match self {
            Self::Words(text) | Self::Text(text) => format!("{text:?}"),
            Self::Integer(integer) => integer.to_string(),
            Self::Boolean(boolean) => boolean.to_string(),
            Self::List(items) => {
                let items: Vec<String> = items.iter().map(Self::write).collect();
                format!("[{}]", items.join(", "))
            }
            Self::Other(description) => description.clone(),
        }
    }
}
