//! What we talk to: a terminal of some width, or a pipe.

use std::env;
use std::io::{self, BufRead, IsTerminal, Write};

use crate::failure::{Failure, exit};
use crate::page::{NARROWEST, Text, WIDEST};

/// Width where nobody tells.
const DEFAULT_WIDTH: usize = 80;
/// An answer is a word or a name.
const LONGEST_ANSWER: u64 = 4096;

/// The width to lay a page out for, in columns: `COLUMNS`, else the terminal's own, else 80.
pub fn width() -> usize {
    let asked = env::var("COLUMNS").ok().and_then(|columns| columns.trim().parse().ok()).filter(|columns| *columns > 0);
    asked.or_else(terminal_columns).unwrap_or(DEFAULT_WIDTH).clamp(NARROWEST, WIDEST)
}

#[cfg(unix)]
fn terminal_columns() -> Option<usize> {
    let columns = |size: rustix::io::Result<rustix::termios::Winsize>| size.ok().map(|size| usize::from(size.ws_col));
    let sizes = [rustix::termios::tcgetwinsize(io::stdout()), rustix::termios::tcgetwinsize(io::stderr())];
    sizes.into_iter().filter_map(columns).find(|columns| *columns > 0)
}

#[cfg(not(unix))]
fn terminal_columns() -> Option<usize> {
    None
}

/// Colour on a terminal only, and not where the reader said no (<https://no-color.org>).
pub fn colour(is_terminal: bool) -> bool {
    let refused = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    is_terminal && !refused && env::var_os("TERM").is_none_or(|terminal| terminal != "dumb")
}

/// Whether there is somebody to ask.
pub fn can_ask() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Asks on standard error, so that standard output stays an answer. The answer comes without spaces around it.
pub fn ask(question: &str) -> Result<String, Failure> {
    let mut error = io::stderr().lock();
    // The question may hold a name from a record.
    let shown: String = Text::plain(question).0.into_iter().map(|piece| piece.text).collect();
    write!(error, "{shown} ")?;
    error.flush()?;
    let mut answer = String::new();
    let read = io::Read::take(io::stdin().lock(), LONGEST_ANSWER).read_line(&mut answer);
    match read {
        Ok(1..) => Ok(answer.trim().to_owned()),
        Ok(0) | Err(_) => Err(Failure::said(exit::NOT_DONE, "Stopped: nobody answered. Nothing was changed.")),
    }
}

/// Asks until one of the numbers is given.
pub fn pick(question: &str, choices: usize) -> Result<usize, Failure> {
    loop {
        match ask(question)?.parse() {
            Ok(number) if (1..=choices).contains(&number) => return Ok(number - 1),
            _ => writeln!(io::stderr(), "Please type a number from 1 to {choices}.")?,
        }
    }
}

/// Yes or no; anything that is not a yes is a no.
pub fn agree(question: &str) -> Result<bool, Failure> {
    let answer = ask(&format!("{question} [y/N]"))?;
    Ok(["y", "yes"].iter().any(|yes| answer.eq_ignore_ascii_case(yes)))
}
