//! A stable code, a plain sentence for the reader and a hint for the developer, for every error (T3).

use super::PlainchartError;
use crate::words;

impl PlainchartError {
    /// A stable code for logs and bug reports; it never holds anything from outside.
    #[must_use]
    pub fn code(&self) -> String {
        match self {
            Self::SignInRequired { reason } => format!("sign_in_required.{}", reason.code()),
            Self::NotPermitted { reason } => format!("not_permitted.{}", reason.code()),
            Self::LeaseEnded => "lease_ended".into(),
            Self::VaultLocked => "vault_locked".into(),
            Self::Offline => "offline".into(),
            Self::ServerBusy { .. } => "server_busy".into(),
            Self::ServerProblem { code } => format!("server_problem.{code}"),
            Self::VaultDamaged => "vault_damaged".into(),
            Self::StorageUnavailable { reason } => format!("storage_unavailable.{}", reason.code()),
            Self::NotFound => "not_found".into(),
            Self::Cancelled => "cancelled".into(),
            Self::InvalidInput { field } => format!("invalid_input.{field}"),
            Self::Internal { code } => format!("internal.{code}"),
        }
    }

    /// What to tell the reader, from the catalogue: the line of the code, else that of its family.
    #[must_use]
    pub fn sentence(&self) -> String {
        if let Self::ServerBusy { retry_after_seconds: Some(seconds) } = self {
            return wait(*seconds);
        }
        let code = self.code();
        let family = code.split('.').next().unwrap_or(&code);
        words::find(&format!("error.{code}")).unwrap_or_else(|| words::say(&format!("error.{family}"), &[]))
    }

    /// What a developer can do about it.
    #[must_use]
    pub const fn hint(&self) -> &'static str {
        match self {
            Self::SignInRequired { .. } => "Start a new sign-in and hand the callback in; keep showing what is cached.",
            Self::NotPermitted { .. } => "Do not retry; offer what is permitted.",
            Self::LeaseEnded => "Show the sentence; offer a sign-in.",
            Self::VaultLocked => "Prompt for the device's unlock, then call unlock; a wrong key is not damage.",
            Self::Offline => "Retry when the network is back; the cache stays readable.",
            Self::ServerBusy { .. } => "Retry after the time given, not before.",
            Self::ServerProblem { .. } => "Report the code to the hospital's developers; do not retry in a loop.",
            Self::VaultDamaged => "Run doctor, then sync; nothing has been deleted.",
            Self::StorageUnavailable { .. } => "Free space, close the other program or update the app, then try again.",
            Self::NotFound => "The id is wrong, was erased, or is not for this reader.",
            Self::Cancelled => "Call again to go on where it stopped.",
            Self::InvalidInput { .. } => "Correct the named field.",
            Self::Internal { .. } => "A defect of the core: report the code.",
        }
    }
}

/// Rounded up: who comes back too early waits again.
fn wait(seconds: u32) -> String {
    let (id, number) = match seconds {
        0..=89 => ("error.server_busy.seconds", seconds.max(1)),
        90..=5399 => ("error.server_busy.minutes", seconds.div_ceil(60)),
        _ => ("error.server_busy.hours", seconds.div_ceil(3600)),
    };
    words::count(id, number.into(), &[])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::{NotPermittedReason, SignInReason, StorageReason};

    /// Proves T3: each reason has a sentence of its own, and so has each kind of error.
    #[test]
    fn every_error_has_its_sentence() {
        let mut errors: Vec<PlainchartError> = vec![
            PlainchartError::LeaseEnded,
            PlainchartError::VaultLocked,
            PlainchartError::Offline,
            PlainchartError::ServerBusy { retry_after_seconds: None },
            PlainchartError::VaultDamaged,
            PlainchartError::NotFound,
            PlainchartError::Cancelled,
        ];
        errors.extend(SignInReason::ALL.iter().map(|&reason| PlainchartError::SignInRequired { reason }));
        errors.extend(NotPermittedReason::ALL.iter().map(|&reason| PlainchartError::NotPermitted { reason }));
        errors.extend(StorageReason::ALL.iter().map(|&reason| PlainchartError::StorageUnavailable { reason }));
        for error in errors {
            assert_eq!(words::find(&format!("error.{}", error.code())), Some(error.sentence()), "{}", error.code());
        }
        let of_family =
            [PlainchartError::server("new"), PlainchartError::invalid("new"), PlainchartError::internal("new")];
        for error in of_family {
            let code = error.code();
            assert_eq!(words::find(&format!("error.{}", code.trim_end_matches(".new"))), Some(error.sentence()));
        }
    }

    /// Proves T3, D5: how long to wait is told in whole seconds, minutes or hours, never shorter than asked for.
    #[test]
    fn a_wait_is_told_in_round_numbers() {
        for (seconds, told) in [
            (0, "1 second"),
            (1, "1 second"),
            (89, "89 seconds"),
            (90, "2 minutes"),
            (901, "16 minutes"),
            (5399, "90 minutes"),
            (5400, "2 hours"),
            (7201, "3 hours"),
        ] {
            let sentence = PlainchartError::ServerBusy { retry_after_seconds: Some(seconds) }.sentence();
            assert_eq!(sentence, format!("The hospital asked us to wait {told}."));
        }
    }
}
