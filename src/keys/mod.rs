//! Keys, signatures over bytes, password hashes and tokens. Nothing here does I/O.

pub mod digests;
pub mod passwords;
mod pem;
pub mod random;
pub mod rsa;
mod secret;

pub use secret::Secret;
