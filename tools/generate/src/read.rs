//! JSON schemas of the Rust types → the model.

use roocode::client::RequestOptions;
use roocode::error::ErrorDetails;
use roocode::testing::{Counters, MockOptions, RecordedRequest};
use roocode::types::audio::{Speech, SpeechRequest, Transcription, TranscriptionRequest};
use roocode::types::batches::{Batch, BatchList, BatchResults, CreateBatchRequest, ListBatchesRequest};
use roocode::types::chat::{ChatCompletion, ChatCompletionChunk, ChatRequest};
use roocode::types::completions::{Completion, CompletionRequest};
use roocode::types::embeddings::{Embeddings, EmbeddingsRequest};
use roocode::types::images::{ImageEditsRequest, Images, ImagesRequest};
use roocode::types::messages::{MessageEvent, MessageReply, MessagesRequest};
use roocode::types::models::ModelList;
use roocode::types::moderations::{Moderation, ModerationRequest};
use roocode::types::order::OrderQuestion;
use roocode::types::replay::{Propensity, Replay};
use roocode::types::rerank::{RerankRequest, Reranking};
use roocode::types::responses::{ModelResponse, ResponseEvent, ResponsesRequest};
use roocode::types::service::{ServiceReply, ServiceRequest};
use roocode::types::stats::{TargetStats, VariantStats};
use roocode::types::tokens::{CountTokensRequest, TokenCount};
use roocode::types::trace::Trace;
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value};

use crate::model::{Declaration, Field, Model, Shape, Type, Variant};

type Definitions = Map<String, Value>;

pub fn model() -> Result<Model, String> {
    let read = SchemaSettings::draft2020_12;
    let written = || read().for_serialize();
    let mut requests = declarations::<ChatRequest>(read())?;
    let options = options(&mut requests)?;
    let requests = joined([
        requests,
        declarations::<EmbeddingsRequest>(read())?,
        declarations::<RerankRequest>(read())?,
        declarations::<ServiceRequest>(read())?,
        declarations::<CountTokensRequest>(read())?,
        declarations::<CompletionRequest>(read())?,
        declarations::<CreateBatchRequest>(read())?,
        declarations::<ListBatchesRequest>(read())?,
        declarations::<ImagesRequest>(read())?,
        declarations::<ImageEditsRequest>(read())?,
        declarations::<SpeechRequest>(read())?,
        declarations::<TranscriptionRequest>(read())?,
        declarations::<ModerationRequest>(read())?,
        declarations::<ResponsesRequest>(read())?,
        declarations::<MessagesRequest>(read())?,
    ]);
    let replies = joined([
        declarations::<ChatCompletion>(read())?,
        declarations::<ChatCompletionChunk>(read())?,
        declarations::<Embeddings>(read())?,
        declarations::<Reranking>(read())?,
        declarations::<ModelList>(read())?,
        declarations::<ServiceReply>(read())?,
        declarations::<TokenCount>(read())?,
        declarations::<Completion>(read())?,
        declarations::<Batch>(read())?,
        declarations::<BatchList>(read())?,
        declarations::<BatchResults>(read())?,
        declarations::<Images>(read())?,
        declarations::<Speech>(read())?,
        declarations::<Transcription>(read())?,
        declarations::<Moderation>(read())?,
        declarations::<ModelResponse>(read())?,
        declarations::<ResponseEvent>(read())?,
        declarations::<MessageReply>(read())?,
        declarations::<MessageEvent>(read())?,
        declarations::<Trace>(read())?,
        declarations::<TargetStats>(written())?,
        declarations::<VariantStats>(written())?,
        declarations::<OrderQuestion>(written())?,
        declarations::<Replay>(written())?,
        declarations::<Propensity>(written())?,
    ]);
    let error = declarations::<ErrorDetails>(read())?.pop().ok_or("no ErrorDetails")?;
    let scripts = declarations::<MockOptions>(read())?;
    // Nothing reads these back: their fields are as they are written.
    let records = joined([declarations::<RecordedRequest>(written())?, declarations::<Counters>(written())?]);
    Ok(Model { requests, replies, error, options, scripts, records })
}

/// All of the lists, each name once.
fn joined<const N: usize>(lists: [Vec<Declaration>; N]) -> Vec<Declaration> {
    let mut all: Vec<Declaration> = Vec::new();
    for declaration in lists.into_iter().flatten() {
        if all.iter().all(|known| known.name != declaration.name) {
            all.push(declaration);
        }
    }
    all
}

/// How a call is sent, beside what is asked. The types it uses go to those of requests.
fn options(requests: &mut Vec<Declaration>) -> Result<Vec<Field>, String> {
    let mut used = declarations::<RequestOptions>(SchemaSettings::draft2020_12())?;
    let Some(Shape::Object { fields, .. }) = used.pop().map(|declaration| declaration.shape) else {
        return Err("RequestOptions has no fields".to_owned());
    };
    // Before the root, which stays last.
    let root = requests.len().saturating_sub(1);
    for declaration in used {
        if requests.iter().all(|known| known.name != declaration.name) {
            requests.insert(root, declaration);
        }
    }
    let nullable = |ty: Type| if ty.is_nullable() { ty } else { Type::Nullable(Box::new(ty)) };
    Ok(fields.into_iter().map(|field| Field { ty: nullable(field.ty), required: false, ..field }).collect())
}

/// `T` and every type it uses; `T` comes last.
fn declarations<T: JsonSchema>(settings: SchemaSettings) -> Result<Vec<Declaration>, String> {
    let mut generator = settings.into_generator();
    generator.subschema_for::<T>();
    let definitions = generator.take_definitions(true);
    let mut reader = Reader { definitions: &definitions, done: Vec::new() };
    reader.declare(&T::schema_name())?;
    Ok(reader.done)
}

struct Reader<'a> {
    definitions: &'a Definitions,
    done: Vec<Declaration>,
}

impl Reader<'_> {
    fn declare(&mut self, name: &str) -> Result<(), String> {
        if self.done.iter().any(|declaration| declaration.name == name) {
            return Ok(());
        }
        let schema = self.schema(name)?;
        let declaration =
            Declaration { name: name.to_owned(), doc: doc(schema), shape: self.shape(name, schema)? };
        for used in declaration.references() {
            if used == name {
                return Err(format!("{name} uses itself: the emitters cannot write that"));
            }
            self.declare(&used)?;
        }
        self.done.push(declaration);
        Ok(())
    }

    fn schema(&self, name: &str) -> Result<&Value, String> {
        self.definitions.get(name).ok_or_else(|| format!("no schema named {name}"))
    }

    fn shape(&self, name: &str, schema: &Value) -> Result<Shape, String> {
        if let Some(texts) = schema.get("x-open-enum") {
            return Ok(Shape::OpenEnum(texts_of(texts)));
        }
        if let Some(tag) = schema.get("x-tag").and_then(Value::as_str).or_else(|| common_tag(schema)) {
            let mut variants: Vec<Variant> = Vec::new();
            for variant in list(schema.get("oneOf")) {
                variants.push(self.variant(name, tag, variant, &variants)?);
            }
            return Ok(Shape::Union { tag: tag.to_owned(), variants, open: flag(schema, "x-open") });
        }
        if flag(schema, "x-upload") {
            return Ok(Shape::Alias(Type::Upload));
        }
        if schema.get("properties").is_some() {
            return Ok(Shape::Object {
                fields: self.fields(schema)?,
                open: flag(schema, "additionalProperties"),
                content: flag(schema, "x-content"),
            });
        }
        if let Some(texts) = constants(schema) {
            return Ok(Shape::Enum(texts));
        }
        Ok(Shape::Alias(self.ty(schema)?))
    }

    fn variant(&self, union: &str, tag: &str, schema: &Value, before: &[Variant]) -> Result<Variant, String> {
        let value = schema.get("x-value").or_else(|| schema.get("properties")?.get(tag)?.get("const"));
        let value = value.and_then(Value::as_str).unwrap_or_default().to_owned();
        let (name, content) = match list(schema.get("allOf")).first().and_then(reference) {
            Some(name) => (name.to_owned(), self.schema(name)?),
            None => (format!("{}{union}", pascal(&value)), schema),
        };
        // Two tags may share a struct: the second is named by its tag.
        let name = if before.iter().any(|variant| variant.name == name) {
            format!("{}{union}", pascal(&value))
        } else {
            name
        };
        let mut fields = vec![Field {
            name: tag.to_owned(),
            ty: Type::Texts(vec![value.clone()]),
            doc: String::new(),
            required: true,
            present: true,
        }];
        fields.extend(self.fields(content)?.into_iter().filter(|field| field.name != tag));
        Ok(Variant { name, value, doc: doc(content), fields })
    }

    fn fields(&self, schema: &Value) -> Result<Vec<Field>, String> {
        let required = texts_of(schema.get("required").unwrap_or(&Value::Null));
        let Some(properties) = schema.get("properties").and_then(Value::as_object) else {
            return Ok(Vec::new());
        };
        properties
            .iter()
            .map(|(name, property)| {
                let required = required.contains(name);
                Ok(Field {
                    name: name.clone(),
                    ty: self.ty(property).map_err(|error| format!("{name}: {error}"))?,
                    doc: doc(property),
                    required,
                    present: required || property.get("default").is_some(),
                })
            })
            .collect()
    }

    fn ty(&self, schema: &Value) -> Result<Type, String> {
        if let Some(name) = reference(schema) {
            return Ok(Type::Ref(name.to_owned()));
        }
        if let Some(texts) = constants(schema) {
            return Ok(Type::Texts(texts));
        }
        let options = list(schema.get("anyOf"));
        if !options.is_empty() {
            let (null, others): (Vec<_>, Vec<_>) =
                options.iter().partition(|option| option.get("type") == Some(&Value::from("null")));
            let types = others.into_iter().map(|option| self.ty(option)).collect::<Result<Vec<_>, _>>()?;
            let ty = match <[Type; 1]>::try_from(types) {
                Ok([ty]) => ty,
                Err(types) => Type::OneOf(types),
            };
            return Ok(if null.is_empty() { ty } else { Type::Nullable(Box::new(ty)) });
        }
        match schema.get("type") {
            None => Ok(Type::Any),
            Some(Value::String(name)) => self.plain(name, schema),
            Some(Value::Array(names)) => {
                let names: Vec<_> = names.iter().filter_map(Value::as_str).collect();
                match names.as_slice() {
                    [name, "null"] => Ok(Type::Nullable(Box::new(self.plain(name, schema)?))),
                    other => Err(format!("cannot read the type {other:?}")),
                }
            }
            Some(other) => Err(format!("cannot read the type {other}")),
        }
    }

    fn plain(&self, name: &str, schema: &Value) -> Result<Type, String> {
        Ok(match name {
            "string" => Type::String,
            "integer" => Type::Integer,
            "number" => Type::Number,
            "boolean" => Type::Boolean,
            "object" => Type::Map(Box::new(match schema.get("additionalProperties") {
                Some(values) => self.ty(values)?,
                None => Type::Any,
            })),
            "array" => Type::List(Box::new(match schema.get("items") {
                Some(items) => self.ty(items)?,
                None => Type::Any,
            })),
            other => return Err(format!("cannot read the type {other}")),
        })
    }
}

fn reference(schema: &Value) -> Option<&str> {
    schema.get("$ref")?.as_str()?.strip_prefix("#/$defs/")
}

/// The description, without what is for readers of Rust alone: examples, and the targets of links.
fn doc(schema: &Value) -> String {
    let text = schema.get("description").and_then(Value::as_str).unwrap_or_default();
    let mut plain = String::new();
    for (place, part) in text.split("```").enumerate() {
        if place % 2 == 0 {
            plain += part;
        }
    }
    while let Some((before, link)) = plain.split_once("[`")
        && let Some((name, rest)) = link.split_once("`](")
        && let Some((_, after)) = rest.split_once(')')
    {
        plain = format!("{before}`{name}`{after}");
    }
    plain.trim_end().to_owned()
}

/// The field by whose constant text the options of a `oneOf` are told apart, as
/// the schema of an enum with serde's `tag` has it.
fn common_tag(schema: &Value) -> Option<&str> {
    let options = list(schema.get("oneOf"));
    let first = options.first()?.get("properties")?.as_object()?;
    first.keys().map(String::as_str).find(|tag| {
        options.iter().all(|option| {
            let field = option.get("properties").and_then(|fields| fields.get(tag));
            field.and_then(|field| field.get("const")).is_some_and(Value::is_string)
        })
    })
}

fn list(value: Option<&Value>) -> &[Value] {
    value.and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn texts_of(value: &Value) -> Vec<String> {
    list(Some(value)).iter().filter_map(Value::as_str).map(str::to_owned).collect()
}

fn flag(schema: &Value, name: &str) -> bool {
    schema.get(name).and_then(Value::as_bool).unwrap_or(false)
}

/// The texts of a closed enum, in the order of the Rust variants as far as the schema keeps it.
fn constants(schema: &Value) -> Option<Vec<String>> {
    if let Some(text) = schema.get("const").and_then(Value::as_str) {
        return Some(vec![text.to_owned()]);
    }
    if let Some(texts) = schema.get("enum") {
        return Some(texts_of(texts));
    }
    let options = list(schema.get("oneOf"));
    let texts: Vec<_> = options.iter().filter_map(constants).flatten().collect();
    (!options.is_empty() && texts.len() >= options.len()).then_some(texts)
}

fn pascal(text: &str) -> String {
    text.split(['_', '.'])
        .map(|word| {
            let mut characters = word.chars();
            characters.next().map_or_else(String::new, |first| {
                first.to_ascii_uppercase().to_string() + characters.as_str()
            })
        })
        .collect()
}
