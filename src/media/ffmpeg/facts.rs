//! What `ffprobe` tells about a recording.
//!
//! Source: <https://ffmpeg.org/ffprobe.html#json>

use serde::Deserialize;

use super::super::error::Error;

/// What a recording consists of.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Facts {
    pub(super) video: Option<Video>,
    /// A still picture that comes with a sound, such as the cover of an album: the number of its stream.
    pub(super) cover: Option<usize>,
    /// The codec of the sound.
    pub(super) audio: Option<String>,
    /// In milliseconds.
    pub(super) duration: Option<i64>,
    /// Bits a second.
    pub(super) bitrate: Option<i64>,
}

/// The moving picture of a recording.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Video {
    pub(super) codec: String,
    pub(super) pixels: String,
    /// Width as it is seen.
    pub(super) width: u32,
    /// Height as it is seen.
    pub(super) height: u32,
    /// Frames a second, as a fraction.
    pub(super) frame_rate: Option<(u32, u32)>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Answer {
    streams: Vec<Stream>,
    format: Format,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Format {
    duration: Option<String>,
    bit_rate: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Stream {
    index: usize,
    codec_type: String,
    codec_name: String,
    pix_fmt: String,
    width: u32,
    height: u32,
    avg_frame_rate: String,
    r_frame_rate: String,
    disposition: Disposition,
    tags: Tags,
    side_data_list: Vec<SideData>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Disposition {
    attached_pic: u8,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Tags {
    rotate: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct SideData {
    rotation: Option<f64>,
}

impl Facts {
    /// Reads the answer of the program.
    ///
    /// # Errors
    /// [`Error::Broken`] for what has neither picture nor sound.
    pub(super) fn read(answer: &[u8]) -> Result<Self, Error> {
        let answer: Answer = serde_json::from_slice(answer)
            .map_err(|error| Error::Broken(format!("nothing is known of it ({error})")))?;
        let mut facts = Self {
            duration: answer.format.duration.as_deref().and_then(millis),
            bitrate: answer
                .format
                .bit_rate
                .and_then(|bits| bits.parse().ok())
                .filter(|bits| *bits > 0),
            ..Self::default()
        };
        for stream in &answer.streams {
            match stream.codec_type.as_str() {
                "video" if stream.disposition.attached_pic != 0 => {
                    facts.cover.get_or_insert(stream.index);
                }
                "video" if facts.video.is_none() => facts.video = Some(stream.video()),
                "audio" if facts.audio.is_none() => facts.audio = Some(stream.codec_name.clone()),
                _ => {}
            }
        }
        let is_empty = facts.video.as_ref().is_some_and(|video| video.area() == 0);
        if is_empty || (facts.video.is_none() && facts.audio.is_none()) {
            return Err(Error::Broken("it has neither picture nor sound".to_owned()));
        }
        Ok(facts)
    }
}

impl Video {
    /// In pixels.
    pub(super) fn area(&self) -> u64 {
        u64::from(self.width) * u64::from(self.height)
    }

    /// Whether it has more frames a second than `limit`.
    pub(super) fn is_faster_than(&self, limit: u32) -> bool {
        self.frame_rate.is_some_and(|(frames, seconds)| {
            u64::from(frames) > u64::from(limit) * u64::from(seconds)
        })
    }
}

impl Stream {
    fn video(&self) -> Video {
        let turned = self.side_data_list.iter().find_map(|data| data.rotation);
        let tagged = || self.tags.rotate.as_deref()?.parse::<f64>().ok();
        let turned = turned.or_else(tagged).unwrap_or(0.0);
        let is_sideways = (turned.rem_euclid(180.0) - 90.0).abs() < 45.0;
        let (width, height) = if is_sideways {
            (self.height, self.width)
        } else {
            (self.width, self.height)
        };
        Video {
            codec: self.codec_name.clone(),
            pixels: self.pix_fmt.clone(),
            width,
            height,
            frame_rate: fraction(&self.avg_frame_rate).or_else(|| fraction(&self.r_frame_rate)),
        }
    }
}

/// A fraction such as `30000/1001`; none without frames or time.
fn fraction(text: &str) -> Option<(u32, u32)> {
    let (over, under) = text.split_once('/')?;
    let (over, under) = (over.parse().ok()?, under.parse().ok()?);
    (over > 0 && under > 0).then_some((over, under))
}

/// Seconds such as `12.345600`, in milliseconds.
fn millis(text: &str) -> Option<i64> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let digits: String = part.chars().chain("000".chars()).take(3).collect();
    let whole: i64 = whole.parse().ok().filter(|whole| *whole >= 0)?;
    whole.checked_mul(1_000)?.checked_add(digits.parse().ok()?)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn tells_what_a_recording_consists_of() {
        let answer = json!({
            "streams": [
                {"index": 0, "codec_type": "audio", "codec_name": "aac"},
                {"index": 1, "codec_type": "video", "codec_name": "h264", "pix_fmt": "yuv420p", "width": 1920,
                 "height": 1080, "avg_frame_rate": "30000/1001", "r_frame_rate": "30/1",
                 "side_data_list": [{"rotation": -90}], "disposition": {"attached_pic": 0}},
                {"index": 2, "codec_type": "data"},
            ],
            "format": {"duration": "12.3456", "bit_rate": "5000"},
        });
        let facts = Facts::read(answer.to_string().as_bytes()).unwrap();
        let video = facts.video.clone().unwrap();
        assert_eq!((video.width, video.height), (1080, 1920), "as it is seen");
        assert_eq!(video.frame_rate, Some((30_000, 1_001)));
        assert!(!video.is_faster_than(30) && video.is_faster_than(29));
        assert_eq!(facts.audio.as_deref(), Some("aac"));
        assert_eq!((facts.duration, facts.bitrate), (Some(12_345), Some(5_000)));
        let song = json!({"streams": [
            {"index": 0, "codec_type": "audio", "codec_name": "mp3"},
            {"index": 1, "codec_type": "video", "codec_name": "png", "width": 9, "height": 9,
             "disposition": {"attached_pic": 1}},
        ]});
        let facts = Facts::read(song.to_string().as_bytes()).unwrap();
        assert_eq!((facts.video, facts.cover), (None, Some(1)));
    }

    #[test]
    fn refuses_what_is_nothing() {
        for answer in [
            "",
            "{}",
            "{\"streams\": [{\"codec_type\": \"data\"}]}",
            "{\"streams\": [{\"codec_type\": \"video\", \"width\": 0, \"height\": 5}]}",
        ] {
            assert!(Facts::read(answer.as_bytes()).is_err(), "{answer}");
        }
    }

    #[test]
    fn reads_numbers_as_the_program_writes_them() {
        for (text, expected) in [
            ("1.5", Some(1_500)),
            ("0.040000", Some(40)),
            ("7", Some(7_000)),
            ("N/A", None),
            ("-1.0", None),
            ("", None),
        ] {
            assert_eq!(millis(text), expected, "{text}");
        }
        for (text, expected) in [
            ("30/1", Some((30, 1))),
            ("0/0", None),
            ("30", None),
            ("a/b", None),
        ] {
            assert_eq!(fraction(text), expected, "{text}");
        }
    }
}
