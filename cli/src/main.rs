//! `plainchart`: read a medical chart in plain words, even with no signal. The same facade as the apps use (T2).

mod app;
mod arguments;
mod browser;
mod commands;
mod dates;
mod demo;
mod failure;
mod home;
mod keychain;
mod loopback;
mod output;
mod page;
mod progress;
mod show;
mod terminal;
mod unlock;
mod written_file;
mod zeroizing_allocator;

use std::io::Write;
use std::panic;
use std::process::ExitCode;

use clap::Parser;

use crate::arguments::Arguments;
use crate::failure::{Failure, exit};
use crate::zeroizing_allocator::ZeroizingAllocator;

#[global_allocator]
static ALLOCATOR: ZeroizingAllocator = ZeroizingAllocator;

fn main() -> ExitCode {
    say_where_only();
    let arguments = Arguments::parse();
    match panic::catch_unwind(|| commands::run(arguments)) {
        Ok(Ok(())) => ExitCode::SUCCESS,
        Ok(Err(failure)) => {
            complain(&failure);
            ExitCode::from(failure.exit_code())
        }
        Err(_) => ExitCode::from(exit::INTERNAL),
    }
}

fn complain(failure: &Failure) {
    if let Some(sentence) = failure.sentence() {
        // If standard error is gone there is nobody to tell.
        let _ = writeln!(std::io::stderr(), "plainchart: {sentence}");
    }
}

/// What a panic says may hold a record's text (V6): only its place is told.
fn say_where_only() {
    panic::set_hook(Box::new(|info| {
        let place = info.location().map(|at| format!(" ({}:{})", at.file(), at.line())).unwrap_or_default();
        let _ = writeln!(
            std::io::stderr(),
            "plainchart: Something went wrong inside this app. Nothing that was saved is lost.{place}"
        );
    }));
}
