//! The promises that no single path shows.

mod canary;
mod durability;
mod isolation;
mod paging;
mod trail;
mod usage;
