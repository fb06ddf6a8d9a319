//! Bytes by key: the files behind avatars and attachments.
//!
//! What the bytes are, who may see them and when they go is decided above. All functions block; the caller chooses
//! the thread.

mod folder;
mod keys;
mod memory;
mod stores;

pub use folder::FolderBlobs;
pub use memory::MemoryBlobs;
pub use stores::{Blobs, Reader};
