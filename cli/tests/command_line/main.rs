//! The program as a script sees it: answers, exit codes, widths.

mod answers;
mod bench;
mod demo;
mod hospital;
mod record;
mod refusals;
mod renditions;
mod trends;
