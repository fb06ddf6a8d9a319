//! Keys, signatures over bytes, password hashes and tokens. Nothing here does I/O.

pub mod digests;
pub mod ecdsa;
pub mod passwords;
mod pem;
pub mod random;
pub mod rsa;
pub mod sealing;
mod secret;

pub use secret::Secret;
