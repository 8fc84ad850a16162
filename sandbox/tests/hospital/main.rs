//! The hospital, seen from outside: over a socket, by hand, with none of the client's code.

mod charts;
mod client;
mod faults;
mod signing_in;
mod transport;
