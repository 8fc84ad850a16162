//! Enums with a code for each variant, made from one table so that the two cannot part.

/// Defines an enum over one of FHIR's closed lists of codes. What is not in the list, or not given, is `NotGiven`.
macro_rules! code_enum {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $code:literal;)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)*
            /// Not given, or not one of FHIR's codes.
            NotGiven,
        }

        impl $name {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)* Self::NotGiven];

            /// Reads the code.
            #[must_use]
            pub fn read(code: Option<&str>) -> Self {
                match code {
                    $(Some($code) => Self::$variant,)*
                    _ => Self::NotGiven,
                }
            }

            /// FHIR's code; `not-given` if there was none.
            #[must_use]
            pub fn code(self) -> &'static str {
                match self {
                    $(Self::$variant => $code,)*
                    Self::NotGiven => "not-given",
                }
            }
        }
    };
}

/// Defines a list of facts of our own, with codes for the catalogue.
macro_rules! facts {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $code:literal;)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$variant_doc])* $variant,)* }

        impl $name {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// A stable code, for the catalogue.
            #[must_use]
            pub fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }
        }
    };
}

pub(crate) use code_enum;
pub(crate) use facts;
