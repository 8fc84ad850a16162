//! `Retry-After` in both forms (D5, RFC 9110 section 10.2.3).

use chrono::{DateTime, NaiveDateTime};

/// Seconds to wait: a number as it is, an HTTP date against the server's own `Date` if it sent one, else against
/// `wall_ms`. Never more than a day: a longer wait is a mistake or malice.
#[must_use]
pub fn retry_after_seconds(value: &str, server_date: Option<&str>, wall_ms: i64) -> Option<u32> {
    const DAY: i64 = 86_400;
    let value = value.trim();
    let seconds = match value.parse::<i64>() {
        Ok(seconds) => seconds,
        Err(_) => {
            let now = server_date.and_then(http_date_ms).unwrap_or(wall_ms);
            http_date_ms(value)?.saturating_sub(now).div_euclid(1000)
        }
    };
    u32::try_from(seconds.clamp(0, DAY)).ok()
}

/// An HTTP date as ms since 1970 UTC.
#[must_use]
pub fn http_date_ms(text: &str) -> Option<i64> {
    let text = text.trim();
    if let Ok(date) = DateTime::parse_from_rfc2822(text) {
        return Some(date.timestamp_millis());
    }
    NaiveDateTime::parse_from_str(text, "%a, %d %b %Y %H:%M:%S GMT").ok().map(|date| date.and_utc().timestamp_millis())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Proves D5: both forms, the server's clock before ours, nonsense is no wait.
    #[test]
    fn both_forms() {
        let now = http_date_ms("Sun, 22 Nov 2026 20:14:00 GMT").unwrap();
        assert_eq!(retry_after_seconds("2", None, now), Some(2));
        assert_eq!(retry_after_seconds("Sun, 22 Nov 2026 20:14:30 GMT", None, now), Some(30));
        let server = Some("Sun, 22 Nov 2026 20:13:30 GMT");
        assert_eq!(retry_after_seconds("Sun, 22 Nov 2026 20:14:30 GMT", server, now), Some(60));
        assert_eq!(retry_after_seconds("Sun, 22 Nov 2020 20:14:30 GMT", None, now), Some(0));
        assert_eq!(retry_after_seconds("-5", None, now), Some(0));
        assert_eq!(retry_after_seconds("soon", None, now), None);
        assert_eq!(retry_after_seconds("99999999999", None, now), Some(86_400));
    }
}
