//! The record of who saw which variant.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

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
