//! Reads the `Signature` header as peers really write it; what it must cover is decided in `verify`.
//!
//! Tolerated: a leading `Signature ` (as in `Authorization`), blanks around commas and equals signs, parameter
//! names of any case, values without quotes, unknown parameters, base64 without padding.
//! Refused: anything that two readers could take for two different things, above all a parameter given twice.
//!
//! Source: <https://datatracker.ietf.org/doc/html/draft-cavage-http-signatures-12#section-2.1>

use std::collections::BTreeMap;
use std::fmt;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// Longest header that is read, in bytes; a signature of 8192 bits takes less than 1,400.
pub const LONGEST_HEADER: usize = 8_192;
/// Longest key id, in bytes.
pub const LONGEST_KEY_ID: usize = 2_048;
/// Most parameters in one header.
const MOST_PARAMETERS: usize = 16;
/// Most names in the parameter `headers`.
const MOST_COVERED: usize = 32;
/// Most digits of an instant in seconds; twelve reach beyond the year 30000 and fit any calculation.
const MOST_DIGITS: usize = 12;
/// The scheme word that may stand before the parameters.
const SCHEME: &str = "signature";

const TOLERANT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The parameters of a `Signature` header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignatureHeader {
    /// Which key signed, as the peer names it: visible ASCII, at most [`LONGEST_KEY_ID`] bytes.
    pub key_id: String,
    /// The algorithm in lower case, when one is named.
    pub algorithm: Option<String>,
    /// When the signature was made, in seconds since the Unix epoch.
    pub created: Option<i64>,
    /// Until when it holds, in seconds since the Unix epoch.
    pub expires: Option<i64>,
    /// What the signature covers, in order, in lower case, nothing twice; at least one entry.
    pub covered: Vec<String>,
    /// The signature's bytes; at least one.
    pub signature: Vec<u8>,
}

/// Why a `Signature` header cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Malformed {
    /// The header or one of its lists is longer than allowed.
    TooLong,
    /// The text is no list of `name=value`.
    Syntax,
    /// The named parameter is given twice.
    Duplicate(String),
    /// The named parameter is not given.
    Missing(&'static str),
    /// The named parameter has a value that makes no sense for it.
    Value(&'static str),
    /// The named header is listed twice as covered.
    CoveredTwice(String),
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong => f.write_str("the Signature header is too long"),
            Self::Syntax => f.write_str("the Signature header is not a list of name=\"value\""),
            Self::Duplicate(name) => {
                write!(f, "the Signature header gives the parameter {name:?} twice")
            }
            Self::Missing(name) => write!(f, "the Signature header lacks the parameter {name:?}"),
            Self::Value(name) => {
                write!(
                    f,
                    "the Signature header's parameter {name:?} has an impossible value"
                )
            }
            Self::CoveredTwice(name) => {
                write!(f, "the Signature header lists {name:?} twice as signed")
            }
        }
    }
}

impl std::error::Error for Malformed {}

/// Reads a `Signature` header.
///
/// # Errors
/// When the header is too long, is no list of parameters, gives one twice, lacks one or has an impossible value.
pub fn parse(value: &str) -> Result<SignatureHeader, Malformed> {
    if value.len() > LONGEST_HEADER {
        return Err(Malformed::TooLong);
    }
    let mut parameters = read_parameters(without_scheme(value.trim()))?;
    let mut required = |name: &'static str| {
        parameters
            .remove(&name.to_ascii_lowercase())
            .ok_or(Malformed::Missing(name))
    };
    let key_id = required("keyId")?;
    let covered = read_covered(&required("headers")?)?;
    let signature = required("signature")?;
    if !is_key_id(&key_id) {
        return Err(Malformed::Value("keyId"));
    }
    Ok(SignatureHeader {
        key_id,
        algorithm: parameters
            .remove("algorithm")
            .map(|name| name.to_ascii_lowercase()),
        created: read_seconds(&parameters, "created")?,
        expires: read_seconds(&parameters, "expires")?,
        covered,
        signature: match TOLERANT.decode(signature) {
            Ok(bytes) if !bytes.is_empty() => bytes,
            _ => return Err(Malformed::Value("signature")),
        },
    })
}

/// Whether a text may name a key: visible ASCII, at most [`LONGEST_KEY_ID`] bytes.
pub(super) fn is_key_id(text: &str) -> bool {
    (1..=LONGEST_KEY_ID).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// The text after a leading `Signature ` of any case.
fn without_scheme(text: &str) -> &str {
    match text.split_once([' ', '\t']) {
        Some((word, rest)) if word.eq_ignore_ascii_case(SCHEME) && !is_value_start(rest) => rest,
        _ => text,
    }
}

/// Whether what follows a word makes that word the name of a parameter: `signature = "..."`.
fn is_value_start(rest: &str) -> bool {
    rest.trim_start().starts_with('=')
}

/// Splits `a="b", c=d` into a map from lower-case names to values.
fn read_parameters(mut rest: &str) -> Result<BTreeMap<String, String>, Malformed> {
    let mut parameters = BTreeMap::new();
    loop {
        // Lists may have empty elements.
        rest = rest.trim_start_matches([' ', '\t', ',']);
        if rest.is_empty() {
            return Ok(parameters);
        }
        let (name, after_name) = rest.split_once('=').ok_or(Malformed::Syntax)?;
        let name = name.trim_end_matches([' ', '\t']).to_ascii_lowercase();
        if name.is_empty()
            || !name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        {
            return Err(Malformed::Syntax);
        }
        let (value, after_value) = read_value(after_name.trim_start_matches([' ', '\t']))?;
        rest = after_value.trim_start_matches([' ', '\t']);
        if !rest.is_empty() && !rest.starts_with(',') {
            return Err(Malformed::Syntax);
        }
        if parameters.len() >= MOST_PARAMETERS {
            return Err(Malformed::TooLong);
        }
        if parameters.contains_key(&name) {
            return Err(Malformed::Duplicate(name));
        }
        parameters.insert(name, value);
    }
}

/// Splits a quoted or bare value from what follows it.
fn read_value(text: &str) -> Result<(String, &str), Malformed> {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find(',').unwrap_or(text.len());
        let (bare, rest) = text.split_at_checked(end).ok_or(Malformed::Syntax)?;
        let bare = bare.trim_end_matches([' ', '\t']);
        let is_bare = !bare.is_empty() && !bare.contains(['"', ' ', '\t']);
        return is_bare
            .then(|| (bare.to_owned(), rest))
            .ok_or(Malformed::Syntax);
    };
    let mut value = String::new();
    let mut characters = quoted.chars();
    loop {
        match characters.next() {
            Some('"') => return Ok((value, characters.as_str())),
            Some('\\') => value.push(characters.next().ok_or(Malformed::Syntax)?),
            Some(character) => value.push(character),
            None => return Err(Malformed::Syntax),
        }
    }
}

/// Reads the list of what the signature covers.
fn read_covered(list: &str) -> Result<Vec<String>, Malformed> {
    let mut covered: Vec<String> = Vec::new();
    for name in list.split_ascii_whitespace() {
        let name = name.to_ascii_lowercase();
        let is_name = name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"()-_".contains(&byte));
        if !is_name {
            return Err(Malformed::Value("headers"));
        }
        if covered.contains(&name) {
            return Err(Malformed::CoveredTwice(name));
        }
        if covered.len() >= MOST_COVERED {
            return Err(Malformed::TooLong);
        }
        covered.push(name);
    }
    if covered.is_empty() {
        return Err(Malformed::Value("headers"));
    }
    Ok(covered)
}

/// Reads an instant in whole seconds.
fn read_seconds(
    parameters: &BTreeMap<String, String>,
    name: &'static str,
) -> Result<Option<i64>, Malformed> {
    let Some(text) = parameters.get(name) else {
        return Ok(None);
    };
    let is_number =
        (1..=MOST_DIGITS).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    match text.parse() {
        Ok(seconds) if is_number => Ok(Some(seconds)),
        _ => Err(Malformed::Value(name)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain() -> SignatureHeader {
        SignatureHeader {
            key_id: "https://a.test/u#k".to_owned(),
            algorithm: None,
            created: None,
            expires: None,
            covered: vec!["(request-target)".to_owned(), "host".to_owned()],
            signature: vec![1, 2, 3, 4],
        }
    }

    #[test]
    fn reads_headers_as_peers_write_them() {
        for text in [
            r#"keyId="https://a.test/u#k",headers="(request-target) host",signature="AQIDBA==""#,
            r#"keyId="https://a.test/u#k" , headers="(request-target) host",	signature="AQIDBA==""#,
            r#" keyId = "https://a.test/u#k",headers= "(request-target) host",signature ="AQIDBA==" "#,
            r#"Signature keyId="https://a.test/u#k",headers="(request-target) host",signature="AQIDBA==""#,
            r#"signature  keyId="https://a.test/u#k",headers="(request-target) host",signature="AQIDBA==""#,
            r#"signature = "AQIDBA==",keyId="https://a.test/u#k",headers="(request-target) host""#,
            r#"KEYID="https://a.test/u#k",Headers="(Request-Target)  Host",SIGNATURE="AQIDBA==""#,
            r#"keyId=https://a.test/u#k,headers="(request-target) host",signature=AQIDBA=="#,
            r#"keyId="https://a.test/u#k",headers="(request-target) host",signature="AQIDBA""#,
            r#"keyId="https://a.test/u#k",,headers="(request-target) host",signature="AQIDBA==","#,
            r#"keyId="https:\/\/a.test/u#k",headers="(request-target) host",signature="AQIDBA==""#,
            r#"keyId="https://a.test/u#k",x="1,2=3",headers="(request-target) host",signature="AQIDBA==""#,
        ] {
            assert_eq!(parse(text), Ok(plain()), "{text}");
        }
    }

    #[test]
    fn reads_what_only_some_peers_write() {
        let read = |start: &str| {
            let text = format!(r#"{start},headers="(request-target) host",signature="AQIDBA==""#);
            parse(&text).unwrap()
        };
        for (name, expected) in [
            ("RSA-SHA256", "rsa-sha256"),
            ("hs2019", "hs2019"),
            ("none", "none"),
        ] {
            for quoted in [name.to_owned(), format!("\"{name}\"")] {
                let header = read(&format!("keyId=k,algorithm={quoted}"));
                assert_eq!(header.algorithm.as_deref(), Some(expected));
            }
        }
        for instants in ["created=12,expires=34", "created=\"12\", expires=\"34\""] {
            let header = read(&format!("keyId=k,{instants}"));
            assert_eq!((header.created, header.expires), (Some(12), Some(34)));
        }
        let id = "https://a.test/a,b=c";
        assert_eq!(read(&format!("keyId=\"{id}\"")).key_id, id);
    }

    /// Compares the verdict on every text of each group.
    fn assert_refused(groups: &[(Malformed, &[&str])]) {
        for (expected, texts) in groups {
            for text in *texts {
                assert_eq!(parse(text).as_ref(), Err(expected), "{text:?}");
            }
        }
    }

    #[test]
    fn a7_refuses_headers_that_are_no_complete_list() {
        use Malformed::{Duplicate, Missing, Syntax};
        assert_refused(&[
            (
                Syntax,
                &[
                    "Signature ",
                    "none",
                    "Bearer abc",
                    "keyId=,headers=host,signature=AA==",
                    "keyId=k,headers=host,signature=\"AA==",
                    "keyId=k,headers=host,signature=\"AA==\\",
                    "keyId=\"k\"headers=host,signature=AA==",
                    "keyId=k headers=host signature=AA==",
                    "keyId=k,headers=host,signature=AA==,rest",
                    "=k,headers=host,signature=AA==",
                    "key id=k,headers=host,signature=AA==",
                    "keyId=k\"k,headers=host,signature=AA==",
                ],
            ),
            (
                Missing("keyId"),
                &[
                    "",
                    "   ",
                    ",,,",
                    "sig1=:AQIDBA==:",
                    "headers=host,signature=AA==",
                ],
            ),
            (
                Missing("headers"),
                &[
                    "keyId=k,signature=AA==",
                    "keyId=k;headers=host;signature=AA==",
                ],
            ),
            (Missing("signature"), &["keyId=k,headers=host"]),
            (
                Duplicate("keyid".to_owned()),
                &[
                    "keyId=a,keyId=b,headers=host,signature=AA==",
                    "keyId=a,KEYID=b,headers=host,signature=AA==",
                ],
            ),
            (
                Duplicate("headers".to_owned()),
                &["keyId=a,headers=host,headers=date,signature=AA=="],
            ),
            (
                Duplicate("signature".to_owned()),
                &["keyId=a,headers=host,signature=AA==,signature=AQ=="],
            ),
            (
                Duplicate("x".to_owned()),
                &["keyId=a,x=1,x=1,headers=host,signature=AA=="],
            ),
        ]);
    }

    #[test]
    fn a7_refuses_impossible_values() {
        use Malformed::{CoveredTwice, Value};
        assert_refused(&[
            (
                Value("keyId"),
                &[
                    "keyId=\"\",headers=host,signature=AA==",
                    "keyId=\"a b\",headers=host,signature=AA==",
                    "keyId=\"a\u{0}b\",headers=host,signature=AA==",
                    "keyId=\"a\nb\",headers=host,signature=AA==",
                    "keyId=\"é\",headers=host,signature=AA==",
                ],
            ),
            (
                Value("headers"),
                &[
                    "keyId=k,headers=\"\",signature=AA==",
                    "keyId=k,headers=\"  \",signature=AA==",
                    "keyId=k,headers=\"host\u{e9}\",signature=AA==",
                    "keyId=k,headers=\"host: x\",signature=AA==",
                ],
            ),
            (
                CoveredTwice("host".to_owned()),
                &[
                    "keyId=k,headers=\"host host\",signature=AA==",
                    "keyId=k,headers=\"host HOST\",signature=AA==",
                ],
            ),
            (
                Value("signature"),
                &[
                    "keyId=k,headers=host,signature=\"\"",
                    "keyId=k,headers=host,signature=\"A\"",
                    "keyId=k,headers=host,signature=\"not base64!\"",
                    "keyId=k,headers=host,signature=\"AQ_-\"",
                ],
            ),
        ]);
    }

    #[test]
    fn a13_refuses_odd_numbers() {
        for odd in [
            "-5",
            "+5",
            "1e18",
            "1.5",
            "\"\"",
            "\"12 \"",
            "soon",
            "0x10",
            "\"1,2\"",
            "٣",
            "1000000000000000000",
            "99999999999999999999999999",
        ] {
            for name in ["created", "expires"] {
                let text = format!("keyId=k,{name}={odd},headers=host,signature=AA==");
                assert_eq!(parse(&text), Err(Malformed::Value(name)), "{text}");
            }
        }
    }

    #[test]
    fn e15_refuses_more_than_a_header_needs() {
        let long_key = "k".repeat(LONGEST_KEY_ID + 1);
        let parameters: Vec<String> = (0..20).map(|number| format!("p{number}=1")).collect();
        let names: Vec<String> = (0..40).map(|number| format!("x-{number}")).collect();
        for (text, expected) in [
            (
                format!("keyId={long_key},headers=host,signature=AA=="),
                Malformed::Value("keyId"),
            ),
            (
                format!("keyId=k,headers=\"{}\",signature=AA==", names.join(" ")),
                Malformed::TooLong,
            ),
            (parameters.join(","), Malformed::TooLong),
            ("x".repeat(LONGEST_HEADER + 1), Malformed::TooLong),
        ] {
            assert_eq!(parse(&text), Err(expected), "{text}");
        }
    }

    #[test]
    fn a14_a_parameter_given_twice_is_refused_even_when_both_agree() {
        let text = "keyId=a,keyId=a,headers=host,signature=AA==";
        assert_eq!(parse(text), Err(Malformed::Duplicate("keyid".to_owned())));
    }

    #[test]
    fn any_cut_or_flip_of_a_good_header_is_read_without_panic() {
        let good = r#"Signature keyId="https://a.test/u#k",created=1402170695,headers="(request-target) host",signature="AQIDBA==""#;
        for end in 0..good.len() {
            let _ = parse(&good[..end]);
            for odd in ["\"", ",", "=", "\\", "é", "\u{0}", " "] {
                let _ = parse(&format!("{}{odd}{}", &good[..end], &good[end..]));
            }
        }
    }
}
