//! Requests made of ingredients: each alone, and each two that can be together.

use serde_json::{Map, Value, json};

use crate::ingredients::Ingredient;

/// A request of these ingredients; `None` where two give one parameter different values.
pub fn request(ingredients: &[&Ingredient]) -> Option<Value> {
    let mut fields = Map::new();
    let mut messages: Vec<Value> = Vec::new();
    let mut tools: Vec<Value> = Vec::new();
    for ingredient in ingredients {
        messages.extend(ingredient.messages.iter().cloned());
        for (name, value) in &ingredient.fields {
            if name == "tools" {
                // A function stands in the list once.
                let more = value.as_array().unwrap().iter().filter(|tool| !tools.contains(tool));
                let more: Vec<Value> = more.cloned().collect();
                tools.extend(more);
                fields.insert(name.clone(), tools.clone().into());
                continue;
            }
            if fields.insert(name.clone(), value.clone()).is_some_and(|known| known != *value) {
                return None;
            }
        }
    }
    // Two names of one parameter; the client refuses to be told two values.
    let (new, old) = (fields.get("max_completion_tokens"), fields.get("max_tokens"));
    if new.is_some() && old.is_some() && new != old {
        return None;
    }
    if messages.is_empty() {
        messages.push(json!({ "role": "user", "content": "q" }));
    }
    fields.insert("model".to_owned(), "m".into());
    fields.insert("messages".to_owned(), messages.into());
    Some(Value::Object(fields))
}
