//! The client API as clients meet it: requests to the real routes of a node with a database of its own.

mod accounts;
mod catch_up;
mod conversations;
mod desk;
mod files;
mod filters;
mod inbox;
mod instances;
mod keeping;
mod lists;
mod marking;
mod media;
mod notification_groups;
mod notification_policies;
mod notifications;
mod outcomes;
mod paging;
mod peers;
mod polls;
mod posting;
mod rendering;
mod routes;
mod scheduled;
mod searches;
mod stored_files;
mod visibility;
