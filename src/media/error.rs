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
            Self::Unsupported => f.write_str("the file is not a JPEG, PNG, GIF or WebP image"),
            Self::Broken(cause) => write!(f, "the image is damaged: {cause}"),
        }
    }
}

impl std::error::Error for Error {}
