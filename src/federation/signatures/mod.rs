//! HTTP signatures on requests between servers, in and out.
