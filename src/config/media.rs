//! The `media` section: where uploaded files lie and how large they may be.

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

        /// The most pixels (width times height) that an image may have; an image needs about eight bytes of
        /// memory a pixel while it is read.
        pub image_pixel_limit: u64 [between(10_000, 1_000_000_000)] = 40_000_000;
    }
}
