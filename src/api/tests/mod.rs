//! The client API as clients meet it: requests to the real routes of a node with a database of its own.

mod accounts;
mod catch_up;
mod desk;
mod files;
mod inbox;
mod instances;
mod lists;
mod marking;
mod media;
mod notifications;
mod outcomes;
mod paging;
mod peers;
mod posting;
mod profiles;
mod rendering;
mod routes;
mod searches;
mod stored_files;
mod visibility;
