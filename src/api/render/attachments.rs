//! Files, attached or waiting to be. Everything is in the row: no queries.
//!
//! Source: <https://docs.joinmastodon.org/entities/MediaAttachment/>

use super::words::media_kind;
use crate::api::entities::MediaAttachment;
use crate::api::entities::attachments::{Focus, MediaDetails, MediaMeta};
use crate::store::AttachmentKind;
use crate::store::attachments::Attachment;
use crate::urls::Urls;

/// These files, in their order.
#[must_use]
pub fn page(urls: &Urls, files: &[Attachment]) -> Vec<MediaAttachment> {
    files.iter().map(|file| single(urls, file)).collect()
}

/// One file.
#[must_use]
pub fn single(urls: &Urls, file: &Attachment) -> MediaAttachment {
    let local = file.file_key.as_deref().map(|key| urls.media(key));
    let url = local.or_else(|| {
        let there = file.remote_url.as_deref()?;
        // What no client shows in place is a link, to be followed on purpose.
        let is_link = file.kind == AttachmentKind::Unknown;
        Some(if is_link {
            there.to_owned()
        } else {
            urls.shown(there)
        })
    });
    let small = file.preview_key.as_deref().map(|key| urls.media(key));
    let small = small.or_else(|| {
        let there = file.remote_preview_url.as_deref();
        there.map(|url| urls.shown(url))
    });
    // A picture without a small form stands for itself.
    let preview_url = small.or_else(|| {
        let stands_for_itself = file.kind == AttachmentKind::Image;
        url.clone().filter(|_| stands_for_itself)
    });
    MediaAttachment {
        id: file.id,
        kind: media_kind(file.kind),
        url,
        preview_url,
        remote_url: file.remote_url.clone(),
        preview_remote_url: file.remote_preview_url.clone(),
        text_url: None,
        meta: meta(file),
        description: file.description.clone(),
        blurhash: file.blurhash.clone(),
    }
}

fn meta(file: &Attachment) -> Option<MediaMeta> {
    let original = details(file);
    let is_picture = file.kind == AttachmentKind::Image;
    let small = size(file.preview_width, file.preview_height)
        .or_else(|| original.clone().filter(|_| is_picture));
    let focus = file.focus_x.zip(file.focus_y).map(|(x, y)| Focus { x, y });
    let meta = MediaMeta {
        original,
        small,
        focus,
    };
    (meta != MediaMeta::default()).then_some(meta)
}

/// Size and length of the file itself.
fn details(file: &Attachment) -> Option<MediaDetails> {
    let details = MediaDetails {
        frame_rate: file.frame_rate.clone(),
        duration: file.duration_millis.and_then(seconds),
        bitrate: file.bitrate.and_then(|bits| u64::try_from(bits).ok()),
        ..size(file.width, file.height).unwrap_or_default()
    };
    (details != MediaDetails::default()).then_some(details)
}

fn seconds(millis: i64) -> Option<f64> {
    let millis = u32::try_from(millis).ok()?;
    Some(f64::from(millis) / 1_000.0)
}

fn size(width: Option<i64>, height: Option<i64>) -> Option<MediaDetails> {
    let width = u32::try_from(width?).ok()?;
    let height = u32::try_from(height?).ok()?;
    Some(MediaDetails::picture(width, height))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::id::{AccountId, AttachmentId};

    fn plain() -> Attachment {
        Attachment {
            kind: AttachmentKind::Image,
            mime: "image/png".into(),
            ..Attachment::blank(AttachmentId(5), AccountId(1), 0)
        }
    }

    #[test]
    fn files_have_the_addresses_and_sizes_that_are_known() {
        let local = Attachment {
            file_key: Some("a.png".into()),
            preview_key: Some("b.png".into()),
            width: Some(400),
            height: Some(200),
            preview_width: Some(40),
            preview_height: Some(20),
            focus_x: Some(-0.5),
            focus_y: Some(1.0),
            ..plain()
        };
        let remote = Attachment {
            remote_url: Some("https://beta.example/c.png".into()),
            width: Some(10),
            height: Some(5),
            ..plain()
        };
        let film = Attachment {
            kind: AttachmentKind::Video,
            ..remote.clone()
        };
        let recording = Attachment {
            kind: AttachmentKind::Audio,
            file_key: Some("a.mp3".into()),
            duration_millis: Some(61_500),
            bitrate: Some(128_000),
            ..plain()
        };
        let big = json!({"width": 400, "height": 200, "size": "400x200", "aspect": 2.0});
        let small = json!({"width": 40, "height": 20, "size": "40x20", "aspect": 2.0});
        let far = json!({"width": 10, "height": 5, "size": "10x5", "aspect": 2.0});
        let there = json!("https://beta.example/c.png");
        for (file, url, preview, remote_url, meta) in [
            (plain(), Value::Null, Value::Null, Value::Null, Value::Null),
            (
                local,
                json!("https://alpha.example/media/a.png"),
                json!("https://alpha.example/media/b.png"),
                Value::Null,
                json!({"original": big, "small": small, "focus": {"x": -0.5, "y": 1.0}}),
            ),
            (
                remote,
                there.clone(),
                there.clone(),
                there.clone(),
                json!({"original": far, "small": far}),
            ),
            (
                film,
                there.clone(),
                Value::Null,
                there.clone(),
                json!({"original": far}),
            ),
            (
                recording,
                json!("https://alpha.example/media/a.mp3"),
                Value::Null,
                Value::Null,
                json!({"original": {"duration": 61.5, "bitrate": 128_000}}),
            ),
        ] {
            let shown = json!(single(&Urls::new("https://alpha.example"), &file));
            assert_eq!(shown["id"], "5");
            assert_eq!(shown["type"], file.kind.word());
            assert_eq!(shown["url"], url);
            assert_eq!(shown["preview_url"], preview);
            assert_eq!(shown["remote_url"], remote_url);
            assert_eq!(shown["meta"], meta);
        }
    }
}
