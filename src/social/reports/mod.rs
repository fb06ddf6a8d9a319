//! Reports: what people here, and other servers, tell the staff.
//!
//! | file | what it does |
//! |---|---|
//! | `make.rs` | a report by somebody here, and what other servers hear of it |
//! | `receive.rs` | a report by another server |
//! | `review.rs` | what the staff does with reports |

pub mod make;
pub mod receive;
pub mod review;

pub use make::{NewReport, make};
