//! The hospital, seen from outside: over a socket, by hand, with none of the client's code.

mod cases;
mod charts;
mod client;
mod command_line;
mod documents;
mod faults;
mod habits;
mod history;
mod parameters;
mod references;
mod second_hospital;
mod signing_in;
mod transport;
