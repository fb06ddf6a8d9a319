//! Media attached to statuses.

use serde::Serialize;

use crate::id::AttachmentId;

/// A file attached to a status, or waiting to be.
///
/// Source: <https://docs.joinmastodon.org/entities/MediaAttachment/>
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MediaAttachment {
    /// The attachment's id.
    pub id: AttachmentId,
    /// What kind of file it is.
    #[serde(rename = "type")]
    pub kind: MediaKind,
    /// The file; null while it is being processed.
    pub url: Option<String>,
    /// A small picture of it.
    pub preview_url: Option<String>,
    /// The file on its own server, for remote attachments.
    pub remote_url: Option<String>,
    /// The small picture on its own server, for remote attachments.
    pub preview_remote_url: Option<String>,
    /// A short link for texts: kept for old clients, always null here.
    pub text_url: Option<String>,
    /// Sizes and the focal point; null until processed.
    pub meta: Option<MediaMeta>,
    /// What the file shows, for those who cannot see it.
    pub description: Option<String>,
    /// A blurred stand-in of few characters; null for sound and until processed.
    pub blurhash: Option<String>,
}

/// What kind of file an attachment is.
///
/// Source: <https://docs.joinmastodon.org/entities/MediaAttachment/#type>
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MediaKind {
    /// A file of a kind that clients cannot show; they offer its link.
    Unknown,
    /// A still image.
    Image,
    /// A silent looping video.
    Gifv,
    /// A video.
    Video,
    /// A sound.
    Audio,
}

/// Sizes and the focal point of an attachment.
///
/// Source: <https://docs.joinmastodon.org/entities/MediaAttachment/#meta>
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct MediaMeta {
    /// The file itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub original: Option<MediaDetails>,
    /// The small picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub small: Option<MediaDetails>,
    /// The point to keep in sight when the picture is cropped.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub focus: Option<Focus>,
}

/// The size of one picture, or the length of one recording; what does not apply is left out.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct MediaDetails {
    /// Width in pixels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub width: Option<u32>,
    /// Height in pixels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub height: Option<u32>,
    /// `WIDTHxHEIGHT`, for pictures.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<String>,
    /// Width divided by height, for pictures.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aspect: Option<f64>,
    /// Frames a second as a fraction such as `30/1`, for videos.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frame_rate: Option<String>,
    /// Length in seconds, for recordings.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration: Option<f64>,
    /// Bits a second, for recordings.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bitrate: Option<u64>,
}

impl MediaDetails {
    /// The details of a picture of `width` x `height` pixels.
    #[must_use]
    pub fn picture(width: u32, height: u32) -> Self {
        Self {
            width: Some(width),
            height: Some(height),
            size: Some(format!("{width}x{height}")),
            aspect: Some(f64::from(width) / f64::from(height.max(1))),
            ..Self::default()
        }
    }
}

/// A point of a picture: (0, 0) is the centre, 1 the right and the upper edge.
///
/// Source: <https://docs.joinmastodon.org/api/guidelines/#focal-points>
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Focus {
    /// From -1 (left) to 1 (right).
    pub x: f64,
    /// From -1 (bottom) to 1 (top).
    pub y: f64,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_attachment_has_its_documented_keys() {
        let mut attachment = MediaAttachment {
            id: AttachmentId(4),
            kind: MediaKind::Image,
            url: None,
            preview_url: None,
            remote_url: None,
            preview_remote_url: None,
            text_url: None,
            meta: None,
            description: None,
            blurhash: None,
        };
        let mut expected = json!({
            "id": "4", "type": "image", "url": null, "preview_url": null, "remote_url": null,
            "preview_remote_url": null, "text_url": null, "meta": null, "description": null,
            "blurhash": null,
        });
        assert_eq!(json!(attachment), expected);
        attachment.meta = Some(MediaMeta {
            original: Some(MediaDetails::picture(640, 480)),
            small: Some(MediaDetails {
                duration: Some(1.5),
                bitrate: Some(9),
                ..MediaDetails::default()
            }),
            focus: Some(Focus { x: -0.5, y: 1.0 }),
        });
        expected["meta"] = json!({
            "original": {"width": 640, "height": 480, "size": "640x480", "aspect": 640.0 / 480.0},
            "small": {"duration": 1.5, "bitrate": 9},
            "focus": {"x": -0.5, "y": 1.0},
        });
        assert_eq!(json!(attachment), expected);
    }
}
