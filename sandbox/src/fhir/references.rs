//! References rewritten in the JSON text itself, so that nothing else in it changes.

/// Every `"reference": "Type/id"` and `"url": "Binary/id"` with what `written` makes of it; `None` leaves it. A version
/// at its end is part of the id.
pub(super) fn rewrite(json: &str, written: impl Fn(&str, &str) -> Option<String>) -> String {
    let with_references = rewrite_member(json, "\"reference\"", &written);
    let binary_only = |of: &str, id: &str| if of == "Binary" { written(of, id) } else { None };
    rewrite_member(&with_references, "\"url\"", &binary_only)
}

/// A quoted member name inside a string has a backslash before its closing quote, so `name` finds members only.
fn rewrite_member(json: &str, name: &str, written: &impl Fn(&str, &str) -> Option<String>) -> String {
    let mut out = String::with_capacity(json.len() + json.len() / 8);
    let mut rest = json;
    while let Some((before, after)) = rest.split_once(name) {
        out.push_str(before);
        out.push_str(name);
        rest = after;
        let value = after.trim_start().strip_prefix(':').and_then(|after| after.trim_start().strip_prefix('"'));
        let Some((value, behind)) = value.and_then(|value| value.split_once('"')) else { continue };
        if let Some(new) = relative(value).and_then(|(of, id)| written(of, id)) {
            let (colon_and_quote, _) = after.split_at(after.len() - value.len() - 1 - behind.len());
            let quoted = serde_json::Value::String(new).to_string();
            out.push_str(colon_and_quote.trim_end_matches('"'));
            out.push_str(&quoted);
            rest = behind;
        }
    }
    out.push_str(rest);
    out
}

/// `Type/id`
fn relative(value: &str) -> Option<(&str, &str)> {
    let (resource_type, id) = value.split_once('/')?;
    let is_type = resource_type.starts_with(|c: char| c.is_ascii_uppercase())
        && resource_type.chars().all(|c| c.is_ascii_alphabetic());
    is_type.then_some((resource_type, id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_relative_references_are_written_out() {
        let json = r##"{"a":{"reference": "Patient/1"},"b":{"reference":"#x"},"c":{"reference":"https://o/Patient/1"},"url":"Binary/2","system":"http://s/","text":"\"reference\":\"Patient/9"}"##;
        let expected = r##"{"a":{"reference": "http://b/Patient/1"},"b":{"reference":"#x"},"c":{"reference":"https://o/Patient/1"},"url":"http://b/Binary/2","system":"http://s/","text":"\"reference\":\"Patient/9"}"##;
        assert_eq!(rewrite(json, |of, id| Some(format!("http://b/{of}/{id}"))), expected);
        assert_eq!(rewrite(json, |_, _| None), json);
    }

    #[test]
    fn what_is_written_is_escaped() {
        let json = r#"{"reference":"Practitioner/1","x":5.40}"#;
        let conditional = |_: &str, _: &str| Some(r#"Practitioner?identifier=s|a"b"#.to_owned());
        assert_eq!(rewrite(json, conditional), r#"{"reference":"Practitioner?identifier=s|a\"b","x":5.40}"#);
    }
}
