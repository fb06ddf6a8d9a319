//! From the bytes of an upload to upright sRGB pixels. Limits are checked on what the headers claim, before any
//! memory is taken for pixels.

use std::io::Cursor;

use image::codecs::gif::GifDecoder;
use image::codecs::jpeg::JpegDecoder;
use image::codecs::png::PngDecoder;
use image::codecs::webp::WebPDecoder;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageError, ImageResult, Limits};
use moxcms::{ColorProfile, DataColorSpace, Layout, TransformOptions};

use super::error::Error;
use super::gif::{self, Animation};

/// Longest file that is looked at, in bytes.
pub const MAX_FILE: usize = 16 * 1024 * 1024;
/// Most pixels of an image that is decoded.
pub const MAX_PIXELS: u64 = 40_000_000;
/// Longest side of an image that is decoded, in pixels.
pub const MAX_SIDE: u32 = 20_000;

/// Most memory that a decoder may take for pixels: four bytes each.
const MAX_MEMORY: u64 = MAX_PIXELS * 4;
/// Longest colour profile that is applied, in bytes.
const MAX_PROFILE: usize = 1024 * 1024;

/// The kinds of images that are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `image/jpeg`
    Jpeg,
    /// `image/png`; of an animated one the first picture is taken.
    Png,
    /// `image/gif`
    Gif,
    /// `image/webp`; of an animated one the first picture is taken.
    WebP,
}

/// A decoded image.
pub(super) struct Decoded {
    pub(super) kind: Kind,
    /// Upright, sRGB, 8 bits a channel; with an alpha channel only if some pixel is not opaque.
    pub(super) image: DynamicImage,
    /// The cleaned file, if it is an animation.
    pub(super) animation: Option<Animation>,
}

/// What a file is, by its first bytes.
///
/// # Errors
/// [`Error::TooLong`] and [`Error::Unsupported`].
pub fn probe(bytes: &[u8]) -> Result<Kind, Error> {
    if bytes.len() > MAX_FILE {
        return Err(Error::TooLong {
            bytes: bytes.len(),
            limit: MAX_FILE,
        });
    }
    kind_of(bytes).ok_or(Error::Unsupported)
}

/// The kind of picture that begins with these bytes.
pub(super) fn kind_of(bytes: &[u8]) -> Option<Kind> {
    match bytes {
        [0xff, 0xd8, 0xff, ..] => Some(Kind::Jpeg),
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some(Kind::Png),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some(Kind::Gif),
        [
            b'R',
            b'I',
            b'F',
            b'F',
            _,
            _,
            _,
            _,
            b'W',
            b'E',
            b'B',
            b'P',
            ..,
        ] => Some(Kind::WebP),
        _ => None,
    }
}

/// Decodes an upload.
///
/// # Errors
/// Every variant of [`Error`].
pub(super) fn decode(bytes: &[u8]) -> Result<Decoded, Error> {
    let kind = probe(bytes)?;
    let source = Cursor::new(bytes);
    let mut animation = None;
    let image = match kind {
        Kind::Jpeg => pixels(JpegDecoder::new(source)),
        Kind::Png => {
            // Its text and profile chunks are unpacked at once, so this one is limited from the beginning; sides
            // are left to the common check, which names them.
            let mut limits = Limits::no_limits();
            limits.max_alloc = Some(MAX_MEMORY);
            pixels(PngDecoder::with_limits(source, limits))
        }
        Kind::WebP => pixels(WebPDecoder::new(source)),
        Kind::Gif => {
            let cleaned = gif::clean(bytes)?;
            let image = pixels(GifDecoder::new(Cursor::new(cleaned.bytes.as_slice())));
            animation = (cleaned.frames > 1).then_some(cleaned);
            image
        }
    }?;
    Ok(Decoded {
        kind,
        image,
        animation,
    })
}

fn limits() -> Limits {
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAX_SIDE);
    limits.max_image_height = Some(MAX_SIDE);
    limits.max_alloc = Some(MAX_MEMORY);
    limits
}

/// Checks the size, then decodes.
fn pixels(decoder: ImageResult<impl ImageDecoder>) -> Result<DynamicImage, Error> {
    let mut decoder = decoder.map_err(|error| broken(&error))?;
    let (width, height) = decoder.dimensions();
    let count = u64::from(width) * u64::from(height);
    let too_large = width > MAX_SIDE || height > MAX_SIDE || count > MAX_PIXELS;
    if too_large || decoder.total_bytes() > MAX_MEMORY {
        return Err(Error::TooManyPixels { width, height });
    }
    if count == 0 {
        return Err(Error::Broken("it has no pixels".to_owned()));
    }
    decoder
        .set_limits(limits())
        .map_err(|error| broken(&error))?;
    // Damaged metadata is no reason to refuse a picture whose pixels are fine.
    let profile = decoder.icc_profile().unwrap_or_default();
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut image =
        eight_bits(DynamicImage::from_decoder(decoder).map_err(|error| broken(&error))?);
    if let Some(profile) = profile.filter(|profile| profile.len() <= MAX_PROFILE) {
        image = to_srgb(image, &profile);
    }
    image.apply_orientation(orientation);
    Ok(image)
}

fn broken(error: &ImageError) -> Error {
    Error::Broken(error.to_string())
}

/// Eight bits a channel, and no alpha channel where every pixel is opaque.
fn eight_bits(image: DynamicImage) -> DynamicImage {
    if !image.color().has_alpha() {
        return DynamicImage::ImageRgb8(image.into_rgb8());
    }
    let image = image.into_rgba8();
    if image
        .pixels()
        .all(|pixel| matches!(pixel.0, [_, _, _, 255]))
    {
        return DynamicImage::ImageRgb8(DynamicImage::ImageRgba8(image).into_rgb8());
    }
    DynamicImage::ImageRgba8(image)
}

/// Converts from the colours of an embedded profile, because profiles are dropped: they can name the screen or
/// camera that they belong to. A profile that cannot be read is ignored.
fn to_srgb(image: DynamicImage, profile: &[u8]) -> DynamicImage {
    let layout = if image.color().has_alpha() {
        Layout::Rgba
    } else {
        Layout::Rgb
    };
    let transform = ColorProfile::new_from_slice(profile)
        .ok()
        .filter(|profile| profile.color_space == DataColorSpace::Rgb)
        .and_then(|profile| {
            let srgb = ColorProfile::new_srgb();
            let options = TransformOptions::default();
            profile
                .create_transform_8bit(layout, &srgb, layout, options)
                .ok()
        });
    let Some(transform) = transform else {
        return image;
    };
    let mut converted = image.clone();
    let done = match &mut converted {
        DynamicImage::ImageRgb8(pixels) => transform.transform(image.as_bytes(), pixels),
        DynamicImage::ImageRgba8(pixels) => transform.transform(image.as_bytes(), pixels),
        _ => return image,
    };
    if done.is_ok() { converted } else { image }
}
