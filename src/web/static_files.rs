//! The files that pages link to, embedded in the binary: style sheet, icons, default pictures.
//!
//! Not here: what people upload (see `blobs`) and how the files are answered (a route of this room).
//! A file's [`StaticFile::url`] carries a fingerprint of its bytes, so what it answers may be cached for ever.

/// One embedded file.
#[derive(Clone, Copy, Debug)]
pub struct StaticFile {
    /// The path that it is answered on, with or without the fingerprint in the query.
    pub path: &'static str,
    /// The value of its `Content-Type` header.
    pub content_type: &'static str,
    /// What it holds.
    pub bytes: &'static [u8],
    fingerprint: u64,
}

impl StaticFile {
    /// The address to write into pages: path and fingerprint (`/static/style.css?v=0123456789abcdef`).
    #[must_use]
    pub fn url(&self) -> String {
        format!("{}?v={}", self.path, self.version())
    }

    /// The fingerprint as it stands in the query of [`StaticFile::url`]: 16 hexadecimal digits.
    ///
    /// A request whose `v` is this may be answered as immutable; any other only with the entity tag.
    #[must_use]
    pub fn version(&self) -> String {
        format!("{:016x}", self.fingerprint)
    }

    /// The value of its `ETag` header, with the quotes.
    #[must_use]
    pub fn etag(&self) -> String {
        format!("\"{}\"", self.version())
    }
}

/// The one style sheet.
pub static STYLE: StaticFile = file(
    "/static/style.css",
    "text/css; charset=utf-8",
    include_bytes!("static/style.css"),
);
/// The bird, dark on nothing.
pub static LOGO: StaticFile = file(
    "/static/logo.svg",
    "image/svg+xml",
    include_bytes!("static/logo.svg"),
);
/// The bird on a tile, for browser tabs.
pub static FAVICON: StaticFile = file(
    "/static/favicon.svg",
    "image/svg+xml",
    include_bytes!("static/favicon.svg"),
);
/// The tile for browsers that ask without being told.
pub static FAVICON_ICO: StaticFile = file(
    "/favicon.ico",
    "image/x-icon",
    include_bytes!("static/favicon.ico"),
);
/// The tile for home screens, 180 pixels square.
pub static TOUCH_ICON: StaticFile = file(
    "/static/touch-icon.png",
    "image/png",
    include_bytes!("static/touch-icon.png"),
);
/// The picture that stands for the node in link previews and instance lists, 1200 by 630 pixels.
pub static PREVIEW: StaticFile = file(
    "/static/preview.png",
    "image/png",
    include_bytes!("static/preview.png"),
);
/// The avatar of an account that has none, 400 pixels square.
///
/// Clients recognise it by the last part of its path.
pub static MISSING_AVATAR: StaticFile = file(
    "/avatars/original/missing.png",
    "image/png",
    include_bytes!("static/missing-avatar.png"),
);
/// The header of an account that has none, 1500 by 500 pixels.
///
/// Clients recognise it by the last part of its path.
pub static MISSING_HEADER: StaticFile = file(
    "/headers/original/missing.png",
    "image/png",
    include_bytes!("static/missing-header.png"),
);

/// What the page of a lab adds to the one style sheet.
pub static LAB_STYLE: StaticFile = file(
    "/static/lab.css",
    "text/css; charset=utf-8",
    include_bytes!("static/lab.css"),
);
/// Keeps the page of a lab up to date.
pub static LAB_SCRIPT: StaticFile = file(
    "/static/lab.js",
    "text/javascript; charset=utf-8",
    include_bytes!("static/lab.js"),
);

/// The files of the page of a lab; nodes answer the first four themselves.
pub static LAB_FILES: [&StaticFile; 6] = [
    &STYLE,
    &FAVICON,
    &FAVICON_ICO,
    &TOUCH_ICON,
    &LAB_STYLE,
    &LAB_SCRIPT,
];

/// Every embedded file that nodes answer.
pub static FILES: [&StaticFile; 8] = [
    &STYLE,
    &LOGO,
    &FAVICON,
    &FAVICON_ICO,
    &TOUCH_ICON,
    &PREVIEW,
    &MISSING_AVATAR,
    &MISSING_HEADER,
];

/// The file that is answered on `path` (without query).
#[must_use]
pub fn find(path: &str) -> Option<&'static StaticFile> {
    FILES.into_iter().find(|file| file.path == path)
}

const fn file(path: &'static str, content_type: &'static str, bytes: &'static [u8]) -> StaticFile {
    StaticFile {
        path,
        content_type,
        bytes,
        fingerprint: fingerprint(bytes),
    }
}

/// FNV-1a: tells two versions of a file apart at compile time; nothing secret hangs on it.
///
/// Source: <https://www.rfc-editor.org/rfc/rfc9923#name-fnv-1a-64-bit-hash>
const fn fingerprint(mut bytes: &[u8]) -> u64 {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    while let [byte, rest @ ..] = bytes {
        hash = (hash ^ *byte as u64).wrapping_mul(0x0000_0100_0000_01b3);
        bytes = rest;
    }
    hash
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn fingerprints_as_the_specification_does() {
        assert_eq!(fingerprint(b""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fingerprint(b"foobar"), 0x8594_4171_f739_67e8);
    }

    #[test]
    fn every_file_is_found_on_its_own_path() {
        let paths: HashSet<&str> = FILES.iter().map(|file| file.path).collect();
        assert_eq!(paths.len(), FILES.len());
        for file in FILES {
            assert!(std::ptr::eq(find(file.path).unwrap(), file));
            assert!(file.url().starts_with(&format!("{}?v=", file.path)));
        }
        assert!(find("/static/style.css?v=1").is_none());
    }

    #[test]
    fn every_file_is_what_its_type_says_and_small() {
        for file in FILES.into_iter().chain(LAB_FILES) {
            let start: &[u8] = match file.content_type {
                "image/png" => b"\x89PNG\r\n",
                "image/svg+xml" => b"<svg xmlns=",
                "image/x-icon" => b"\0\0\x01\0",
                "text/css; charset=utf-8" => b"/*",
                "text/javascript; charset=utf-8" => b"//",
                other => panic!("no known type: {other}"),
            };
            assert!(file.bytes.starts_with(start), "{}", file.path);
            assert!(file.bytes.len() < 64 * 1024, "{}", file.path);
        }
    }

    #[test]
    fn pictures_that_are_answered_as_documents_run_nothing() {
        for file in FILES {
            if file.content_type == "image/svg+xml" {
                let text = std::str::from_utf8(file.bytes).unwrap();
                for word in ["<script", "<style", "href", " on"] {
                    assert!(!text.contains(word), "{} has {word}", file.path);
                }
            }
        }
    }
}
