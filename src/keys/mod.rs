//! Keys, signatures over bytes, password hashes and tokens. Nothing here does I/O.
