//! The access matrix as one works with it: what is granted, what is staged, what is selected, what a filter
//! lets through. Plain values and functions of them; no I/O, no browser, no clock.
