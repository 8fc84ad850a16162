//! Entries and rules to tables.

use std::collections::{HashMap, HashSet};

use super::SourceError;
use super::rules::{self, Rules};
use super::source::{self, SourceEntry, SourceForm};
use super::tables::{FORMAT, HEADER, TABLES, Table, entry, form};
use super::trie;
use crate::kind::{GUARDS, Kind};
use crate::text::fold::{fold_into, folded, keep};
use crate::text::token::{Gap, Hash, flag, tokens};

/// The two parts of a compiled glossary.
pub(crate) struct Compiled {
    /// Every string, once.
    pub(crate) strings: String,
    /// The tables, see [`super::tables`].
    pub(crate) tables: Vec<u8>,
}

/// The language whose forms are looked for in notes.
const SCANNED_LANGUAGE: &str = "en";

/// Compiles entry files and one rules file, each a name and its text.
pub(crate) fn compile(files: &[(&str, &str)], rules: (&str, &str)) -> Result<Compiled, SourceError> {
    let mut entries = Vec::new();
    for (file, text) in files {
        entries.extend(source::read(file, text)?);
    }
    let (rules_file, rules_text) = rules;
    let rules = rules::read(rules_file, rules_text)?;
    let mut writer = Writer::new(&rules);
    writer.guards();
    writer.entries(&entries)?;
    writer.forms(&entries)?;
    writer.signals(rules_file)?;
    Ok(writer.finish())
}

struct Writer<'r> {
    rules: &'r Rules,
    strings: String,
    known: HashMap<String, usize>,
    tables: [Vec<u32>; TABLES],
    /// Takes what a table without a place would; every table has one.
    nowhere: Vec<u32>,
}

impl<'r> Writer<'r> {
    fn new(rules: &'r Rules) -> Self {
        Writer { rules, strings: String::new(), known: HashMap::new(), tables: Default::default(), nowhere: Vec::new() }
    }

    fn table(&mut self, table: Table) -> &mut Vec<u32> {
        match self.tables.get_mut(table as usize) {
            Some(table) => table,
            None => &mut self.nowhere,
        }
    }

    /// Offset and length of `text` in the pool.
    fn string(&mut self, text: &str) -> [u32; 2] {
        let at = match self.known.get(text) {
            Some(at) => *at,
            None => {
                let at = self.strings.len();
                self.strings.push_str(text);
                self.known.insert(text.to_owned(), at);
                at
            }
        };
        [at as u32, text.len() as u32]
    }

    /// First and count of patterns added.
    fn patterns<'s>(&mut self, written: impl Iterator<Item = &'s str>) -> [u32; 2] {
        let first = self.table(Table::Patterns).len() / super::tables::pattern::WIDTH;
        let mut count = 0;
        for written in written {
            let (written, prefix) = match written.strip_suffix('*') {
                Some(stem) => (stem, true),
                None => (written, false),
            };
            let text = normal(written, false).text;
            let word = text.split(' ').next().unwrap_or("");
            let mut hash = Hash::new();
            hash.push_folded(word);
            let prefix = match (prefix, word.len() == text.len()) {
                (false, _) => 0,
                (true, false) => 1,
                (true, true) => 2,
            };
            let [at, length] = self.string(&text);
            self.table(Table::Patterns).extend([at, length, hash.finish() as u32, prefix]);
            count += 1;
        }
        [first as u32, count]
    }

    /// The words of each guard, as the first rules of the table: guard number = rule number.
    fn guards(&mut self) {
        let rules = self.rules;
        for (_, guard) in GUARDS {
            let words = rules.guards.iter().filter(|(of, _)| *of == guard).map(|(_, word)| word.as_str());
            let [near, count] = self.patterns(words);
            self.table(Table::Rules).extend([0, 0, 0, near, count, 0, 0]);
        }
    }

    fn entries(&mut self, entries: &[SourceEntry]) -> Result<(), SourceError> {
        let mut codes = Vec::new();
        for (number, source) in entries.iter().enumerate() {
            let senses = self.senses(source);
            for (system, code) in &source.codes {
                codes.push((system.clone(), code.clone(), number as u32));
            }
            let mut record = [0_u32; entry::WIDTH];
            let strings = [
                (entry::ID, &source.id),
                (entry::LANGUAGE, &source.language),
                (entry::MEASURES, &source.measures),
                (entry::WHY, &source.why),
                (entry::SOURCES, &source.sources),
            ];
            for (at, text) in strings {
                let pair = self.string(text);
                put(&mut record, at, &pair);
            }
            put(&mut record, entry::KIND, &[source.kind as u32, u32::from(source.tier), source.version]);
            put(&mut record, entry::SENSES, &senses);
            put(&mut record, entry::SCANNED, &[u32::from(source.language == SCANNED_LANGUAGE)]);
            self.table(Table::Entries).extend(record);
        }

        let mut ids: Vec<_> = entries.iter().enumerate().map(|(number, e)| (&e.id, &e.language, number)).collect();
        ids.sort();
        for pair in ids.windows(2) {
            if let [(id, language, _), (other, other_language, number)] = pair
                && (id, language) == (other, other_language)
            {
                let Some(second) = entries.get(*number) else { continue };
                let reason = format!("the id `{id}` is given to two entries");
                return Err(SourceError::new(&second.file, second.line, reason));
            }
        }
        self.table(Table::Ids).extend(ids.iter().map(|(_, _, number)| *number as u32));

        codes.sort();
        for (position, (system, code, number)) in codes.iter().enumerate() {
            let (system, code) = (self.string(system), self.string(code));
            self.table(Table::Codes).extend(system.into_iter().chain(code).chain([*number]));
            let at = *number as usize * entry::WIDTH + entry::CODE;
            if let Some(first) = self.table(Table::Entries).get_mut(at)
                && *first == 0
            {
                *first = position as u32 + 1;
            }
        }
        Ok(())
    }

    fn senses(&mut self, source: &SourceEntry) -> [u32; 2] {
        let first = self.table(Table::Senses).len() / super::tables::sense::WIDTH;
        for sense in &source.senses {
            let first_rule = self.table(Table::Rules).len() / super::tables::rule::WIDTH;
            for rule in &sense.rules {
                let first_note = self.table(Table::Notes).len() / 2;
                for note in &rule.notes {
                    let note = self.string(note);
                    self.table(Table::Notes).extend(note);
                }
                let near = self.patterns(rule.near.iter().map(String::as_str));
                let not_near = self.patterns(rule.not_near.iter().map(String::as_str));
                let record = [rule.sections, first_note as u32, rule.notes.len() as u32];
                self.table(Table::Rules).extend(record.into_iter().chain(near).chain(not_near));
            }
            let id = self.string(&sense.id);
            let definition = self.string(&sense.definition);
            let plain = self.string(&sense.plain);
            let rest = [sense.guards, first_rule as u32, sense.rules.len() as u32];
            self.table(Table::Senses).extend(id.into_iter().chain(definition).chain(plain).chain(rest));
        }
        [first as u32, source.senses.len() as u32]
    }

    fn forms(&mut self, entries: &[SourceEntry]) -> Result<(), SourceError> {
        // `work-up` and `work up` are one form to match; it is kept once.
        let mut kept = HashSet::new();
        let all: Vec<(usize, &SourceEntry, &SourceForm)> = entries
            .iter()
            .enumerate()
            .flat_map(|(number, entry)| entry.forms.iter().map(move |form| (number, entry, form)))
            .filter(|(number, _, form)| kept.insert((*number, form.exact, normal(&form.written, form.exact).text)))
            .collect();
        let texts: Vec<&str> = all.iter().map(|(_, _, form)| form.written.as_str()).collect();
        let built = trie::build(&texts).map_err(|item| match all.get(item) {
            Some((_, entry, form)) => SourceError::new(
                &entry.file,
                form.line,
                format!("the form `{}` is empty or has too many words", form.written),
            ),
            None => SourceError::new("", 0, "a form is out of place"),
        })?;

        let mut by_entry: Vec<(usize, u32)> = Vec::new();
        let mut by_text: Vec<(String, u32)> = Vec::new();
        for (position, item) in built.order.iter().enumerate() {
            let Some((number, entry, form)) = all.get(*item) else { continue };
            let normal = normal(&form.written, form.exact);
            let mut flags = if form.exact { form::EXACT } else { 0 };
            if normal.possessive {
                flags |= form::POSSESSIVE;
            }
            if form.exact || matches!(entry.kind, Kind::Abbreviation | Kind::Drug | Kind::Test) {
                flags |= self.word_flags(&form.written);
            }
            by_entry.push((*number, position as u32));
            by_text.push((folded(&normal.text), position as u32));
            self.form(*number as u32, &normal.text, &form.written, flags, Table::Forms);
        }
        self.table(Table::FormSlots).extend(built.slots);
        self.table(Table::FormNodes).extend(built.nodes);
        by_entry.sort_unstable();
        self.table(Table::EntryForms).extend(by_entry.iter().map(|(_, form)| *form));
        by_text.sort_unstable();
        self.table(Table::FormOrder).extend(by_text.iter().map(|(_, form)| *form));
        let mut first = 0;
        for number in 0..entries.len() {
            let count = by_entry.iter().skip(first).take_while(|(of, _)| *of == number).count();
            let at = number * entry::WIDTH + entry::FORMS;
            if let Some(place) = self.table(Table::Entries).get_mut(at..at + 2) {
                place.copy_from_slice(&[first as u32, count as u32]);
            }
            first += count;
        }
        Ok(())
    }

    fn form(&mut self, owner: u32, text: &str, written: &str, flags: u32, table: Table) {
        let text = self.string(text);
        let written = self.string(written);
        self.table(table).extend([owner].into_iter().chain(text).chain(written).chain([flags]));
    }

    fn word_flags(&self, written: &str) -> u32 {
        let word = folded(written);
        if self.rules.little_words.contains(&word) {
            form::LITTLE_WORD
        } else if self.rules.also_words.contains(&word) {
            form::ALSO_WORD
        } else {
            0
        }
    }

    fn signals(&mut self, file: &str) -> Result<(), SourceError> {
        let rules = self.rules;
        let texts: Vec<&str> = rules.signals.iter().map(|signal| signal.written.as_str()).collect();
        let built = trie::build(&texts).map_err(|item| {
            let line = rules.signals.get(item).map_or(0, |signal| signal.line);
            SourceError::new(file, line, "a phrase is empty or has too many words")
        })?;
        for item in &built.order {
            let Some(signal) = rules.signals.get(*item) else { continue };
            let normal = normal(&signal.written, signal.exact);
            let flags = if signal.exact { form::EXACT } else { 0 };
            self.form(signal.role as u32, &normal.text, &signal.written, flags, Table::Signals);
        }
        self.table(Table::SignalSlots).extend(built.slots);
        self.table(Table::SignalNodes).extend(built.nodes);
        Ok(())
    }

    fn finish(self) -> Compiled {
        let mut words = vec![FORMAT];
        let mut at = HEADER;
        for table in &self.tables {
            words.extend([at as u32, table.len() as u32]);
            at += table.len();
        }
        words.extend(self.tables.iter().flatten());
        Compiled { strings: self.strings, tables: words.iter().flat_map(|word| word.to_le_bytes()).collect() }
    }
}

fn put(record: &mut [u32], at: usize, values: &[u32]) {
    for (place, value) in record.iter_mut().skip(at).zip(values) {
        *place = *value;
    }
}

struct Normal {
    text: String,
    possessive: bool,
}

/// A form as it is compared: words as the tokens hold them, one space for each gap.
fn normal(written: &str, exact: bool) -> Normal {
    let mut cut = Vec::new();
    tokens(written, &mut cut);
    let mut text = String::new();
    for (number, token) in cut.iter().enumerate() {
        if number > 0 && token.gap != Gap::None {
            text.push(' ');
        }
        let word = token.text(written);
        if exact {
            word.chars().for_each(|c| keep(c, &mut |c| text.push(c)));
        } else {
            fold_into(word, &mut text);
        }
    }
    let possessive = cut.last().is_some_and(|token| token.is(flag::WORD) && token.tail > 0);
    Normal { text, possessive }
}
