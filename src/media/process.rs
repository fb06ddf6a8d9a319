//! What becomes of an uploaded image: an attachment with preview and blurhash, an avatar, or a header.
//!
//! A still image is encoded anew. An animated GIF stays one, rebuilt without anything but its pictures (see
//! `gif`); its preview is its first frame. Of animated PNG and WebP the first picture is taken.

use image::DynamicImage;

use super::decode::{Decoded, decode};
use super::encode::{self, Encoded};
use super::error::Error;
use super::shrink;

/// Most pixels of a stored image: those of 3840 x 2160.
const ORIGINAL_AREA: u64 = 3840 * 2160;
/// Most pixels of a preview: those of 640 x 360.
const PREVIEW_AREA: u64 = 640 * 360;
/// Width and height of an avatar at most.
const AVATAR: (u32, u32) = (400, 400);
/// Width and height of a header at most.
const HEADER: (u32, u32) = (1500, 500);

/// Most pixels of a custom emoji: those of 128 x 128.
const EMOJI_AREA: u64 = 128 * 128;
/// Most pixels of a frame of an animated one, which is not made smaller: those of 512 x 512.
const ANIMATED_EMOJI_AREA: u64 = 512 * 512;

/// An image for a status.
#[derive(Clone, Debug)]
pub struct Processed {
    /// The image, at most 8,294,400 pixels.
    pub original: Encoded,
    /// The small one for lists, at most 230,400 pixels, never animated.
    pub preview: Encoded,
    /// What clients show while the image loads.
    pub blurhash: String,
}

/// An avatar or a header.
#[derive(Clone, Debug)]
pub struct Portrait {
    /// The image.
    pub image: Encoded,
    /// Its first frame, if the image is animated.
    pub still: Option<Encoded>,
}

/// Makes an attachment of an upload.
///
/// # Errors
/// Every variant of [`Error`]: the upload is refused.
pub fn process(bytes: &[u8]) -> Result<Processed, Error> {
    let decoded = decode(bytes)?;
    let (width, height) = (decoded.image.width(), decoded.image.height());
    let is_large = u64::from(width) * u64::from(height) > ORIGINAL_AREA;
    if is_large && decoded.animation.is_some() {
        // Frames are not resized, so a large animation would stay large.
        return Err(Error::TooManyPixels { width, height });
    }
    let image = shrink::to_area(&decoded.image, ORIGINAL_AREA);
    let preview = shrink::to_area(&image, PREVIEW_AREA);
    let kind = decoded.kind;
    let original = match animated(decoded) {
        Some(animated) => animated,
        None => encode::full(&image, kind)?,
    };
    Ok(Processed {
        original,
        blurhash: encode::blurhash(&preview)?,
        preview: encode::preview(&preview)?,
    })
}

/// A small picture that stands for something else.
#[derive(Clone, Debug)]
pub struct Poster {
    /// At most 230,400 pixels, never animated.
    pub picture: Encoded,
    /// What clients show while it loads.
    pub blurhash: String,
}

/// Makes a poster of a picture: a frame of a video, or what its owner wants to be seen in its place.
///
/// # Errors
/// Every variant of [`Error`]: the picture is refused.
pub fn poster(bytes: &[u8]) -> Result<Poster, Error> {
    let picture = shrink::to_area(&decode(bytes)?.image, PREVIEW_AREA);
    Ok(Poster {
        blurhash: encode::blurhash(&picture)?,
        picture: encode::preview(&picture)?,
    })
}

/// A GIF that consists of nothing but its pictures, if it is an animation.
///
/// # Errors
/// Every variant of [`Error`]: the file is refused.
pub fn clean_animation(bytes: &[u8]) -> Result<Option<Vec<u8>>, Error> {
    let decoded = decode(bytes)?;
    Ok(decoded.animation.map(|animation| animation.bytes))
}

/// Makes an avatar of an upload: the middle square, at most 400 x 400. An animation of that size stays one.
///
/// # Errors
/// Every variant of [`Error`]: the upload is refused.
pub fn avatar(bytes: &[u8]) -> Result<Portrait, Error> {
    portrait(bytes, AVATAR)
}

/// Makes a profile header of an upload: the middle in the shape 3 : 1, at most 1500 x 500. An animation of that
/// size stays one.
///
/// # Errors
/// Every variant of [`Error`]: the upload is refused.
pub fn header(bytes: &[u8]) -> Result<Portrait, Error> {
    portrait(bytes, HEADER)
}

/// Makes a custom emoji of an upload: in its own shape, at most 16,384 pixels. An animation of at most 262,144 pixels
/// stays one.
///
/// # Errors
/// Every variant of [`Error`]: the upload is refused.
pub fn emoji(bytes: &[u8]) -> Result<Portrait, Error> {
    let decoded = decode(bytes)?;
    let area = u64::from(decoded.image.width()) * u64::from(decoded.image.height());
    let still = encode::png(&shrink::to_area(&decoded.image, EMOJI_AREA))?;
    let animation = if area > ANIMATED_EMOJI_AREA {
        None
    } else {
        animated(decoded)
    };
    Ok(match animation {
        Some(image) => Portrait {
            image,
            still: Some(still),
        },
        None => Portrait {
            image: still,
            still: None,
        },
    })
}

fn portrait(bytes: &[u8], (width, height): (u32, u32)) -> Result<Portrait, Error> {
    let decoded = decode(bytes)?;
    let still: DynamicImage = shrink::to_shape(&decoded.image, width, height);
    let still = encode::full(&still, decoded.kind)?;
    if decoded.image.width() > width || decoded.image.height() > height {
        return Ok(Portrait {
            image: still,
            still: None,
        });
    }
    Ok(match animated(decoded) {
        Some(image) => Portrait {
            image,
            still: Some(still),
        },
        None => Portrait {
            image: still,
            still: None,
        },
    })
}

/// The cleaned animation, if the upload is one.
fn animated(decoded: Decoded) -> Option<Encoded> {
    let (width, height) = (decoded.image.width(), decoded.image.height());
    decoded.animation.map(|animation| Encoded {
        bytes: animation.bytes,
        mime: "image/gif",
        width,
        height,
    })
}
