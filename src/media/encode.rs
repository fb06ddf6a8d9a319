//! From pixels to files and blurhashes. The encoders write pixels and nothing else, so no metadata survives.

use std::fmt;

use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{DynamicImage, ImageEncoder};

use super::decode::Kind;
use super::error::Error;
use super::shrink;

/// Quality of full images, of 100.
const QUALITY: u8 = 90;
/// Quality of previews, of 100.
const PREVIEW_QUALITY: u8 = 80;
/// Pixels that a blurhash is computed from; it has no more than twelve components, so more change nothing.
const BLURHASH_AREA: u64 = 64 * 64;

/// A file that was made here.
#[derive(Clone, PartialEq, Eq)]
pub struct Encoded {
    /// The file.
    pub bytes: Vec<u8>,
    /// `image/jpeg`, `image/png` or `image/gif`.
    pub mime: &'static str,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
}

impl Encoded {
    /// The usual ending of a file of this kind, without a dot.
    #[must_use]
    pub fn extension(&self) -> &'static str {
        match self.mime {
            "image/jpeg" => "jpg",
            "image/gif" => "gif",
            _ => "png",
        }
    }
}

impl fmt::Debug for Encoded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (mime, width, height, length) = (self.mime, self.width, self.height, self.bytes.len());
        write!(f, "{mime} {width} x {height}, {length} bytes")
    }
}

/// Encodes a full image: PNG where pixels are transparent or where the upload was lossless, else JPEG.
pub(super) fn full(image: &DynamicImage, kind: Kind) -> Result<Encoded, Error> {
    let lossless = matches!(kind, Kind::Png | Kind::Gif);
    if lossless || image.color().has_alpha() {
        png(image)
    } else {
        jpeg(image, QUALITY)
    }
}

/// Encodes a preview: PNG where pixels are transparent, else JPEG.
pub(super) fn preview(image: &DynamicImage) -> Result<Encoded, Error> {
    if image.color().has_alpha() {
        png(image)
    } else {
        jpeg(image, PREVIEW_QUALITY)
    }
}

/// The blurhash with 4 x 3 components, of the image on white.
///
/// Source: <https://github.com/woltapp/blurhash/blob/master/Algorithm.md>
pub(super) fn blurhash(image: &DynamicImage) -> Result<String, Error> {
    let mut small = shrink::to_area(image, BLURHASH_AREA).into_rgba8();
    for pixel in small.pixels_mut() {
        let [red, green, blue, alpha] = pixel.0;
        let over_white = |value: u8| {
            let alpha = u16::from(alpha);
            let mixed = (u16::from(value) * alpha + 255 * (255 - alpha)) / 255;
            u8::try_from(mixed).unwrap_or(u8::MAX)
        };
        pixel.0 = [over_white(red), over_white(green), over_white(blue), 255];
    }
    blurhash::encode(4, 3, small.width(), small.height(), small.as_raw())
        .map_err(|error| Error::Broken(error.to_string()))
}

fn jpeg(image: &DynamicImage, quality: u8) -> Result<Encoded, Error> {
    let mut bytes = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut bytes, quality);
    write(image, encoder)?;
    Ok(encoded(image, bytes, "image/jpeg"))
}

pub(super) fn png(image: &DynamicImage) -> Result<Encoded, Error> {
    let mut bytes = Vec::new();
    let (effort, filter) = (CompressionType::Default, FilterType::Adaptive);
    write(
        image,
        PngEncoder::new_with_quality(&mut bytes, effort, filter),
    )?;
    Ok(encoded(image, bytes, "image/png"))
}

fn write(image: &DynamicImage, encoder: impl ImageEncoder) -> Result<(), Error> {
    encoder
        .write_image(
            image.as_bytes(),
            image.width(),
            image.height(),
            image.color().into(),
        )
        .map_err(|error| Error::Broken(error.to_string()))
}

fn encoded(image: &DynamicImage, bytes: Vec<u8>, mime: &'static str) -> Encoded {
    Encoded {
        bytes,
        mime,
        width: image.width(),
        height: image.height(),
    }
}
