//! `Debug` that shows how much there is and never what it says (V6).

/// Writes `Debug` for a type that holds a patient's data. The names after the type are fields with `len()`.
macro_rules! hidden_debug {
    ($type:ty $(, $counted:ident)*) => {
        impl std::fmt::Debug for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($type))
                    $(.field(stringify!($counted), &self.$counted.len()))*
                    .finish_non_exhaustive()
            }
        }
    };
}

pub(crate) use hidden_debug;
