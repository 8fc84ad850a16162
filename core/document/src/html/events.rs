//! Tags and text, from a tokenizer whose losses are made good.
//!
//! The tokenizer follows the HTML standard, which throws text away where markup is broken. Here it is kept: in CDATA
//! sections, behind a quote or a comment left open, in a tag cut off by the end, and in what only looks like a tag
//! (`K <low> today`). What is read twice for that is bounded.

use std::collections::{HashMap, HashSet};

use html5gum::emitters::default::DefaultEmitter;
use html5gum::{Error, HtmlString, StringReader, Token, Tokenizer};

use super::elements::{Role, role};

/// One step through the page.
pub(super) enum Event {
    Text(String),
    Start(Start),
    /// The name in lower case.
    End(String),
}

/// A start tag.
pub(super) struct Start {
    /// In lower case, without a namespace prefix.
    pub(super) name: String,
    pub(super) attributes: HashMap<String, String>,
    /// Written `<br/>`: closed at once, as in XHTML.
    pub(super) self_closing: bool,
}

/// How often the whole page may be read over again because of broken tags.
const READINGS: usize = 4;

/// The steps through one page.
pub(super) struct Events<'a> {
    source: &'a str,
    tokenizer: Tokenizer<StringReader<'a>, DefaultEmitter<usize>>,
    /// Where in `source` the tokenizer was started.
    base: usize,
    /// Up to where in `source` everything has been handed out.
    done: usize,
    /// The tag being read has attributes that are none.
    suspicious: bool,
    reread: usize,
    damaged: bool,
    finished: bool,
    /// Endings known not to come any more, so that no search is made twice.
    absent: HashSet<String>,
    end_tags: Option<HashSet<String>>,
}

impl<'a> Events<'a> {
    pub(super) fn new(source: &'a str) -> Self {
        Self {
            source,
            tokenizer: tokenizer(source),
            base: 0,
            done: 0,
            suspicious: false,
            reread: 0,
            damaged: false,
            finished: false,
            absent: HashSet::new(),
            end_tags: None,
        }
    }

    /// Whether something broken was found so far.
    pub(super) fn damaged(&self) -> bool {
        self.damaged
    }

    fn rest(&self, from: usize) -> &'a str {
        self.source.get(from..).unwrap_or_default()
    }

    /// Goes on reading at `at`.
    fn restart(&mut self, at: usize) {
        self.base = at;
        self.done = at;
        self.suspicious = false;
        self.tokenizer = tokenizer(self.rest(at));
    }

    /// Goes back to `at`, as what stands behind it was read wrongly. A page that needs this too often is past repair:
    /// then all the text it has left is given out.
    fn reread_from(&mut self, at: usize) -> Option<Event> {
        self.damaged = true;
        self.reread = self.reread.saturating_add(self.done.saturating_sub(at));
        if self.reread > self.source.len().saturating_mul(READINGS) {
            self.finished = true;
            return Some(Event::Text(without_tags(self.rest(at))));
        }
        self.restart(at);
        None
    }

    fn start_tag(
        &mut self,
        name: &HtmlString,
        attributes: HashMap<String, String>,
        self_closing: bool,
        at: usize,
    ) -> Option<Event> {
        let full_name = text_of(name);
        let raw = self.source.get(at..self.done).unwrap_or_default();
        if core::mem::take(&mut self.suspicious) && swallows(raw) {
            return self.recover(at);
        }
        let name = full_name.rsplit(':').next().unwrap_or_default().to_owned();
        let role = role(&name);
        if role == Role::Unknown && !self.is_real_tag(&full_name, &attributes, self_closing) {
            return Some(Event::Text(raw.to_owned()));
        }
        if matches!(role, Role::Skipped { .. }) && !self_closing {
            self.skip_to_end_of(&name);
        }
        Some(Event::Start(Start { name, attributes, self_closing }))
    }

    /// Unknown names are elements if they are used like elements; else the words between the marks are the note's.
    fn is_real_tag(&mut self, name: &str, attributes: &HashMap<String, String>, self_closing: bool) -> bool {
        let named_like_one = name.contains([':', '-']) && !name.contains(['@', '.', ',']);
        let valued = attributes.values().any(|value| !value.is_empty());
        let end_tags = self.end_tags.get_or_insert_with(|| end_tags(self.source));
        named_like_one || valued || self_closing || end_tags.contains(name)
    }

    /// Leaves out what is in a script or the like. Without an end tag nothing is left out: it would be all the rest.
    fn skip_to_end_of(&mut self, name: &str) {
        match self.find(&format!("</{name}"), self.done) {
            Some(end) => self.restart(end),
            None => self.damaged = true,
        }
    }

    /// Where `ending` comes next, in any case; a search that found nothing is not repeated.
    fn find(&mut self, ending: &str, from: usize) -> Option<usize> {
        if self.absent.contains(ending) {
            return None;
        }
        let found = self
            .rest(from)
            .as_bytes()
            .windows(ending.len())
            .position(|window| window.eq_ignore_ascii_case(ending.as_bytes()));
        if found.is_none() {
            self.absent.insert(ending.to_owned());
        }
        found.map(|at| from + at)
    }

    /// A comment, or what the standard takes for one.
    fn comment(&mut self, at: usize) -> Option<Event> {
        let raw = self.source.get(at..self.done).unwrap_or_default();
        if raw.starts_with("<![CDATA[") {
            let start = at + "<![CDATA[".len();
            let Some(end) = self.find("]]>", start) else { return self.reread_from(start) };
            self.restart(end + "]]>".len());
            return self.source.get(start..end).map(|text| Event::Text(text.to_owned()));
        }
        if raw.starts_with("<!--") && !raw.ends_with("-->") && !raw.ends_with("--!>") {
            // Left open, it would swallow all the rest.
            return self.reread_from(at + "<!--".len());
        }
        let open = !raw.ends_with('>');
        let after = raw.chars().nth(2);
        let is_text = raw.starts_with("</")
            || (!raw.starts_with("<!--") && after.is_some_and(|c| !c.is_alphabetic() && c != '['));
        (open || is_text).then(|| Event::Text(raw.to_owned()))
    }

    /// The tag at `at` has no sound end. It ends at the next mark instead, and reading goes on behind it.
    fn recover(&mut self, at: usize) -> Option<Event> {
        let rest = self.rest(at);
        let name = rest.get(1..).unwrap_or_default();
        let name: String =
            name.chars().take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '/' | ':' | '-')).collect();
        let bare_name = name.trim_start_matches('/').rsplit(':').next().unwrap_or_default().to_ascii_lowercase();
        let known = role(&bare_name) != Role::Unknown;
        let inside = at + 1 + name.len();
        let cut = rest.get(1..).and_then(|rest| rest.find(['<', '>'])).map_or(self.source.len(), |cut| at + 1 + cut);
        let closed = self.rest(cut).starts_with('>');
        if let Some(all) = self.reread_from(if closed { cut + 1 } else { cut }) {
            return Some(all);
        }
        if closed && known {
            return Some(match name.strip_prefix('/') {
                Some(_) => Event::End(bare_name),
                None => {
                    if matches!(role(&bare_name), Role::Skipped { .. }) {
                        self.skip_to_end_of(&bare_name);
                    }
                    Event::Start(Start { name: bare_name, attributes: HashMap::new(), self_closing: false })
                }
            });
        }
        // The name of an element goes; anything else that is not a sound tag is text.
        let text_start = if known { inside } else { at };
        self.source.get(text_start..self.done).map(|text| Event::Text(text.to_owned()))
    }
}

impl Iterator for Events<'_> {
    type Item = Event;

    fn next(&mut self) -> Option<Event> {
        while !self.finished {
            let Some(token) = self.tokenizer.next() else {
                let at = self.done;
                if at >= self.source.len() {
                    return None;
                }
                // The end came inside a tag.
                self.done = self.source.len();
                match self.recover(at) {
                    Some(event) => return Some(event),
                    None => continue,
                }
            };
            let Ok(token) = token;
            let base = self.base;
            let event = match token {
                Token::String(text) => {
                    self.done = base + text.span.end;
                    Some(Event::Text(text_of(&text.value)))
                }
                Token::StartTag(tag) => {
                    self.done = base + tag.span.end;
                    let attributes = tag.attributes.iter().map(|(name, value)| (text_of(name), text_of(&value.value)));
                    self.start_tag(&tag.name, attributes.collect(), tag.self_closing, base + tag.span.start)
                }
                Token::EndTag(tag) => {
                    self.done = base + tag.span.end;
                    let name = text_of(&tag.name);
                    let raw = self.source.get(base + tag.span.start..self.done).unwrap_or_default();
                    if core::mem::take(&mut self.suspicious) && swallows(raw) {
                        self.recover(base + tag.span.start)
                    } else {
                        Some(Event::End(name.rsplit(':').next().unwrap_or_default().to_owned()))
                    }
                }
                Token::Comment(comment) => {
                    self.done = base + comment.span.end;
                    self.comment(base + comment.span.start)
                }
                Token::Doctype(doctype) => {
                    self.done = base + doctype.span.end;
                    let raw = self.source.get(base + doctype.span.start..self.done).unwrap_or_default();
                    (!raw.ends_with('>')).then(|| Event::Text(raw.to_owned()))
                }
                Token::Error(error) => {
                    self.suspicious |= is_attribute_error(error.value);
                    None
                }
            };
            if event.is_some() {
                return event;
            }
        }
        None
    }
}

fn tokenizer(source: &str) -> Tokenizer<StringReader<'_>, DefaultEmitter<usize>> {
    Tokenizer::new_with_emitter(source, DefaultEmitter::new_with_span())
}

fn text_of(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Errors that a quote left open makes further on.
fn is_attribute_error(error: Error) -> bool {
    matches!(
        error,
        Error::MissingWhitespaceBetweenAttributes
            | Error::UnexpectedCharacterInAttributeName
            | Error::UnexpectedCharacterInUnquotedAttributeValue
            | Error::UnexpectedSolidusInTag
            | Error::DuplicateAttribute
            | Error::UnexpectedEqualsSignBeforeAttributeName
    )
}

/// Whether a tag holds marks that should have ended it.
fn swallows(raw: &str) -> bool {
    raw.get(1..raw.len().saturating_sub(1)).is_some_and(|inside| inside.contains(['<', '>']))
}

/// The names of all end tags of a page.
pub(crate) fn end_tags(source: &str) -> HashSet<String> {
    let names = source.split("</").skip(1).map(|rest| {
        let name = rest.split(|c: char| c.is_whitespace() || matches!(c, '>' | '/' | '<')).next();
        name.unwrap_or_default().to_ascii_lowercase()
    });
    names.collect()
}

/// Everything outside tags, for a page past repair; the marks of what is left are no tags any more.
pub(crate) fn without_tags(source: &str) -> String {
    let mut out = String::with_capacity(source.len());
    for (at, part) in source.split('<').enumerate() {
        let outside = if at == 0 { part } else { part.split_once('>').map_or(part, |(_, after)| after) };
        out.push_str(outside);
        out.push(' ');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(source: &str) -> (String, bool) {
        let mut events = Events::new(source);
        let mut out = String::new();
        for event in &mut events {
            match event {
                Event::Text(text) => out.push_str(&text),
                Event::Start(start) => out.push_str(&format!("<{}>", start.name)),
                Event::End(name) => out.push_str(&format!("</{name}>")),
            }
        }
        (out, events.damaged())
    }

    /// Proves N1: text behind broken markup is kept, and the break is known.
    #[test]
    fn what_the_tokenizer_drops_is_kept() {
        for (source, expected) in [
            ("<p>a<![CDATA[BP > 120 & <up>]]>b", "<p>aBP > 120 & <up>b"),
            ("<p class=\"x>lost?</p><p>not lost</p>", "<p>lost?</p><p>not lost</p>"),
            ("<p class=\"x>one <i class=\"y\">two</i> three", "<p>one <i>two</i> three"),
            ("<p>one <b and then <i>two</i>", "<p>one  and then <i>two</i>"),
            ("a<!-- never closed <p>b</p>", "a never closed <p>b</p>"),
            ("<p>K <low> today, Na <136, temp >38", "<p>K <low> today, Na <136, temp >38"),
            ("write to <nurse@ward.example> now", "write to <nurse@ward.example> now"),
            ("a</ b>c", "a</ b>c"),
            ("text <p cla", "text  cla"),
            ("<p>a<script>if (a<b) x()</script>b", "<p>a<script></script>b"),
            ("a<script src=x />b", "a<script>b"),
            ("a<style>p{}</STYLE >b", "a<style></style>b"),
            ("a<title>no end", "a<title>no end"),
            ("<o:p>x</o:p><st1:place w:st=\"on\">y</st1:place>", "<p>x</p><place>y</place>"),
            ("<?xml version=\"1.0\"?><!DOCTYPE html><html>x", "<html>x"),
            ("x &lt;b&gt; &amp; &#181;g &nonsense; y", "x <b> & \u{b5}g &nonsense; y"),
        ] {
            assert_eq!(words(source).0, expected, "{source}");
        }
        assert!(words("<p class=\"x>lost?").1);
        assert!(!words("<p class=\"x\">fine</p><!-- so --> <a title=\"x > y < z\">k</a>").1);
    }
}
