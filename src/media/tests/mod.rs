//! Uploads of all kinds, honest and hostile.

pub(crate) mod files;
mod honest;
mod hostile;
