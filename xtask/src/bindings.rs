//! Generated bindings: from the library that was just built, never committed.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::process::{Problem, cargo, root, run};

const LIBRARY: &str = "libplainchart_bindings.so";

/// Builds the library and writes the Python package `plainchart` to `folder`.
pub fn python(folder: &Path) -> Result<(), Problem> {
    run(&mut cargo(&["build", "--package", "plainchart-bindings"]))?;
    let library = root().join("target/debug").join(LIBRARY);
    let package = folder.join("plainchart");
    std::fs::create_dir_all(&package).map_err(|error| error.to_string())?;
    run(cargo(&[
        "run",
        "--quiet",
        "--package",
        "plainchart-bindings",
        "--features",
        "generate",
        "--bin",
        "uniffi-bindgen",
    ])
    .args(["--", "generate", "--no-format", "--language", "python", "--out-dir"])
    .arg(&package)
    .arg(&library))?;
    std::fs::copy(&library, package.join(LIBRARY)).map_err(|error| error.to_string())?;
    // The package's own surface is hand-written; the generated module stays behind it.
    std::fs::copy(root().join("bindings/python/plainchart/__init__.py"), package.join("__init__.py"))
        .map_err(|error| error.to_string())?;
    Ok(())
}

/// The command that runs the Python tests against the library and the sandbox.
pub fn python_tests() -> Result<Command, Problem> {
    let folder: PathBuf = root().join("target/python");
    python(&folder)?;
    run(&mut cargo(&["build", "--package", "plainchart-sandbox"]))?;
    let mut command = Command::new("python3");
    command
        .current_dir(root().join("tests/python"))
        .args(["-m", "unittest", "discover", "--start-directory", ".", "--pattern", "test_*.py"])
        .env("PYTHONPATH", &folder)
        .env("PLAINCHART_SANDBOX", root().join("target/debug/plainchart-sandbox"));
    Ok(command)
}
