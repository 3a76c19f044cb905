//! Which of the recorded apis speak one of our wires.
//!
//! Every api of the recordings is in one of the two lists, or in those of `operations`, so that a new one
//! asks for a decision instead of being passed over.

/// Cases of these are replayed, or left out by name.
pub const OURS: &[&str] = &[
    "anthropic.messages",
    "avian.chat",
    "azure.chat",
    "bedrock.converse",
    "bedrock.converse_stream",
    "bedrock.invoke_model",
    "bedrock.invoke_model_stream",
    "bedrock.mantle_chat_completions",
    "cerebras.chat",
    "cohere.v2.chat",
    "copilot.chat",
    "crusoe.chat",
    "deepseek.chat",
    "doubleword.chat",
    "gemini.generateContent",
    "gemini.openai_chat_completions",
    "gemini.streamGenerateContent",
    "groq.chat",
    "heroku.chat",
    "huggingface.chat",
    "llamacpp.chat",
    "mistral.chat",
    "mistralrs.chat",
    "ollama.chat",
    "openai.chat_completions",
    "openrouter.chat",
    "perplexity.chat",
    "snowflake.chat",
    "together.chat",
    "venice.chat",
    "vercel_gateway.chat",
    "vertex.anthropic_rawPredict",
    "vertex.anthropic_streamRawPredict",
    "vertex.generateContent",
    "vertex.streamGenerateContent",
    "writer.v1_chat",
    "xai.chat",
    "zai.chat",
];

/// Why cases of an api of [`OTHERS`] are not replayed, by the end or the start of its name; the first that fits.
const WHY: &[(&str, &str)] = &[
    (".v1.chat", "Cohere's API v1, which v2 took the place of: another wire, and no kind speaks it"),
    ("bedrock.converse", "Bedrock's own wire"),
    ("bedrock.", "another operation of Bedrock's"),
    ("interactions", "Gemini's interactions: another wire and another operation"),
    ("ollama.generate", "legacy completions: another operation"),
    ("writer.completions", "a service that is no kind of ours"),
    (".complete", "legacy completions of the service's own: another operation"),
    ("cohere.v1.generate", "legacy completions: another operation"),
    ("watsonx.generation_text", "watsonx's text generation: a wire of its own, without messages"),
    ("sagemaker.", "a model's own server behind SageMaker: each has its own wire"),
    ("files", "files: another operation"),
    ("batches", "batches: another operation"),
    ("cachedContents", "contents cached ahead: another operation"),
    ("vertex.predict", "predictions of Vertex AI's own: another operation"),
];

/// The reason, if there is one.
pub fn why(api: &str) -> Option<&'static str> {
    let fits = |part: &str| api.ends_with(part) || api.starts_with(part);
    WHY.iter().find(|(part, _)| fits(part)).map(|(_, reason)| *reason)
}

/// Another wire: other endpoints, and services with a wire of their own.
pub const OTHERS: &[&str] = &[
    "alephalpha.complete",
    "anthropic.complete",
    "anthropic.files",
    "bedrock.apply_guardrail",
    "cohere.v1.chat",
    "cohere.v1.generate",
    "gemini.cachedContents",
    "gemini.interactions",
    "ollama.generate",
    "openai.batches",
    "openai.files",
    "sagemaker.my_llama2_endpoint_invocations",
    "watsonx.generation_text",
    "watsonx.generation_text_stream",
    "writer.completions",
];
