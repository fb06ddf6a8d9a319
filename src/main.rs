//! The `whimbrel` program.

use std::process::ExitCode;

/// Quicker than the system's for many small pieces from several threads.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    whimbrel::cli::run()
}
