//! What honest uploads become.

use image::{AnimationDecoder, DynamicImage};
use moxcms::ColorProfile;

use super::super::{Encoded, avatar, header, process};
use super::files::{
    SECRET, assert_bare, gif, gif_with_metadata, jpeg, jpeg_with_metadata, picture, png,
    png_with_metadata, webp,
};

fn pixels(encoded: &Encoded) -> DynamicImage {
    let image = image::load_from_memory(&encoded.bytes).unwrap();
    assert_eq!(
        (image.width(), image.height()),
        (encoded.width, encoded.height)
    );
    image
}

fn size(encoded: &Encoded) -> (u32, u32) {
    (encoded.width, encoded.height)
}

/// Whether a pixel is about that colour.
fn is_about(image: &DynamicImage, x: u32, y: u32, colour: [u8; 3]) -> bool {
    let pixel = image.to_rgb8().get_pixel(x, y).0;
    pixel
        .iter()
        .zip(colour)
        .all(|(is, should)| is.abs_diff(should) < 24)
}

const RED: [u8; 3] = [220, 30, 30];
const BLUE: [u8; 3] = [30, 30, 220];

#[test]
fn each_kind_becomes_what_suits_it() {
    let (opaque, clear) = (picture(60, 40, false), picture(60, 40, true));
    for (name, upload, original, preview) in [
        ("jpeg", jpeg(&opaque), "image/jpeg", "image/jpeg"),
        ("png", png(&opaque), "image/png", "image/jpeg"),
        ("clear png", png(&clear), "image/png", "image/png"),
        ("webp", webp(&opaque), "image/jpeg", "image/jpeg"),
        ("clear webp", webp(&clear), "image/png", "image/png"),
        ("gif", gif(60, 40, 1), "image/png", "image/jpeg"),
        ("animated gif", gif(60, 40, 3), "image/gif", "image/jpeg"),
    ] {
        let made = process(&upload).unwrap();
        assert_eq!(
            (made.original.mime, made.preview.mime),
            (original, preview),
            "{name}"
        );
        assert_eq!(
            (size(&made.original), size(&made.preview)),
            ((60, 40), (60, 40)),
            "{name}"
        );
        assert_eq!(made.blurhash.len(), 4 + 2 * 12, "{name}");
        let original = pixels(&made.original);
        let is_clear = original.to_rgba8().pixels().any(|pixel| pixel.0[3] < 255);
        assert_eq!(is_clear, name.starts_with("clear"), "{name}");
        pixels(&made.preview);
    }
    let made = process(&png(&opaque)).unwrap().original;
    assert_eq!(made.extension(), "png");
    assert_eq!(pixels(&made), opaque);
}

#[test]
fn every_depth_of_colour_is_taken() {
    let image = picture(20, 20, false);
    for image in [
        DynamicImage::ImageLuma8(image.to_luma8()),
        DynamicImage::ImageLumaA8(image.to_luma_alpha8()),
        DynamicImage::ImageLuma16(image.to_luma16()),
        DynamicImage::ImageRgb16(image.to_rgb16()),
        DynamicImage::ImageRgba16(image.to_rgba16()),
    ] {
        let made = process(&png(&image)).unwrap();
        // No pixel is transparent, so no alpha channel is kept.
        assert!(!pixels(&made.original).color().has_alpha());
    }
}

#[test]
fn pictures_stand_upright_and_nothing_but_the_picture_is_kept() {
    let image = picture(80, 40, false);
    let clear = picture(80, 40, true);
    for upload in [
        jpeg_with_metadata(&image, 6),
        png_with_metadata(&image, 6),
        png_with_metadata(&clear, 6),
    ] {
        let secret = SECRET.as_bytes();
        assert!(upload.windows(secret.len()).any(|window| window == secret));
        let made = process(&upload).unwrap();
        let upright = pixels(&made.original);
        // Turned by a quarter: what was left is at the top.
        assert_eq!(size(&made.original), (40, 80));
        assert!(is_about(&upright, 30, 10, RED) && is_about(&upright, 30, 70, BLUE));
        let (avatar, header) = (avatar(&upload).unwrap(), header(&upload).unwrap());
        assert_eq!(
            (size(&avatar.image), size(&header.image)),
            ((40, 40), (40, 13))
        );
        for result in [made.original, made.preview, avatar.image, header.image] {
            assert_bare(&result.bytes);
        }
    }
    for upload in [
        webp(&image),
        webp(&clear),
        gif_with_metadata(&gif(80, 40, 1)),
        gif_with_metadata(&gif(80, 40, 2)),
    ] {
        let made = process(&upload).unwrap();
        let avatar = avatar(&upload).unwrap();
        for result in [made.original, made.preview, avatar.image] {
            assert_bare(&result.bytes);
        }
    }
}

#[test]
fn all_eight_orientations_are_undone() {
    let image = picture(80, 40, false);
    for (orientation, (width, height), red, blue) in [
        (1, (80, 40), (10, 20), (70, 20)),
        (2, (80, 40), (70, 20), (10, 20)),
        (3, (80, 40), (70, 20), (10, 20)),
        (4, (80, 40), (10, 20), (70, 20)),
        (5, (40, 80), (20, 10), (20, 70)),
        (6, (40, 80), (20, 10), (20, 70)),
        (7, (40, 80), (20, 70), (20, 10)),
        (8, (40, 80), (20, 70), (20, 10)),
        (99, (80, 40), (10, 20), (70, 20)),
    ] {
        let made = process(&jpeg_with_metadata(&image, orientation)).unwrap();
        let upright = pixels(&made.original);
        assert_eq!(size(&made.original), (width, height), "{orientation}");
        assert!(is_about(&upright, red.0, red.1, RED), "{orientation}");
        assert!(is_about(&upright, blue.0, blue.1, BLUE), "{orientation}");
    }
}

#[test]
fn large_pictures_are_made_smaller() {
    let upload = png(&picture(4000, 2500, false));
    let made = process(&upload).unwrap();
    assert_eq!(size(&made.original), (3642, 2276));
    assert_eq!(size(&made.preview), (607, 379));
    assert!(is_about(&pixels(&made.preview), 20, 200, RED));
    assert_eq!(size(&avatar(&upload).unwrap().image), (400, 400));
    assert_eq!(size(&header(&upload).unwrap().image), (1500, 500));
}

#[test]
fn animations_keep_their_frames() {
    let plain = gif(50, 30, 3);
    let made = process(&gif_with_metadata(&plain)).unwrap().original;
    let frames = |bytes: &[u8]| {
        let decoder = image::codecs::gif::GifDecoder::new(std::io::Cursor::new(bytes)).unwrap();
        decoder.into_frames().collect_frames().unwrap().len()
    };
    assert_eq!(frames(&made.bytes), 3);
    assert_eq!(made.extension(), "gif");
    let loops = |bytes: &[u8]| {
        bytes
            .windows(11)
            .filter(|name| *name == b"NETSCAPE2.0")
            .count()
    };
    assert_eq!(loops(&process(&plain).unwrap().original.bytes), 1);

    let small = avatar(&plain).unwrap();
    assert_eq!(
        (small.image.mime, size(&small.image)),
        ("image/gif", (50, 30))
    );
    let still = small.still.unwrap();
    assert_eq!((still.mime, size(&still)), ("image/png", (30, 30)));
    let large = avatar(&gif(401, 30, 2)).unwrap();
    assert_eq!((large.image.mime, large.still), ("image/png", None));
}

#[test]
fn colours_of_other_profiles_are_converted() {
    let image =
        DynamicImage::ImageRgb8(image::RgbImage::from_pixel(8, 8, image::Rgb([200, 90, 40])));
    let profile = ColorProfile::new_display_p3().encode().unwrap();
    let mut upload = png(&image);
    // Written by hand, because profiles in PNG are compressed: one stored block.
    let length = u16::try_from(profile.len()).unwrap();
    let mut packed = b"P3\0\0\x78\x01\x01".to_vec();
    packed.extend(length.to_le_bytes());
    packed.extend((!length).to_le_bytes());
    packed.extend(&profile);
    let (mut low, mut high) = (1_u32, 0_u32);
    for byte in &profile {
        low = (low + u32::from(*byte)) % 65_521;
        high = (high + low) % 65_521;
    }
    packed.extend((high << 16 | low).to_be_bytes());
    upload.splice(33..33, super::files::chunk(*b"iCCP", &packed));
    let made = process(&upload).unwrap().original;
    let pixel = pixels(&made).to_rgb8().get_pixel(4, 4).0;
    assert!(pixel[0] > 205 && pixel[1] < 90, "{pixel:?}");
    assert_bare(&made.bytes);
}
