//! Bodies of embeddings, rankings, images, audio and moderation against the published schemas. A form is
//! held to its schema as an object of its fields, with a text for each file.

use roocode::dialects::{BodyForm, EncodeContext, Unsupported, dialect, encode};
use roocode::providers::Kinds;
use roocode::types::operation::{Operation, Request};
use serde_json::{Map, Value, json};

use crate::referee::Referee;

/// File, schema of one request, kind, operation, and fields of the kind's own.
pub const SERVICES: [(&str, &str, &str, Operation, &[&str]); 35] = [
    (
        "openai.json",
        "#/components/schemas/CreateEmbeddingRequest",
        "openai",
        Operation::Embeddings,
        &["user"],
    ),
    ("mistral.json", "#/components/schemas/EmbeddingRequest", "mistral", Operation::Embeddings, &[]),
    (
        "google_gemini.json",
        "#/components/schemas/BatchEmbedContentsRequest",
        "gemini",
        Operation::Embeddings,
        &["input_type"],
    ),
    ("cohere.json", "#/x-operations/embed/request", "cohere", Operation::Embeddings, &["input_type"]),
    ("cohere.json", "#/x-operations/rerank/request", "cohere", Operation::Rerank, &[]),
    (
        "google_gemini.json",
        "#/components/schemas/EmbedContentRequest",
        "gemini",
        Operation::Embeddings,
        &["input_type", "one"],
    ),
    (
        "azure_openai.json",
        "#/paths/~1deployments~1%7Bdeployment-id%7D~1embeddings/post/requestBody/content/application~1json/schema",
        "azure",
        Operation::Embeddings,
        &["user", "input_type"],
    ),
    (
        "google_vertex.json",
        "#/$defs/GoogleCloudAiplatformV1EmbedContentRequest",
        "vertex",
        Operation::Embeddings,
        &["input_type", "one"],
    ),
    (
        "openrouter.json",
        "#/paths/~1embeddings/post/requestBody/content/application~1json/schema",
        "openrouter",
        Operation::Embeddings,
        &["user", "input_type"],
    ),
    (
        "openrouter.json",
        "#/paths/~1rerank/post/requestBody/content/application~1json/schema",
        "openrouter",
        Operation::Rerank,
        &[],
    ),
    ("ollama.json", "#/components/schemas/EmbedRequest", "ollama", Operation::Embeddings, &[]),
    ("openai.json", "#/components/schemas/CreateCompletionRequest", "openai", Operation::Completions, &[]),
    (
        "azure_openai.json",
        "#/paths/~1deployments~1%7Bdeployment-id%7D~1completions/post/requestBody/content/application~1json/schema",
        "azure",
        Operation::Completions,
        &[],
    ),
    ("openai.json", "#/components/schemas/TokenCountsBody", "openai", Operation::CountTokens, &["gpt-5.2"]),
    (
        "anthropic.json",
        "#/components/schemas/CountMessageTokensParams",
        "anthropic",
        Operation::CountTokens,
        &["claude-sonnet-4-5"],
    ),
    (
        "google_gemini.json",
        "#/components/schemas/CountTokensRequest",
        "gemini",
        Operation::CountTokens,
        &["gemini-2.5-pro"],
    ),
    (
        "google_vertex.json",
        "#/$defs/GoogleCloudAiplatformV1CountTokensRequest",
        "vertex",
        Operation::CountTokens,
        &["gemini-2.5-pro"],
    ),
    (
        "aws_bedrock_runtime.json",
        "#/$defs/CountTokensRequest",
        "bedrock",
        Operation::CountTokens,
        &["anthropic.claude-sonnet-4-5-20250929-v1:0"],
    ),
    (
        "openai.json",
        "#/components/schemas/CreateImageRequest",
        "openai",
        Operation::Images,
        &["user", "quality", "size"],
    ),
    (
        "openai.json",
        "#/components/schemas/CreateImageEditRequest",
        "openai",
        Operation::ImageEdits,
        &["user", "quality", "size"],
    ),
    (
        "openai.json",
        "#/components/schemas/CreateSpeechRequest",
        "openai",
        Operation::Speech,
        &["instructions"],
    ),
    (
        "openai.json",
        "#/components/schemas/CreateTranscriptionRequest",
        "openai",
        Operation::Transcriptions,
        &["language", "temperature", "timestamp_granularities"],
    ),
    (
        "openai.json",
        "#/components/schemas/CreateTranslationRequest",
        "openai",
        Operation::Translations,
        &["temperature"],
    ),
    ("openai.json", "#/components/schemas/CreateModerationRequest", "openai", Operation::Moderations, &[]),
    (
        "azure_openai.json",
        "#/paths/~1deployments~1%7Bdeployment-id%7D~1images~1generations/post/requestBody/content/application~1json/schema",
        "azure",
        Operation::Images,
        &["user"],
    ),
    (
        "azure_openai.json",
        "#/paths/~1deployments~1%7Bdeployment-id%7D~1audio~1transcriptions/post/requestBody/content/multipart~1form-data/schema",
        "azure",
        Operation::Transcriptions,
        &["language", "temperature"],
    ),
    (
        "mistral.json",
        "#/paths/~1v1~1moderations/post/requestBody/content/application~1json/schema",
        "mistral",
        Operation::Moderations,
        &[],
    ),
    (
        "mistral.json",
        "#/paths/~1v1~1audio~1speech/post/requestBody/content/application~1json/schema",
        "mistral",
        Operation::Speech,
        &[],
    ),
    (
        "mistral.json",
        "#/paths/~1v1~1audio~1transcriptions/post/requestBody/content/multipart~1form-data/schema",
        "mistral",
        Operation::Transcriptions,
        &["language", "temperature"],
    ),
    (
        "openrouter.json",
        "#/paths/~1images/post/requestBody/content/application~1json/schema",
        "openrouter",
        Operation::Images,
        &[],
    ),
    (
        "openrouter.json",
        "#/paths/~1images/post/requestBody/content/application~1json/schema",
        "openrouter",
        Operation::ImageEdits,
        &[],
    ),
    (
        "openrouter.json",
        "#/paths/~1audio~1speech/post/requestBody/content/application~1json/schema",
        "openrouter",
        Operation::Speech,
        &[],
    ),
    (
        "openrouter.json",
        "#/paths/~1audio~1transcriptions/post/requestBody/content/application~1json/schema",
        "openrouter",
        Operation::Transcriptions,
        &["language", "temperature"],
    ),
    (
        "google_gemini.json",
        "#/components/schemas/GenerateContentRequest",
        "gemini",
        Operation::Images,
        &["size"],
    ),
    (
        "google_gemini.json",
        "#/components/schemas/GenerateContentRequest",
        "gemini",
        Operation::ImageEdits,
        &["size"],
    ),
];

/// Every choice of some of the fields, each with the rest.
fn requests(operation: Operation, own: &[&str]) -> Vec<Map<String, Value>> {
    let chosen = |all: &[(&'static str, Value)]| -> Vec<(&str, Value)> {
        all.iter().filter(|(name, _)| own.contains(name)).cloned().collect()
    };
    let (base, optional): (Value, Vec<(&str, Value)>) = match operation {
        Operation::Images | Operation::ImageEdits => {
            let mut base = json!({ "model": "m", "prompt": "p" });
            if operation == Operation::ImageEdits {
                base["image"] = json!({ "attached": 0, "name": "a.png" });
            }
            let optional = [("size", json!("1024x1024")), ("quality", json!("high")), ("user", json!("u"))];
            (base, chosen(&optional))
        }
        Operation::Speech => (
            json!({ "model": "m", "input": "i", "voice": "alloy", "response_format": "mp3" }),
            chosen(&[("instructions", json!("slowly"))]),
        ),
        Operation::Transcriptions | Operation::Translations => {
            let optional = [
                ("language", json!("en")),
                ("temperature", json!(0.5)),
                ("timestamp_granularities", json!(["word"])),
            ];
            (json!({ "model": "m", "file": { "attached": 0, "name": "a.mp3" } }), chosen(&optional))
        }
        Operation::Moderations => (json!({ "model": "m", "input": ["a", "b"] }), Vec::new()),
        Operation::Rerank => (
            json!({ "model": "m", "query": "q", "documents": ["a", { "text": "b" }] }),
            vec![("top_n", json!(1)), ("return_documents", json!(true))],
        ),
        Operation::Completions => (
            json!({ "model": "m", "prompt": ["a", "b"] }),
            vec![
                ("suffix", json!("z")),
                ("max_tokens", json!(9)),
                ("stop", json!(["x"])),
                ("logprobs", json!(2)),
                ("n", json!(2)),
            ],
        ),
        Operation::CountTokens => (
            json!({ "model": "m", "messages": [
                { "role": "system", "content": "s" },
                { "role": "user", "content": "a" },
                { "role": "assistant", "tool_calls": [
                    { "id": "call_1", "type": "function", "function": { "name": "look", "arguments": "{}" } },
                ] },
                { "role": "tool", "tool_call_id": "call_1", "content": "b" },
            ], "tools": [{ "type": "function", "function": {
                "name": "look", "description": "d", "parameters": { "type": "object", "properties": {} },
            } }] }),
            vec![
                ("tool_choice", json!("required")),
                ("max_tokens", json!(9000)),
                ("temperature", json!(0.5)),
                ("stop", json!(["x"])),
                ("reasoning_effort", json!("low")),
            ],
        ),
        _ => {
            let input = if own.contains(&"one") { json!("a") } else { json!(["a", "b"]) };
            let mut optional = vec![("dimensions", json!(8)), ("encoding_format", json!("float"))];
            let values = [("user", json!("u")), ("input_type", json!("query"))];
            optional.extend(values.into_iter().filter(|(name, _)| own.contains(name)));
            (json!({ "model": "m", "input": input }), optional)
        }
    };
    (0..1_u32 << optional.len())
        .map(|choice| {
            let mut fields = base.as_object().unwrap().clone();
            let chosen = optional.iter().enumerate().filter(|(bit, _)| choice & (1 << bit) != 0);
            fields.extend(chosen.map(|(_, (name, value))| ((*name).to_owned(), value.clone())));
            fields
        })
        .collect()
}

#[test]
fn bodies_of_every_operation_are_what_their_schemas_take() {
    let kinds = Kinds::built_in().unwrap();
    for (file, schema, kind, operation, own) in SERVICES {
        let Some(referee) = Referee::new(file, schema) else { return };
        let row = kinds.get(kind).unwrap();
        let all = requests(operation, own);
        assert!(!all.is_empty());
        for fields in all {
            let mut request = Request::from_fields(operation, fields.clone()).unwrap();
            request.attach(&[vec![0_u8; 3].into()]).unwrap();
            let model =
                own.first().filter(|_| operation == Operation::CountTokens).map_or("m", |model| model);
            let context =
                EncodeContext { model, stream: false, unsupported: Unsupported::Error, quirks: &row.quirks };
            let Ok(mut encoded) = encode(dialect(row.dialect), &request, &context) else {
                // What thinking does not go with is refused as in a chat.
                assert!(fields.contains_key("reasoning_effort"), "{kind}: {fields:?}");
                continue;
            };
            row.hooks.place("", model, row.dialect, false, &mut encoded).unwrap();
            let mut body = Value::Object(encoded.body);
            if let BodyForm::Multipart(files) = &encoded.form {
                files.iter().for_each(|(name, _)| body[name.as_str()] = "the file".into());
            }
            // A deployment stands in the path; its schema has no model.
            if kind == "azure" {
                body.as_object_mut().unwrap().shift_remove("model");
            }
            let wrong: Vec<String> = referee
                .objections(&body)
                .into_iter()
                // Beside the deployment in the path; recorded requests have it, and are answered.
                .filter(|one| !(kind == "azure" && one.place == "/model"))
                .map(|one| format!("{}: {}", one.place, one.message))
                .collect();
            assert!(wrong.is_empty(), "{kind}: {fields:?}\n{body}\n{}", wrong.join("\n"));
        }
    }
}

#[test]
fn bodies_of_batches_are_what_their_schemas_take() {
    use roocode::types::batches::{BatchStep, BatchesRequest};

    let kinds = Kinds::built_in().unwrap();
    let chat = json!({ "messages": [{ "role": "user", "content": "a" }], "max_tokens": 9 });
    let fields = json!({ "model": "m", "requests": [chat, chat] }).as_object().unwrap().clone();
    let made = Request::from_fields(Operation::Batches, fields).unwrap();
    let metadata = json!({ "night": "1" }).as_object().cloned();
    let step = BatchStep::Start { file: "file-1".to_owned(), metadata };
    let started = Request::Batches(BatchesRequest { model: String::new(), step });
    for (file, schema, kind, request) in [
        ("anthropic.json", "#/components/schemas/CreateMessageBatchParams", "anthropic", made),
        ("openai.json", "#/components/schemas/CreateBatchRequest", "openai", started),
    ] {
        let Some(referee) = Referee::new(file, schema) else { return };
        let row = kinds.get(kind).unwrap();
        let model = "claude-sonnet-4-5";
        let context =
            EncodeContext { model, stream: false, unsupported: Unsupported::Error, quirks: &row.quirks };
        let body = Value::Object(encode(dialect(row.dialect), &request, &context).unwrap().body);
        let wrong: Vec<String> = referee
            .objections(&body)
            .into_iter()
            .map(|one| format!("{}: {}", one.place, one.message))
            .collect();
        assert!(wrong.is_empty(), "{kind}: {body}\n{}", wrong.join("\n"));
    }
}
