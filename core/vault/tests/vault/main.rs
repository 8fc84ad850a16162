//! The vault from outside: what it promises, and what it does when its files are not what it wrote.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests and what they share")]

mod damage;
mod erasure;
mod full_disk;
mod keystores;
mod life;
mod logs;
mod model;
mod place;
mod torn;
