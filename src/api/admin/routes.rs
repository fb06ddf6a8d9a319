//! The routes of the staff.

use actix_web::web::ServiceConfig;

use super::{accounts, audits, entrances, figures, hosts, reports};

/// Registers them all.
pub fn routes(config: &mut ServiceConfig) {
    for register in [
        accounts::routes,
        audits::routes,
        entrances::routes,
        figures::routes,
        hosts::routes,
        reports::routes,
    ] {
        register(config);
    }
}
