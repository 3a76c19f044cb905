//! IBM watsonx.ai: OpenAI's chat under another path, with other names for the model and the choice of tools.
//!
//! Source: IBM/watsonx-ai-node-sdk b912b203 (`src/config/endpoints.ts` for the paths, `src/types/vml_v1.ts`
//! TextChatParams and TextChatResponse for the fields). No traffic is recorded: unverified against the service.

use serde_json::Value;

use crate::dialects::EncodedRequest;

pub(super) fn place(stream: bool, encoded: &mut EncodedRequest) {
    if encoded.path != "/chat/completions" {
        return;
    }
    encoded.path = if stream { "/text/chat_stream" } else { "/text/chat" }.to_owned();
    // The path says it.
    encoded.body.shift_remove("stream");
    if let Some(model) = encoded.body.shift_remove("model") {
        encoded.body.insert("model_id".to_owned(), model);
    }
    // A word stands in a field of its own; a tool that is named, in OpenAI's.
    if encoded.body.get("tool_choice").is_some_and(Value::is_string)
        && let Some(word) = encoded.body.shift_remove("tool_choice")
    {
        encoded.body.insert("tool_choice_option".to_owned(), word);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn placed(stream: bool, body: Value) -> (String, Value) {
        let body = body.as_object().unwrap().clone();
        let mut encoded =
            EncodedRequest { path: "/chat/completions".to_owned(), body, ..EncodedRequest::default() };
        place(stream, &mut encoded);
        (encoded.path, encoded.body.into())
    }

    #[test]
    fn the_path_says_whether_it_streams_and_the_model_has_another_name() {
        let messages = json!([{ "role": "user", "content": "q" }]);
        let body = json!({ "model": "ibm/granite-4-h-small", "messages": messages, "stream": true });
        let wanted = json!({ "messages": messages, "model_id": "ibm/granite-4-h-small" });
        assert_eq!(placed(true, body.clone()), ("/text/chat_stream".to_owned(), wanted.clone()));
        assert_eq!(placed(false, body), ("/text/chat".to_owned(), wanted));
    }

    #[test]
    fn a_word_for_the_choice_of_tools_has_a_field_of_its_own() {
        let named = json!({ "type": "function", "function": { "name": "f" } });
        for (choice, wanted) in [
            (json!("required"), json!({ "model_id": "m", "tool_choice_option": "required" })),
            (named.clone(), json!({ "model_id": "m", "tool_choice": named })),
        ] {
            assert_eq!(placed(false, json!({ "tool_choice": choice, "model": "m" })).1, wanted);
        }
    }
}
