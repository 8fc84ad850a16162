//! Comma-separated values with a header row (RFC 4180: quotes, doubled quotes, line breaks inside quotes).

use std::collections::BTreeMap;

/// A data row: the line it begins on, and its columns by name; empty columns are left out.
pub(super) struct Row {
    pub line: usize,
    columns: BTreeMap<String, String>,
}

impl Row {
    pub fn get(&self, column: &str) -> Option<&str> {
        self.columns.get(column).map(String::as_str)
    }
}

/// The line and what is wrong with it.
type Mistake = (usize, &'static str);

/// The line a record begins on, and its fields.
type Record = (usize, Vec<String>);

/// Every data row, or the first mistake.
pub(super) fn rows(text: &str) -> Result<Vec<Row>, Mistake> {
    let mut records = records(text)?.into_iter();
    let Some((_, header)) = records.next() else { return Ok(Vec::new()) };
    let header: Vec<String> = header.iter().map(|name| name.trim().to_owned()).collect();
    records
        .map(|(line, fields)| {
            if fields.len() != header.len() {
                return Err((line, "not as many fields as the header has"));
            }
            let filled = header.iter().cloned().zip(fields).filter(|(_, field)| !field.is_empty());
            Ok(Row { line, columns: filled.collect() })
        })
        .collect()
}

fn records(text: &str) -> Result<Vec<Record>, Mistake> {
    let (mut all, mut fields, mut field) = (Vec::new(), Vec::new(), String::new());
    let (mut line, mut began, mut quoted) = (1, 1, false);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c == '\n' {
            line += 1;
        }
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => {
                chars.next();
                field.push('"');
            }
            '"' if quoted => quoted = false,
            '"' if field.is_empty() => quoted = true,
            _ if quoted => field.push(c),
            ',' => fields.push(std::mem::take(&mut field)),
            '\r' => {}
            '\n' => {
                fields.push(std::mem::take(&mut field));
                push(&mut all, began, std::mem::take(&mut fields));
                began = line;
            }
            _ => field.push(c),
        }
    }
    if quoted {
        return Err((began, "a quote is never closed"));
    }
    fields.push(field);
    push(&mut all, began, fields);
    Ok(all)
}

/// Empty lines are no records.
fn push(all: &mut Vec<Record>, line: usize, fields: Vec<String>) {
    if fields.iter().any(|field| !field.is_empty()) {
        all.push((line, fields));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_commas_and_line_breaks_inside_a_field_are_kept() {
        let rows = rows("a,b\r\n\"x, \"\"y\"\"\",\"two\nlines\"\n\n1,\n").unwrap();
        assert_eq!(rows.len(), 2);
        assert_eq!((rows[0].get("a"), rows[0].get("b")), (Some("x, \"y\""), Some("two\nlines")));
        assert_eq!((rows[1].get("a"), rows[1].get("b"), rows[1].line), (Some("1"), None, 5));
    }

    #[test]
    fn a_short_row_and_an_open_quote_are_mistakes_with_their_line() {
        assert_eq!(rows("a,b\n1\n").err().unwrap().0, 2);
        assert_eq!(rows("a\n1\n\"x\n").err().unwrap().0, 3);
    }
}
