//! What of an account's keys deserves a look. Keys that do not work, because they are disabled or have
//! expired, deserve none.

use serde::{Deserialize, Serialize};

use crate::Invalid;

// `tt`, because a `literal` would reach the description without its text.
macro_rules! attentions {
    ($($(#[$meta:meta])* $name:ident = $text:tt),* $(,)?) => {
        /// A reason to look at a key. The texts are published; they never change.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        pub enum Attention {
            $($(#[$meta])* #[serde(rename = $text)] $name,)*
        }

        impl Attention {
            /// What is most urgent comes first.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }
        }
    };
}

attentions! {
    /// A token that was rotated away is still good, and was used since.
    OldTokenCalled = "old_token_called",
    /// It expires within 24 hours.
    Expiring1d = "expiring_1d",
    /// Within 7 times 24 hours.
    Expiring7d = "expiring_7d",
    /// Within 30 times 24 hours.
    Expiring30d = "expiring_30d",
    /// Its last use is more than 90 times 24 hours ago.
    Idle90d = "idle_90d",
    /// No token of it was ever used.
    NeverUsed = "never_used",
    /// It reaches every workspace, present and future.
    AllWorkspaces = "all_workspaces",
    /// It holds `*`.
    FullAccess = "full_access",
}

impl Attention {
    /// # Errors
    /// A text that names none.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let known = Self::ALL.iter().copied();
        let mut named = known.filter(|attention| attention.as_str() == text);
        named.next().ok_or_else(|| {
            let all: Vec<_> = Self::ALL.iter().map(|one| one.as_str()).collect();
            Invalid::new(format!("use one of {}", all.join(", ")))
        })
    }
}

/// How many of the keys that the caller sees deserve each look.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AttentionCounts {
    /// Each of them once, also where there are no keys.
    pub items: Vec<AttentionCount>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AttentionCount {
    pub attention: Attention,
    pub keys: u64,
}

impl AttentionCounts {
    pub fn of(&self, attention: Attention) -> u64 {
        let mut items = self.items.iter();
        let found = items.find(|item| item.attention == attention);
        found.map_or(0, |item| item.keys)
    }
}
