//! One vector, as a provider gave it.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::de::{SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use super::EncodingFormat;

/// A vector: numbers, or base64 of little-endian 32-bit floats where that was asked for.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(untagged)]
pub enum Vector {
    /// Whole numbers, of models that quantise.
    #[cfg_attr(feature = "schema", schemars(skip))]
    Integers(Vec<i64>),
    Floats(Vec<f64>),
    Base64(String),
}

impl Default for Vector {
    fn default() -> Self {
        Self::Floats(Vec::new())
    }
}

impl<'de> Deserialize<'de> for Vector {
    /// Straight into a list of numbers: a reply may hold millions.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reading;
        impl<'de> Visitor<'de> for Reading {
            type Value = Vector;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of numbers, or base64")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Vector, E> {
                Ok(Vector::Base64(text.to_owned()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Vector, A::Error> {
                let mut numbers = Vec::with_capacity(list.size_hint().unwrap_or(0));
                let mut whole = Vec::new();
                while let Some(number) = list.next_element::<serde_json::Number>()? {
                    if let Some(integer) = number.as_i64().filter(|_| whole.len() == numbers.len()) {
                        whole.push(integer);
                    }
                    numbers.push(number.as_f64().unwrap_or(f64::NAN));
                }
                let all_whole = !whole.is_empty() && whole.len() == numbers.len();
                Ok(if all_whole { Vector::Integers(whole) } else { Vector::Floats(numbers) })
            }
        }
        deserializer.deserialize_any(Reading)
    }
}

impl Vector {
    /// The numbers of base64 of little-endian 32-bit floats; `None` where it is none.
    #[must_use]
    pub fn decoded(text: &str) -> Option<Self> {
        let bytes = STANDARD.decode(text).ok()?;
        let (floats, rest) = bytes.as_chunks::<4>();
        rest.is_empty()
            .then(|| Self::Floats(floats.iter().map(|bytes| f64::from(f32::from_le_bytes(*bytes))).collect()))
    }

    /// The same as base64 of little-endian 32-bit floats.
    #[must_use]
    #[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "the form has 32 bits")]
    pub fn encoded(&self) -> String {
        let bytes: Vec<u8> = match self {
            Self::Base64(text) => return text.clone(),
            Self::Floats(numbers) => {
                numbers.iter().flat_map(|number| (*number as f32).to_le_bytes()).collect()
            }
            Self::Integers(numbers) => {
                numbers.iter().flat_map(|number| (*number as f32).to_le_bytes()).collect()
            }
        };
        STANDARD.encode(bytes)
    }

    /// A list of numbers; `None` where it is none.
    pub(crate) fn floats(list: &Value) -> Option<Self> {
        list.as_array()?.iter().map(Value::as_f64).collect::<Option<_>>().map(Self::Floats)
    }

    /// As base64 where that is asked for, else as it is.
    pub(crate) fn in_form(self, form: EncodingFormat) -> Self {
        match form {
            EncodingFormat::Base64 => Self::Base64(self.encoded()),
            EncodingFormat::Float => self,
        }
    }
}
