//! Text with its styles, made safe to print.

/// How a piece of text looks on a terminal. Without colour all look the same, so a style never carries a fact alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Style {
    #[default]
    Plain,
    Strong,
    Quiet,
    /// A word that is explained.
    Marked,
    /// Something to notice. Never red: no result is an alarm.
    Notice,
}

impl Style {
    /// The ANSI "select graphic rendition" parameters.
    pub const fn ansi(self) -> Option<&'static str> {
        match self {
            Self::Plain => None,
            Self::Strong => Some("1"),
            Self::Quiet => Some("2"),
            Self::Marked => Some("1;36"),
            Self::Notice => Some("33"),
        }
    }
}

/// A run of text in one style.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    pub text: String,
    pub style: Style,
}

/// Text in pieces.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Text(pub Vec<Piece>);

impl Text {
    pub fn plain(text: impl AsRef<str>) -> Self {
        Self::default().and(text, Style::Plain)
    }

    pub fn strong(text: impl AsRef<str>) -> Self {
        Self::default().and(text, Style::Strong)
    }

    pub fn quiet(text: impl AsRef<str>) -> Self {
        Self::default().and(text, Style::Quiet)
    }

    /// The same with more at the end.
    #[must_use]
    pub fn and(mut self, text: impl AsRef<str>, style: Style) -> Self {
        self.push(text, style);
        self
    }

    pub fn push(&mut self, text: impl AsRef<str>, style: Style) {
        let text = printable(text.as_ref());
        if !text.is_empty() {
            self.0.push(Piece { text, style });
        }
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self::plain(text)
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self::plain(text)
    }
}

/// A record comes from outside and must not steer the terminal: control characters and those that turn the reading
/// direction around are taken out. Line ends stay, a tab becomes spaces.
fn printable(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\n' => clean.push('\n'),
            '\t' => clean.push_str("    "),
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {}
            other if other.is_control() => {}
            other => clean.push(other),
        }
    }
    clean
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Proves V6 in its spirit: a note cannot clear the screen, move the cursor or turn a number around.
    #[test]
    fn nothing_in_a_record_steers_the_terminal() {
        let text = Text::plain("BP\u{1b}[2J 120\u{202e}/80\u{9b}31m\r\n\tok\u{7f}");
        assert_eq!(text.0[0].text, "BP[2J 120/8031m\n    ok");
    }
}
