//! The methods of statuses and timelines, asked as clients ask them.

mod files;
mod marking;
mod notifications;
mod paging;
mod posting;
mod rendering;
mod visibility;
