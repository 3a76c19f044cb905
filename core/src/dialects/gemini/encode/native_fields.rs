//! Fields of the wire's own that the caller gives beside the canonical ones.

use serde_json::{Map, Value};

use crate::dialects::Translator;
use crate::error::{Error, Result};
use crate::types::chat::ChatRequest;

/// Fields of the published requests (Gemini API v1beta, Vertex AI v1) that have
/// no canonical counterpart, or more than one says; by either of their names.
const FIELDS: [(&str, &str); 10] = [
    ("safetySettings", "safety_settings"),
    ("cachedContent", "cached_content"),
    ("generationConfig", "generation_config"),
    ("toolConfig", "tool_config"),
    ("systemInstruction", "system_instruction"),
    ("labels", "labels"),
    ("modelArmorConfig", "model_armor_config"),
    ("serviceTier", "service_tier"),
    ("continuationToken", "continuation_token"),
    ("outputConfig", "output_config"),
];

/// Puts them into the body verbatim. Objects are merged field by field, and the caller's own words win.
pub(super) fn encode(
    request: &ChatRequest,
    translator: &mut Translator,
    body: &mut Map<String, Value>,
) -> Result<()> {
    for (key, value) in &request.extra {
        let Some((name, _)) = FIELDS.iter().find(|(camel, snake)| key == camel || key == snake) else {
            translator.unsupported(key, "not a field of Gemini's generateContent")?;
            continue;
        };
        if *name == "systemInstruction" && body.contains_key(*name) {
            return Err(Error::bad_request(
                key,
                format!("{key}: there are system messages too; give one of the two"),
            ));
        }
        match (body.get_mut(*name), value) {
            (Some(Value::Object(known)), Value::Object(more)) => {
                for (field, value) in more {
                    known.insert(camel_case(field), value.clone());
                }
            }
            // Settings are known by either of their names; labels are the caller's own words.
            (None, Value::Object(more)) if *name != "labels" => {
                let more = more.iter().map(|(field, value)| (camel_case(field), value.clone())).collect();
                body.insert((*name).to_owned(), Value::Object(more));
            }
            (_, value) => {
                body.insert((*name).to_owned(), value.clone());
            }
        }
    }
    Ok(())
}

/// `top_k` as `topK`: the wire takes both names of a field, but not both at once.
pub(super) fn camel_case(name: &str) -> String {
    let mut words = name.split('_');
    let mut camel = words.next().unwrap_or("").to_owned();
    for word in words {
        let mut letters = word.chars();
        camel.extend(letters.next().map(|letter| letter.to_ascii_uppercase()));
        camel.push_str(letters.as_str());
    }
    camel
}
