//! Reading tools, their choice and calls, and the form of an answer, by hand as in
//! [`reading`](super::reading).

use serde::de::Error as _;
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};

use super::reading::{WithType, kind_of, object, tag};
use super::{FunctionCall, JsonSchemaFormat, ResponseFormat, Tool, ToolCall, ToolChoice};
use crate::types::placed::{Misread, read, taken};

impl Serialize for Tool {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Function(value) => WithType { r#type: "function", value: &**value }.serialize(serializer),
            Self::Other(map) => map.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Tool {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        const ALLOWED: [&str; 2] = ["function", "or the type of a tool that the provider runs"];
        taken(deserializer, |value| {
            let mut map = object(value, "a tool")?;
            match map.get("type") {
                Some(Value::String(tool_type)) if tool_type != "function" => Ok(Self::Other(map)),
                _ => {
                    tag(&mut map, "type", &ALLOWED)?;
                    read(Value::Object(map)).map(Self::Function)
                }
            }
        })
    }
}

impl Serialize for ToolChoice {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Auto => serializer.serialize_str("auto"),
            Self::None => serializer.serialize_str("none"),
            Self::Required => serializer.serialize_str("required"),
            Self::Function(name) => {
                let mut map = serializer.serialize_map(Some(2))?;
                map.serialize_entry("type", "function")?;
                map.serialize_entry("function", &serde_json::json!({ "name": name }))?;
                map.end()
            }
            Self::Other(value) => value.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for ToolChoice {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        taken(deserializer, |value| match value {
            Value::String(mode) => match mode.as_str() {
                "auto" => Ok(Self::Auto),
                "none" => Ok(Self::None),
                "required" => Ok(Self::Required),
                // Mistral's word for `required`.
                "any" => Ok(Self::Required),
                other => Err(Misread::custom(format_args!(
                    "unknown value `{other}`; allowed: auto, none, required, or \
                     {{\"type\": \"function\", \"function\": {{\"name\": ...}}}}"
                ))),
            },
            Value::Object(map) => {
                let name = (map.get("type").and_then(Value::as_str) == Some("function") && map.len() == 2)
                    .then(|| {
                        map.get("function").and_then(|function| function.get("name")).and_then(Value::as_str)
                    })
                    .flatten();
                Ok(match name {
                    Some(name) => Self::Function(name.to_owned()),
                    None => Self::Other(Value::Object(map)),
                })
            }
            other => Err(Misread::custom(format_args!(
                "expected auto, none, required or an object, got {}",
                kind_of(&other)
            ))),
        })
    }
}

impl<'de> Deserialize<'de> for ToolCall {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        taken(deserializer, read_call)
    }
}

fn read_call(value: Value) -> Result<ToolCall, Misread> {
    let mut map = object(value, "a tool call")?;
    let call_type = match map.shift_remove("type") {
        Some(Value::String(call_type)) => call_type,
        _ => "function".to_owned(),
    };
    let id = match map.shift_remove("id") {
        Some(Value::String(id)) => id,
        _ => String::new(),
    };
    // OpenAI's wire names a custom tool's call `custom: {name, input}`.
    let function = if let Some(Value::Object(mut custom)) = map.shift_remove("custom") {
        if let Some(input) = custom.shift_remove("input") {
            custom.insert("arguments".to_owned(), input);
        }
        read::<FunctionCall>(Value::Object(custom)).map_err(|error| error.under("custom"))?
    } else {
        let function = map.shift_remove("function").ok_or_else(|| missing("function"))?;
        read(function).map_err(|error| error.under("function"))?
    };
    Ok(ToolCall { id, call_type, function, extra: map })
}

fn missing(field: &str) -> Misread {
    Misread::custom("missing").under(field)
}

impl Serialize for ResponseFormat {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Schema<'a> {
            json_schema: &'a JsonSchemaFormat,
        }
        let none = Map::new();
        match self {
            Self::Text => WithType { r#type: "text", value: &none }.serialize(serializer),
            Self::JsonObject => WithType { r#type: "json_object", value: &none }.serialize(serializer),
            Self::JsonSchema { json_schema } => {
                WithType { r#type: "json_schema", value: &Schema { json_schema } }.serialize(serializer)
            }
            Self::Other(map) => map.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for ResponseFormat {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        taken(deserializer, read_format)
    }
}

fn read_format(value: Value) -> Result<ResponseFormat, Misread> {
    let mut map = object(value, "a response format")?;
    match map.get("type").and_then(Value::as_str) {
        Some("text") if map.len() == 1 => Ok(ResponseFormat::Text),
        Some("json_object") if map.len() == 1 => Ok(ResponseFormat::JsonObject),
        Some("json_schema") if map.len() <= 2 => {
            let schema = map.shift_remove("json_schema").ok_or_else(|| missing("json_schema"))?;
            let json_schema = read(schema).map_err(|error| error.under("json_schema"))?;
            Ok(ResponseFormat::JsonSchema { json_schema })
        }
        Some("json_schema") if !map.contains_key("json_schema") => Err(missing("json_schema")),
        Some(_) => Ok(ResponseFormat::Other(map)),
        None => {
            tag(&mut map, "type", &["text", "json_object", "json_schema"])?;
            Ok(ResponseFormat::Other(map))
        }
    }
}
