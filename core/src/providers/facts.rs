//! What is known of a provider's models: the user's word over the catalogue's.

use std::borrow::Cow;

use super::Provider;
use crate::catalogue::catalogue;
use crate::types::model::ModelFacts;
use crate::types::model_override::ModelOverride;
use crate::types::price::EffectivePrice;
use crate::types::trace::PriceSource;

impl Provider {
    /// What is known of an upstream model: its own entry in `models`, else that
    /// of `*`, else the catalogue; field by field. Keep it: it is read anew each time.
    #[must_use]
    pub fn facts(&self, model: &str) -> ModelFacts {
        let mut facts = self.known(model).unwrap_or_default();
        for said in self.said(model).into_iter().rev().flatten() {
            said.apply(&mut facts);
        }
        facts
    }

    /// The price of an upstream model. `None`: unknown.
    #[must_use]
    pub fn price(&self, model: &str) -> Option<EffectivePrice<'_>> {
        let declared = self.said(model).into_iter().flatten().find_map(|said| said.price.as_ref());
        if let Some(price) = declared {
            return Some(EffectivePrice { price: Cow::Borrowed(price), source: PriceSource::Declared });
        }
        let price = self.known(model)?.price?;
        Some(EffectivePrice { price: Cow::Owned(price), source: PriceSource::Catalogue })
    }

    /// The entries that speak of a model, the closest first.
    fn said(&self, model: &str) -> [Option<&ModelOverride>; 2] {
        [self.overrides.get(model), self.overrides.get("*")]
    }

    /// What the catalogue knows, of the model or of the one it is said to be the same as.
    fn known(&self, model: &str) -> Option<ModelFacts> {
        let other = self.said(model).into_iter().flatten().find_map(|said| said.same_as.as_deref());
        let (kind, model) =
            other.and_then(|other| other.split_once('/')).unwrap_or((self.kind.as_str(), model));
        catalogue().model(kind, model)
    }
}

#[cfg(test)]
#[path = "facts_tests.rs"]
mod tests;
