//! Why something was set aside, in plain words (D7).

/// "1 item was set aside: it could not be read."
pub fn set_aside(reason: &str, count: u64) -> String {
    let why = match reason {
        "unreadable" => "could not be read",
        "unsupported_type" => "kinds that this version does not show yet; they are kept",
        "no_subject" => "it is not said whose they are",
        "duplicate" => "here already",
        "older_version" => "a newer version is here",
        "operation_outcome" => "messages of the server, no part of the record",
        "wrong_patient" => "they belong to another person and were not kept",
        _ => "for another reason",
    };
    let items = if count == 1 { "1 item was" } else { &format!("{count} items were") };
    format!("{items} set aside: {why}.")
}
