//! How much may be used, and which recordings are taken.

/// What the programs may use, and which recordings are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Longest time for one program, in seconds.
    pub seconds: u64,
    /// Most memory of one program, in bytes.
    pub memory: u64,
    /// Longest file that is written, in bytes.
    pub output: u64,
    /// Most pixels of a frame.
    pub matrix: u64,
    /// Most frames a second.
    pub frame_rate: u32,
    /// Files that are worked on at the same time.
    pub at_once: usize,
}
