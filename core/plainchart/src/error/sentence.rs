//! A stable code, a plain sentence for the reader and a hint for the developer, for every error (T3).

use super::{NotPermittedReason, PlainchartError, SignInReason, StorageReason};

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

    /// One plain sentence for the reader.
    #[must_use]
    pub fn sentence(&self) -> String {
        match self {
            Self::SignInRequired { reason } => reason.sentence().into(),
            Self::NotPermitted { reason } => reason.sentence().into(),
            Self::LeaseEnded => "This access has ended or could not be renewed. You can try to sign in again.".into(),
            Self::VaultLocked => "The store is locked. It opens with its own key only.".into(),
            Self::Offline => {
                "The hospital cannot be reached right now. What is saved on this phone can still be read.".into()
            }
            Self::ServerBusy { retry_after_seconds: Some(seconds) } => {
                format!("The hospital asked us to wait {}.", wait(*seconds))
            }
            Self::ServerBusy { retry_after_seconds: None } => "The hospital asked us to wait a while.".into(),
            Self::ServerProblem { code } => server_sentence(code).into(),
            Self::VaultDamaged => {
                "A part of the saved record is damaged. The rest can be read, and the hospital can send it again."
                    .into()
            }
            Self::StorageUnavailable { reason } => reason.sentence().into(),
            Self::NotFound => "There is no such thing here.".into(),
            Self::Cancelled => "Stopped. Nothing that was saved is lost.".into(),
            Self::InvalidInput { field } => invalid_sentence(field).into(),
            Self::Internal { .. } => "Something went wrong inside this app. Nothing that was saved is lost.".into(),
        }
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

fn wait(seconds: u32) -> String {
    match seconds {
        0 | 1 => "a second".into(),
        2..=89 => format!("{seconds} seconds"),
        90..=5399 => format!("{} minutes", seconds.div_ceil(60)),
        _ => format!("{} hours", seconds.div_ceil(3600)),
    }
}

impl SignInReason {
    const fn code(self) -> &'static str {
        match self {
            Self::Expired => "expired",
            Self::NoLastingAccess => "no_lasting_access",
            Self::Declined => "declined",
            Self::BadCallback => "bad_callback",
            Self::NotThisPerson => "not_this_person",
            Self::NeverConnected => "never_connected",
        }
    }

    const fn sentence(self) -> &'static str {
        match self {
            Self::Expired => "The hospital asks you to sign in again. What is saved here can still be read.",
            Self::NoLastingAccess => {
                "This hospital gives access for a short time only. Sign in again to get what is new."
            }
            Self::Declined => "The sign-in was not finished: the hospital's page said no. Nothing was saved.",
            Self::BadCallback => {
                "The answer that came back does not fit the sign-in that was started here. Please start again."
            }
            Self::NotThisPerson => "Nothing was saved, as this was not the right person.",
            Self::NeverConnected => "This person has no hospital connected here. Sign in first.",
        }
    }
}

impl NotPermittedReason {
    const fn code(self) -> &'static str {
        match self {
            Self::NoLease => "no_lease",
            Self::Verb => "verb",
            Self::Scope => "scope",
            Self::Forbidden => "forbidden",
            Self::Held => "held",
        }
    }

    const fn sentence(self) -> &'static str {
        match self {
            Self::NoLease => "This chart is not open to you on this phone.",
            Self::Verb => "Your access lets you read here, but not do this.",
            Self::Scope => "The hospital does not share this with this sign-in.",
            Self::Forbidden => "The hospital does not let this sign-in read this record.",
            Self::Held => "You asked to wait with this. You can end the wait at any time.",
        }
    }
}

impl StorageReason {
    const fn code(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::ReadOnly => "read_only",
            Self::InUse => "in_use",
            Self::NewerFormat => "newer_format",
            Self::Unreadable => "unreadable",
        }
    }

    const fn sentence(self) -> &'static str {
        match self {
            Self::Full => "There is no space left to save to. Nothing is lost; free some space and try again.",
            Self::ReadOnly => "The place where the record is saved cannot be written to.",
            Self::InUse => "Another program has this record open. Close it and try again.",
            Self::NewerFormat => "A newer version of this app saved this record. Please update; nothing was changed.",
            Self::Unreadable => "The place where the record is saved cannot be read right now.",
        }
    }
}

fn server_sentence(code: &str) -> &'static str {
    match code {
        "discovery.not_smart" => "There is no patient sign-in at this address. Please check it.",
        "discovery.insecure" => "This address is not safe to sign in to: it must begin with https.",
        "discovery.pkce" => "This server does not offer a sign-in that is safe enough.",
        "tls" => "The connection to this server could not be made safe, so nothing was sent.",
        "patient_gone" => {
            "The hospital no longer gives this record to this sign-in. What is saved here can still be read."
        }
        "wrong_patient" => "The server sent another person's record. It was not saved.",
        "too_large" => "The server's answer is larger than this app takes.",
        _ => "The hospital's server gave an answer that cannot be used. Nothing that was saved is lost.",
    }
}

fn invalid_sentence(field: &str) -> &'static str {
    match field {
        "base" => "This is not an address that can be signed in to.",
        "person" => "There is no such person here, or more than one fits.",
        "path" => "There is no such file or folder, or it cannot be read.",
        "callback" => "This is not an answer to a sign-in.",
        "note" => "This is not the id of a note.",
        "relation" => "The hospital says that this sign-in is another person's than this chart.",
        "passphrase" => "This passphrase cannot be used.",
        _ => "Something that was handed in cannot be used.",
    }
}
