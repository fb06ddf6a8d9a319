//! Why an uploaded image is refused, in words that its owner may read.

use std::fmt;

/// Why an image is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// The file is longer than the limit.
    TooLong {
        /// Length of the file in bytes.
        bytes: usize,
        /// The limit in bytes.
        limit: usize,
    },
    /// The picture has too many pixels, or a side is too long.
    TooManyPixels {
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
    },
    /// The animation has too many frames.
    TooManyFrames {
        /// The limit.
        limit: usize,
    },
    /// The file is none of the kinds that are taken.
    Unsupported,
    /// The file is a HEIC picture.
    Heic,
    /// The file is a recording, and there is nothing here that could read it.
    NoTools,
    /// The recording has too many frames a second.
    TooFast {
        /// The limit.
        limit: u32,
    },
    /// The work took longer than it may.
    TooSlow {
        /// The limit in seconds.
        seconds: u64,
    },
    /// The work was broken off for a reason that has nothing to do with the file; it may be tried again.
    Interrupted(String),
    /// The file is damaged; the cause is the decoder's.
    Broken(String),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong { bytes, limit } => write!(
                f,
                "the file has {bytes} bytes, more than the {limit} that are taken"
            ),
            Self::TooManyPixels { width, height } => {
                write!(f, "a picture of {width} x {height} pixels is too large")
            }
            Self::TooManyFrames { limit } => {
                write!(f, "the animation has more than {limit} frames")
            }
            Self::Unsupported => f.write_str(
                "the file is not a JPEG, PNG, GIF or WebP image, nor a video or sound of a usual kind",
            ),
            Self::Heic => f.write_str("HEIC pictures are not taken; send a JPEG instead"),
            Self::NoTools => f.write_str("this server takes no videos, sounds or AVIF pictures"),
            Self::TooFast { limit } => {
                write!(f, "the video has more than {limit} frames a second")
            }
            Self::TooSlow { seconds } => {
                write!(f, "it took longer than {seconds} seconds to work on the file")
            }
            Self::Interrupted(cause) => write!(f, "the work on the file was broken off: {cause}"),
            Self::Broken(cause) => write!(f, "the file is damaged: {cause}"),
        }
    }
}

impl std::error::Error for Error {}
