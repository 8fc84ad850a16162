//! The sign-in from outside, as another shell would drive it.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test fails by panicking; clippy only knows that inside functions marked #[test]"
)]

mod base;
mod callback;
mod discovery;
mod id_token;
mod refresh;
mod registration_table;
mod scopes;
mod shell;
mod sign_in;
mod signing;
mod table;
