//! The cases that are not replayed, one by one, each with its reason.

const AWS_FRAMES: &str =
    "Claude's stream within AWS event-stream frames, as Bedrock's invoke sends it; we ask for Converse";
const OTHER_MODEL_WIRE: &str = "Bedrock's invoke hands the model's own wire through, here none of ours";
const OLLAMA_WIRE: &str = "Ollama's own wire (/api/chat), not its OpenAI one";
const JSON_ARRAY: &str =
    "a Gemini stream asked for without alt=sse comes as one JSON array; we always ask for SSE";

/// `provider/case`, or `provider/case#exchange`.
pub const CASES: &[(&str, &str)] = &[
    (
        "bedrock/dd-trace-js-bedrock-runtime-bedrock-runtime-model-us-anthropic-claude-sonnet-4-20250514-v1-0-67d335",
        AWS_FRAMES,
    ),
    ("bedrock/dd-trace-py-bedrock-cassettes-anthropic-invoke-stream", OTHER_MODEL_WIRE),
    ("bedrock/dd-trace-py-bedrock-cassettes-anthropic-invoke", OTHER_MODEL_WIRE),
    ("bedrock/fantasy-bedrock-anthropic-claude-haiku-4-5-tool-streaming", AWS_FRAMES),
    ("bedrock/fantasy-bedrock-anthropic-claude-sonnet-4-5-tool-streaming", AWS_FRAMES),
    ("bedrock/openinference-bedrock-testinvokemodelwithstreamresponse-test-invoke", AWS_FRAMES),
    (
        "bedrock/opentelemetry-python-contrib-opentelemetry-instrumentation-botocore-test-invoke-model-with-c-083b40",
        OTHER_MODEL_WIRE,
    ),
    (
        "bedrock/opentelemetry-python-contrib-opentelemetry-instrumentation-botocore-test-invoke-model-with-r-e92c71",
        AWS_FRAMES,
    ),
    ("gemini/llm-gemini-test-gemini-test-nested-model-optional", JSON_ARRAY),
    ("ollama/langchaingo-ollama-testwithformat", OLLAMA_WIRE),
    ("ollama/openinference-test-instrumentor-test-chat-error-records-model-name", OLLAMA_WIRE),
    ("ollama/openinference-test-instrumentor-test-chat-stream", OLLAMA_WIRE),
    ("ollama/openinference-test-instrumentor-test-chat-with-callable-tool", OLLAMA_WIRE),
    ("ollama/openllmetry-test-chat-test-ollama-chat-tool-calls-legacy", OLLAMA_WIRE),
    ("ollama/rig-agentic-native-mode", OLLAMA_WIRE),
    ("ollama/rig-streaming-grammar-chat-sourced-history-replay", OLLAMA_WIRE),
    ("ollama/rig-streaming-grammar-parallel-tool-calls", OLLAMA_WIRE),
    ("ollama/rig-tools-optional-argument", OLLAMA_WIRE),
];

/// Why an exchange is left out, if it is.
pub fn reason(exchange: &str) -> Option<&'static str> {
    let case = exchange.rsplit_once('#').map_or(exchange, |(case, _)| case);
    CASES.iter().find(|(name, _)| *name == exchange || *name == case).map(|(_, reason)| *reason)
}
