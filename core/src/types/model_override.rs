//! What a user says of a model, over what the catalogue knows.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::model::{Feature, Modality, ModelFacts};
use super::price::{Price, join};

/// What a user says of a model. What is absent stays as it is known otherwise.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ModelOverride {
    /// `kind/model` whose facts hold for this model, such as `openai/gpt-4o` for a
    /// deployment with a name of its own, or for the same model behind a proxy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub same_as: Option<String>,
    /// Most tokens of input and output together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub context_window: Option<u64>,
    /// Most tokens of input, where that is less than the window.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_input_tokens: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_output_tokens: Option<u64>,
    /// All that it takes in; what is not listed it does not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inputs: Option<Vec<Modality>>,
    /// All that it gives out; what is not listed it does not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outputs: Option<Vec<Modality>>,
    /// What it can (`true`) and cannot (`false`) do; the rest stays as known.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub features: BTreeMap<Feature, bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price: Option<Price>,
}

impl ModelOverride {
    /// Puts what is said here over what is known.
    pub fn apply(&self, facts: &mut ModelFacts) {
        facts.context_window = self.context_window.or(facts.context_window);
        facts.max_input_tokens = self.max_input_tokens.or(facts.max_input_tokens);
        facts.max_output_tokens = self.max_output_tokens.or(facts.max_output_tokens);
        for modality in Modality::ALL {
            if let Some(inputs) = &self.inputs {
                facts.set_input(modality, inputs.contains(&modality));
            }
            if let Some(outputs) = &self.outputs {
                facts.set_output(modality, outputs.contains(&modality));
            }
        }
        for (feature, yes) in &self.features {
            facts.set_feature(*feature, *yes);
        }
        if let Some(price) = &self.price {
            facts.price = Some(price.clone());
        }
    }

    /// Errors: the place in it, and what is wrong.
    pub fn check(&self) -> Result<(), (String, String)> {
        let limits = [
            ("context_window", self.context_window),
            ("max_input_tokens", self.max_input_tokens),
            ("max_output_tokens", self.max_output_tokens),
        ];
        for (name, limit) in limits {
            if limit == Some(0) {
                return Err((name.to_owned(), "must be at least 1; leave it out where unknown".to_owned()));
            }
        }
        if let Some(price) = &self.price {
            price.check().map_err(|(place, why)| (join("price", &place), why))?;
        }
        Ok(())
    }
}
