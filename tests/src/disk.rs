//! The bytes on a phone's disk.

use std::fs;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;

/// Copies a folder as it lies there, open or not: what a crash at this moment would leave.
pub fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder").flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            // A file may go while we look, as it may in a crash.
            let _ = fs::copy(entry.path(), target);
        }
    }
}

/// Every file below a folder.
#[must_use]
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        if entry.path().is_dir() {
            all.extend(files(&entry.path()));
        } else {
            all.push(entry.path());
        }
    }
    all.sort();
    all
}

/// Every form in which a text could lie in a file: as it is, in UTF-16 both ways, in base64 at each of its three
/// offsets, in hex.
#[must_use]
pub fn disguises(text: &str) -> Vec<Vec<u8>> {
    let units: Vec<u16> = text.encode_utf16().collect();
    let mut all = vec![text.as_bytes().to_vec()];
    all.push(units.iter().flat_map(|unit| unit.to_le_bytes()).collect());
    all.push(units.iter().flat_map(|unit| unit.to_be_bytes()).collect());
    all.push(text.bytes().flat_map(|byte| format!("{byte:02x}").into_bytes()).collect());
    for before in 0..3 {
        let mut bytes = vec![0; before];
        bytes.extend_from_slice(text.as_bytes());
        let encoded = STANDARD_NO_PAD.encode(bytes).into_bytes();
        // The characters that share bits with a neighbour depend on it.
        let (start, end) = ((before * 8).div_ceil(6), (before + text.len()) * 8 / 6);
        all.push(encoded.get(start..end).unwrap_or_default().to_vec());
    }
    all.retain(|form| form.len() >= 5);
    all
}

/// Whether the bytes hold the needle.
#[must_use]
pub fn holds(bytes: &[u8], needle: &[u8]) -> bool {
    let Some(first) = needle.first() else { return false };
    let mut rest = bytes;
    while let Some(at) = rest.iter().position(|byte| byte == first) {
        if rest[at..].starts_with(needle) {
            return true;
        }
        rest = &rest[at + 1..];
    }
    false
}

/// Each text that lies in a file below the folder, and in which.
#[must_use]
pub fn found_in(folder: &Path, texts: &[String]) -> Vec<String> {
    let needles: Vec<(&String, Vec<Vec<u8>>)> = texts.iter().map(|text| (text, disguises(text))).collect();
    let mut found = Vec::new();
    for file in files(folder) {
        let bytes = fs::read(&file).expect("a file");
        let name = file.to_string_lossy().into_owned();
        for (text, forms) in &needles {
            if forms.iter().any(|form| holds(&bytes, form)) || name.contains(text.as_str()) {
                found.push(format!("{text} in {name}"));
            }
        }
    }
    found
}
