//! Why parameters do not fit a handler's struct, told so that the client finds the parameter.

use std::fmt;

use serde::de;

/// Why the tree does not fit the struct, and where.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Misfit {
    /// The names that lead to the parameter, the innermost first.
    path: Vec<String>,
    what: String,
}

impl Misfit {
    /// A misfit of the value at hand.
    pub(super) fn new(what: impl Into<String>) -> Self {
        Self {
            path: Vec::new(),
            what: what.into(),
        }
    }

    /// The same misfit, seen from where the value is called `name`.
    pub(super) fn within(mut self, name: &str) -> Self {
        self.path.push(name.chars().take(60).collect());
        self
    }
}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let mut names = self.path.iter().rev();
        let Some(first) = names.next() else {
            return write!(f, "The parameters are wrong: {}", self.what);
        };
        write!(f, "Parameter \"{first}")?;
        for name in names {
            write!(f, "[{name}]")?;
        }
        write!(f, "\" {}", self.what)
    }
}

impl std::error::Error for Misfit {}

impl de::Error for Misfit {
    fn custom<T: fmt::Display>(what: T) -> Self {
        Self::new(format!("is wrong: {what}"))
    }

    fn invalid_type(_: de::Unexpected, expected: &dyn de::Expected) -> Self {
        Self::new(format!("must be {expected}"))
    }

    fn invalid_value(_: de::Unexpected, expected: &dyn de::Expected) -> Self {
        Self::new(format!("must be {expected}"))
    }

    fn unknown_variant(_: &str, expected: &'static [&'static str]) -> Self {
        Self::new(format!("must be one of {}", expected.join(", ")))
    }

    fn missing_field(field: &'static str) -> Self {
        Self::new("is missing").within(field)
    }
}
