//! The types that files may have, named by their extension and never guessed, so that nothing that somebody uploaded is
//! ever a page, a script or a document.

/// The types by extension.
const KINDS: [(&str, &str); 13] = [
    ("jpg", "image/jpeg"),
    ("jpeg", "image/jpeg"),
    ("png", "image/png"),
    ("gif", "image/gif"),
    ("webp", "image/webp"),
    ("avif", "image/avif"),
    ("mp4", "video/mp4"),
    ("webm", "video/webm"),
    ("mp3", "audio/mpeg"),
    ("ogg", "audio/ogg"),
    ("flac", "audio/flac"),
    ("wav", "audio/wav"),
    ("aac", "audio/aac"),
];

/// The type of the file under this key; none for files that are shown to nobody.
#[must_use]
pub fn kind_of(key: &str) -> Option<&'static str> {
    let (_, extension) = key.rsplit_once('.')?;
    let (_, kind) = KINDS.iter().find(|(known, _)| *known == extension)?;
    Some(kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pictures_and_recordings_have_a_kind() {
        for (key, expected) in [
            ("avatars/0a.png", Some("image/png")),
            ("avatars/0a.jpg", Some("image/jpeg")),
            ("attachments/0a.gif", Some("image/gif")),
            ("attachments/0a.webp", Some("image/webp")),
            ("attachments/0a.mp4", Some("video/mp4")),
            ("attachments/0a.mp3", Some("audio/mpeg")),
            ("attachments/0a.ogg", Some("audio/ogg")),
            ("uploads/0a.bin", None),
            ("attachments/0a.svg", None),
            ("attachments/0a.html", None),
            ("attachments/0a.json", None),
            ("attachments/0a.png.html", None),
            ("attachments/0a.PNG", None),
            ("png", None),
            ("", None),
        ] {
            assert_eq!(kind_of(key), expected, "{key}");
        }
    }
}
