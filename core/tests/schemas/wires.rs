//! The wires: a kind's dialect and quirks, the schema that judges its bodies, and
//! models by whose names its dialect tells generations apart.

use roocode::dialects::{Dialect, EncodeContext, EncodedRequest, Quirks, Unsupported, dialect};
use roocode::error::Error;
use roocode::providers::Kinds;
use roocode::types::chat::ChatRequest;
use serde_json::Value;

pub struct Wire {
    pub name: &'static str,
    /// Whose row of facts.
    pub kind: &'static str,
    pub file: &'static str,
    pub schema: &'static str,
    /// Whether the schema's objects are open, so that keys have to be looked up.
    pub open: bool,
    /// Of its pairs, every how many-th is judged: 1 for all, more where the same
    /// bodies are judged by another schema already.
    pub every: usize,
    pub models: &'static [&'static str],
}

/// One form of thinking and of structured output each: see the dialect's table of generations.
const CLAUDE: [&str; 6] = [
    "claude-sonnet-4-5",
    "claude-sonnet-5",
    "claude-opus-4-6",
    "claude-3-7-sonnet-20250219",
    "claude-3-5-haiku-latest",
    "local.gguf",
];
/// Levels or budgets, with and without a floor.
const GEMINI: [&str; 4] = ["gemini-3-flash", "gemini-2.5-pro", "gemini-2.5-flash-lite", "gemini-3-pro"];

pub const OPENAI: Wire = Wire {
    name: "openai",
    kind: "openai",
    file: "openai.json",
    schema: "#/components/schemas/CreateChatCompletionRequest",
    open: true,
    every: 1,
    models: &["gpt-5"],
};
/// Azure speaks OpenAI's wire, at the version of its schema.
pub const AZURE: Wire = Wire {
    name: "azure",
    file: "azure_openai.json",
    schema: "#/components/schemas/createChatCompletionRequest",
    every: 7,
    ..OPENAI
};
/// Groq publishes no schema: OpenAI's judges what it takes over.
pub const GROQ: Wire = Wire { name: "groq", kind: "groq", models: &["openai/gpt-oss-120b"], ..OPENAI };
pub const MISTRAL: Wire = Wire {
    name: "mistral",
    kind: "mistral",
    file: "mistral.json",
    schema: "#/components/schemas/ChatCompletionRequest",
    open: false,
    every: 1,
    models: &["mistral-large-latest"],
};
pub const OPENROUTER: Wire = Wire {
    name: "openrouter",
    kind: "openrouter",
    file: "openrouter.json",
    schema: "#/components/schemas/ChatRequest",
    open: true,
    every: 1,
    models: &["anthropic/claude-sonnet-4.5"],
};
pub const ANTHROPIC: Wire = Wire {
    name: "anthropic",
    kind: "anthropic",
    file: "anthropic.json",
    schema: "#/components/schemas/CreateMessageParams",
    open: false,
    every: 1,
    models: &CLAUDE,
};
pub const ANTHROPIC_BETA: Wire =
    Wire { name: "anthropic beta", schema: "#/components/schemas/BetaCreateMessageParams", ..ANTHROPIC };
pub const GEMINI_API: Wire = Wire {
    name: "gemini",
    kind: "gemini",
    file: "google_gemini.json",
    schema: "#/components/schemas/GenerateContentRequest",
    open: false,
    every: 1,
    models: &GEMINI,
};
pub const VERTEX: Wire = Wire {
    name: "vertex",
    file: "google_vertex.json",
    schema: "#/$defs/GoogleCloudAiplatformV1GenerateContentRequest",
    every: 7,
    ..GEMINI_API
};

/// A model of each maker that makes a difference.
pub const BEDROCK: Wire = Wire {
    name: "bedrock",
    kind: "bedrock",
    file: "aws_bedrock_runtime.json",
    schema: "#/$defs/ConverseRequest",
    open: false,
    every: 1,
    models: &[
        "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
        "global.anthropic.claude-opus-4-6-v1",
        "anthropic.claude-3-haiku-20240307-v1:0",
        "amazon.nova-lite-v1:0",
        "us.amazon.nova-2-lite-v1:0",
        "openai.gpt-oss-20b-1:0",
        "mistral.mistral-large-2407-v1:0",
        "meta.llama3-8b-instruct-v1:0",
    ],
};
pub const COHERE: Wire = Wire {
    name: "cohere",
    kind: "cohere",
    file: "cohere.json",
    schema: "#/x-operations/chat/request",
    open: false,
    every: 1,
    models: &["command-a-03-2025"],
};
pub const OLLAMA: Wire = Wire {
    name: "ollama",
    kind: "ollama",
    file: "ollama.json",
    schema: "#/components/schemas/ChatRequest",
    open: true,
    every: 1,
    models: &["qwen3:4b"],
};

/// Encodes requests for one wire.
pub struct Encoder {
    pub dialect: &'static dyn Dialect,
    pub quirks: Quirks,
}

impl Encoder {
    pub fn new(wire: &Wire) -> Self {
        let kinds = Kinds::built_in().unwrap();
        let row = kinds.get(wire.kind).unwrap();
        Self { dialect: dialect(row.dialect), quirks: row.quirks.clone() }
    }

    /// As the client does: read, check, encode.
    pub fn encode(&self, request: &ChatRequest, model: &str) -> Result<EncodedRequest, Error> {
        let stream = request.stream == Some(true);
        let context = EncodeContext { model, stream, unsupported: Unsupported::Drop, quirks: &self.quirks };
        self.dialect.encode_chat(request, &context)
    }
}

/// Reads a request and checks it, which every request of ours must pass.
pub fn read(request: Value) -> ChatRequest {
    let chat = ChatRequest::from_value(request).unwrap_or_else(|error| panic!("{error}"));
    chat.validate().unwrap_or_else(|error| panic!("{error}: {chat:?}"));
    chat
}
