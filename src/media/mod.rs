//! Images: probe, turn upright, resize, blurhash, strip metadata; bytes in, bytes out.
