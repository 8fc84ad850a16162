//! Which links survive (SPEC N1).

use url::Url;

/// Longest link kept, in bytes.
const LONGEST: usize = 2048;

/// The link in normal form if it is https, tel or mailto. `href` has its entities decoded. A name or password in an
/// https link only serves to make it look like another site.
pub(crate) fn safe_link(href: &str) -> Option<String> {
    if href.len() > LONGEST {
        return None;
    }
    let url = Url::parse(href).ok()?;
    let kept = match url.scheme() {
        "https" => url.has_host() && url.username().is_empty() && url.password().is_none(),
        "tel" | "mailto" => true,
        _ => false,
    };
    kept.then(|| url.into())
}

#[cfg(test)]
mod tests {
    use super::safe_link;

    /// Proves N1: no link scheme other than https, tel and mailto.
    #[test]
    fn only_three_schemes_survive() {
        for good in [
            "https://hospital.example/a?b=c",
            "HTTPS://hospital.example/",
            "tel:+15550100",
            "mailto:ward@hospital.example",
        ] {
            assert!(safe_link(good).is_some(), "{good}");
        }
        for bad in [
            "http://hospital.example/",
            "javascript:alert(1)",
            "java\nscript:alert(1)",
            "\u{1}javascript:alert(1)",
            "data:text/html,x",
            "vbscript:x",
            "file:///etc/passwd",
            "/relative",
            "//hospital.example/",
            "#part",
            "",
            "https:",
            "blob:https://a.example/x",
            "https://bank.example@evil.example/",
            "intent://x",
            "plainchart://callback",
        ] {
            assert_eq!(safe_link(bad), None, "{bad}");
        }
    }
}
