//! Formatting, clippy, docs, licences, the glossary's lint, the benchmarks.

use std::process::{Command, Stdio};

use crate::process::{Problem, cargo, root, run, succeeds};

/// What `cargo xtask lint` and CI check. A tool that this machine lacks is named, not passed over in silence.
pub fn lint() -> Result<bool, Problem> {
    let mut passed = true;
    if has(&["fmt", "--version"]) {
        passed &= succeeds(&mut cargo(&["fmt", "--all", "--check"]))?;
    } else {
        println!("NOT CHECKED: formatting (no rustfmt here)");
    }
    if has(&["clippy", "--version"]) {
        // The benchmarks' peer needs OpenSSL's headers, which nothing else does: see CONTRIBUTING.md.
        let without_benches = ["--workspace", "--exclude", "plainchart-benches", "--all-targets"];
        passed &= succeeds(cargo(&["clippy", "--quiet"]).args(without_benches).args(["--", "-D", "warnings"]))?;
    } else {
        println!("NOT CHECKED: clippy (not on this machine)");
    }
    passed &= succeeds(
        cargo(&["doc", "--quiet", "--no-deps", "--workspace", "--exclude", "plainchart-benches"])
            .env("RUSTDOCFLAGS", "-D warnings"),
    )?;
    if has(&["deny", "--version"]) {
        // `advisories` needs a database from the network and is run where there is one.
        passed &= succeeds(&mut cargo(&["deny", "--log-level", "error", "check", "bans", "licenses", "sources"]))?;
    } else {
        println!("NOT CHECKED: licences (no cargo-deny here)");
    }
    Ok(passed)
}

/// Every entry of the glossary against the rules of its guide.
pub fn glossary() -> Result<bool, Problem> {
    succeeds(&mut cargo(&["test", "--package", "plainchart-glossary", "lint"]))
}

/// The benchmarks, all or by name.
pub fn bench(names: &[&str]) -> Result<bool, Problem> {
    let mut command = cargo(&["bench", "--package", "plainchart-benches"]);
    for name in names {
        command.args(["--bench", name]);
    }
    run(command.current_dir(root()))?;
    Ok(true)
}

fn has(arguments: &[&str]) -> bool {
    let mut command: Command = cargo(arguments);
    command.stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
}
