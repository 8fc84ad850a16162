//! What is run before an issue is called resolved: larger records of other makers read whole, and the benchmarks.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::checks;
use crate::process::{Problem, cargo, root, run};

/// Reads every sample there is, with counts by type, then runs the benchmarks. Whether everything passed.
pub fn run_all() -> Result<bool, Problem> {
    match samples()? {
        Some(folder) => {
            for package in ["plainchart-record", "plainchart-document"] {
                run(cargo(&["test", "--release", "--package", package, "--", "--ignored", "--nocapture"])
                    .env("PLAINCHART_FHIR_SAMPLES", &folder))?;
            }
        }
        None => println!("SKIPPED: no samples (set PLAINCHART_FHIR_SAMPLES to a folder of records and documents)"),
    }
    checks::bench(&[])
}

/// The folder of samples, unpacked below `target` where they come packed.
fn samples() -> Result<Option<PathBuf>, Problem> {
    let beside = root().join("../shared/fhir");
    let folder = env::var_os("PLAINCHART_FHIR_SAMPLES").map_or(beside, PathBuf::from);
    if !folder.is_dir() {
        return Ok(None);
    }
    let unpacked = root().join("target/samples");
    unpack(&folder, &unpacked)?;
    Ok(Some(unpacked))
}

fn unpack(from: &Path, to: &Path) -> Result<(), Problem> {
    fs::create_dir_all(to).map_err(|error| error.to_string())?;
    for entry in fs::read_dir(from).map_err(|error| error.to_string())?.flatten() {
        let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
        if path.is_dir() {
            unpack(&path, &to.join(&name))?;
        } else if name.ends_with(".tar.xz") || name.ends_with(".tgz") {
            let into = to.join(name.split('.').next().unwrap_or(&name));
            if !into.is_dir() {
                fs::create_dir_all(&into).map_err(|error| error.to_string())?;
                run(Command::new("tar").arg("-xf").arg(&path).arg("-C").arg(&into))?;
            }
        } else if let Some(plain) = name.strip_suffix(".xz") {
            let plain = to.join(plain);
            if !plain.is_file() {
                let out = fs::File::create(&plain).map_err(|error| error.to_string())?;
                run(Command::new("xz").arg("-dc").arg(&path).stdout(out))?;
            }
        } else if !to.join(&name).is_file() {
            fs::copy(&path, to.join(&name)).map_err(|error| error.to_string())?;
        }
    }
    Ok(())
}
