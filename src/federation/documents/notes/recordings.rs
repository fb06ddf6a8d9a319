//! The file of a video or a sound that is an object by itself: `url` lists a page, the same recording in several sizes,
//! playlists, torrents and more, and one of them can be played as it is.
//!
//! Source: <https://docs.joinpeertube.org/api/activitypub#video>.

use serde_json::Value;

use super::super::attachments::{self, Media};
use super::super::references::{self, Properties};
use super::super::{caps, origins};
use super::sorts::NoteKind;

/// How large a file may be that is worth being played as it is, in bytes; further ones only where there is none.
const COMFORTABLE: i64 = 99_000_000;
/// The same of files that do not tell their size, in lines.
const COMFORTABLE_LINES: i64 = 720;
/// Entries of one list that are looked at; each size of a video comes with five.
const ENTRIES: usize = 100;

/// One file of a recording.
struct File<'a> {
    link: &'a Properties,
    href: &'a str,
    media_type: &'a str,
    size: Option<i64>,
    lines: i64,
}

/// The file that is played, with the widest picture of the object as its preview.
pub(super) fn find(properties: &Properties, kind: NoteKind) -> Option<Media> {
    let prefix = match kind {
        NoteKind::Video => "video/",
        NoteKind::Audio => "audio/",
        _ => return None,
    };
    let files = list(properties, prefix);
    let fitting = files.iter().filter(|file| file.is_comfortable());
    let file = fitting
        .max_by_key(|file| file.lines)
        .or_else(|| files.iter().min_by_key(|file| (file.lines, file.size)))?;
    let pixels = |key: &str| references::count(file.link, key).filter(|pixels| *pixels > 0);
    let preview = || {
        attachments::picture(properties, "icon")
            .or_else(|| attachments::picture(properties, "image"))
    };
    Some(Media {
        url: file.href.to_owned(),
        media_type: Some(references::cut(file.media_type, 100)),
        width: pixels("width"),
        height: pixels("height"),
        preview: preview().map(|picture| picture.url),
        ..Media::default()
    })
}

impl File<'_> {
    fn is_comfortable(&self) -> bool {
        match self.size {
            Some(size) => size <= COMFORTABLE,
            None => self.lines <= COMFORTABLE_LINES,
        }
    }
}

/// The files of this type in `url` and, of a playlist there, in its `tag`.
fn list<'a>(properties: &'a Properties, prefix: &str) -> Vec<File<'a>> {
    let links = |properties: &'a Properties, key: &str| {
        let entries = references::list_of(properties, key).iter();
        entries.take(ENTRIES).filter_map(Value::as_object)
    };
    let outer = links(properties, "url");
    let all = outer.flat_map(|link| std::iter::once(link).chain(links(link, "tag")));
    all.filter_map(|link| file(link, prefix)).collect()
}

fn file<'a>(link: &'a Properties, prefix: &str) -> Option<File<'a>> {
    let media_type =
        references::text(link, "mediaType").or_else(|| references::text(link, "mimeType"))?;
    let href = references::text(link, "href").filter(|href| origins::is_usable(href))?;
    (media_type.starts_with(prefix) && !is_mute(link)).then(|| File {
        link,
        href,
        media_type,
        size: references::count(link, "size"),
        lines: references::count(link, "height").unwrap_or(0),
    })
}

/// Whether a file lists its tracks and has no sound among them, which stands in another file then.
fn is_mute(link: &Properties) -> bool {
    let tracks: Vec<&str> = references::list_of(link, "attachment")
        .iter()
        .take(caps::ATTACHMENTS)
        .filter_map(Value::as_object)
        .filter(|fact| references::text(fact, "name") == Some("ffprobe_codec_type"))
        .filter_map(|fact| references::text(fact, "value"))
        .collect();
    !tracks.is_empty() && !tracks.contains(&"audio")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn mp4(lines: i64, size: Option<i64>) -> Value {
        let mut link = json!({"type": "Link", "mediaType": "video/mp4",
            "href": format!("https://a.example/{lines}.mp4"), "height": lines});
        if let Some(size) = size {
            link["size"] = size.into();
        }
        link
    }

    fn found(kind: NoteKind, url: &Value) -> Option<String> {
        let object = json!({"url": url});
        find(object.as_object().expect("an object"), kind).map(|media| media.url)
    }

    #[test]
    fn the_largest_file_that_is_no_burden_is_played() {
        let page = json!({"type": "Link", "mediaType": "text/html", "href": "https://a.example/v"});
        let mut mute = mp4(480, Some(1));
        mute["attachment"] = json!([{"name": "ffprobe_codec_type", "value": "video"}]);
        let list = json!({"type": "Link", "mediaType": "application/x-mpegURL",
            "href": "https://a.example/1.m3u8", "tag": [{"type": "Infohash"}, mp4(360, Some(5))]});
        for (url, expected) in [
            (
                json!([
                    page,
                    mp4(1080, Some(200_000_000)),
                    mp4(720, Some(90_000_000)),
                    mp4(240, Some(9))
                ]),
                Some("720.mp4"),
            ),
            (json!([mp4(1080, None), mp4(720, None)]), Some("720.mp4")),
            (
                json!([mp4(2160, Some(9_000_000_000)), mp4(1080, Some(800_000_000))]),
                Some("1080.mp4"),
            ),
            (json!([page, list, mute]), Some("360.mp4")),
            (json!([page, mute]), None),
            (json!("https://a.example/v"), None),
            (
                json!([{"mediaType": "video/mp4", "href": "magnet:?xt=1"}]),
                None,
            ),
        ] {
            let expected = expected.map(|name| format!("https://a.example/{name}"));
            assert_eq!(found(NoteKind::Video, &url), expected, "{url}");
            assert_eq!(found(NoteKind::Audio, &url), None);
            assert_eq!(found(NoteKind::Note, &url), None);
        }
    }

    #[test]
    fn sounds_are_found_and_have_the_picture_of_their_object() {
        let object = json!({
            "url": [{"type": "Link", "mimeType": "audio/ogg", "href": "https://a.example/1.ogg", "size": 7}],
            "image": {"type": "Image", "url": "https://a.example/cover.png"},
        });
        let media = find(object.as_object().expect("an object"), NoteKind::Audio);
        let media = media.expect("a sound");
        assert_eq!(media.media_type.as_deref(), Some("audio/ogg"));
        assert_eq!(
            media.preview.as_deref(),
            Some("https://a.example/cover.png")
        );
    }
}
