//! Code of kinds for which data does not suffice: one small file each, reached from here alone.
//!
//! Where a provider of the kind is, which wire a model of it speaks, and where an encoded request
//! goes. Plain functions of what they are handed. No credential and no I/O may go in.

mod azure;
mod ollama;
mod vertex;
mod watsonx;

use serde::Deserialize;

use crate::dialects::{DialectName, EncodedRequest};
use crate::error::Result;

/// Which kind's code.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hooks {
    /// Data suffices.
    #[default]
    None,
    Azure,
    Ollama,
    Vertex,
    Watsonx,
}

impl Hooks {
    /// The value of a variable of `base_url` that nobody gave; `known` looks up the others.
    #[must_use]
    pub fn variable(self, name: &str, known: &dyn Fn(&str) -> Option<String>) -> Option<String> {
        match self {
            Self::None | Self::Azure | Self::Ollama | Self::Watsonx => None,
            Self::Vertex => vertex::variable(name, known),
        }
    }

    /// The address that requests are sent below, of the one that was given.
    #[must_use]
    pub fn base_url(self, given: &str, api_version: Option<&str>) -> String {
        match self {
            Self::Azure => azure::base_url(given, api_version),
            Self::Ollama => ollama::base_url(given).to_owned(),
            Self::None | Self::Vertex | Self::Watsonx => given.to_owned(),
        }
    }

    /// The wire that is spoken at an address, where nobody says; `usual` is the kind's.
    #[must_use]
    pub fn dialect_at(self, base_url: &str, usual: DialectName) -> DialectName {
        match self {
            Self::Ollama => ollama::dialect_at(base_url),
            Self::None | Self::Azure | Self::Vertex | Self::Watsonx => usual,
        }
    }

    /// Whether it knows where a wire is spoken that is not the kind's.
    #[must_use]
    pub fn knows(self, dialect: DialectName) -> bool {
        self == Self::Ollama && dialect == DialectName::OpenAi
    }

    /// The wire that a model speaks; `usual` is the kind's.
    #[must_use]
    pub fn dialect(self, model: &str, usual: DialectName) -> DialectName {
        match self {
            Self::None | Self::Azure | Self::Ollama | Self::Watsonx => usual,
            Self::Vertex => vertex::dialect(model),
        }
    }

    /// The model's name as the wire's encoder is to have it.
    #[must_use]
    pub fn model(self, model: &str) -> &str {
        match self {
            Self::None | Self::Azure | Self::Ollama | Self::Watsonx => model,
            Self::Vertex => vertex::model(model),
        }
    }

    /// Moves an encoded request to where the service takes it. `model` as [`Hooks::model`] gave it.
    ///
    /// Errors: `BadRequest`, where the model's name cannot stand in an address.
    pub fn place(
        self,
        base_url: &str,
        model: &str,
        dialect: DialectName,
        stream: bool,
        encoded: &mut EncodedRequest,
    ) -> Result<()> {
        match self {
            Self::None => Ok(()),
            Self::Azure => azure::place(base_url, model, encoded),
            Self::Ollama => {
                ollama::place(base_url, dialect, encoded);
                Ok(())
            }
            Self::Vertex => vertex::place(model, dialect, stream, encoded),
            Self::Watsonx => {
                watsonx::place(stream, encoded);
                Ok(())
            }
        }
    }
}
