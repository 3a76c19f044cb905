//! What the answers and events of surfaces have in common: they are the fields that came, and ours beside them.
//!
//! A surface is an API of one maker that any target answers, such as the Responses API or Anthropic's Messages. It
//! grows at its maker's pace, so that its answers are kept as they came and read where something has to be known of
//! them; their names for callers are in the `schema` of each.

use serde_json::{Map, Value};

/// A field as text; empty where it is none.
pub(crate) fn text_of<'a>(fields: &'a Map<String, Value>, name: &str) -> &'a str {
    fields.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// The items of a field, where that is a list.
pub(crate) fn list_of<'a>(fields: &'a Map<String, Value>, name: &str) -> &'a [Value] {
    fields.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// Writes an answer with `fields`, `request_id` and `route`, and reads one.
macro_rules! as_answer {
    ($type:ident) => {
        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                use serde::ser::SerializeMap;
                let Self { fields, request_id, route, .. } = self;
                let mut map = serializer.serialize_map(None)?;
                for (name, value) in fields {
                    // These two are ours.
                    let is_ours =
                        name == "request_id" && request_id.is_some() || name == "route" && route.is_some();
                    if !is_ours {
                        map.serialize_entry(name, value)?;
                    }
                }
                if let Some(id) = request_id {
                    map.serialize_entry("request_id", id)?;
                }
                if let Some(route) = route {
                    map.serialize_entry("route", route)?;
                }
                map.end()
            }
        }

        impl<'de> serde::Deserialize<'de> for $type {
            /// The trace stays among the fields.
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Ok(Self { fields: serde::Deserialize::deserialize(deserializer)?, ..Self::default() })
            }
        }
    };
}

/// Writes an event with `fields` and, where it is the last, the answer as a whole; and reads one.
macro_rules! as_event {
    ($type:ident, $whole:ident) => {
        impl $type {
            /// Reads an event from what it was written as.
            ///
            /// Errors: `BadRequestError`, where it is no object.
            pub fn from_value(event: serde_json::Value) -> crate::error::Result<Self> {
                crate::types::from_value(event)
            }
        }

        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                use serde::ser::SerializeMap;
                let mut map = serializer.serialize_map(None)?;
                for (name, value) in &self.fields {
                    map.serialize_entry(name, value)?;
                }
                if let Some(whole) = &self.$whole {
                    map.serialize_entry(stringify!($whole), whole)?;
                }
                map.end()
            }
        }

        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Ok(Self { fields: serde::Deserialize::deserialize(deserializer)?, $whole: None })
            }
        }
    };
}

/// Uses the schema of `$of` under the name of `$name`.
#[cfg(feature = "schema")]
macro_rules! with_schema_of {
    ($name:ident, $of:ty) => {
        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
            fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
                <$of>::json_schema(generator)
            }
        }
    };
}

/// A schema alone: a text, or a list of `$item`.
#[cfg(feature = "schema")]
macro_rules! text_or_many {
    ($(#[$doc:meta])* $name:ident, $item:ty) => {
        $(#[$doc])*
        #[derive(serde::Serialize, serde::Deserialize)]
        pub(super) struct $name(serde_json::Value);

        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
            fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
                let item = generator.subschema_for::<$item>();
                schemars::json_schema!({ "anyOf": [{ "type": "string" }, { "type": "array", "items": item }] })
            }
        }
    };
}

pub(crate) use {as_answer, as_event};
#[cfg(feature = "schema")]
pub(crate) use {text_or_many, with_schema_of};
