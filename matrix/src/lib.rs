//! The access matrix as one works with it: what is granted, what is staged, what is selected, what a filter
//! lets through. Plain values and functions of them; no I/O, no browser, no clock.
//!
//! - [`Board`]: what is ([`Matrix`]), what is staged on it, and how both go on when others change it
//! - [`View`]: which rows and columns are shown, by a [`Filter`] and the rest of an [`Arrangement`]
//! - [`Selection`]: where the keyboard is; [`Axis`]: what is mounted of what can be scrolled
//! - [`csv`], [`differences`]: the matrix as a table, and compared with itself at another moment
//!
//! Two kinds of coordinates are kept apart: a [`Place`] is a cell of the matrix, a [`Pos`] a cell on the
//! screen; a [`View`] leads from one to the other. Keys and workspaces are held in words of bits both ways
//! (10,000 by 500 are 640 KB each), and nothing that a key press causes goes from cell to cell.

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
    Board, Changed, Changes, Conflict, Copied, Count, Draft, KeyReview, News, Outcome, Review,
    Reviewed, Risk, Side, Summary, TooMany, Tri, Whole,
};
pub use cell::{Cell, Lock, State};
pub use contract::request::Beneath;
pub use csv::csv;
pub use filter::Filter;
pub use history::{Difference, Differences, differences};
pub use matrix::{Edit, FRESH, Key, Matrix, Place, Touched, Workspace};
pub use select::{Extent, Move, Press, Rect, Selection, Span};
pub use view::{Arrangement, Column, Group, Grouping, Pos, Sort, SortBy, View};
pub use window::{Axis, CELL, Mounted, Slot};

#[cfg(test)]
mod tests;
