//! What attackers try, one file for each section of the list in `docs/SECURITY-TESTS.md`; tests bear its row ids.

mod blocks;
mod index;
mod injection;
mod leaks;
mod origins;
mod outbound;
mod tokens;
