//! Keys, signatures over bytes, password hashes and tokens. Nothing here does I/O.

pub mod actors;
pub mod digests;
pub mod ecdsa;
pub mod ed25519;
mod errors;
pub mod multikeys;
pub mod passwords;
mod pem;
pub mod random;
pub mod rsa;
pub mod sealing;
mod secret;

pub use errors::KeyError;
pub use pem::KeyPairPem;
pub use secret::Secret;
