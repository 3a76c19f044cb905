//! Operations that a kind's row declares as data: for services whose wire of images or audio is their own.
//!
//! A row says where an operation is asked, what is made of our parameters, and where the parts of the
//! answer stand; [`openai`](super::openai) then reads the answer, as if it had come in its own form. Places
//! are those of [services](super::service): `{name}`, `{name?}` for one that may be missing. Beside our
//! parameters there are
//!
//! - `{file.data}` (base64 within JSON), `{file.type}`, `{file.format}` (the ending that goes with the
//!   type) and `{file.name}`, the same of `mask`; of images `{image.0.data}`, …, and an item of a list with
//!   `{image.each.data}` stands there once for each image;
//! - `{width}`, `{height}` and `{ratio}` of a `size` such as `1536x1024`; `{model/}` in a path: a name whose
//!   slashes stay slashes.
//!
//! A parameter that no place takes is an error that names it, unless the row says where the rest goes. No
//! service's name goes in here.

mod answer;
mod input;

use std::borrow::Cow;
use std::collections::BTreeMap;

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::path::{is_step, percent_encoded};
use super::service::{Node, Template, Values};
use super::{BodyForm, Dialect, EncodeContext, EncodedRequest, Quirks, Translator, openai};
use crate::error::{Error, ErrorKind, Result};
use crate::types::operation::{Answer, Operation, Request};
use crate::types::trace::TranslationAction;

use input::Input;

/// How one operation is asked, and its answer read.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DeclaredWire {
    /// What the names of its models begin with. Default: all that no wire before this one takes.
    pub models: String,
    /// Below the base URL; `/../` leaves out the base's last part.
    pub path: String,
    pub headers: BTreeMap<String, String>,
    pub query: BTreeMap<String, String>,
    /// The body as JSON.
    pub json: Option<Value>,
    /// The body as a form with files.
    pub form: Option<BTreeMap<String, String>>,
    /// The parameter whose file is the body.
    pub raw: Option<String>,
    /// Parameter to our words and the service's.
    pub words: BTreeMap<String, BTreeMap<String, String>>,
    /// Parameters that need not be said there, as what they ask for comes anyway: `name`, or `name=value`.
    pub needless: Vec<String>,
    /// Where parameters go that no place takes: a JSON pointer into the body, which is empty for itself.
    pub rest: Option<String>,
    /// Where what stands: OpenAI's name to a JSON pointer, or an object of those; `{ list = …, name = … }` is a
    /// list whose items have `name` at a pointer within; `"content"`: the body is an image. Default: the body
    /// is OpenAI's.
    pub answer: Option<Value>,
}

/// The wire that a row declares for an operation of a model, if it does.
#[must_use]
pub fn wire<'a>(quirks: &'a Quirks, operation: Operation, model: &str) -> Option<&'a DeclaredWire> {
    // Most rows declare none.
    if quirks.wires.is_empty() {
        return None;
    }
    quirks.wires.get(&operation)?.iter().find(|wire| model.starts_with(&wire.models))
}

impl DeclaredWire {
    /// Errors: `BadRequest` naming a parameter that is missing or cannot be said.
    pub fn encode(&self, request: &Request, context: &EncodeContext<'_>) -> Result<EncodedRequest> {
        let mut translator = Translator::new(context.unsupported);
        let mut input = Input::of(request, context.model)?;
        for (name, words) in &self.words {
            input.reword(name, words, &mut translator)?;
        }
        let fields = input.fields.clone();
        let none = BTreeMap::new();
        let values = Values { variables: &none, input: &fields };
        let text = |template: &str| parse(template)?.text(values).map_err(ours);
        let mut encoded =
            EncodedRequest { path: self.path(values, context.model)?, ..EncodedRequest::default() };
        for (name, template) in &self.query {
            if let Some(text) = text(template)? {
                encoded.query.push((Cow::Owned(name.clone()), text));
            }
        }
        for (name, template) in &self.headers {
            if let Some(text) = text(template)? {
                encoded.headers.push((Cow::Owned(name.clone()), text));
            }
        }
        if let Some(json) = &self.json {
            let filled = node(&json_of_all(json, input.images.len()))?.fill(values).map_err(ours)?;
            encoded.body = match pruned(filled) {
                Some(Value::Object(body)) => body,
                _ => Map::new(),
            };
            encoded.form = BodyForm::Inline(input.inline());
        } else if let Some(form) = &self.form {
            let mut files = Vec::new();
            for (name, template) in form {
                match parse(template)?.value(values).map_err(ours)? {
                    Some(Value::String(text)) if input.file(&text).is_some() => {
                        files.extend(input.file(&text).map(|file| (name.clone(), file.clone())));
                    }
                    Some(value) => drop(encoded.body.insert(name.clone(), value)),
                    None => {}
                }
            }
            encoded.form = BodyForm::Multipart(files);
        } else if let Some(name) = &self.raw {
            let file = input.named(name).cloned();
            encoded.form = BodyForm::Raw(file.ok_or_else(|| missing(name))?);
        }
        self.put_rest(&mut encoded.body, &input, &mut translator)?;
        encoded.translation = translator.into_notes();
        Ok(encoded)
    }

    fn path(&self, values: Values<'_>, model: &str) -> Result<String> {
        let whole: Vec<String> = model.split('/').map(percent_encoded).collect();
        if self.path.contains("{model/}") && model.split('/').any(is_step) {
            let message = format!("`{model}` is no model name: a part of it is empty or dots");
            return Err(Error::bad_request("model", message));
        }
        let mut path = String::new();
        for segment in self.path.split('/').skip(1) {
            path.push('/');
            if segment == "{model" {
                path.push_str(&whole.join("/"));
                continue;
            }
            if segment == "}" {
                path.pop();
                continue;
            }
            let template = parse(segment)?;
            let filled = template.text_with(values, |text| percent_encoded(&text)).map_err(ours)?;
            let filled = filled.unwrap_or_default();
            if template.constant().is_none() && is_step(&filled) {
                let message = format!("`{segment}`: must not be empty or dots, as it stands in a path");
                return Err(Error::bad_request(segment.trim_matches(['{', '}']), message));
            }
            path.push_str(&filled);
        }
        Ok(path)
    }

    /// Puts what no place takes where the row says, or says that it cannot.
    fn put_rest(
        &self,
        body: &mut Map<String, Value>,
        input: &Input,
        translator: &mut Translator,
    ) -> Result<()> {
        let taken = self.taken();
        let mut rest = Map::new();
        for (name, value) in input.given() {
            let of =
                if name == "size" { &["size", "width", "height", "ratio"][..] } else { &[name.as_str()] };
            if of.iter().any(|name| taken.iter().any(|taken| taken == name)) {
                continue;
            }
            let said = value.as_str().map(|text| format!("{name}={text}"));
            let needless = |one: &String| one == name || said.as_ref() == Some(one);
            if self.needless.iter().any(needless) || (name == "n" && value.as_u64() == Some(1)) {
                translator.note(
                    name.as_str(),
                    TranslationAction::Dropped,
                    "it is what the target does anyway",
                );
            } else if self.rest.is_some() && !input.is_file(name) {
                rest.insert(name.clone(), value.clone());
            } else {
                translator.unsupported(name.as_str(), "the target has nothing like it")?;
            }
        }
        for (name, second) in input.further_images() {
            if !taken.iter().any(|taken| *taken == second || taken == "image.each") {
                translator.unsupported(name, "the target takes one image")?;
            }
        }
        if rest.is_empty() {
            return Ok(());
        }
        let mut place = body;
        for step in self.rest.iter().flat_map(|rest| rest.split('/').skip(1)) {
            let next = place.entry(step).or_insert_with(|| Value::Object(Map::new()));
            let Value::Object(next) = next else {
                return Err(wrong("`rest` leads to no object"));
            };
            place = next;
        }
        for (name, value) in rest {
            place.entry(name).or_insert(value);
        }
        Ok(())
    }

    /// The parameters that places take: `voice`, `file`, `image.each`, `image.1`, …
    fn taken(&self) -> Vec<String> {
        let mut texts: Vec<&str> = vec![&self.path];
        texts.extend(self.query.values().chain(self.headers.values()).map(String::as_str));
        texts.extend(self.form.iter().flat_map(BTreeMap::values).map(String::as_str));
        if let Some(json) = &self.json {
            strings(json, &mut texts);
        }
        let mut taken: Vec<String> = self.raw.iter().cloned().collect();
        for text in texts {
            for place in text.split('{').skip(1).filter_map(|rest| rest.split(['}', '?', '/']).next()) {
                let mut words = place.split('.');
                taken.extend(words.next().map(str::to_owned));
                if let Some(second) = words.next().filter(|_| place.starts_with("image.")) {
                    taken.push(format!("image.{second}"));
                }
            }
        }
        taken
    }

    /// The answer to `request`, from the body of a successful response.
    ///
    /// Errors: `ResponseDecode` with the body, or the error that the body says.
    pub fn decode(&self, request: &Request, body: &Bytes, model: &str) -> Result<Answer> {
        match &self.answer {
            None => openai::OpenAi.decode_other(request, body, model),
            Some(answer) => openai::OpenAi.decode_other(request, &answer::read(answer, body)?, model),
        }
    }

    /// Errors: `Configuration`, where a text of it is no template.
    pub fn check(&self) -> Result<()> {
        let path = self.path.replace("{model/}", "x");
        let texts = self.query.values().chain(self.headers.values()).map(String::as_str);
        let texts = texts
            .chain(path.split('/'))
            .chain(self.form.iter().flat_map(BTreeMap::values).map(String::as_str));
        texts.into_iter().try_for_each(|text| parse(text).map(drop))?;
        if let Some(json) = &self.json {
            node(&json_of_all(json, 2))?;
        }
        if !self.path.starts_with('/') {
            return Err(wrong("`path` begins with `/`"));
        }
        Ok(())
    }
}

fn wrong(why: &str) -> Error {
    Error::configuration("quirks.wires", format!("quirks.wires: {why}"))
}

fn parse(template: &str) -> Result<Template> {
    Template::parse(template).map_err(|why| wrong(&why))
}

fn node(json: &Value) -> Result<Node> {
    Node::parse(json).map_err(|(place, why)| wrong(&format!("{place}: {why}")))
}

fn missing(name: &str) -> Error {
    Error::bad_request(name, format!("missing required parameter `{name}`, which the target needs"))
}

/// An error of a template in the words of a request.
fn ours(error: Error) -> Error {
    match error.param.as_deref().and_then(|param| param.strip_prefix("input.")) {
        Some(name) if error.kind == ErrorKind::BadRequest => missing(name),
        _ => error,
    }
}

/// A list's items with `{image.each.…}` once for each image.
fn json_of_all(json: &Value, images: usize) -> Value {
    match json {
        Value::Array(items) => {
            let each = |item: &Value| -> Vec<Value> {
                let text = item.to_string();
                if !text.contains("{image.each.") {
                    return vec![json_of_all(item, images)];
                }
                let one = |number| text.replace("{image.each.", &format!("{{image.{number}."));
                (0..images).filter_map(|number| serde_json::from_str(&one(number)).ok()).collect()
            };
            items.iter().flat_map(each).collect()
        }
        Value::Object(fields) => {
            fields.iter().map(|(name, value)| (name.clone(), json_of_all(value, images))).collect()
        }
        other => other.clone(),
    }
}

/// Without the objects that nothing was put into.
fn pruned(value: Value) -> Option<Value> {
    match value {
        Value::Object(fields) => {
            let fields: Map<String, Value> =
                fields.into_iter().filter_map(|(name, value)| Some((name, pruned(value)?))).collect();
            (!fields.is_empty()).then_some(Value::Object(fields))
        }
        Value::Array(items) => Some(items.into_iter().filter_map(pruned).collect()),
        other => Some(other),
    }
}

fn strings<'a>(value: &'a Value, texts: &mut Vec<&'a str>) {
    match value {
        Value::String(text) => texts.push(text),
        Value::Array(items) => items.iter().for_each(|item| strings(item, texts)),
        Value::Object(fields) => fields.values().for_each(|value| strings(value, texts)),
        _ => {}
    }
}

#[cfg(test)]
mod tests;
