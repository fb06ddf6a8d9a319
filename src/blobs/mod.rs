//! Bytes by key: the files behind avatars and attachments.
//!
//! What the bytes are, who may see them and when they go is decided above. All functions block; the caller chooses
//! the thread.

mod bucket;
mod folder;
mod keys;
mod kinds;
mod memory;
mod stores;

pub use bucket::{BucketBlobs, BucketSettings};
pub use folder::FolderBlobs;
pub use kinds::kind_of;
pub use memory::MemoryBlobs;
pub use stores::{Blobs, Copied, Reader};
