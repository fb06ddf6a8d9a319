//! Files that tests upload, and what is found in the files that come out.

use image::codecs::gif::{GifEncoder, Repeat};
use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::PngEncoder;
use image::codecs::webp::WebPEncoder;
use image::{DynamicImage, Frame, ImageEncoder, Rgba, RgbaImage};

/// Words that stand in the metadata of every sample and may stand in no result.
pub(crate) const SECRET: &str = "SECRET-PLACE";

/// Left half red, right half blue, with a green corner; transparent at the bottom if asked for.
pub(crate) fn picture(width: u32, height: u32, transparent: bool) -> DynamicImage {
    let pixels = RgbaImage::from_fn(width, height, |x, y| {
        if transparent && y >= height / 2 {
            return Rgba([0, 0, 0, 0]);
        }
        if x < width / 2 {
            Rgba([220, 30, 30, 255])
        } else {
            Rgba([30, 30, 220, 255])
        }
    });
    let image = DynamicImage::ImageRgba8(pixels);
    if transparent {
        image
    } else {
        DynamicImage::ImageRgb8(image.into_rgb8())
    }
}

fn write(image: &DynamicImage, encoder: impl ImageEncoder) {
    let colour = image.color().into();
    encoder
        .write_image(image.as_bytes(), image.width(), image.height(), colour)
        .unwrap();
}

pub(super) fn jpeg(image: &DynamicImage) -> Vec<u8> {
    let mut bytes = Vec::new();
    write(image, JpegEncoder::new_with_quality(&mut bytes, 95));
    bytes
}

pub(crate) fn png(image: &DynamicImage) -> Vec<u8> {
    let mut bytes = Vec::new();
    write(image, PngEncoder::new(&mut bytes));
    bytes
}

pub(super) fn webp(image: &DynamicImage) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = WebPEncoder::new_lossless(&mut bytes);
    encoder.set_exif_metadata(exif(1)).unwrap();
    write(image, encoder);
    bytes
}

pub(crate) fn gif(width: u32, height: u32, frames: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = GifEncoder::new_with_speed(&mut bytes, 30);
    encoder.set_repeat(Repeat::Infinite).unwrap();
    for number in 0..frames {
        let shade = u8::try_from(number % 2 * 200).unwrap();
        let frame = RgbaImage::from_pixel(width, height, Rgba([shade, 0, 90, 255]));
        encoder.encode_frame(Frame::new(frame)).unwrap();
    }
    drop(encoder);
    bytes
}

/// A TIFF block with an orientation, a maker and a place.
pub(super) fn exif(orientation: u16) -> Vec<u8> {
    let maker = format!("{SECRET}\0");
    let (first, gps) = (8_u32, 8 + 2 + 3 * 12 + 4);
    let text = gps + 2 + 2 * 12 + 4;
    let entry = |tag: u16, kind: u16, count: u32, value: u32| {
        let mut entry = [tag.to_le_bytes(), kind.to_le_bytes()].concat();
        entry.extend([count.to_le_bytes(), value.to_le_bytes()].concat());
        entry
    };
    let mut tiff = b"II*\0".to_vec();
    tiff.extend(first.to_le_bytes());
    tiff.extend(3_u16.to_le_bytes());
    let length = u32::try_from(maker.len()).unwrap();
    tiff.extend(entry(0x010f, 2, length, text));
    tiff.extend(entry(0x0112, 3, 1, orientation.into()));
    tiff.extend(entry(0x8825, 4, 1, gps));
    tiff.extend(0_u32.to_le_bytes());
    tiff.extend(2_u16.to_le_bytes());
    tiff.extend(entry(1, 2, 2, u32::from(b'N')));
    tiff.extend(entry(2, 5, 3, text + length));
    tiff.extend(0_u32.to_le_bytes());
    tiff.extend(maker.bytes());
    for degrees in [48_u32, 1, 8, 1, 15, 1] {
        tiff.extend(degrees.to_le_bytes());
    }
    tiff
}

/// A JPEG with Exif, XMP, a comment, and more after its end.
pub(crate) fn jpeg_with_metadata(image: &DynamicImage, orientation: u16) -> Vec<u8> {
    let plain = jpeg(image);
    let mut bytes = plain[..2].to_vec();
    let mut segment = |marker: u8, content: &[u8]| {
        bytes.extend([0xff, marker]);
        bytes.extend(u16::try_from(content.len() + 2).unwrap().to_be_bytes());
        bytes.extend(content);
    };
    segment(0xe1, &[b"Exif\0\0", exif(orientation).as_slice()].concat());
    let xmp = format!("http://ns.adobe.com/xap/1.0/\0<x>{SECRET}</x>");
    segment(0xe1, xmp.as_bytes());
    segment(0xed, format!("Photoshop 3.0\0{SECRET}").as_bytes());
    segment(0xfe, SECRET.as_bytes());
    bytes.extend(&plain[2..]);
    bytes.extend(format!("<script>{SECRET}</script>").bytes());
    bytes
}

/// A PNG with Exif, text, and more after its end.
pub(super) fn png_with_metadata(image: &DynamicImage, orientation: u16) -> Vec<u8> {
    let plain = png(image);
    let mut bytes = plain[..33].to_vec();
    bytes.extend(chunk(*b"eXIf", &exif(orientation)));
    bytes.extend(chunk(*b"tEXt", format!("Place\0{SECRET}").as_bytes()));
    bytes.extend(chunk(*b"iTXt", format!("X\0\0\0\0\0{SECRET}").as_bytes()));
    bytes.extend(&plain[33..]);
    bytes.extend(format!("PK\x03\x04{SECRET}").bytes());
    bytes
}

/// A GIF with comments, text, foreign data, and more after its end.
pub(super) fn gif_with_metadata(plain: &[u8]) -> Vec<u8> {
    let table = 3 << ((plain[10] & 7) + 1);
    let begin = 13 + if plain[10] & 0x80 == 0 { 0 } else { table };
    let mut bytes = plain[..begin].to_vec();
    let mut extension = |label: u8, parts: &[&[u8]]| {
        bytes.extend([0x21, label]);
        for part in parts {
            bytes.push(u8::try_from(part.len()).unwrap());
            bytes.extend(*part);
        }
        bytes.push(0);
    };
    extension(0xfe, &[SECRET.as_bytes()]);
    extension(0x01, &[&[0; 12], SECRET.as_bytes()]);
    extension(0xff, &[b"XMP DataXMP", SECRET.as_bytes()]);
    extension(0xff, &[b"NETSCAPE2.0", &[1, 0, 0], SECRET.as_bytes()]);
    extension(0xf9, &[&[0, 0, 0, 0], SECRET.as_bytes()]);
    bytes.extend(&plain[begin..]);
    bytes.extend(format!("*/alert('{SECRET}')").bytes());
    bytes
}

/// A chunk of a PNG with its checksum.
pub(super) fn chunk(kind: [u8; 4], content: &[u8]) -> Vec<u8> {
    let mut checked = kind.to_vec();
    checked.extend(content);
    let mut sum = u32::MAX;
    for byte in &checked {
        sum ^= u32::from(*byte);
        for _ in 0..8 {
            sum = if sum & 1 == 1 {
                sum >> 1 ^ 0xedb8_8320
            } else {
                sum >> 1
            };
        }
    }
    let mut bytes = u32::try_from(content.len()).unwrap().to_be_bytes().to_vec();
    bytes.extend(checked);
    bytes.extend((!sum).to_be_bytes());
    bytes
}

/// Fails if a result consists of anything but what a decoder needs.
pub(crate) fn assert_bare(bytes: &[u8]) {
    let secret = SECRET.as_bytes();
    assert!(!bytes.windows(secret.len()).any(|window| window == secret));
    if bytes.starts_with(b"\x89PNG") {
        let mut rest = &bytes[8..];
        while !rest.is_empty() {
            let length = u32::from_be_bytes(rest[..4].try_into().unwrap()) as usize;
            let kind = String::from_utf8(rest[4..8].to_vec()).unwrap();
            assert!(["IHDR", "IDAT", "IEND"].contains(&kind.as_str()), "{kind}");
            rest = &rest[12 + length..];
        }
    } else if bytes.starts_with(b"\xff\xd8") {
        let mut rest = &bytes[2..];
        loop {
            let (marker, length) = (rest[1], u16::from_be_bytes([rest[2], rest[3]]));
            // JFIF, tables, frame, scan
            assert!(
                [0xe0, 0xdb, 0xc0, 0xc4, 0xda].contains(&marker),
                "{marker:x}"
            );
            rest = &rest[2 + usize::from(length)..];
            if marker == 0xda {
                break;
            }
        }
        assert!(bytes.ends_with(&[0xff, 0xd9]));
    } else {
        assert!(bytes.starts_with(b"GIF8") && bytes.ends_with(&[0, 0x3b]));
    }
}
