//! Clinical prose: the notes that were written for the sandbox's made-up people, whole or mixed.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use crate::seed::Seed;

/// The sandbox's notes in plain text, each as its lines.
#[derive(Debug)]
pub struct Prose {
    notes: Vec<Vec<String>>,
}

impl Prose {
    /// Reads the notes, in the order of their paths.
    ///
    /// # Errors
    /// If they are not where the sandbox keeps them.
    pub fn read() -> Result<Self, Box<dyn Error>> {
        let people = Path::new(env!("CARGO_MANIFEST_DIR")).join("../sandbox/people");
        let mut notes = Vec::new();
        for person in sorted(&people)? {
            for file in sorted(&person.join("notes")).unwrap_or_default() {
                if file.extension().is_some_and(|ending| ending == "txt") {
                    // A note in another character set is left to the tests.
                    let Ok(text) = String::from_utf8(fs::read(file)?) else { continue };
                    // The sandbox's own header ends at the first empty line.
                    let body = text.split_once("\n\n").map_or(text.as_str(), |(_, body)| body);
                    notes.push(body.lines().map(str::to_owned).collect());
                }
            }
        }
        if notes.is_empty() { Err("the sandbox has no notes".into()) } else { Ok(Self { notes }) }
    }

    /// Whole notes one after the other, cut at the end of the line that reaches `bytes`.
    #[must_use]
    pub fn whole(&self, bytes: usize) -> String {
        let mut text = String::new();
        for line in self.notes.iter().cycle().flatten() {
            if text.len() >= bytes {
                break;
            }
            text.push_str(line);
            text.push('\n');
        }
        text
    }

    /// Runs of a few lines of many notes, with half of their digits drawn anew, so that no two texts are alike.
    #[must_use]
    pub fn mixed(&self, bytes: usize, seed: &mut Seed) -> String {
        let mut text = String::with_capacity(bytes + 200);
        while text.len() < bytes {
            let note = &self.notes[seed.below(self.notes.len())];
            for line in note.iter().skip(seed.below(note.len().max(1))).take(2 + seed.below(7)) {
                let redrawn = line.chars().map(|c| match c {
                    '0'..='9' if seed.below(2) == 0 => char::from(b'0' + seed.below(10) as u8),
                    _ => c,
                });
                text.extend(redrawn);
                text.push('\n');
            }
        }
        text
    }
}

fn sorted(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut paths = fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<std::io::Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}
