//! The promises that no single path shows.

mod canary;
mod durability;
mod paging;
mod trail;
