//! Texts and JSON with places to be filled from a request's input.
//!
//! `{name}` is a place, `{a.b}` one within an object (or `{a.0}` a list), `{name?}` one that may be
//! missing; `{{` and `}}` are braces. What is filled in is never looked at for places again.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::error::{Error, Result};

/// What places are filled from: the provider's own variables, and where none has the name, the input.
#[derive(Clone, Copy)]
pub struct Values<'a> {
    pub variables: &'a BTreeMap<String, String>,
    pub input: &'a Map<String, Value>,
}

/// A text with places.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template(Vec<Part>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    Place(Place),
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Place {
    /// As it is written, without `?`.
    name: String,
    optional: bool,
}

/// JSON with places.
#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    Text(Template),
    Constant(Value),
    List(Vec<Node>),
    Object(Vec<(String, Node)>),
}

impl Template {
    /// Errors: what is wrong, in a sentence.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut literal = String::new();
        let mut rest = text;
        while let Some(at) = rest.find(['{', '}']) {
            let (before, from) = rest.split_at(at);
            literal.push_str(before);
            if let Some(after) = from.strip_prefix("{{") {
                literal.push('{');
                rest = after;
            } else if let Some(after) = from.strip_prefix("}}") {
                literal.push('}');
                rest = after;
            } else if let Some((name, after)) = from.strip_prefix('{').and_then(|from| from.split_once('}')) {
                if !literal.is_empty() {
                    parts.push(Part::Text(std::mem::take(&mut literal)));
                }
                parts.push(Part::Place(Place::parse(name)?));
                rest = after;
            } else {
                return Err(format!(
                    "{text:?} has a brace without its other half; a place is `{{name}}`, a brace itself \
                     is written twice"
                ));
            }
        }
        literal.push_str(rest);
        if !literal.is_empty() {
            parts.push(Part::Text(literal));
        }
        Ok(Self(parts))
    }

    /// The text, where it has no places.
    #[must_use]
    pub fn constant(&self) -> Option<&str> {
        match self.0.as_slice() {
            [] => Some(""),
            [Part::Text(text)] => Some(text),
            _ => None,
        }
    }

    /// Whether any of its places may be missing.
    #[must_use]
    pub fn may_be_missing(&self) -> bool {
        self.places().any(|place| place.optional)
    }

    fn places(&self) -> impl Iterator<Item = &Place> {
        self.0.iter().filter_map(|part| match part {
            Part::Place(place) => Some(place),
            Part::Text(_) => None,
        })
    }

    /// The fields of the input that it asks for, as far as they are no variables.
    pub fn fields<'a>(&'a self, variables: &BTreeMap<String, String>, fields: &mut Vec<&'a str>) {
        fields.extend(
            self.places().filter(|place| !variables.contains_key(&place.name)).map(|place| place.field()),
        );
    }

    /// The value of a text that is one place, which keeps its type; else the text. None: left out.
    ///
    /// Errors: `BadRequest` naming the field.
    pub fn value(&self, values: Values<'_>) -> Result<Option<Value>> {
        match self.0.as_slice() {
            [Part::Place(place)] => Ok(place.find(values)?.map(Cow::into_owned)),
            _ => Ok(self.text(values)?.map(Value::String)),
        }
    }

    /// The text. None: a place that may be missing is.
    ///
    /// Errors: as [`value`](Self::value).
    pub fn text(&self, values: Values<'_>) -> Result<Option<String>> {
        self.text_with(values, |text| text)
    }

    /// The same, with each value written by `write`.
    pub fn text_with(&self, values: Values<'_>, write: impl Fn(String) -> String) -> Result<Option<String>> {
        let mut text = String::new();
        for part in &self.0 {
            match part {
                Part::Text(literal) => text.push_str(literal),
                Part::Place(place) => match place.find(values)? {
                    Some(value) => text.push_str(&write(scalar(&value, &place.name)?)),
                    None => return Ok(None),
                },
            }
        }
        Ok(Some(text))
    }

    /// The texts for a name that may be said several times: those of a list, where it is one
    /// place that holds one.
    ///
    /// Errors: as [`value`](Self::value).
    pub fn texts(&self, values: Values<'_>) -> Result<Vec<String>> {
        if let [Part::Place(place)] = self.0.as_slice()
            && let Some(Value::Array(items)) = place.find(values)?.as_deref()
        {
            return items.iter().map(|item| scalar(item, &place.name)).collect();
        }
        Ok(self.text(values)?.into_iter().collect())
    }
}

impl Place {
    fn parse(written: &str) -> Result<Self, String> {
        let (name, optional) = match written.strip_suffix('?') {
            Some(name) => (name, true),
            None => (written, false),
        };
        let is_word = |word: &str| {
            !word.is_empty()
                && word.chars().all(|character| character.is_alphanumeric() || "_-".contains(character))
        };
        if !name.split('.').all(is_word) {
            return Err(format!(
                "`{{{written}}}` is no place: a name of letters, digits, `_` and `-` is, with `.` before one \
                 within it and `?` at the end of one that may be missing"
            ));
        }
        Ok(Self { name: name.to_owned(), optional })
    }

    /// The field of the input that it begins with.
    fn field(&self) -> &str {
        self.name.split_once('.').map_or(&self.name, |(field, _)| field)
    }

    /// None: it is missing, and may be. Null is missing.
    fn find<'a>(&self, values: Values<'a>) -> Result<Option<Cow<'a, Value>>> {
        if let Some(variable) = values.variables.get(&self.name) {
            return Ok(Some(Cow::Owned(Value::String(variable.clone()))));
        }
        let mut words = self.name.split('.');
        let first = words.next().and_then(|field| values.input.get(field));
        let found = first.and_then(|first| {
            words.try_fold(first, |value, word| match value {
                Value::Object(fields) => fields.get(word),
                Value::Array(items) => items.get(word.parse::<usize>().ok()?),
                _ => None,
            })
        });
        match found.filter(|value| !value.is_null()) {
            Some(value) => Ok(Some(Cow::Borrowed(value))),
            None if self.optional => Ok(None),
            None => {
                let place = format!("input.{}", self.name);
                let message = format!("{place}: is missing, and the operation needs it");
                Err(Error::bad_request(place, message))
            }
        }
    }
}

/// A value within a text.
fn scalar(value: &Value, name: &str) -> Result<String> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Bool(_) | Value::Number(_) => Ok(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => {
            let place = format!("input.{name}");
            let message = format!("{place}: must be a text, a number or a bool here");
            Err(Error::bad_request(place, message))
        }
    }
}

impl Node {
    /// Errors: the place in it, and what is wrong.
    pub fn parse(value: &Value) -> Result<Self, (String, String)> {
        let within = |step: String, (place, why): (String, String)| {
            let place = if place.is_empty() || place.starts_with('[') { place } else { format!(".{place}") };
            (format!("{step}{place}"), why)
        };
        Ok(match value {
            Value::String(text) => {
                let template = Template::parse(text).map_err(|why| (String::new(), why))?;
                match template.constant() {
                    Some(text) => Self::Constant(Value::String(text.to_owned())),
                    None => Self::Text(template),
                }
            }
            Value::Array(items) => {
                let item =
                    |(index, item)| Self::parse(item).map_err(|inner| within(format!("[{index}]"), inner));
                Self::List(items.iter().enumerate().map(item).collect::<Result<_, _>>()?)
            }
            Value::Object(fields) => {
                let field = |(name, value): (&String, &Value)| -> Result<_, (String, String)> {
                    let node = Self::parse(value).map_err(|inner| within(name.clone(), inner))?;
                    Ok((name.clone(), node))
                };
                Self::Object(fields.iter().map(field).collect::<Result<_, _>>()?)
            }
            constant => Self::Constant(constant.clone()),
        })
    }

    /// See [`Template::fields`].
    pub fn fields<'a>(&'a self, variables: &BTreeMap<String, String>, fields: &mut Vec<&'a str>) {
        match self {
            Self::Text(template) => template.fields(variables, fields),
            Self::Constant(_) => {}
            Self::List(items) => items.iter().for_each(|item| item.fields(variables, fields)),
            Self::Object(entries) => entries.iter().for_each(|(_, node)| node.fields(variables, fields)),
        }
    }

    /// The JSON. Lists and objects within it are left out that have places, of which none was
    /// filled: what else stands in them says nothing without.
    ///
    /// Errors: `BadRequest` naming the field.
    pub fn fill(&self, values: Values<'_>) -> Result<Value> {
        Ok(self.filled(values)?.value.unwrap_or_default())
    }

    fn filled(&self, values: Values<'_>) -> Result<Filled> {
        let mut whole = Filled::default();
        whole.value = match self {
            Self::Text(template) => {
                let value = template.value(values)?;
                (whole.has_places, whole.is_filled) = (true, value.is_some());
                value
            }
            Self::Constant(value) => Some(value.clone()),
            Self::List(items) => {
                let mut list = Vec::with_capacity(items.len());
                for item in items {
                    list.extend(whole.take(item.filled(values)?));
                }
                Some(Value::Array(list))
            }
            Self::Object(entries) => {
                let mut fields = Map::new();
                for (name, node) in entries {
                    if let Some(value) = whole.take(node.filled(values)?) {
                        fields.insert(name.clone(), value);
                    }
                }
                Some(Value::Object(fields))
            }
        };
        Ok(whole)
    }
}

/// What came of a node.
#[derive(Default)]
struct Filled {
    value: Option<Value>,
    has_places: bool,
    /// Whether any of them was filled.
    is_filled: bool,
}

impl Filled {
    /// Takes a part into account; gives what of it belongs into the whole.
    fn take(&mut self, part: Self) -> Option<Value> {
        self.has_places |= part.has_places;
        self.is_filled |= part.is_filled;
        part.value.filter(|_| part.is_filled || !part.has_places)
    }
}

#[cfg(test)]
#[path = "template_tests.rs"]
mod tests;
