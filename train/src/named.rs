//! Choices that have a name on the command line.

/// `FromStr`, `Display` and `ALL` of an enum without fields.
macro_rules! named {
    ($kind:ident, $what:literal, [$($choice:ident => $name:literal),+ $(,)?]) => {
        impl $kind {
            pub const ALL: &'static [$kind] = &[$($kind::$choice),+];

            pub fn name(self) -> &'static str {
                match self { $($kind::$choice => $name),+ }
            }
        }

        impl std::fmt::Display for $kind {
            fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
                f.write_str(self.name())
            }
        }

        impl FromStr for $kind {
            type Err = TrainError;

            fn from_str(text: &str) -> std::result::Result<Self, TrainError> {
                let known = || $kind::ALL.iter().map(|choice| choice.name()).collect::<Vec<_>>().join(", ");
                $kind::ALL.iter().copied().find(|choice| choice.name() == text).ok_or_else(|| TrainError::Unknown {
                    what: $what,
                    got: text.to_owned(),
                    known: known(),
                })
            }
        }
    };
}

pub(crate) use named;
