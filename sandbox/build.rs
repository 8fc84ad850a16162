//! Lists every file below `people/` and `people-second/`, so that the made-up charts are part of the library.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

const FOLDERS: [&str; 2] = ["people", "people-second"];

fn main() -> io::Result<()> {
    println!("cargo:rerun-if-changed=build.rs");
    let mut code = String::from("type Files = &'static [(&'static str, &'static [u8])];\n");
    code.push_str("pub(crate) static FOLDERS: &[(&str, Files)] = &[\n");
    for folder in FOLDERS {
        println!("cargo:rerun-if-changed={folder}");
        let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR").unwrap_or_default()).join(folder);
        let mut files = Vec::new();
        if root.is_dir() {
            collect(&root, &mut files)?;
        }
        files.sort();
        let _ = writeln!(code, "    ({folder:?}, &[");
        for file in &files {
            let name: Vec<String> = file
                .strip_prefix(&root)
                .unwrap_or(file)
                .components()
                .map(|part| part.as_os_str().to_string_lossy().into_owned())
                .collect();
            let _ = writeln!(code, "        ({:?}, include_bytes!({:?})),", name.join("/"), file.to_string_lossy());
        }
        code.push_str("    ]),\n");
    }
    code.push_str("];\n");
    fs::write(PathBuf::from(env::var("OUT_DIR").unwrap_or_default()).join("people.rs"), code)
}

/// Every file but those about the content, such as `CASES.md`.
fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_none_or(|ending| ending != "md") {
            files.push(path);
        }
    }
    Ok(())
}
