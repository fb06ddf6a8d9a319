//! Where an application may have people sent back to: which addresses are accepted and how they are written to.
//! Pure.
//!
//! Source: <https://datatracker.ietf.org/doc/html/rfc6749#section-3.1.2>

use url::{Url, form_urlencoded};

use super::{Error, Result};

/// The address that stands for "show the code on a page".
///
/// Source: <https://docs.joinmastodon.org/methods/apps/#create>
pub const OUT_OF_BAND: &str = "urn:ietf:wg:oauth:2.0:oob";

/// The most bytes of all addresses of one application together.
const LONGEST: usize = 2_000;

/// Schemes that run or read something instead of leading somewhere.
const REFUSED_SCHEMES: &[&str] = &[
    "about",
    "blob",
    "data",
    "file",
    "filesystem",
    "javascript",
    "mailto",
    "vbscript",
    "view-source",
];

/// Checks the addresses that an application registers, and gives them one by one.
///
/// # Errors
/// [`Error::Invalid`] when there is none or one is not accepted.
pub fn check_all(given: &[String]) -> Result<Vec<String>> {
    let mut addresses: Vec<String> = Vec::new();
    for address in given.iter().flat_map(|text| text.split_whitespace()) {
        check(address)?;
        if !addresses.iter().any(|known| known == address) {
            addresses.push(address.to_owned());
        }
    }
    if addresses.is_empty() {
        return Err(refused("can't be blank"));
    }
    if addresses.iter().map(String::len).sum::<usize>() > LONGEST {
        return Err(refused("is too long"));
    }
    Ok(addresses)
}

fn check(address: &str) -> Result<()> {
    if address == OUT_OF_BAND {
        return Ok(());
    }
    let url = Url::parse(address).map_err(|_| refused("must be an absolute URI"))?;
    if REFUSED_SCHEMES.contains(&url.scheme()) {
        return Err(refused("has a scheme that is not allowed"));
    }
    if address.contains('#') {
        return Err(refused("must not have a fragment"));
    }
    if !address.is_ascii()
        || address.chars().any(char::is_control)
        || address.contains(['\\', '*', '<', '>', '"'])
    {
        return Err(refused("has a character that is not allowed"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(refused("must not carry a user name"));
    }
    Ok(())
}

fn refused(why: &str) -> Error {
    Error::invalid(format!("Validation failed: Redirect URI {why}"))
}

/// The address with these parameters behind it.
#[must_use]
pub fn with_parameters(address: &str, parameters: &[(&str, &str)]) -> String {
    let mut written = form_urlencoded::Serializer::new(String::new());
    written.extend_pairs(parameters);
    let joint = match address.split_once('?') {
        None => "?",
        Some((_, "")) => "",
        Some(_) => "&",
    };
    format!("{address}{joint}{}", written.finish())
}

/// What a person recognises of an address: its host, or its scheme when it belongs to an app.
#[must_use]
pub fn target_of(address: &str) -> Option<String> {
    if address == OUT_OF_BAND {
        return None;
    }
    let url = Url::parse(address).ok()?;
    match (url.scheme(), url.host_str()) {
        ("http" | "https", Some(host)) => Some(host.to_owned()),
        (scheme, _) => Some(format!("the app ({scheme})")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_what_leads_somewhere_and_nothing_else() {
        for (address, is_fine) in [
            ("https://app.example/callback", true),
            ("https://app.example/callback?a=b", true),
            ("http://localhost:8000/", true),
            ("icecubesapp://", true),
            ("tuba://auth_code", true),
            ("com.example.app:/oauth2redirect", true),
            ("urn:ietf:wg:oauth:2.0:oob", true),
            ("javascript:alert(1)", false),
            ("JavaScript:alert(1)", false),
            ("data:text/html,hello", false),
            ("vbscript:x", false),
            ("file:///etc/passwd", false),
            ("https://app.example/#fragment", false),
            ("https://user@app.example/", false),
            ("https://user:word@app.example/", false),
            ("https://*.app.example/", false),
            ("https://app.example\\@evil.example/", false),
            ("https://bücher.example/", false),
            ("/callback", false),
            ("app.example", false),
            ("", false),
        ] {
            assert_eq!(
                check_all(&[address.to_owned()]).is_ok(),
                is_fine,
                "{address}"
            );
        }
    }

    #[test]
    fn splits_lists_and_keeps_each_once() {
        let given = ["https://a.example/\nhttps://b.example/ https://a.example/".to_owned()];
        let expected = ["https://a.example/", "https://b.example/"];
        assert_eq!(check_all(&given).expect("both are fine"), expected);
        assert!(check_all(&[format!("https://a.example/{}", "a".repeat(2_000))]).is_err());
    }

    #[test]
    fn adds_parameters_without_touching_the_address() {
        for (address, expected) in [
            ("icecubesapp://", "icecubesapp://?code=x+y&state=%26"),
            (
                "https://a.example/?b=c",
                "https://a.example/?b=c&code=x+y&state=%26",
            ),
            (
                "https://a.example/?",
                "https://a.example/?code=x+y&state=%26",
            ),
        ] {
            let parameters = [("code", "x y"), ("state", "&")];
            assert_eq!(with_parameters(address, &parameters), expected);
        }
    }

    #[test]
    fn names_what_people_recognise() {
        for (address, expected) in [
            ("https://app.example/x", Some("app.example")),
            ("icecubesapp://", Some("the app (icecubesapp)")),
            (OUT_OF_BAND, None),
        ] {
            assert_eq!(target_of(address).as_deref(), expected);
        }
    }
}
