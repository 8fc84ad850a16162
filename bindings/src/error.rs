//! The error that crosses: named by what the app should do (T3). The facade's error has no text from outside, so
//! nothing from outside can cross here.

use plainchart::PlainchartError as Facade;

macro_rules! errors {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {
        /// Everything that can go wrong. Each case has a stable code, one plain sentence for the reader, and a hint for
        /// the developer.
        #[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, uniffi::Error)]
        pub enum PlainchartError {
            $(
                $(#[$doc])*
                #[error("{code}")]
                $name {
                    /// Stable; fit for logs.
                    code: String,
                    /// For the reader.
                    sentence: String,
                    /// For the developer.
                    hint: String,
                },
            )+
            /// The hospital asked us to wait.
            #[error("{code}")]
            ServerBusy {
                /// Stable; fit for logs.
                code: String,
                /// For the reader.
                sentence: String,
                /// For the developer.
                hint: String,
                /// How long, in seconds, if it said.
                retry_after_seconds: Option<u32>,
            },
        }

        impl From<Facade> for PlainchartError {
            fn from(error: Facade) -> Self {
                let (code, sentence, hint) = (error.code(), error.sentence(), error.hint().to_owned());
                match error {
                    $(Facade::$name { .. } => Self::$name { code, sentence, hint },)+
                    Facade::ServerBusy { retry_after_seconds } => {
                        Self::ServerBusy { code, sentence, hint, retry_after_seconds }
                    }
                    // A variant of a newer facade is a defect of this crate.
                    _ => Self::Internal { code, sentence, hint },
                }
            }
        }
    };
}

errors! {
    /// The reader has to sign in (again).
    SignInRequired,
    /// Not allowed.
    NotPermitted,
    /// A proxy's access has ended or could not be renewed.
    LeaseEnded,
    /// The store is locked, or the key does not open it.
    VaultLocked,
    /// No network, or the hospital cannot be reached.
    Offline,
    /// The hospital's server does not do what the standard asks, or lies.
    ServerProblem,
    /// The store is damaged, and that is proven.
    VaultDamaged,
    /// The disk is full, read-only, in use, or of a newer format.
    StorageUnavailable,
    /// There is no such thing, or not for this reader.
    NotFound,
    /// Stopped on request.
    Cancelled,
    /// What was handed in cannot be used.
    InvalidInput,
    /// Our own defect.
    Internal,
}

impl PlainchartError {
    pub(crate) fn internal(code: &'static str) -> Self {
        Facade::internal(code).into()
    }

    pub(crate) fn invalid(field: &'static str) -> Self {
        Facade::invalid(field).into()
    }
}

/// A listener that throws stops the work, as a cancellation does.
impl From<uniffi::UnexpectedUniFFICallbackError> for PlainchartError {
    fn from(_: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Facade::Cancelled.into()
    }
}
