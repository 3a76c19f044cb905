//! A reply as a tree that can be read without parsing and shared without copying.
//!
//! Made from the core's typed structs by a serde serializer, away from the GIL.
//! An object is behind an `Arc`, so that the Python object of a child shares it; one that
//! is seldom looked at is made when it is.

use std::sync::Arc;

use roocode::types::deferred::Deferred;
use serde::ser::{self, Serialize, SerializeMap as _, SerializeSeq as _};

use crate::names::known;

#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    Null,
    Bool(bool),
    Integer(i64),
    Unsigned(u64),
    Float(f64),
    Text(String),
    List(Vec<Node>),
    Object(Arc<Object>),
}

/// The name of a field: static for the names that replies have.
#[derive(Clone, Debug)]
pub enum Key {
    Known(&'static str),
    Other(Box<str>),
}

impl Key {
    pub fn as_str(&self) -> &str {
        match self {
            Self::Known(text) => text,
            Self::Other(text) => text,
        }
    }
}

impl From<&str> for Key {
    fn from(text: &str) -> Self {
        known(text).map_or_else(|| Self::Other(text.into()), Self::Known)
    }
}

type Entries = Vec<(Key, Node)>;

#[derive(Clone, Debug)]
pub struct Object(Content);

#[derive(Clone, Debug)]
enum Content {
    Made(Entries),
    Later(Deferred<Entries>),
}

impl Default for Object {
    fn default() -> Self {
        Self::new(Entries::new())
    }
}

impl Object {
    pub const fn new(entries: Entries) -> Self {
        Self(Content::Made(entries))
    }

    /// One that `make` gives when somebody looks into it.
    pub fn later(make: impl FnOnce() -> Entries + Send + 'static) -> Self {
        Self(Content::Later(Deferred::new(make)))
    }

    pub fn entries(&self) -> &Entries {
        match &self.0 {
            Content::Made(entries) => entries,
            Content::Later(entries) => entries,
        }
    }

    /// None of one that is made later.
    pub fn entries_mut(&mut self) -> Option<&mut Entries> {
        match &mut self.0 {
            Content::Made(entries) => Some(entries),
            Content::Later(_) => None,
        }
    }

    pub fn position(&self, name: &str) -> Option<usize> {
        self.entries().iter().position(|(key, _)| key.as_str() == name)
    }

    pub fn get(&self, name: &str) -> Option<&Node> {
        self.position(name).and_then(|position| self.entries().get(position)).map(|(_, node)| node)
    }
}

/// Order does not matter: two providers may write one object in two orders.
impl PartialEq for Object {
    fn eq(&self, other: &Self) -> bool {
        self.entries().len() == other.entries().len()
            && self.entries().iter().all(|(key, node)| other.get(key.as_str()) == Some(node))
    }
}

impl Serialize for Node {
    fn serialize<S: ser::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Integer(value) => serializer.serialize_i64(*value),
            Self::Unsigned(value) => serializer.serialize_u64(*value),
            Self::Float(value) => serializer.serialize_f64(*value),
            Self::Text(text) => serializer.serialize_str(text),
            Self::List(items) => {
                let mut list = serializer.serialize_seq(Some(items.len()))?;
                for item in items {
                    list.serialize_element(item)?;
                }
                list.end()
            }
            Self::Object(object) => object.serialize(serializer),
        }
    }
}

impl Serialize for Object {
    fn serialize<S: ser::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.entries().len()))?;
        for (key, node) in self.entries() {
            map.serialize_entry(key.as_str(), node)?;
        }
        map.end()
    }
}
