//! Uploads of all kinds, honest and hostile.

mod files;
mod honest;
mod hostile;
