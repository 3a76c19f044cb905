//! The models of a provider: names, or a table of what the user says of them.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

use crate::catalogue::catalogue;
use crate::error::{Error, Result};
use crate::types::model_override::ModelOverride;
use crate::types::price::{Price, join};

/// `["a", "b"]`, or `{"a": {…}, "*": {…}}`; an entry may be null, which says nothing
/// but the name.
#[derive(Clone, Debug, PartialEq)]
pub enum Models {
    Names(Vec<String>),
    Table(BTreeMap<String, Option<ModelOverride>>),
}

impl Default for Models {
    fn default() -> Self {
        Self::Names(Vec::new())
    }
}

/// By hand, so that an error names the place inside the form that was given.
impl<'de> Deserialize<'de> for Models {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = Models;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of model names, or a table from model name to its facts")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, names: A) -> std::result::Result<Models, A::Error> {
                Vec::deserialize(SeqAccessDeserializer::new(names)).map(Models::Names)
            }
            fn visit_map<A: MapAccess<'de>>(self, table: A) -> std::result::Result<Models, A::Error> {
                BTreeMap::deserialize(MapAccessDeserializer::new(table)).map(Models::Table)
            }
        }
        deserializer.deserialize_any(Either)
    }
}

impl Models {
    /// The names, and what is said of each, `prices` included.
    ///
    /// Errors: `ConfigurationError` naming the place; `field` makes it from a
    /// field's name.
    pub(super) fn into_parts(
        self,
        prices: &BTreeMap<String, Price>,
        field: &dyn Fn(&str) -> String,
    ) -> Result<(Vec<String>, BTreeMap<String, ModelOverride>)> {
        let (names, mut overrides) = match self {
            Self::Names(names) => (names, BTreeMap::new()),
            Self::Table(table) => {
                let names = table.keys().filter(|name| *name != "*").cloned().collect();
                let said = table.into_iter().map(|(name, said)| (name, said.unwrap_or_default()));
                (names, said.collect::<BTreeMap<_, _>>())
            }
        };
        for (name, said) in &overrides {
            let place = field(&format!("models.{name}"));
            said.check().map_err(|(inner, why)| wrong(join(&place, &inner), &why))?;
            if let Some(other) = &said.same_as {
                check_same_as(join(&place, "same_as"), other)?;
            }
        }
        for (name, price) in prices {
            let place = field(&format!("prices.{name}"));
            price.check().map_err(|(inner, why)| wrong(join(&place, &inner), &why))?;
            let said = overrides.entry(name.clone()).or_default();
            if said.price.is_some() {
                let other = field(&format!("models.{name}.price"));
                return Err(wrong(place, &format!("given twice; {other} is the same")));
            }
            said.price = Some(price.clone());
        }
        Ok((names, overrides))
    }
}

fn wrong(place: String, why: &str) -> Error {
    let message = format!("{place}: {why}");
    Error::configuration(place, message)
}

fn check_same_as(place: String, other: &str) -> Result<()> {
    match other.split_once('/') {
        Some((kind, model)) if catalogue().model(kind, model).is_some() => Ok(()),
        Some((kind, _)) if catalogue().kinds().any(|known| known == kind) => {
            Err(wrong(place, &format!("the catalogue of {} has no `{other}`", catalogue().date())))
        }
        _ => Err(wrong(place, &format!("`{other}` is not `kind/model`, such as `openai/gpt-4o`"))),
    }
}
