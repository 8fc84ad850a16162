//! A person with a phone, hospitals that behave and hospitals that do not, crashes, damage, and files from elsewhere.

mod access;
mod bad_input;
mod bodies;
mod crash;
mod damage;
mod full_disk;
mod habits;
mod hostile;
mod identity;
mod import;
mod import_mixes;
mod journey;
mod kill;
mod larger_records;
mod lock_and_erase;
mod markers;
mod proxies;
mod sign_in;
mod sync_faults;
mod tokens;
