//! The answer: a page for a reader, or JSON for a program; never both on standard output.

use std::io::{self, IsTerminal, Write};

use plainchart::PlainchartError;
use serde::Serialize;

use crate::failure::Failure;
use crate::page::Page;
use crate::terminal;

/// Where answers go.
pub struct Output {
    json: bool,
    /// For a reader; standard error when standard output is for a program.
    pub page: Page,
}

impl Output {
    pub fn new(json: bool) -> Self {
        let (out, is_terminal): (Box<dyn Write + Send>, bool) = if json {
            (Box::new(io::stderr()), io::stderr().is_terminal())
        } else {
            (Box::new(io::stdout()), io::stdout().is_terminal())
        };
        Self { json, page: Page::new(out, terminal::width(), terminal::colour(is_terminal)) }
    }

    /// Whether a program reads.
    pub const fn is_json(&self) -> bool {
        self.json
    }

    /// One line of JSON.
    ///
    /// # Errors
    /// When nobody reads it.
    pub fn json(&mut self, answer: &impl Serialize) -> Result<(), Failure> {
        let mut line = serde_json::to_vec(answer).map_err(|_| PlainchartError::internal("json"))?;
        line.push(b'\n');
        let mut out = io::stdout().lock();
        out.write_all(&line)?;
        Ok(out.flush()?)
    }
}
