//! Bytes and numbers to text, and text to where it goes.

use super::code_page::CodePage;
use super::destination::Destination;
use super::reader::{Done, Reader};
use crate::remark::Remark;

impl Reader<'_> {
    /// Passes over up to `count` marks behind a `\u`; answers with how many of them are left to be read.
    pub(super) fn pass(&mut self, count: usize) -> usize {
        let passed = usize::try_from(self.passing).unwrap_or(0).min(count);
        self.passing -= u32::try_from(passed).unwrap_or(self.passing);
        count - passed
    }

    /// Bytes as they stand.
    pub(super) fn raw(&mut self, text: &[u8]) -> Done {
        let passing = self.passing > 0;
        let left = self.pass(text.len());
        let mut rest = text.get(text.len() - left..).unwrap_or_default();
        if passing && self.evidence.raw_utf8 {
            // One character was passed over, not one byte.
            while let [0x80..=0xBF, after @ ..] = rest {
                rest = after;
            }
        }
        let page = self.header.page_of(self.state.font);
        self.bytes(rest, if self.evidence.raw_utf8 && !rest.is_ascii() { CodePage::UTF_8 } else { page })
    }

    pub(super) fn bytes(&mut self, bytes: &[u8], page: CodePage) -> Done {
        let page = match self.state.destination {
            Destination::Skipped | Destination::Hollow | Destination::NestedRow => return Ok(()),
            Destination::Body | Destination::Marker => page,
            _ if page.is_sign_font() => self.header.page,
            _ => page,
        };
        if bytes.is_empty() {
            return Ok(());
        }
        if self.half.is_some() {
            self.settle()?;
        }
        let mut text = String::new();
        self.decoder.push(page, bytes, &mut text);
        self.text(&text)
    }

    /// `\u`
    pub(super) fn unicode(&mut self, value: i32) -> Done {
        self.passing = self.state.fallback;
        let code = u32::try_from(if value < 0 { value.saturating_add(0x1_0000) } else { value }).unwrap_or(0xFFFD);
        if let (Some(high), 0xDC00..=0xDFFF) = (self.half, code) {
            self.half = None;
            let code = 0x1_0000 + ((high - 0xD800) << 10) + (code - 0xDC00);
            return self.sign(char::from_u32(code).map(String::from).unwrap_or_default().as_str());
        }
        self.settle()?;
        if let 0xD800..=0xDBFF = code {
            self.half = Some(code);
            return Ok(());
        }
        let page = self.header.page_of(self.state.font);
        let c = page.private_sign(code).or(char::from_u32(code)).unwrap_or(char::REPLACEMENT_CHARACTER);
        self.sign(c.encode_utf8(&mut [0; 4]))
    }

    /// Text that does not come as bytes.
    pub(super) fn sign(&mut self, text: &str) -> Done {
        self.settle()?;
        self.text(text)
    }

    /// Ends a character that was begun.
    pub(super) fn settle(&mut self) -> Done {
        let mut text = String::new();
        self.decoder.finish(&mut text);
        if self.half.take().is_some() {
            text.push(char::REPLACEMENT_CHARACTER);
        }
        self.text(&text)
    }

    pub(super) fn text(&mut self, text: &str) -> Done {
        if text.is_empty() {
            return Ok(());
        }
        match self.state.destination {
            Destination::Body if self.page.is_some() => self.page_text(text)?,
            Destination::Body => self.body(text)?,
            Destination::Tag => {
                self.budget.take_bytes(text.len())?;
                self.page.iter_mut().for_each(|page| page.push_str(text));
            }
            Destination::Marker => {
                self.budget.take_bytes(text.len())?;
                self.story().marker.get_or_insert_default().push_str(text);
            }
            Destination::FontTable | Destination::StyleSheet => self.entry_text(text),
            Destination::Instruction => {
                self.fields.last_mut().into_iter().for_each(|field| field.push_instruction(text))
            }
            Destination::Choice => self.fields.last_mut().into_iter().for_each(|field| field.push_choice(text)),
            Destination::PropertyName => self.property.push_str(text.get(..text.len().min(64)).unwrap_or_default()),
            // The written description of a picture.
            Destination::PropertyValue if self.property.trim() == "wzDescription" => self.body(text)?,
            _ => {}
        }
        Ok(())
    }

    fn entry_text(&mut self, text: &str) {
        let fonts = self.state.destination == Destination::FontTable;
        for (index, name) in text.split(';').enumerate() {
            match (index, fonts) {
                (0, _) => {}
                (_, true) => self.header.end_font(),
                (_, false) => self.header.end_style(),
            }
            self.header.push_name(name);
        }
    }

    fn body(&mut self, text: &str) -> Done {
        if self.state.marks.deleted {
            self.remarks.add(Remark::DeletedTextLeftOut);
            return Ok(());
        }
        self.budget.take_bytes(text.len())?;
        self.shown += text.len();
        for (applies, remark) in [
            (self.state.marks.hidden && !text.trim().is_empty(), Remark::HiddenTextShown),
            (text.contains(char::REPLACEMENT_CHARACTER), Remark::DamagedCharacters),
        ] {
            if applies {
                self.remarks.add(remark);
            }
        }
        let marks = self.state.marks;
        if text.contains(|c: char| c != '\t' && (c.is_control() || is_mark(c))) {
            let clean = crate::text::clean(&text.replace('\r', ""), self.remarks);
            self.story().line.push(&clean, marks);
        } else {
            self.story().line.push(text, marks);
        }
        Ok(())
    }

    /// Text of a wrapped page: its own tags are elsewhere.
    pub(super) fn page_text(&mut self, text: &str) -> Done {
        self.budget.take_bytes(text.len())?;
        if self.state.rtf_only {
            return Ok(());
        }
        if let Some(page) = &mut self.page {
            for c in text.chars() {
                match c {
                    '&' => page.push_str("&amp;"),
                    '<' => page.push_str("&lt;"),
                    '>' => page.push_str("&gt;"),
                    c => page.push(c),
                }
            }
        }
        Ok(())
    }
}

fn is_mark(c: char) -> bool {
    matches!(c, '\u{202D}' | '\u{202E}' | '\u{FEFF}' | '\u{2028}' | '\u{2029}')
}
