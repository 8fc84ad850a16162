//! The system keychain through its own command line tool: `secret-tool` (Secret Service) on Linux, `security` on macOS.
//!
//! A keychain that is locked shows a prompt or hangs. A process of its own can be stopped after two seconds; a call
//! inside this one could not. The key goes through pipes, never through arguments, which others can see.

use std::io::{Read, Write};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use zeroize::Zeroizing;

/// What the key is filed under.
const SERVICE: &str = "org.plainchart";
/// How long the keychain may take.
const PATIENCE: Duration = Duration::from_secs(2);
const STEP: Duration = Duration::from_millis(10);
/// 32 bytes in hexadecimal.
const KEY_TEXT: usize = 64;

/// A key from the keychain.
pub type Key = Zeroizing<[u8; 32]>;

/// The key filed under this account, if the keychain answers unlocked in time.
pub fn look_up(account: &str) -> Option<Key> {
    let found = run(look_up_command(account), b"")?;
    from_hex(found.trim_ascii())
}

/// Files a key under this account; true only if it can be looked up again.
pub fn store(account: &str, key: &Key) -> bool {
    let text = Zeroizing::new(to_hex(&key[..]));
    let (command, input) = store_command(account, &text);
    run(command, &input).is_some() && look_up(account).is_some_and(|found| found == *key)
}

#[cfg(not(target_os = "macos"))]
fn look_up_command(account: &str) -> Command {
    let mut command = Command::new("secret-tool");
    command.args(["lookup", "service", SERVICE, "account", account]);
    command
}

#[cfg(not(target_os = "macos"))]
fn store_command(account: &str, key: &str) -> (Command, Zeroizing<Vec<u8>>) {
    let mut command = Command::new("secret-tool");
    command.args(["store", "--label", "Plainchart", "service", SERVICE, "account", account]);
    (command, Zeroizing::new(key.as_bytes().to_vec()))
}

#[cfg(target_os = "macos")]
fn look_up_command(account: &str) -> Command {
    let mut command = Command::new("/usr/bin/security");
    command.args(["find-generic-password", "-s", SERVICE, "-a", account, "-w"]);
    command
}

/// `security -i` reads its commands from standard input, so that the key is no argument.
#[cfg(target_os = "macos")]
fn store_command(account: &str, key: &str) -> (Command, Zeroizing<Vec<u8>>) {
    let mut command = Command::new("/usr/bin/security");
    command.arg("-i");
    let line = format!("add-generic-password -s {SERVICE} -a {account} -w {key}\n");
    (command, Zeroizing::new(line.into_bytes()))
}

/// What the tool wrote, if it ended well and in time.
fn run(mut command: Command, input: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().ok()?;
    // Small enough for a pipe's buffer: this never waits.
    let sent = child.stdin.take().is_some_and(|mut pipe| pipe.write_all(input).is_ok());
    if !sent || !ended_well(&mut child) {
        return None;
    }
    let mut output = Zeroizing::new(Vec::with_capacity(4 * KEY_TEXT));
    child.stdout.take()?.take(4 * KEY_TEXT as u64).read_to_end(&mut output).ok()?;
    Some(output)
}

fn ended_well(child: &mut Child) -> bool {
    for _ in 0..PATIENCE.as_millis() / STEP.as_millis() {
        match child.try_wait() {
            Ok(Some(status)) => return status.success(),
            Ok(None) => thread::sleep(STEP),
            Err(_) => break,
        }
    }
    let _ = child.kill();
    let _ = child.wait();
    false
}

/// Lower-case hexadecimal.
pub fn to_hex(bytes: &[u8]) -> String {
    let digit = |value: u8| char::from_digit(u32::from(value), 16).unwrap_or('0');
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// A key from 64 hexadecimal digits.
pub fn from_hex(text: &[u8]) -> Option<Key> {
    if text.len() != KEY_TEXT {
        return None;
    }
    let mut key = Zeroizing::new([0; 32]);
    for (byte, pair) in key.iter_mut().zip(text.chunks_exact(2)) {
        let digit = |at: usize| pair.get(at).and_then(|digit| char::from(*digit).to_digit(16));
        *byte = u8::try_from(digit(0)? * 16 + digit(1)?).ok()?;
    }
    Some(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_survives_its_text_and_nothing_else_is_a_key() {
        let key = Zeroizing::new(std::array::from_fn(|at| at as u8 * 7));
        let text = to_hex(&key[..]);
        assert_eq!(from_hex(text.as_bytes()).unwrap(), key);
        assert!(from_hex(&text.as_bytes()[1..]).is_none());
        assert!(from_hex(text.replace('7', "x").as_bytes()).is_none());
    }

    #[cfg(unix)]
    #[test]
    fn a_keychain_that_fails_or_waits_for_somebody_is_passed_over() {
        let shell = |script: &str| {
            let mut command = Command::new("sh");
            command.args(["-c", script]);
            command
        };
        assert_eq!(run(shell("cat"), b"key").unwrap().as_slice(), b"key");
        assert!(run(shell("echo key; exit 1"), b"").is_none());
        assert!(run(shell("exec sleep 60"), b"").is_none());
        assert!(run(Command::new("no-such-keychain-tool"), b"").is_none());
    }
}
