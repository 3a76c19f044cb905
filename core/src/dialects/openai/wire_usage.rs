//! Usage as it stands on this wire, read straight from the bytes: every reply
//! and the last chunk of every stream has one. What it means is in `usage`.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

/// The field `usage`: an object, or whatever else came in its place.
pub(super) enum UsageField {
    Object(Box<WireUsage>),
    Other(Value),
}

/// Counts of one reply. An absent count is none.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct WireUsage {
    pub prompt_tokens: Count,
    pub completion_tokens: Count,
    pub total_tokens: Count,
    pub prompt_tokens_details: Details<PromptDetails>,
    pub completion_tokens_details: Details<CompletionDetails>,
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct PromptDetails {
    pub cached_tokens: Count,
    pub cache_write_tokens: Count,
    pub audio_tokens: Count,
    pub image_tokens: Count,
    pub text_tokens: Count,
    pub video_tokens: Count,
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct CompletionDetails {
    pub reasoning_tokens: Count,
    pub audio_tokens: Count,
    pub image_tokens: Count,
    pub text_tokens: Count,
    pub accepted_prediction_tokens: Count,
    pub rejected_prediction_tokens: Count,
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// A whole number of tokens, written as integer, as fraction or as text; null
/// and everything else is none.
#[derive(Clone, Copy, Default)]
pub(super) struct Count(pub Option<u64>);

/// An object of counts; null and everything else is none.
pub(super) struct Details<T>(pub Option<T>);

impl<T> Default for Details<T> {
    fn default() -> Self {
        Self(None)
    }
}

/// As [`Count`], of a field under another name.
pub(super) fn count(value: &Value) -> Option<u64> {
    Count::deserialize(value).ok()?.0
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "`as` saturates, and no count comes near"
)]
fn whole(count: f64) -> u64 {
    count as u64
}

impl<'de> Deserialize<'de> for UsageField {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(UsageVisitor)
    }
}

struct UsageVisitor;

impl<'de> Visitor<'de> for UsageVisitor {
    type Value = UsageField;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of counts")
    }
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<UsageField, A::Error> {
        WireUsage::deserialize(MapAccessDeserializer::new(map)).map(Box::new).map(UsageField::Object)
    }
    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<UsageField, A::Error> {
        Value::deserialize(SeqAccessDeserializer::new(list)).map(UsageField::Other)
    }
    fn visit_str<E>(self, text: &str) -> Result<UsageField, E> {
        Ok(UsageField::Other(text.into()))
    }
    fn visit_bool<E>(self, value: bool) -> Result<UsageField, E> {
        Ok(UsageField::Other(value.into()))
    }
    fn visit_i64<E>(self, value: i64) -> Result<UsageField, E> {
        Ok(UsageField::Other(value.into()))
    }
    fn visit_u64<E>(self, value: u64) -> Result<UsageField, E> {
        Ok(UsageField::Other(value.into()))
    }
    fn visit_f64<E>(self, value: f64) -> Result<UsageField, E> {
        Ok(UsageField::Other(value.into()))
    }
    fn visit_unit<E>(self) -> Result<UsageField, E> {
        Ok(UsageField::Other(Value::Null))
    }
}

impl<'de> Deserialize<'de> for Count {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(CountVisitor)
    }
}

struct CountVisitor;

impl<'de> Visitor<'de> for CountVisitor {
    type Value = Count;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number of tokens")
    }
    fn visit_u64<E>(self, count: u64) -> Result<Count, E> {
        Ok(Count(Some(count)))
    }
    fn visit_i64<E>(self, count: i64) -> Result<Count, E> {
        Ok(Count(Some(u64::try_from(count).unwrap_or(0))))
    }
    fn visit_f64<E>(self, count: f64) -> Result<Count, E> {
        Ok(Count(Some(whole(count))))
    }
    fn visit_str<E>(self, text: &str) -> Result<Count, E> {
        Ok(Count(text.parse().ok()))
    }
    fn visit_bool<E>(self, _: bool) -> Result<Count, E> {
        Ok(Count(None))
    }
    fn visit_unit<E>(self) -> Result<Count, E> {
        Ok(Count(None))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Count, A::Error> {
        IgnoredAny.visit_seq(list).map(|_| Count(None))
    }
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Count, A::Error> {
        IgnoredAny.visit_map(map).map(|_| Count(None))
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Details<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(DetailsVisitor(PhantomData))
    }
}

struct DetailsVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for DetailsVisitor<T> {
    type Value = Details<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of counts")
    }
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Details<T>, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map)).map(Some).map(Details)
    }
    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Details<T>, A::Error> {
        IgnoredAny.visit_seq(list).map(|_| Details(None))
    }
    fn visit_str<E>(self, _: &str) -> Result<Details<T>, E> {
        Ok(Details(None))
    }
    fn visit_bool<E>(self, _: bool) -> Result<Details<T>, E> {
        Ok(Details(None))
    }
    fn visit_i64<E>(self, _: i64) -> Result<Details<T>, E> {
        Ok(Details(None))
    }
    fn visit_u64<E>(self, _: u64) -> Result<Details<T>, E> {
        Ok(Details(None))
    }
    fn visit_f64<E>(self, _: f64) -> Result<Details<T>, E> {
        Ok(Details(None))
    }
    fn visit_unit<E>(self) -> Result<Details<T>, E> {
        Ok(Details(None))
    }
}
