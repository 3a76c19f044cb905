//! The way of a request from the route that was asked for to the one that served it.
//!
//! Which rule held, which variant of a split it was dealt to, whether it was copied.
//! No prompt may go in here, and of the key of a split its hash alone.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// One route on the way, and why it was left for the next.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Hop {
    pub route: String,
    /// The rule that held: its name, else its place in the list, from 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// Rules before it that could not be evaluated, and so did not hold.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rule_notes: Vec<RuleNote>,
    /// The variant of its split that the request was dealt to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exposure: Option<Exposure>,
    /// The copy of the request, where one was drawn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shadow: Option<ShadowCopy>,
    /// Where the request went on to. None: the targets of this route.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
}

/// A copy of a request, whose answer nobody waits for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ShadowCopy {
    /// The route or target that gets it.
    pub to: String,
    pub fate: ShadowFate,
}

/// What became of a copy when its request was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ShadowFate {
    Sent,
    /// It waits for another copy to end.
    Queued,
    /// There was no room for it.
    Dropped,
}

/// Why a rule could not be evaluated. No value of the request is in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RuleNote {
    /// Its place, from 0.
    pub rule: usize,
    pub message: String,
}

/// That a request was dealt to a variant, for the trace and the variant's numbers.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Exposure {
    pub split: Arc<str>,
    /// `base` for what the variants leave.
    pub variant: Arc<str>,
    /// The hash of split and key (or seed) that decided: equal for equal keys, and
    /// not the key itself. 16 hexadecimal digits: JavaScript's numbers would round it.
    #[serde(with = "hexadecimal")]
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub key_hash: u64,
    /// Whether the same key gets the same variant again. False where the request
    /// had no key and its seed decided.
    pub sticky: bool,
}

mod hexadecimal {
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};

    pub fn serialize<S: Serializer>(hash: &u64, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{hash:016x}"))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
        let text = String::deserialize(deserializer)?;
        u64::from_str_radix(&text, 16).map_err(|_| D::Error::custom("must be 16 hexadecimal digits"))
    }
}
