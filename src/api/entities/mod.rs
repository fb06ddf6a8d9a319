//! The JSON entities of the client API: shapes only, made by serde.
