//! Reading `name=value&name=value`, as queries and forms are written.
//!
//! Stricter than the browsers' standard in one point: bytes that are no UTF-8 are refused, not replaced.
//!
//! Source: <https://url.spec.whatwg.org/#urlencoded-parsing>

use super::super::error::ApiError;

/// The pairs of a query or a form, decoded, in order.
///
/// # Errors
/// 400 when a decoded name or value is not UTF-8.
pub fn read_pairs(text: &str) -> Result<Vec<(String, String)>, ApiError> {
    text.split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            Ok((decode(name)?, decode(value)?))
        })
        .collect()
}

/// The last value of `name` in a query, such as an `access_token`; what is malformed is not found.
#[must_use]
pub fn find_in_query(query: &str, name: &str) -> Option<String> {
    let pairs = read_pairs(query).ok()?;
    pairs
        .into_iter()
        .rev()
        .find_map(|(found, value)| (found == name).then_some(value))
}

/// The error for texts that are not UTF-8.
pub(super) fn not_utf8() -> ApiError {
    ApiError::bad_request("The parameters must be UTF-8")
}

fn decode(text: &str) -> Result<String, ApiError> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let (plain, after) = match (byte, after) {
            (b'+', _) => (b' ', after),
            (b'%', [high, low, beyond @ ..]) => match (digit(*high), digit(*low)) {
                (Some(high), Some(low)) => (high << 4 | low, beyond),
                _ => (b'%', after),
            },
            _ => (byte, after),
        };
        bytes.push(plain);
        rest = after;
    }
    String::from_utf8(bytes).map_err(|_| not_utf8())
}

fn digit(byte: u8) -> Option<u8> {
    let digit = char::from(byte).to_digit(16)?;
    u8::try_from(digit).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_pairs_in_order() {
        for (text, expected) in [
            ("", vec![]),
            ("&&", vec![]),
            ("a=1&b=2", vec![("a", "1"), ("b", "2")]),
            ("a&=b&a=c=d", vec![("a", ""), ("", "b"), ("a", "c=d")]),
            ("a+b=%20%2B", vec![("a b", " +")]),
            ("%C3%BC=%e2%82%ac", vec![("ü", "€")]),
            (
                "a=100%&b=%zz&c=%4",
                vec![("a", "100%"), ("b", "%zz"), ("c", "%4")],
            ),
            ("x%5B%5D=1", vec![("x[]", "1")]),
        ] {
            let pairs = read_pairs(text).unwrap();
            let pairs: Vec<_> = pairs
                .iter()
                .map(|(name, value)| (name.as_str(), value.as_str()))
                .collect();
            assert_eq!(pairs, expected, "{text}");
        }
    }

    #[test]
    fn refuses_what_is_not_utf8() {
        for text in ["a=%ff", "%C3=1", "a=%ED%A0%80"] {
            assert_eq!(read_pairs(text), Err(not_utf8()), "{text}");
        }
    }

    #[test]
    fn finds_the_last_value_of_a_name() {
        for (query, expected) in [
            ("access_token=a&access_token=b", Some("b")),
            ("token=a", None),
            ("access_token=%ff", None),
        ] {
            let found = find_in_query(query, "access_token");
            assert_eq!(found.as_deref(), expected, "{query}");
        }
    }
}
