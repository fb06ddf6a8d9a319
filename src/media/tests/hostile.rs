//! Bombs, damaged files, and files that are something else.

use super::super::{Error, MAX_FILE, avatar, header, process};
use super::files::{
    assert_bare, chunk, gif, gif_with_metadata, jpeg, jpeg_with_metadata, picture, png,
    png_with_metadata, webp,
};

/// A PNG whose header claims a size and whose pixels are missing.
fn png_that_claims(width: u32, height: u32, depth: u8, colour: u8) -> Vec<u8> {
    let mut header = [width.to_be_bytes(), height.to_be_bytes()].concat();
    header.extend([depth, colour, 0, 0, 0]);
    let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
    bytes.extend(chunk(*b"IHDR", &header));
    bytes.extend(chunk(*b"IDAT", &[0x78, 0x9c, 0x63, 0, 0, 0, 1, 0, 1]));
    bytes.extend(chunk(*b"IEND", &[]));
    bytes
}

fn jpeg_that_claims(width: u16, height: u16) -> Vec<u8> {
    let mut bytes = jpeg(&picture(16, 16, false));
    let frame = bytes
        .windows(2)
        .position(|pair| pair == [0xff, 0xc0])
        .unwrap();
    bytes[frame + 5..frame + 7].copy_from_slice(&height.to_be_bytes());
    bytes[frame + 7..frame + 9].copy_from_slice(&width.to_be_bytes());
    bytes
}

fn gif_that_claims(width: u16, height: u16) -> Vec<u8> {
    let mut bytes = gif(4, 4, 1);
    bytes[6..8].copy_from_slice(&width.to_le_bytes());
    bytes[8..10].copy_from_slice(&height.to_le_bytes());
    bytes
}

#[test]
fn bombs_are_refused_by_their_headers() {
    for (name, upload) in [
        ("png 50k", png_that_claims(50_000, 50_000, 8, 6)),
        ("png 2^31", png_that_claims(0x7fff_ffff, 0x7fff_ffff, 16, 6)),
        ("png long", png_that_claims(20_001, 1, 8, 2)),
        ("png area", png_that_claims(7_000, 6_000, 8, 2)),
        ("png deep", png_that_claims(6_000, 6_000, 16, 6)),
        ("jpeg", jpeg_that_claims(65_500, 65_500)),
        ("gif", gif_that_claims(65_535, 65_535)),
    ] {
        for result in [
            process(&upload).map(drop),
            avatar(&upload).map(drop),
            header(&upload).map(drop),
        ] {
            assert!(
                matches!(result, Err(Error::TooManyPixels { .. } | Error::Broken(_))),
                "{name}: {result:?}"
            );
        }
    }
    // Pixels that would be shrunk in a still image; the frames of an animation are not.
    let mut animation = gif(4, 4, 2);
    animation[6..10].copy_from_slice(&[0xb8, 0x0b, 0xf0, 0x0a]);
    let size = process(&animation).unwrap_err();
    let (width, height) = (3_000, 2_800);
    assert_eq!(size, Error::TooManyPixels { width, height });
    let claimed = process(&png_that_claims(50_000, 50_000, 8, 6)).unwrap_err();
    assert!(
        matches!(claimed, Error::TooManyPixels { .. }),
        "{claimed:?}"
    );
    let frames = process(&gif(1, 1, 1_001)).unwrap_err();
    assert_eq!(frames, Error::TooManyFrames { limit: 1_000 });
    let mut long = png(&picture(4, 4, false));
    long.resize(MAX_FILE + 1, 0);
    assert!(matches!(process(&long), Err(Error::TooLong { .. })));
}

#[test]
fn other_files_are_refused() {
    for upload in [
        &b""[..],
        b"G",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>",
        b"<?xml version='1.0'?><svg/>",
        b"<!doctype html><script>1</script>",
        b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n",
        b"ffconcat version 1.0\nfile /etc/passwd\n",
        b"%PDF-1.7\n",
        b"PK\x03\x04",
        b"BM\x00\x00\x00\x00",
        b"II*\x00\x08\x00\x00\x00",
        b"\x00\x00\x00\x18ftypavif\x00\x00\x00\x00",
        b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00",
        b"RIFF\x00\x00\x00\x00WAVE",
        b"{\"@context\":\"https://www.w3.org/ns/activitystreams\"}",
        b" \x89PNG\r\n\x1a\n",
    ] {
        for result in [process(upload).map(drop), avatar(upload).map(drop)] {
            assert_eq!(result, Err(Error::Unsupported), "{upload:?}");
        }
    }
}

#[test]
fn files_that_are_two_things_become_one_or_nothing() {
    // Scripts that begin like an image, and images under a false flag.
    let mut false_flag = b"\x89PNG\r\n\x1a\n".to_vec();
    false_flag.extend(jpeg(&picture(8, 8, false)));
    for upload in [
        b"GIF89a=1;/*".to_vec(),
        b"GIF89a/*<script>*/=1;alert(document.domain)//".to_vec(),
        b"\xff\xd8\xff<script>alert(1)</script>".to_vec(),
        false_flag,
    ] {
        let result = process(&upload);
        assert!(matches!(result, Err(Error::Broken(_))), "{result:?}");
    }
    let image = picture(8, 8, false);
    for upload in [jpeg(&image), png(&image), gif(8, 8, 1), gif(8, 8, 2)] {
        let mut upload = upload;
        upload.extend(b"PK\x03\x04<script>SECRET-PLACE</script>");
        let made = process(&upload).unwrap();
        assert_bare(&made.original.bytes);
        assert_bare(&made.preview.bytes);
    }
}

#[test]
fn cut_and_damaged_files_never_panic() {
    let image = picture(24, 24, false);
    for (name, whole) in [
        ("jpeg", jpeg_with_metadata(&image, 3)),
        ("png", png_with_metadata(&image, 3)),
        ("clear png", png(&picture(24, 24, true))),
        ("webp", webp(&image)),
        ("gif", gif_with_metadata(&gif(24, 24, 1))),
        ("animated gif", gif_with_metadata(&gif(24, 24, 3))),
    ] {
        for length in 0..whole.len() {
            if let Ok(made) = process(&whole[..length]) {
                assert_eq!(
                    (made.original.width, made.original.height),
                    (24, 24),
                    "{name} {length}"
                );
            }
        }
        assert!(process(&whole[..whole.len().min(30)]).is_err(), "{name}");
        let mut state = 0x2545_f491_4f6c_dd1d_u64;
        for _ in 0..400 {
            let mut damaged = whole.clone();
            for _ in 0..3 {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                let place = usize::try_from(state % damaged.len() as u64).unwrap();
                damaged[place] = state.to_le_bytes()[5];
            }
            // Any verdict is good; a panic is not.
            let _verdict = process(&damaged);
        }
    }
}
