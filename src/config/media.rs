//! The `media` section: uploaded files, where they lie and how large they may be.

use std::path::PathBuf;

use super::rules::between;
use super::table::section;

section! {
    /// Where uploaded files lie and how large they may be.
    pub struct Media in media {
        /// The folder of uploaded files. When not set: media in the data folder.
        pub folder: Option<PathBuf> = None => "\"/var/lib/whimbrel/media\"";

        /// The largest image that is taken, in bytes.
        pub image_size_limit_bytes: usize [between(1_024, 1_073_741_824)] = 16_777_216;

        /// How much room files of other servers may take, in mebibytes; those that nobody asks for go first. With 0 people
        /// fetch them from the other servers themselves, which then see their addresses.
        pub remote_cache_mebibytes: u64 [between(0, 1_073_741_824)] = 5_120;

        /// Whether previews of linked pages are fetched when somebody looks at a post with a link.
        pub link_previews: bool = true;

        /// Whether videos, sounds and AVIF pictures are taken, where the program ffmpeg is installed.
        pub recordings: bool = true;

        /// The program ffmpeg; ffprobe must lie beside it. When not set: the one on the search path, if there is one.
        pub ffmpeg: Option<PathBuf> = None => "\"/usr/bin/ffmpeg\"";

        /// The largest video or sound that is taken, in bytes. What is made of it may be four times as large.
        pub video_size_limit_bytes: usize [between(1_024, 10_737_418_240)] = 103_809_024;

        /// The most pixels (width times height) of a video.
        pub video_pixel_limit: u64 [between(10_000, 1_000_000_000)] = 8_294_400;

        /// The most frames a second of a video.
        pub video_frame_rate_limit: u32 [between(1, 1_000)] = 120;

        /// How long ffmpeg may work on one file, in seconds.
        pub ffmpeg_seconds: u64 [between(1, 86_400)] = 900;

        /// How much memory ffmpeg may take, in mebibytes.
        pub ffmpeg_memory_mebibytes: u64 [between(128, 1_048_576)] = 2_048;

        /// How many files ffmpeg works on at the same time.
        pub ffmpeg_at_once: usize [between(1, 64)] = 1;
    }
}

impl Media {
    /// Where ffmpeg is: as set, or on the search path; none where there is none or recordings are not taken.
    #[must_use]
    pub fn find_ffmpeg(&self) -> Option<PathBuf> {
        if !self.recordings {
            return None;
        }
        let on_path = || {
            let path = std::env::var_os("PATH")?;
            std::env::split_paths(&path)
                .map(|folder| folder.join("ffmpeg"))
                .find(|program| program.is_absolute() && program.is_file())
        };
        self.ffmpeg.clone().or_else(on_path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_set_is_taken_unless_there_are_to_be_no_recordings() {
        let mut media = Media {
            ffmpeg: Some(PathBuf::from("/opt/ffmpeg")),
            ..Media::default()
        };
        assert_eq!(media.find_ffmpeg(), Some(PathBuf::from("/opt/ffmpeg")));
        media.recordings = false;
        assert_eq!(media.find_ffmpeg(), None);
    }
}
