//! Relative references written out in full, in the JSON text itself so that nothing else in it changes.

/// `"reference": "Patient/1"` and `"url": "Binary/2"` become `{base}/Patient/1` and `{base}/Binary/2`.
pub(super) fn absolute(json: &str, base: &str) -> String {
    let with_references = write_out(json, "\"reference\"", base, is_relative);
    write_out(&with_references, "\"url\"", base, |value| value.starts_with("Binary/"))
}

/// A quoted member name inside a string has a backslash before its closing quote, so `name` finds members only.
fn write_out(json: &str, name: &str, base: &str, applies: impl Fn(&str) -> bool) -> String {
    let mut out = String::with_capacity(json.len() + json.len() / 8);
    let mut rest = json;
    while let Some((before, after)) = rest.split_once(name) {
        out.push_str(before);
        out.push_str(name);
        rest = after;
        let value = after.trim_start().strip_prefix(':').and_then(|after| after.trim_start().strip_prefix('"'));
        if let Some(value) = value.filter(|value| applies(value)) {
            let (colon_and_quote, _) = after.split_at(after.len() - value.len());
            out.push_str(colon_and_quote);
            out.push_str(base);
            out.push('/');
            rest = value;
        }
    }
    out.push_str(rest);
    out
}

/// `Type/id` before the closing quote.
fn is_relative(text: &str) -> bool {
    let value = text.split('"').next().unwrap_or_default();
    let Some((resource_type, _)) = value.split_once('/') else { return false };
    resource_type.starts_with(|c: char| c.is_ascii_uppercase())
        && resource_type.chars().all(|c| c.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_relative_references_are_written_out() {
        let json = r##"{"a":{"reference": "Patient/1"},"b":{"reference":"#x"},"c":{"reference":"https://o/Patient/1"},"url":"Binary/2","system":"http://s/","text":"\"reference\":\"Patient/9"}"##;
        let expected = r##"{"a":{"reference": "http://b/Patient/1"},"b":{"reference":"#x"},"c":{"reference":"https://o/Patient/1"},"url":"http://b/Binary/2","system":"http://s/","text":"\"reference\":\"Patient/9"}"##;
        assert_eq!(absolute(json, "http://b"), expected);
    }
}
