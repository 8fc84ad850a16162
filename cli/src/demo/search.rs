//! Looking for a chart's words in the files of the store, as a thief of the disk would.

use std::collections::VecDeque;
use std::fs;
use std::io;
use std::path::Path;

use plainchart::NoteView;
use serde::Serialize;

/// Words of the story, if the note has them.
const WORDS: [&str; 2] = ["nodule", "donepezil"];

/// What was looked for, where, and how often it was found.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Search {
    files: usize,
    bytes: u64,
    words: Vec<Found>,
}

#[derive(Debug, PartialEq, Eq, Serialize)]
struct Found {
    word: String,
    times: usize,
}

/// A name and two words that stand in the note: looking for others would prove nothing.
pub fn words(name: &str, note: &NoteView) -> Vec<String> {
    let text = note.sections.iter().map(|section| section.text.to_lowercase()).collect::<Vec<_>>().join("\n");
    let mut words: Vec<String> =
        WORDS.iter().filter(|word| text.contains(*word)).map(|word| (*word).to_owned()).collect();
    let mut longest: Vec<&str> = text.split(|c: char| !c.is_ascii_alphabetic()).filter(|word| word.len() > 6).collect();
    longest.sort_by_key(|word| std::cmp::Reverse(word.len()));
    for word in longest {
        if words.len() < WORDS.len() && !words.iter().any(|known| known == word) {
            words.push(word.to_owned());
        }
    }
    words.insert(0, name.to_owned());
    words
}

impl Search {
    /// Searches every file of a folder but one, in any case.
    pub fn run(folder: &Path, but: &Path, words: &[String]) -> io::Result<Self> {
        let mut search = Self { files: 0, bytes: 0, words: Vec::new() };
        search.words.extend(words.iter().map(|word| Found { word: word.clone(), times: 0 }));
        let mut folders = VecDeque::from([folder.to_owned()]);
        while let Some(folder) = folders.pop_front() {
            for entry in fs::read_dir(folder)? {
                let (path, kind) = entry.and_then(|entry| Ok((entry.path(), entry.file_type()?)))?;
                if kind.is_dir() {
                    folders.push_back(path);
                } else if kind.is_file() && path != but {
                    search.look_into(&fs::read(path)?);
                }
            }
        }
        Ok(search)
    }

    fn look_into(&mut self, bytes: &[u8]) {
        self.files += 1;
        self.bytes += bytes.len() as u64;
        for found in &mut self.words {
            let word = found.word.as_bytes();
            found.times += bytes.windows(word.len().max(1)).filter(|window| window.eq_ignore_ascii_case(word)).count();
        }
    }

    /// What came of it.
    pub fn sentence(&self) -> String {
        let words: Vec<String> = self.words.iter().map(|found| format!("\"{}\"", found.word)).collect();
        let times: usize = self.words.iter().map(|found| found.times).sum();
        let (files, kilobytes) = (self.files, self.bytes.div_ceil(1024));
        format!(
            "We searched all {files} files ({kilobytes} KB) of the store for {}: found {times} times.",
            words.join(", ")
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Proves V6 in part: the search finds what is there, so that "0 times" means something.
    #[test]
    fn a_word_that_is_there_is_found_in_any_case_and_folder() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("blocks")).unwrap();
        fs::write(folder.path().join("blocks/000001"), b"\x00\xffNODULE nodule nodul\x00").unwrap();
        fs::write(folder.path().join("index"), b"Aurelio").unwrap();
        let key = folder.path().join("demo.key");
        fs::write(&key, b"Aurelio nodule").unwrap();
        let search =
            Search::run(folder.path(), &key, &["Aurelio".into(), "nodule".into(), "donepezil".into()]).unwrap();
        assert_eq!(search.words.iter().map(|found| found.times).collect::<Vec<_>>(), [1, 2, 0]);
        assert_eq!(search.files, 2);
        assert!(search.sentence().ends_with("found 3 times."));
    }
}
