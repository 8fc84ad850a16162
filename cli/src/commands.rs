//! The commands, one file each.

mod annotate;
mod attachment;
mod connect;
mod define;
mod doctor;
mod entries;
mod erase;
mod lists;
mod lock;
mod log;
mod medicines;
mod notes;
mod open;
mod people;
mod read;
mod referrals;
mod results;
mod show_entry;
mod sync;
mod trend;

pub use log::row as log_row;

use crate::app::App;
use crate::arguments::{Arguments, Command};
use crate::demo;
use crate::failure::Failure;

/// Runs what was typed.
///
/// # Errors
/// Each command's own.
pub fn run(arguments: Arguments) -> Result<(), Failure> {
    let mut app = App::new(&arguments.shared)?;
    match arguments.command {
        Command::Demo => demo::run(&mut app, arguments.shared.demo),
        Command::Connect(asked) => connect::run(&mut app, &asked),
        Command::Sync(asked) => sync::run(&mut app, &asked),
        Command::Open(asked) => open::run(&mut app, &asked),
        Command::People => people::run(&mut app),
        Command::Notes(asked) => notes::run(&mut app, &asked),
        Command::Read(asked) => read::run(&mut app, &asked),
        Command::Attachment(asked) => attachment::run(&mut app, &asked),
        Command::Results(asked) => results::run(&mut app, &asked),
        Command::Medicines(asked) => medicines::run(&mut app, &asked),
        Command::Referrals(asked) => referrals::run(&mut app, &asked),
        Command::List(asked) => entries::run(&mut app, &asked),
        Command::Show(asked) => show_entry::run(&mut app, &asked),
        Command::Annotate(asked) => annotate::run(&mut app, &asked),
        Command::Define(asked) => define::run(&mut app, &asked),
        Command::Log(asked) => log::run(&mut app, &asked),
        Command::Lock => lock::run(&mut app),
        Command::Erase(asked) => erase::run(&mut app, &asked),
        Command::Doctor => doctor::run(&mut app),
    }
}
