//! Sizes: fit into an area, cut to a shape. Nothing is ever enlarged.

use image::imageops::FilterType;
use image::{DynamicImage, RgbaImage};

/// The size with the same shape that has at most `area` pixels.
pub(super) fn fit(width: u32, height: u32, area: u64) -> (u32, u32) {
    let (wide, high) = (u64::from(width.max(1)), u64::from(height.max(1)));
    if wide * high <= area {
        return (width, height);
    }
    let side = |long: u64, other: u64, limit: u32| {
        let side = (area * long / other).isqrt();
        u32::try_from(side).unwrap_or(limit).clamp(1, limit)
    };
    (side(wide, high, width), side(high, wide, height))
}

/// The image with at most `area` pixels.
pub(super) fn to_area(image: &DynamicImage, area: u64) -> DynamicImage {
    let (width, height) = fit(image.width(), image.height(), area);
    to_size(image, width, height)
}

/// The middle of the image in the shape `width` : `height`, at most that large.
pub(super) fn to_shape(image: &DynamicImage, width: u32, height: u32) -> DynamicImage {
    let (own_width, own_height) = (u64::from(image.width()), u64::from(image.height()));
    let (shape_width, shape_height) = (u64::from(width), u64::from(height));
    let narrow = |side: u64, limit: u32| u32::try_from(side).unwrap_or(limit).clamp(1, limit);
    let cut_width = narrow(own_height * shape_width / shape_height, image.width());
    let cut_height = narrow(own_width * shape_height / shape_width, image.height());
    let left = (image.width() - cut_width) / 2;
    let top = (image.height() - cut_height) / 2;
    let cut = image.crop_imm(left, top, cut_width, cut_height);
    if cut_width > width || cut_height > height {
        return to_size(&cut, width, height);
    }
    cut
}

fn to_size(image: &DynamicImage, width: u32, height: u32) -> DynamicImage {
    if (image.width(), image.height()) == (width, height) {
        return image.clone();
    }
    let resize = |image: &DynamicImage| image.resize_exact(width, height, FilterType::CatmullRom);
    match image {
        DynamicImage::ImageRgba8(pixels) => {
            // Weighed by their opacity, or the colour of invisible pixels would show at edges.
            let weighed = DynamicImage::ImageRgba8(weighed(pixels));
            DynamicImage::ImageRgba8(unweighed(resize(&weighed).into_rgba8()))
        }
        opaque => resize(opaque),
    }
}

fn weighed(pixels: &RgbaImage) -> RgbaImage {
    let mut pixels = pixels.clone();
    for pixel in pixels.pixels_mut() {
        let [red, green, blue, alpha] = pixel.0;
        let weigh = |value: u8| narrow((u16::from(value) * u16::from(alpha) + 127) / 255);
        pixel.0 = [weigh(red), weigh(green), weigh(blue), alpha];
    }
    pixels
}

fn unweighed(mut pixels: RgbaImage) -> RgbaImage {
    for pixel in pixels.pixels_mut() {
        let [red, green, blue, alpha] = pixel.0;
        let half = u16::from(alpha) / 2;
        let divide = |value: u8| {
            let value = u16::from(value) * 255 + half;
            narrow(value.checked_div(u16::from(alpha)).unwrap_or(0))
        };
        pixel.0 = [divide(red), divide(green), divide(blue), alpha];
    }
    pixels
}

fn narrow(value: u16) -> u8 {
    u8::try_from(value).unwrap_or(u8::MAX)
}

#[cfg(test)]
mod tests {
    use image::Rgba;

    use super::*;

    #[test]
    fn areas_are_kept_and_so_are_shapes() {
        let area = 3840 * 2160;
        for (from, to) in [
            ((1, 1), (1, 1)),
            ((3840, 2160), (3840, 2160)),
            ((7680, 4320), (3840, 2160)),
            ((4320, 7680), (2160, 3840)),
            ((6000, 6000), (2880, 2880)),
            ((20_000, 2_000), (9_107, 910)),
            ((20_000, 400), (20_000, 400)),
        ] {
            let (width, height) = fit(from.0, from.1, area);
            assert_eq!((width, height), to, "{from:?}");
            assert!(u64::from(width) * u64::from(height) <= area);
        }
        assert_eq!(fit(20_000, 1, 100), (1_414, 1));
    }

    #[test]
    fn shapes_are_cut_from_the_middle_and_never_enlarged() {
        for (from, to) in [
            ((800, 400), (400, 400)),
            ((400, 900), (400, 400)),
            ((100, 300), (100, 100)),
            ((1, 1), (1, 1)),
            ((1, 5000), (1, 1)),
        ] {
            let image = DynamicImage::new_rgb8(from.0, from.1);
            let cut = to_shape(&image, 400, 400);
            assert_eq!((cut.width(), cut.height()), to, "{from:?}");
        }
        let mut image = RgbaImage::from_pixel(30, 10, Rgba([255, 0, 0, 255]));
        for (x, _, pixel) in image.enumerate_pixels_mut() {
            if (10..20).contains(&x) {
                *pixel = Rgba([0, 255, 0, 255]);
            }
        }
        let cut = to_shape(&DynamicImage::ImageRgba8(image), 400, 400).into_rgba8();
        assert!(cut.pixels().all(|pixel| pixel.0 == [0, 255, 0, 255]));
        let header = to_shape(&DynamicImage::new_rgb8(3000, 3000), 1500, 500);
        assert_eq!((header.width(), header.height()), (1500, 500));
    }

    #[test]
    fn invisible_colours_do_not_bleed() {
        let mut image = RgbaImage::from_pixel(8, 8, Rgba([0, 0, 0, 0]));
        for (x, _, pixel) in image.enumerate_pixels_mut() {
            if x < 3 {
                *pixel = Rgba([200, 100, 50, 255]);
            }
        }
        let small = to_size(&DynamicImage::ImageRgba8(image), 4, 4).into_rgba8();
        for pixel in small.pixels().filter(|pixel| pixel.0[3] > 32) {
            let [red, green, blue, _] = pixel.0;
            assert!(
                red.abs_diff(200) < 16 && green.abs_diff(100) < 16 && blue.abs_diff(50) < 16,
                "{pixel:?}"
            );
        }
    }
}
