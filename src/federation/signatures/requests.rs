//! A signed request as it arrived, for both standards.

use super::refusals::Refusal;

/// A request as it arrived, with what it is judged by.
#[derive(Clone, Copy, Debug)]
pub struct SignedRequest<'a> {
    /// The method, in any case.
    pub method: &'a str,
    /// The target as it stands in the request line: path and query, still encoded.
    pub path_and_query: &'a str,
    /// All headers in their order, each line on its own; names in any case. With HTTP/2, `host` from `:authority`.
    pub headers: &'a [(&'a str, &'a str)],
    /// The body's bytes as received; `None` is an empty one.
    pub body: Option<&'a [u8]>,
    /// Our own origin as configured: scheme and host, with the port when it is not the scheme's own.
    pub origin: &'a str,
    /// The present instant in milliseconds.
    pub now: i64,
}

impl<'a> SignedRequest<'a> {
    /// The values of a header, line by line.
    pub(super) fn values(&self, name: &str) -> impl Iterator<Item = &'a str> {
        self.headers
            .iter()
            .filter(move |(found, _)| found.eq_ignore_ascii_case(name))
            .map(|(_, value)| *value)
    }

    /// The value of a header that may be there once.
    pub(super) fn find_single(&self, name: &'static str) -> Result<Option<&'a str>, Refusal> {
        let mut values = self.values(name);
        match (values.next(), values.next()) {
            (_, Some(_)) => Err(Refusal::Repeated(name)),
            (value, None) => Ok(value.map(str::trim)),
        }
    }

    /// The value of a header whose lines are one list; none if there is no such line.
    pub(super) fn find_joined(&self, name: &str) -> Option<String> {
        let values: Vec<&str> = self.values(name).map(str::trim).collect();
        (!values.is_empty()).then(|| values.join(", "))
    }

    /// Our own host, with its port when it is not the scheme's own.
    pub(super) fn authority(&self) -> &'a str {
        let parts = self.origin.split_once("://");
        parts.map_or(self.origin, |(_, authority)| authority)
    }

    /// Whether it only reads, so that it has no body.
    pub(super) fn is_reading(&self) -> bool {
        ["GET", "HEAD"]
            .iter()
            .any(|method| self.method.eq_ignore_ascii_case(method))
    }
}
