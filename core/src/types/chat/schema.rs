//! JSON schemas of the types that are read and written by hand in `reading.rs`.
//!
//! A tagged union is `x-tag` plus `oneOf`, each variant with its `x-value`: the
//! generator of the Python and TypeScript types merges the tag into the variant.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Value, json};

use super::*;

fn union(tag: &str, variants: &[(&str, Schema)]) -> Schema {
    let variants: Vec<Value> =
        variants.iter().map(|(value, schema)| json!({ "x-value": value, "allOf": [schema] })).collect();
    json_schema!({ "x-tag": tag, "oneOf": variants })
}

macro_rules! tagged_schema {
    ($name:ident, $tag:literal, { $($value:literal => $variant:ty),+ $(,)? }) => {
        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }
            fn json_schema(generator: &mut SchemaGenerator) -> Schema {
                union($tag, &[$(($value, generator.subschema_for::<$variant>())),+])
            }
        }
    };
}

tagged_schema!(Message, "role", {
    "system" => SystemMessage,
    "developer" => SystemMessage,
    "user" => UserMessage,
    "assistant" => AssistantMessage,
    "tool" => ToolMessage,
    "function" => FunctionMessage,
});

tagged_schema!(ContentPart, "type", {
    "text" => TextPart,
    "image_url" => ImagePart,
    "input_audio" => AudioPart,
    "file" => FilePart,
    "document_url" => DocumentUrlPart,
    "video_url" => VideoPart,
    "refusal" => RefusalPart,
    "native" => NativePart,
});

impl JsonSchema for Tool {
    fn schema_name() -> Cow<'static, str> {
        "Tool".into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let function = generator.subschema_for::<FunctionTool>();
        json_schema!({
            "x-tag": "type",
            "oneOf": [{ "x-value": "function", "allOf": [function] }],
            "x-open": true,
        })
    }
}

impl JsonSchema for ToolChoice {
    fn schema_name() -> Cow<'static, str> {
        "ToolChoice".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "anyOf": [{ "type": "string", "enum": ["auto", "none", "required"] }, { "type": "object" }] })
    }
}

impl JsonSchema for ResponseFormat {
    fn schema_name() -> Cow<'static, str> {
        "ResponseFormat".into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let format = generator.subschema_for::<JsonSchemaFormat>();
        json_schema!({
            "x-tag": "type",
            "oneOf": [
                { "x-value": "text" },
                { "x-value": "json_object" },
                {
                    "x-value": "json_schema",
                    "type": "object",
                    "properties": { "json_schema": format },
                    "required": ["json_schema"],
                },
            ],
            "x-open": true,
        })
    }
}
