//! The commands, one file each.

mod annotate;
mod connect;
mod define;
mod doctor;
mod erase;
mod lists;
mod lock;
mod log;
mod open;
mod people;
mod read;
mod sync;

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
        Command::Notes(asked) => lists::notes(&mut app, &asked),
        Command::Results(asked) => lists::results(&mut app, &asked),
        Command::Read(asked) => read::run(&mut app, &asked),
        Command::Annotate(asked) => annotate::run(&mut app, &asked),
        Command::Define(asked) => define::run(&mut app, &asked),
        Command::Log(asked) => log::run(&mut app, &asked),
        Command::Lock => lock::run(&mut app),
        Command::Erase(asked) => erase::run(&mut app, &asked),
        Command::Doctor => doctor::run(&mut app),
    }
}
