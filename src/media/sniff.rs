//! What an upload is, by its first bytes: neither its name nor what its sender says counts.
//!
//! Playlists and other texts that name further files are none of these kinds, so no program ever reads one.

use super::decode::{self, Kind};

/// Bytes that [`sniff`] looks at.
pub const HEAD: usize = 64;

/// What an upload is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// A picture that is decoded here.
    Image(Kind),
    /// A picture or a recording that is read by `ffmpeg`.
    Container(Container),
    /// A picture of a kind that is known but not taken, since no free decoder is kept up.
    Heic,
}

/// The files that `ffmpeg` is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Container {
    /// MP4, `QuickTime` and their kin.
    Mp4,
    /// Matroska and `WebM`.
    Matroska,
    /// Ogg.
    Ogg,
    /// MP3.
    Mp3,
    /// FLAC.
    Flac,
    /// WAV.
    Wav,
    /// AAC without a container.
    Aac,
    /// An animated GIF.
    Gif,
    /// A still picture in AV1.
    Avif,
}

impl Container {
    /// The one reader of `ffmpeg` that may look at such a file.
    pub(super) fn demuxer(self) -> &'static str {
        match self {
            Self::Mp4 | Self::Avif => "mov",
            Self::Matroska => "matroska",
            Self::Ogg => "ogg",
            Self::Mp3 => "mp3",
            Self::Flac => "flac",
            Self::Wav => "wav",
            Self::Aac => "aac",
            Self::Gif => "gif",
        }
    }
}

/// What a file is whose first bytes (up to [`HEAD`]) these are; none for everything that is not taken.
#[must_use]
pub fn sniff(head: &[u8]) -> Option<Sort> {
    if let Some(kind) = decode::kind_of(head) {
        return Some(Sort::Image(kind));
    }
    let container = match head {
        [_, _, _, _, b'f', b't', b'y', b'p', rest @ ..] => return Some(brand(rest)),
        [_, _, _, _, name @ .., _] if is_atom(name) => Container::Mp4,
        [0x1a, 0x45, 0xdf, 0xa3, ..] => Container::Matroska,
        [b'O', b'g', b'g', b'S', ..] => Container::Ogg,
        [b'f', b'L', b'a', b'C', ..] => Container::Flac,
        [b'I', b'D', b'3', ..] => Container::Mp3,
        [b'R', b'I', b'F', b'F', rest @ ..] if rest.get(4..8) == Some(b"WAVE") => Container::Wav,
        // Frames that begin with eleven or twelve set bits; two bits tell MP3 and AAC apart.
        [0xff, second, ..] if second & 0xf6 == 0xf0 => Container::Aac,
        [0xff, second, ..] if second & 0xe0 == 0xe0 && second & 0x06 != 0 => Container::Mp3,
        _ => return None,
    };
    Some(Sort::Container(container))
}

/// Old `QuickTime` files begin without a brand.
fn is_atom(name: &[u8]) -> bool {
    [b"moov", b"mdat", b"wide", b"free", b"skip"]
        .iter()
        .any(|atom| name.starts_with(*atom))
}

/// What the brands of an MP4-like file say; the first is the main one, others follow from the third on.
fn brand(brands: &[u8]) -> Sort {
    let named = |name: &[u8; 4]| brands.chunks_exact(4).any(|brand| brand == name);
    if named(b"avif") {
        return Sort::Container(Container::Avif);
    }
    let is_heic = [b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1"];
    if is_heic.iter().any(|name| named(name)) {
        return Sort::Heic;
    }
    Sort::Container(Container::Mp4)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_read_from_the_first_bytes() {
        let container = |container| Some(Sort::Container(container));
        for (head, expected) in [
            (&b"\xff\xd8\xff\xe0"[..], Some(Sort::Image(Kind::Jpeg))),
            (b"GIF89a", Some(Sort::Image(Kind::Gif))),
            (
                b"\0\0\0\x20ftypisom\0\0\0\0isomavc1",
                container(Container::Mp4),
            ),
            (b"\0\0\0\x20ftypqt  \0\0\0\0", container(Container::Mp4)),
            (b"\0\0\0\x20ftypM4A \0\0\0\0", container(Container::Mp4)),
            (b"\0\0\0\x08wide\0\0\0\0mdat", container(Container::Mp4)),
            (
                b"\0\0\0\x20ftypavif\0\0\0\0avifmif1",
                container(Container::Avif),
            ),
            (
                b"\0\0\0\x20ftypmif1\0\0\0\0mif1avif",
                container(Container::Avif),
            ),
            (b"\0\0\0\x20ftypheic\0\0\0\0mif1heic", Some(Sort::Heic)),
            (b"\x1a\x45\xdf\xa3\x01", container(Container::Matroska)),
            (b"OggS\0", container(Container::Ogg)),
            (b"fLaC\0", container(Container::Flac)),
            (b"ID3\x04", container(Container::Mp3)),
            (b"\xff\xfb\x90\x64", container(Container::Mp3)),
            (b"\xff\xf1\x50\x80", container(Container::Aac)),
            (b"RIFF\0\0\0\0WAVEfmt ", container(Container::Wav)),
            (b"RIFF\0\0\0\0AVI LIST", None),
            (b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd", None),
            (b"ffconcat version 1.0\nfile /etc/passwd", None),
            (b"file '/etc/passwd'", None),
            (b"<svg xmlns=\"http://www.w3.org/2000/svg\">", None),
            (b"<html>", None),
            (b"%PDF-1.7", None),
            (b"{\"@context\":1}", None),
            (b"", None),
        ] {
            assert_eq!(
                sniff(head),
                expected,
                "{:?}",
                head.escape_ascii().to_string()
            );
        }
    }
}
