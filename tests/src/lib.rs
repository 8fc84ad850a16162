//! What the end-to-end tests share: a phone with the core on it, hospitals good and strange, a look into a closed
//! store, and a search through the bytes on a disk.

pub mod chart;
pub mod disk;
pub mod hospital;
pub mod phone;
pub mod shown;
pub mod strange;
pub mod way;
