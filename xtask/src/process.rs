//! Running other programs.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// What went wrong, in one sentence.
pub type Problem = String;

/// The workspace's root.
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).parent().map_or_else(|| PathBuf::from("."), PathBuf::from)
}

/// The cargo that runs us, from the root.
pub fn cargo(arguments: &[&str]) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root()).args(arguments);
    command
}

/// Runs a command; whether it succeeded.
pub fn succeeds(command: &mut Command) -> Result<bool, Problem> {
    eprintln!("$ {}", shown(command));
    command.status().map(|status| status.success()).map_err(|error| format!("{}: {error}", shown(command)))
}

/// Runs a command that has to succeed.
pub fn run(command: &mut Command) -> Result<(), Problem> {
    if succeeds(command)? { Ok(()) } else { Err(format!("failed: {}", shown(command))) }
}

/// Runs a command, passes its output through line by line, and hands each line on. Whether it succeeded.
pub fn each_line(command: &mut Command, mut line_seen: impl FnMut(&str)) -> Result<bool, Problem> {
    eprintln!("$ {}", shown(command));
    // Test runners write their results to stdout or to stderr: both go through one pipe.
    let (reader, writer) = std::io::pipe().map_err(|error| error.to_string())?;
    let second = writer.try_clone().map_err(|error| error.to_string())?;
    command.stdin(Stdio::null()).stdout(writer).stderr(second);
    let mut child = command.spawn().map_err(|error| format!("{}: {error}", shown(command)))?;
    // The command holds the writing ends; the pipe ends when the child's copies are closed.
    command.stdout(Stdio::null()).stderr(Stdio::null());
    for line in BufReader::new(reader).split(b'\n') {
        let line = String::from_utf8_lossy(&line.map_err(|error| error.to_string())?).into_owned();
        println!("{line}");
        line_seen(&line);
    }
    child.wait().map(|status| status.success()).map_err(|error| error.to_string())
}

fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ")
}
