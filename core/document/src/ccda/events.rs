//! Tags and text of an XML document, from pull events whose losses are made good.
//!
//! A pull parser stops where XML is broken and drops references it does not know. Here reading goes on behind the
//! break and both are kept as text. No declaration of a DOCTYPE is ever used: an entity stays as it is written.

use std::borrow::Cow;
use std::collections::HashSet;

use html5gum::{Token, Tokenizer};
use quick_xml::Reader;
use quick_xml::errors::Error;
use quick_xml::escape::unescape;
use quick_xml::events::Event as Pulled;
use quick_xml::events::attributes::Attributes;

use super::elements::{begins_known_name, is_known_name};
use crate::html::{end_tags, without_tags};

/// One step through the document.
pub(super) enum Event<'a> {
    Start(Tag<'a>),
    /// The local name.
    End(&'a str),
    Text(Cow<'a, str>),
}

/// A start tag, or an element without content.
#[derive(Clone, Copy)]
pub(super) struct Tag<'a> {
    /// Without a namespace prefix.
    pub(super) name: &'a str,
    /// `<br/>`: there is no end tag.
    pub(super) empty: bool,
    /// All that stands between the marks, without a closing slash.
    content: &'a str,
    /// Where in `content` the name ends.
    name_end: usize,
}

impl<'a> Tag<'a> {
    /// From what stands between `<` and `>`.
    fn new(content: &'a str) -> Self {
        let (content, empty) = content.strip_suffix('/').map_or((content, false), |content| (content, true));
        let name_end = name_end(content);
        Self { name: local_name(content.get(..name_end).unwrap_or_default()), empty, content, name_end }
    }

    /// The attributes, names with their prefix, values without references. Broken ones are left out.
    pub(super) fn attributes(&self) -> impl Iterator<Item = (&'a str, Cow<'a, str>)> + use<'a> {
        let mut attributes = Attributes::html(self.content, self.name_end);
        // Looking for an attribute that is there twice costs quadratic time.
        attributes.with_checks(false);
        attributes.flatten().map(|attribute| {
            let raw = match attribute.value {
                Cow::Borrowed(raw) => raw,
                Cow::Owned(_) => "",
            };
            (attribute.key.0, unescape(raw).unwrap_or(Cow::Borrowed(raw)))
        })
    }

    pub(super) fn attribute(&self, name: &str) -> Option<Cow<'a, str>> {
        self.attributes().find(|(key, _)| *key == name).map(|(_, value)| value)
    }

    /// Whether there is anything behind the name.
    pub(super) fn has_attributes(&self) -> bool {
        self.content.len() > self.name_end
    }

    /// The tag as it is written.
    pub(super) fn as_written(&self) -> String {
        format!("<{}{}>", self.content, if self.empty { "/" } else { "" })
    }
}

/// How often the whole document may be read over again because of broken tags.
const READINGS: usize = 4;

/// The steps through one document.
pub(super) struct Events<'a> {
    source: &'a str,
    reader: Reader<&'a [u8]>,
    /// Where in `source` the reader was started.
    base: usize,
    /// Up to where in `source` everything has been handed out.
    done: usize,
    reread: usize,
    finished: bool,
    /// An element has come.
    begun: bool,
    /// Handed back, to be given out next.
    pending: Option<Event<'a>>,
    pub(super) damaged: bool,
    /// A DOCTYPE was left out.
    pub(super) doctype: bool,
    end_tags: Option<HashSet<String>>,
    /// Whether no end of a comment, CDATA section, instruction comes any more.
    endless: [bool; 3],
}

impl<'a> Events<'a> {
    pub(super) fn new(source: &'a str) -> Self {
        let mut events = Self {
            source,
            reader: Reader::from_str(""),
            base: 0,
            done: 0,
            reread: 0,
            finished: false,
            begun: false,
            pending: None,
            damaged: false,
            doctype: false,
            end_tags: None,
            endless: [false; 3],
        };
        events.restart(0);
        events
    }

    fn rest(&self, from: usize) -> &'a str {
        self.source.get(from..).unwrap_or_default()
    }

    /// Goes on reading at `at`.
    fn restart(&mut self, at: usize) {
        // The reader drops such a mark without counting it.
        let rest = self.rest(at).trim_start_matches('\u{FEFF}');
        self.base = self.source.len() - rest.len();
        self.done = self.base;
        self.reader = Reader::from_str(rest);
        let config = self.reader.config_mut();
        config.allow_dangling_amp = true;
        config.allow_unmatched_ends = true;
        config.check_end_names = false;
    }

    /// Up to where everything has been handed out.
    pub(super) fn position(&self) -> usize {
        if self.pending.is_some() { usize::MAX } else { self.done }
    }

    /// Gives `event` out again.
    pub(super) fn put_back(&mut self, event: Event<'a>) {
        self.pending = Some(event);
    }

    /// Leaves out the rest of the element `name`, whose start tag came last. Where its end tag is missing, reading
    /// goes on at the next part of the document that `is_landmark` (given local name, and whether it starts).
    ///
    /// Coded entries are most of a document, and no more is looked at in them than where tags begin.
    pub(super) fn leave_out(&mut self, name: &str, is_landmark: fn(&str, bool) -> bool) {
        let mut depth = 0_usize;
        let mut at = self.done;
        while let Some(next) = self.rest(at).find('<') {
            let mark = at + next;
            let rest = self.rest(mark + 1);
            at = mark + 1;
            if rest.starts_with(['!', '?']) {
                at = self.after_instruction(mark);
                continue;
            }
            let (tag, starts) = rest.strip_prefix('/').map_or((rest, true), |tag| (tag, false));
            let tag_name = first_name(tag);
            if tag_name == name {
                let end = tag.find('>').unwrap_or(tag.len());
                if !starts && depth == 0 {
                    return self.restart(mark + "</>".len() + end);
                }
                let empty = tag.get(..end).is_some_and(|tag| tag.ends_with('/'));
                depth = if starts { depth + usize::from(!empty) } else { depth - 1 };
            } else if is_landmark(tag_name, starts) {
                self.damaged = true;
                return self.restart(mark);
            }
        }
        self.damaged = true;
        self.restart(self.source.len());
    }

    /// Behind the comment, CDATA section or instruction at `at`; just behind its first mark if it has no end.
    fn after_instruction(&mut self, at: usize) -> usize {
        let rest = self.rest(at);
        for (index, (start, end)) in [("<!--", "-->"), ("<![CDATA[", "]]>"), ("<?", "?>")].into_iter().enumerate() {
            if !rest.starts_with(start) || self.endless.get(index) == Some(&true) {
                continue;
            }
            if let Some(inside) = rest.get(start.len()..).and_then(|inside| inside.find(end)) {
                return at + start.len() + inside + end.len();
            }
            // The search is not made twice.
            if let Some(endless) = self.endless.get_mut(index) {
                *endless = true;
            }
        }
        at + 1
    }

    /// Whether a tag of unknown name is used like one: else it is text between two marks (`K <low> today`).
    pub(super) fn is_real(&mut self, tag: &Tag<'_>) -> bool {
        let written_name = tag.content.get(..tag.name_end).unwrap_or_default();
        if tag.empty || written_name.contains(':') || tag.content.contains('=') {
            return true;
        }
        let end_tags = self.end_tags.get_or_insert_with(|| end_tags(self.source));
        end_tags.contains(&written_name.to_ascii_lowercase())
    }

    fn tag(&mut self, at: usize) -> Option<Event<'a>> {
        let raw = self.source.get(at..self.done).unwrap_or_default();
        let content = raw.get(1..raw.len().saturating_sub(1)).unwrap_or_default();
        if !starts_like_tag(content) || swallows(content) {
            return self.recover(at);
        }
        self.begun = true;
        Some(event_of(content))
    }

    /// What stands at `at` has no sound end. Reading goes on as soon behind it as can be.
    fn recover(&mut self, at: usize) -> Option<Event<'a>> {
        self.damaged = true;
        self.reread = self.reread.saturating_add(self.done.saturating_sub(at));
        let rest = self.rest(at);
        if self.reread > self.source.len().saturating_mul(READINGS) {
            self.finished = true;
            return Some(Event::Text(Cow::Owned(without_tags(rest))));
        }
        // Left open, they would swallow all the rest.
        if let Some(opening) = ["<!--", "<![CDATA["].iter().find(|opening| rest.starts_with(**opening)) {
            let inside = at + opening.len();
            // A comment in which the document was cut off is still none of its words.
            let cut_off = *opening == "<!--" && !self.rest(inside).contains('<');
            self.restart(if cut_off { self.source.len() } else { inside });
            return None;
        }
        let after = rest.get(1..).unwrap_or_default();
        let cut = after.find(['<', '>']);
        let closed = cut.is_some_and(|cut| after.as_bytes().get(cut) == Some(&b'>'));
        let content = after.get(..cut.unwrap_or(after.len())).unwrap_or_default();
        let end = at + 1 + content.len() + usize::from(closed);
        let is_doctype = content.get(..8).is_some_and(|word| word.eq_ignore_ascii_case("!doctype"));
        if is_doctype || content.starts_with('?') {
            // Cut off in its middle, or words behind a stray mark.
            let skipped = if is_doctype { "<!doctype".len() } else { "<?".len() };
            self.restart(if cut.is_none() || closed { end } else { at + skipped });
            return None;
        }
        if !starts_like_tag(content) {
            self.restart(at + 1);
            return Some(Event::Text(Cow::Borrowed("<")));
        }
        self.restart(end);
        let name_end = content.bytes().take_while(|byte| is_name_byte(*byte) || *byte == b'/').count();
        let (name, tail) = content.split_at_checked(name_end).unwrap_or((content, ""));
        let bare_name = local_name(name.trim_matches('/'));
        if closed || tail.contains('=') {
            return Some(match event_of(name) {
                Event::Start(tag) => Event::Start(Tag { empty: closed && content.ends_with('/'), ..tag }),
                other => other,
            });
        }
        match (tail.trim().is_empty(), cut) {
            (true, None) if begins_known_name(bare_name) => None,
            (true, Some(_)) if is_known_name(bare_name) => Some(event_of(name)),
            _ if is_known_name(bare_name) => Some(Event::Text(Cow::Borrowed(tail))),
            _ => self.source.get(at..end).map(|text| Event::Text(Cow::Borrowed(text))),
        }
    }
}

impl<'a> Iterator for Events<'a> {
    type Item = Event<'a>;

    fn next(&mut self) -> Option<Event<'a>> {
        if let Some(event) = self.pending.take() {
            return Some(event);
        }
        while !self.finished {
            let at = self.done;
            let pulled = self.reader.read_event();
            let read = usize::try_from(self.reader.buffer_position()).unwrap_or(usize::MAX);
            self.done = self.base.saturating_add(read).min(self.source.len());
            let event = match pulled {
                Ok(Pulled::Text(text)) => Some(Event::Text(text.into_inner())),
                Ok(Pulled::CData(text)) => Some(Event::Text(text.into_inner())),
                Ok(Pulled::Start(_) | Pulled::Empty(_) | Pulled::End(_)) => self.tag(at),
                Ok(Pulled::GeneralRef(_)) => {
                    let written = self.source.get(at..self.done).unwrap_or_default();
                    Some(Event::Text(character_of(written)))
                }
                Ok(Pulled::Comment(_) | Pulled::PI(_) | Pulled::Decl(_)) => None,
                // It stands before the document, else it is none.
                Ok(Pulled::DocType(_)) if self.begun => self.recover(at),
                Ok(Pulled::DocType(_)) => {
                    self.doctype = true;
                    None
                }
                Ok(Pulled::Eof) => {
                    self.finished = true;
                    None
                }
                // Read over, and the reader is behind it.
                Err(Error::IllFormed(_)) => {
                    self.damaged = true;
                    None
                }
                Err(_) => self.recover(at),
            };
            if event.is_some() {
                return event;
            }
        }
        None
    }
}

fn event_of(content: &str) -> Event<'_> {
    match content.strip_prefix('/') {
        Some(name) => Event::End(local_name(name.get(..name_end(name)).unwrap_or_default())),
        None => Event::Start(Tag::new(content)),
    }
}

fn name_end(content: &str) -> usize {
    content.bytes().position(|byte| byte.is_ascii_whitespace()).unwrap_or(content.len())
}

fn local_name(name: &str) -> &str {
    name.rsplit_once(':').map_or(name, |(_, local)| local)
}

/// The local name that `tag` starts with.
fn first_name(tag: &str) -> &str {
    let end = tag.bytes().position(|byte| byte.is_ascii_whitespace() || matches!(byte, b'>' | b'/' | b'<'));
    local_name(tag.get(..end.unwrap_or(tag.len())).unwrap_or_default())
}

fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b':' | b'-' | b'_' | b'.') || byte >= 0x80
}

/// Names start with a letter: `< 5` is no tag.
fn starts_like_tag(content: &str) -> bool {
    let name = content.strip_prefix('/').unwrap_or(content);
    match name.as_bytes().first() {
        Some(byte) if byte.is_ascii() => byte.is_ascii_alphabetic() || *byte == b'_',
        _ => name.starts_with(char::is_alphabetic),
    }
}

/// Whether a tag holds another, because a quote was left open. A mark alone may stand in a value (`pH < 7`).
fn swallows(content: &str) -> bool {
    content.contains('<')
        && content
            .split('<')
            .skip(1)
            .any(|after| after.starts_with(|c: char| c.is_alphabetic() || matches!(c, '/' | '!')))
}

/// The character behind a reference (`&amp;`, `&#160;`, HTML's `&nbsp;`); what is none stays as written.
fn character_of(written: &str) -> Cow<'_, str> {
    let known = match written {
        "&amp;" => "&",
        "&lt;" => "<",
        "&gt;" => ">",
        "&quot;" => "\"",
        "&apos;" => "'",
        "&nbsp;" | "&#160;" | "&#xA0;" | "&#xa0;" => "\u{A0}",
        _ => return html_reference(written).map_or(Cow::Borrowed(written), Cow::Owned),
    };
    Cow::Borrowed(known)
}

/// Longest reference that HTML knows, with room to spare.
const LONGEST_REFERENCE: usize = 40;

fn html_reference(written: &str) -> Option<String> {
    if written.len() > LONGEST_REFERENCE || written.contains(['<', '>']) {
        return None;
    }
    let mut text = String::new();
    for token in Tokenizer::new(written) {
        let Ok(token) = token;
        if let Token::String(part) = token {
            text.push_str(&String::from_utf8_lossy(&part));
        }
    }
    (!text.is_empty()).then_some(text)
}
