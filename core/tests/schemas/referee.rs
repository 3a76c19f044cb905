//! A published schema as the judge of a body: whether it is valid, and whether
//! each of its keys is one that the schema knows.
//!
//! Objects of many schemas are open, so that a misspelt optional field is valid:
//! there the keys are looked up, too. Of alternatives (`anyOf`, `oneOf`) those
//! are left out whose `type`, `role` or other fixed text is not the body's.

use std::path::Path;

use serde_json::{Value, json};

pub struct Referee {
    document: Value,
    root: Value,
    validator: jsonschema::Validator,
}

impl Referee {
    /// The schema at `root` of a file; `None` where there are no schemas.
    pub fn new(file: &str, root: &str) -> Option<Self> {
        let path = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/specs")).join(file);
        let Ok(bytes) = std::fs::read(path) else {
            println!("skipped: ../shared is not here");
            return None;
        };
        let mut document: Value = serde_json::from_slice(&bytes).unwrap();
        if document["openapi"].as_str().is_some_and(|version| version.starts_with("3.0")) {
            allow_null(&mut document);
        }
        let mut root = json!({ "$ref": root });
        // One with an `$id` is a document of its own: its references are within it.
        let own = document.pointer(root["$ref"].as_str().unwrap().trim_start_matches('#')).cloned();
        if let Some(mut own) = own.filter(|own| own.get("$id").is_some()) {
            own.as_object_mut().unwrap().retain(|key, _| key != "$id" && key != "$schema");
            (root, document) = (own.clone(), own);
        }
        let mut schema = document.clone();
        schema.as_object_mut().unwrap().extend(root.as_object().unwrap().clone());
        let validator = jsonschema::draft202012::new(&schema).unwrap();
        Some(Self { document, root, validator })
    }

    /// Whether the body is valid; quicker than asking for what is wrong.
    pub fn is_valid(&self, body: &Value) -> bool {
        self.validator.is_valid(body)
    }

    /// What is wrong, as place and message, and which keys the schema does not know.
    pub fn objections(&self, body: &Value) -> Vec<Objection> {
        let errors = self.validator.iter_errors(body).map(|error| Objection {
            place: without_positions(&error.instance_path().to_string()),
            message: shortened(&error.to_string()),
        });
        let mut objections: Vec<Objection> = errors.collect();
        // A closed object names its own unknown keys.
        let unknown = self.unknown_keys(body).into_iter().filter(|unknown| {
            let object = unknown.place.rsplit_once('/').map_or("", |(object, _)| object);
            !objections.iter().any(|known| known.place == object)
        });
        let unknown: Vec<Objection> = unknown.collect();
        objections.extend(unknown);
        objections
    }

    pub fn unknown_keys(&self, body: &Value) -> Vec<Objection> {
        let mut unknown = Vec::new();
        self.look_up(body, &[&self.root], "", &mut unknown);
        unknown
    }

    fn look_up(&self, value: &Value, schemas: &[&Value], place: &str, unknown: &mut Vec<Objection>) {
        let mut flat = Vec::new();
        for schema in schemas {
            self.flatten(schema, value, &mut flat);
        }
        match value {
            Value::Array(items) => {
                let schemas: Vec<&Value> = flat.iter().filter_map(|schema| schema.get("items")).collect();
                if schemas.is_empty() {
                    return;
                }
                for item in items {
                    self.look_up(item, &schemas, place, unknown);
                }
            }
            Value::Object(fields) => {
                let names_none = !flat.iter().any(|schema| schema.get("properties").is_some());
                let open = flat.iter().any(|schema| {
                    schema.get("additionalProperties").is_some_and(|more| *more != Value::Bool(false))
                });
                for (name, value) in fields {
                    let known: Vec<&Value> =
                        flat.iter().filter_map(|schema| schema.get("properties")?.get(name)).collect();
                    let place = format!("{place}/{name}");
                    if !known.is_empty() {
                        self.look_up(value, &known, &place, unknown);
                    } else if !names_none && !open {
                        unknown.push(Objection { place, message: "unknown key".to_owned() });
                    }
                }
            }
            _ => {}
        }
    }

    /// The schema and all that it refers to, as far as they can be this value's.
    fn flatten<'a>(&'a self, schema: &'a Value, value: &Value, flat: &mut Vec<&'a Value>) {
        if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
            let target = self.document.pointer(&pointer(reference)).unwrap();
            self.flatten(target, value, flat);
        }
        for part in schema.get("allOf").and_then(Value::as_array).into_iter().flatten() {
            self.flatten(part, value, flat);
        }
        for name in ["anyOf", "oneOf"] {
            for alternative in schema.get(name).and_then(Value::as_array).into_iter().flatten() {
                let mut parts = Vec::new();
                self.flatten(alternative, value, &mut parts);
                if parts.iter().all(|part| may_be(part, value)) {
                    flat.extend(parts);
                }
            }
        }
        flat.push(schema);
    }
}

/// OpenAPI 3.0 says `nullable` where JSON Schema has a type.
fn allow_null(schema: &mut Value) {
    match schema {
        Value::Object(fields) => {
            if fields.get("nullable") == Some(&Value::Bool(true)) {
                if let Some(Value::String(name)) = fields.get("type") {
                    let types = json!([name, "null"]);
                    fields.insert("type".to_owned(), types);
                }
                if let Some(Value::Array(values)) = fields.get_mut("enum") {
                    values.push(Value::Null);
                }
                for name in ["oneOf", "anyOf"] {
                    if let Some(Value::Array(alternatives)) = fields.get_mut(name) {
                        alternatives.push(json!({ "type": "null" }));
                    }
                }
            }
            fields.values_mut().for_each(allow_null);
        }
        Value::Array(items) => items.iter_mut().for_each(allow_null),
        _ => {}
    }
}

/// Whether no fixed text of the schema differs from the value's.
fn may_be(schema: &Value, value: &Value) -> bool {
    let Some(properties) = schema.get("properties").and_then(Value::as_object) else { return true };
    properties.iter().all(|(name, property)| {
        let Some(given @ Value::String(_)) = value.get(name) else { return true };
        let is_named = property.get("enum").and_then(Value::as_array).is_none_or(|all| all.contains(given));
        is_named && property.get("const").is_none_or(|fixed| fixed == given)
    })
}

/// One thing that a schema has against a body.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Objection {
    /// Where, without positions in lists: `/messages/content/type`.
    pub place: String,
    pub message: String,
}

/// Where a reference points. It is a piece of a URL: braces, which paths have, are encoded in it.
fn pointer(reference: &str) -> String {
    reference.trim_start_matches('#').replace("%7B", "{").replace("%7D", "}")
}

fn without_positions(path: &str) -> String {
    let steps = path.split('/').filter(|step| step.parse::<usize>().is_err());
    steps.collect::<Vec<_>>().join("/")
}

/// Messages quote whole bodies.
fn shortened(message: &str) -> String {
    let end: String = message.chars().rev().take(120).collect::<Vec<_>>().into_iter().rev().collect();
    if end.len() < message.len() { format!("… {end}") } else { end }
}
