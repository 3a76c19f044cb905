//! The table of kinds: the built-in rows and the user's own.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use super::{Kind, table};
use crate::dialects::DialectName;
use crate::error::{Error, ErrorKind, Result};
use crate::nearest::nearest;

/// Every known kind by name. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Kinds {
    rows: Arc<BTreeMap<String, Kind>>,
}

impl Kinds {
    /// The built-in kinds, read once per process.
    pub fn built_in() -> Result<Self> {
        static ROWS: OnceLock<std::result::Result<Kinds, String>> = OnceLock::new();
        ROWS.get_or_init(|| {
            let mut rows: BTreeMap<String, Kind> =
                table(include_str!(concat!(env!("OUT_DIR"), "/kinds.json")))?;
            for (name, row) in &mut rows {
                fill_defaults(name, row);
            }
            Ok(Self { rows: Arc::new(rows) })
        })
        .clone()
        .map_err(|message| Error::new(ErrorKind::Internal, format!("the table of kinds: {message}")))
    }

    /// These kinds and the user's own rows, which come first where names are the same.
    #[must_use]
    pub fn with(&self, own: BTreeMap<String, Kind>) -> Self {
        if own.is_empty() {
            return self.clone();
        }
        let mut rows = (*self.rows).clone();
        rows.extend(own);
        Self { rows: Arc::new(rows) }
    }

    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Kind> {
        self.rows.get(name)
    }

    /// Name and row, in the order of names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Kind)> {
        self.rows.iter().map(|(name, row)| (name.as_str(), row))
    }

    /// The error for a kind that does not exist, with the names most like it.
    #[must_use]
    pub fn unknown(&self, param: &str, name: &str) -> Error {
        let near = nearest(name, self.rows.keys().map(String::as_str));
        let hint = if near.is_empty() {
            "`custom` takes any endpoint".to_owned()
        } else {
            format!("did you mean {}? `custom` takes any endpoint", near.join(" or "))
        };
        Error::configuration(param, format!("{param}: unknown kind `{name}`; {hint}"))
    }
}

/// Defaults that differ by kind: what OpenAI's own service takes today, and
/// what the services modelled on its earlier form take.
fn fill_defaults(name: &str, row: &mut Kind) {
    let openai = name == "openai";
    if row.dialect == DialectName::OpenAi && row.quirks.max_tokens_field.is_none() && name != "custom" {
        let field = if openai { "max_completion_tokens" } else { "max_tokens" };
        row.quirks.max_tokens_field = Some(field.to_owned());
    }
    if openai {
        row.quirks.developer_role = true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_table_reads() {
        let kinds = Kinds::built_in().unwrap();
        let compatible = kinds.iter().filter(|(_, row)| row.dialect == DialectName::OpenAi).count();
        assert!(compatible >= 100, "{compatible}");
        assert_eq!(kinds.get("xroute").unwrap().base_url.as_deref(), Some("https://api.xroute.ai/openai/v1"));
        for (name, row) in kinds.iter() {
            assert!(row.base_url.is_some() || name == "custom", "{name}");
            assert!(row.documentation.is_some() || name == "custom", "{name}");
        }
    }

    #[test]
    fn a_near_miss_is_named() {
        let kinds = Kinds::built_in().unwrap();
        assert!(kinds.unknown("provider", "anthropc").message.contains("`anthropic`"));
    }
}
