//! The JSON schema of a strategy, in the form of `types::chat`'s tagged unions.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Value, json};

use super::*;

impl JsonSchema for StrategyConfig {
    fn schema_name() -> Cow<'static, str> {
        "StrategyConfig".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let variants: Vec<Value> = StrategyName::ALL
            .into_iter()
            .map(|name| {
                let options = match name {
                    StrategyName::Random => generator.subschema_for::<RandomOptions>(),
                    StrategyName::LeastLatency => generator.subschema_for::<LeastLatencyOptions>(),
                    StrategyName::Cheapest | StrategyName::FastestOutput => {
                        generator.subschema_for::<ToleranceOptions>()
                    }
                    StrategyName::Balanced => generator.subschema_for::<BalancedOptions>(),
                    StrategyName::Region => generator.subschema_for::<RegionOptions>(),
                    StrategyName::Sticky => generator.subschema_for::<StickyOptions>(),
                    StrategyName::Bandit => generator.subschema_for::<BanditOptions>(),
                    StrategyName::Custom => generator.subschema_for::<CustomOptions>(),
                    StrategyName::Priority
                    | StrategyName::RoundRobin
                    | StrategyName::Weighted
                    | StrategyName::LeastBusy => json_schema!({ "type": "object" }),
                };
                json!({ "x-value": name, "allOf": [options] })
            })
            .collect();
        let itself = generator.subschema_for::<Self>();
        let ceilings = generator.subschema_for::<Ceilings>();
        json_schema!({ "anyOf": [
            generator.subschema_for::<StrategyName>(),
            {
                "type": "object",
                "properties": { "then": itself, "at_most": ceilings },
                "x-tag": "type",
                "oneOf": variants,
            },
        ] })
    }
}
