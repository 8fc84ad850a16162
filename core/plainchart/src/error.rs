//! The one error at the edge, named by what the app should do (DESIGN "Errors", T3).
//!
//! Nothing from outside reaches these variants: no address, no answer's text, no clinical word. Every reason is one
//! of a fixed set, so this file and `error/from_*.rs` are the places to review for leaks.

mod from_below;
mod sentence;

/// Defines the reasons of one kind of error with their codes, so that the two cannot part.
macro_rules! reasons {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $code:literal;)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $name { $($(#[$variant_doc])* $variant,)* }

        impl $name {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// Its part of the error's code.
            const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }
        }
    };
}

reasons! {
    /// Why a new sign-in is needed.
    SignInReason {
        /// The access ran out or was taken back (`invalid_grant`).
        Expired = "expired";
        /// The hospital gave no lasting access.
        NoLastingAccess = "no_lasting_access";
        /// The reader or the hospital said no on its page.
        Declined = "declined";
        /// The answer that came back did not belong to the sign-in that was started, or was too old.
        BadCallback = "bad_callback";
        /// The reader said that this is not the right person.
        NotThisPerson = "not_this_person";
        /// This person was never connected on this phone.
        NeverConnected = "never_connected";
    }
}

reasons! {
    /// Why something is not permitted.
    NotPermittedReason {
        /// No lease opens this chart.
        NoLease = "no_lease";
        /// The lease lets the actor see, not do this.
        Verb = "verb";
        /// The hospital refuses it to this sign-in.
        Scope = "scope";
        /// The hospital answers 403 to the patient's own record.
        Forbidden = "forbidden";
        /// The reader's own hold folds it away (R3).
        Held = "held";
    }
}

reasons! {
    /// Why the disk cannot be used.
    StorageReason {
        /// No space left.
        Full = "full";
        /// It cannot be written to.
        ReadOnly = "read_only";
        /// Another program has this store open.
        InUse = "in_use";
        /// A newer version of the app wrote this store.
        NewerFormat = "newer_format";
        /// The disk refused for another reason.
        Unreadable = "unreadable";
    }
}

/// Everything that can go wrong, as an app needs to know it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PlainchartError {
    /// The reader has to sign in (again).
    SignInRequired {
        /// Why.
        reason: SignInReason,
    },
    /// Not allowed.
    NotPermitted {
        /// Why.
        reason: NotPermittedReason,
    },
    /// A proxy's access has ended or could not be renewed. Pause, end and narrowing read the same (P6).
    LeaseEnded,
    /// The store is locked, or the key does not open it.
    VaultLocked,
    /// No network, or the hospital cannot be reached.
    Offline,
    /// The hospital asked us to wait.
    ServerBusy {
        /// How long, in seconds, if it said.
        retry_after_seconds: Option<u32>,
    },
    /// The hospital's server does not do what the standard asks, or lies.
    ServerProblem {
        /// A fixed code, for instance `discovery.not_smart`.
        code: &'static str,
    },
    /// The store is damaged, and that is proven.
    VaultDamaged,
    /// The disk.
    StorageUnavailable {
        /// Why.
        reason: StorageReason,
    },
    /// There is no such thing, or not for this reader.
    NotFound,
    /// Stopped on request.
    Cancelled,
    /// What was handed in cannot be used.
    InvalidInput {
        /// The field, for instance `base`.
        field: &'static str,
    },
    /// Our own defect.
    Internal {
        /// A fixed code, for instance `vault.open`.
        code: &'static str,
    },
}

impl PlainchartError {
    /// An [`PlainchartError::Internal`] with its code.
    #[must_use]
    pub const fn internal(code: &'static str) -> Self {
        Self::Internal { code }
    }

    /// A [`PlainchartError::ServerProblem`] with its code.
    #[must_use]
    pub const fn server(code: &'static str) -> Self {
        Self::ServerProblem { code }
    }

    /// An [`PlainchartError::InvalidInput`] with its field.
    #[must_use]
    pub const fn invalid(field: &'static str) -> Self {
        Self::InvalidInput { field }
    }

    /// The exit code of the command line (DESIGN "Errors").
    #[must_use]
    pub const fn exit_code(&self) -> u8 {
        match self {
            Self::NotFound | Self::Cancelled => 1,
            Self::InvalidInput { .. } => 2,
            Self::SignInRequired { .. } => 3,
            Self::NotPermitted { .. } | Self::LeaseEnded | Self::VaultLocked => 4,
            Self::Offline | Self::ServerBusy { .. } | Self::ServerProblem { .. } => 5,
            Self::VaultDamaged | Self::StorageUnavailable { .. } => 6,
            Self::Internal { .. } => 7,
        }
    }
}

impl std::fmt::Display for PlainchartError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.sentence())
    }
}

impl std::error::Error for PlainchartError {}
