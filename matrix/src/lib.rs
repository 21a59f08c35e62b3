//! The access matrix as one works with it: what is granted, what is staged, what is selected, what a filter
//! lets through. Plain values and functions of them; no I/O, no browser, no clock.

mod bits;
mod board;
mod cell;
mod csv;
mod filter;
mod history;
mod matrix;
mod select;
mod view;
mod window;

pub use bits::Mask;
pub use board::{
    Beneath, Board, Changed, Changes, Conflict, Copied, Count, Draft, KeyReview, KeyWant, News,
    Outcome, Review, Reviewed, Risk, Side, Summary, TooMany, Tri, Whole,
};
pub use cell::{Cell, Lock, State};
pub use csv::csv;
pub use filter::Filter;
pub use history::{Difference, Differences, differences};
pub use matrix::{Edit, FRESH, Key, Matrix, Place, Touched, Workspace};
pub use select::{Extent, Move, Press, Rect, Selection, Span};
pub use view::{Arrangement, Column, Group, Grouping, Pos, Sort, SortBy, View};
pub use window::{Axis, CELL, Mounted, Slot};

#[cfg(test)]
mod tests;
