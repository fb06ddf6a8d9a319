//! HTML pages for people with a browser.
//!
//! [`pages`] turns small view structs into HTML and knows neither requests nor rows;
//! [`static_files`] holds the style sheet and the pictures; [`paths`] names the addresses that forms and links use.

pub mod pages;
pub mod paths;
pub mod static_files;
