//! The harness of the benchmarks, their made-up charts and their peers.
//!
//! A benchmark times our code and a named peer at the same work, in turns, in one process; it prints a table and writes
//! `target/bench/NAME.json`. It fails if the two sides do not answer the same, never because of a figure.

pub mod chart;
pub mod matching;
pub mod prose;
pub mod report;
pub mod rounds;
pub mod seed;
pub mod sqlite;
