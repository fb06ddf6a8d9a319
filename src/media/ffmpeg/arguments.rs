//! What the programs are told: one file of one kind, no protocol but files, and nothing of what the upload says about
//! itself in what is written.
//!
//! Source: <https://ffmpeg.org/ffmpeg.html>

use std::ffi::OsString;
use std::path::Path;

use super::super::sniff::Container;
use super::facts::{Facts, Video};

/// Threads of the decoder and of the encoder.
const THREADS: &str = "2";
/// The largest piece of memory that is taken at once, in bytes.
const MAX_PIECE: &str = "536870912";
/// Most frames a second of what is written.
const MAX_FRAMES: &str = "60";
/// Bits a second that a moving picture may need at its busiest; a file below it is not made anew.
const MAX_BITS: i64 = 8_000_000;

/// How a file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shape {
    pub(super) mime: &'static str,
    pub(super) extension: &'static str,
    codecs: &'static [&'static str],
    container: &'static [&'static str],
}

const COPIED_VIDEO: Shape = Shape {
    mime: "video/mp4",
    extension: "mp4",
    codecs: &["-map", "0:v:0", "-map", "0:a:0?", "-c", "copy"],
    container: MP4,
};

const VIDEO: Shape = Shape {
    codecs: &[
        "-map",
        "0:v:0",
        "-map",
        "0:a:0?",
        "-c:v",
        "libx264",
        "-preset",
        "veryfast",
        "-crf",
        "23",
        "-maxrate",
        "6000000",
        "-bufsize",
        "12000000",
        "-pix_fmt",
        "yuv420p",
        "-vf",
        "scale=trunc(iw/2)*2:trunc(ih/2)*2",
        "-fpsmax",
        MAX_FRAMES,
        "-c:a",
        "aac",
        "-b:a",
        "128k",
        "-ac",
        "2",
    ],
    ..COPIED_VIDEO
};

const GIFV: Shape = Shape {
    codecs: &[
        "-map",
        "0:v:0",
        "-an",
        "-c:v",
        "libx264",
        "-preset",
        "veryfast",
        "-crf",
        "23",
        "-pix_fmt",
        "yuv420p",
        "-vf",
        "scale=trunc(iw/2)*2:trunc(ih/2)*2",
        "-fpsmax",
        MAX_FRAMES,
    ],
    ..COPIED_VIDEO
};

const COPIED_MP3: Shape = Shape {
    mime: "audio/mpeg",
    extension: "mp3",
    codecs: &["-map", "0:a:0", "-c:a", "copy"],
    container: &["-id3v2_version", "0", "-f", "mp3"],
};

const MP3: Shape = Shape {
    codecs: &[
        "-map",
        "0:a:0",
        "-c:a",
        "libmp3lame",
        "-q:a",
        "2",
        "-ac",
        "2",
    ],
    ..COPIED_MP3
};

const COPIED_OGG: Shape = Shape {
    mime: "audio/ogg",
    extension: "ogg",
    codecs: &["-map", "0:a:0", "-c:a", "copy"],
    container: &["-f", "ogg"],
};

const MP4: &[&str] = &["-movflags", "+faststart", "-f", "mp4"];

impl Shape {
    /// How a recording is written: as it is where every client can play it, else anew.
    pub(super) fn of(container: Container, facts: &Facts) -> Self {
        let audio = facts.audio.as_deref();
        match (&facts.video, container) {
            (Some(_), Container::Gif) => GIFV,
            (Some(video), _) if is_playable(container, video, facts) => COPIED_VIDEO,
            (Some(_), _) => VIDEO,
            (None, Container::Mp3) if audio == Some("mp3") => COPIED_MP3,
            (None, Container::Ogg) if matches!(audio, Some("vorbis" | "opus")) => COPIED_OGG,
            (None, _) => MP3,
        }
    }
}

fn is_playable(container: Container, video: &Video, facts: &Facts) -> bool {
    container == Container::Mp4
        && video.codec == "h264"
        && video.pixels == "yuv420p"
        && !video.is_faster_than(60)
        && facts.bitrate.is_some_and(|bits| bits <= MAX_BITS)
        && matches!(facts.audio.as_deref(), None | Some("aac" | "mp3"))
}

/// What `ffprobe` is asked about a file.
pub(super) fn probe(container: Container, file: &Path) -> Vec<OsString> {
    let mut arguments = words(&["-hide_banner", "-v", "error", "-max_alloc", MAX_PIECE]);
    arguments.extend(words(&[
        "-protocol_whitelist",
        "file",
        "-f",
        container.demuxer(),
    ]));
    arguments.extend(words(&["-show_format", "-show_streams", "-of", "json"]));
    arguments.push(path(file));
    arguments
}

/// How a recording is written into `output`.
pub(super) fn record(
    container: Container,
    input: &Path,
    shape: Shape,
    output: &Path,
) -> Vec<OsString> {
    let mut arguments = open(container, input);
    arguments.extend(words(shape.codecs));
    arguments.extend(words(&[
        "-sn",
        "-dn",
        "-map_metadata",
        "-1",
        "-map_metadata:s",
        "-1",
    ]));
    arguments.extend(words(&["-map_chapters", "-1", "-threads", THREADS]));
    arguments.extend(words(&[
        "-fflags",
        "+bitexact",
        "-flags:v",
        "+bitexact",
        "-flags:a",
        "+bitexact",
    ]));
    arguments.extend(words(shape.container));
    arguments.push(path(output));
    arguments
}

/// How one picture of `input` is written as PNG: of a stream, or of the first that moves.
pub(super) fn picture(
    container: Container,
    input: &Path,
    stream: Option<usize>,
    output: &Path,
) -> Vec<OsString> {
    let mut arguments = open(container, input);
    let stream = stream.map_or_else(|| "0:v:0".to_owned(), |stream| format!("0:{stream}"));
    arguments.extend(words(&[
        "-map",
        &stream,
        "-frames:v",
        "1",
        "-an",
        "-sn",
        "-dn",
    ]));
    arguments.extend(words(&["-map_metadata", "-1", "-threads", THREADS]));
    arguments.extend(words(&["-c:v", "png", "-f", "image2", "-update", "1"]));
    arguments.push(path(output));
    arguments
}

fn open(container: Container, input: &Path) -> Vec<OsString> {
    let mut arguments = words(&["-hide_banner", "-nostdin", "-loglevel", "error", "-y"]);
    arguments.extend(words(&["-max_alloc", MAX_PIECE, "-filter_threads", "1"]));
    arguments.extend(words(&["-protocol_whitelist", "file", "-threads", THREADS]));
    arguments.extend(words(&["-f", container.demuxer(), "-i"]));
    arguments.push(path(input));
    arguments
}

fn words(words: &[&str]) -> Vec<OsString> {
    words.iter().map(OsString::from).collect()
}

/// A path that is never taken for an option or a protocol.
fn path(path: &Path) -> OsString {
    let mut word = OsString::from("file:");
    word.push(path);
    word
}

#[cfg(test)]
mod tests {
    use super::*;

    fn film(codec: &str, pixels: &str, audio: Option<&str>, bitrate: i64) -> Facts {
        Facts {
            video: Some(Video {
                codec: codec.to_owned(),
                pixels: pixels.to_owned(),
                width: 8,
                height: 8,
                frame_rate: Some((30, 1)),
            }),
            audio: audio.map(str::to_owned),
            bitrate: Some(bitrate),
            ..Facts::default()
        }
    }

    fn song(codec: &str) -> Facts {
        Facts {
            audio: Some(codec.to_owned()),
            ..Facts::default()
        }
    }

    #[test]
    fn what_everybody_can_play_is_kept() {
        let good = film("h264", "yuv420p", Some("aac"), 1_000);
        for (container, facts, expected) in [
            (Container::Mp4, good.clone(), COPIED_VIDEO),
            (
                Container::Mp4,
                film("h264", "yuv420p", None, 1_000),
                COPIED_VIDEO,
            ),
            (
                Container::Mp4,
                film("h264", "yuv420p", None, MAX_BITS + 1),
                VIDEO,
            ),
            (Container::Mp4, film("hevc", "yuv420p", None, 1_000), VIDEO),
            (Container::Mp4, film("h264", "yuv444p", None, 1_000), VIDEO),
            (
                Container::Mp4,
                film("h264", "yuv420p", Some("ac3"), 1_000),
                VIDEO,
            ),
            (Container::Matroska, good.clone(), VIDEO),
            (Container::Gif, film("gif", "bgra", None, 1_000), GIFV),
            (Container::Mp3, song("mp3"), COPIED_MP3),
            (Container::Ogg, song("opus"), COPIED_OGG),
            (Container::Ogg, song("flac"), MP3),
            (Container::Wav, song("pcm_s16le"), MP3),
            (Container::Mp4, song("aac"), MP3),
        ] {
            assert_eq!(
                Shape::of(container, &facts),
                expected,
                "{container:?} {facts:?}"
            );
        }
    }

    #[test]
    fn every_program_reads_one_file_of_one_kind() {
        let (input, output) = (Path::new("/w/in"), Path::new("/w/out"));
        for arguments in [
            probe(Container::Matroska, input),
            record(Container::Matroska, input, VIDEO, output),
            picture(Container::Matroska, input, Some(2), output),
        ] {
            let has = |pair: [&str; 2]| arguments.windows(2).any(|two| two == pair);
            assert!(has(["-protocol_whitelist", "file"]) && has(["-f", "matroska"]));
            assert!(arguments.contains(&"file:/w/in".into()), "{arguments:?}");
        }
    }
}
