//! Where a body is right and its schema does not say so, and what a wire cannot
//! say at all. Each with its reason; one that no longer happens fails the test.

/// The schema objects to something that is right all the same.
pub struct Difference {
    pub wire: &'static str,
    /// The ingredients that bring it about, by the beginning of their names.
    pub ingredient: &'static str,
    pub place: &'static str,
    pub reason: &'static str,
}

/// Refused by name, even where parameters may be dropped.
pub struct Refusal {
    pub wire: &'static str,
    pub ingredient: &'static str,
    /// The other ingredient, where it takes two.
    pub with: Option<&'static str>,
    pub reason: &'static str,
}

/// On each wire: ingredient, place, reason.
pub const DIFFERENCES: &[Difference] = &[
    Difference {
        wire: "openai",
        ingredient: "result: named",
        place: "/messages/name",
        reason: "the call's name said again: OpenAI-shaped clients send it, and services read the call's own",
    },
    Difference {
        wire: "azure",
        ingredient: "result: named",
        place: "/messages/name",
        reason: "the call's name said again: OpenAI-shaped clients send it, and services read the call's own",
    },
    Difference {
        wire: "groq",
        ingredient: "result: named",
        place: "/messages/name",
        reason: "the call's name said again: OpenAI-shaped clients send it, and services read the call's own",
    },
    Difference {
        wire: "openrouter",
        ingredient: "result: named",
        place: "/messages/name",
        reason: "the call's name said again: OpenAI-shaped clients send it, and services read the call's own",
    },
    Difference {
        wire: "openai",
        ingredient: "modalities=[\"text\",\"image\"]",
        place: "/modalities",
        reason: "the caller's own words: a service without images says so itself",
    },
    Difference {
        wire: "groq",
        ingredient: "reasoning: ",
        place: "/messages/reasoning",
        reason: "Groq's own field (groq 1.7.0, chat_completion_assistant_message_param.py)",
    },
    Difference {
        wire: "groq",
        ingredient: "result: image",
        place: "/messages",
        reason: "Groq takes parts in results (groq 1.7.0, chat_completion_tool_message_param.py)",
    },
    Difference {
        wire: "mistral",
        ingredient: "seed=-7",
        place: "/random_seed",
        reason: "the caller's own number, out of the service's bounds: its error says so",
    },
    Difference {
        wire: "mistral",
        ingredient: "temperature=2",
        place: "/temperature",
        reason: "the caller's own number, out of the service's bounds: its error says so",
    },
    Difference {
        wire: "mistral",
        ingredient: "response_format schema missing",
        place: "/response_format/json_schema",
        reason: "the caller gave no schema, and one cannot be made up",
    },
    Difference {
        wire: "mistral",
        ingredient: "tool_choice: allowed tools",
        place: "/tool_choice",
        reason: "a form of one service's own is sent as it is",
    },
    Difference {
        wire: "openrouter",
        ingredient: "reasoning=",
        place: "/reasoning/enabled",
        reason: "openrouter.ai/docs/use-cases/reasoning-tokens; the schema is behind",
    },
    Difference {
        wire: "openrouter",
        ingredient: "reasoning=",
        place: "/reasoning/exclude",
        reason: "openrouter.ai/docs/use-cases/reasoning-tokens; the schema is behind",
    },
    Difference {
        wire: "openrouter",
        ingredient: "reasoning=",
        place: "/reasoning/max_tokens",
        reason: "openrouter.ai/docs/use-cases/reasoning-tokens; the schema is behind",
    },
    Difference {
        wire: "openrouter",
        ingredient: "audio",
        place: "/audio",
        reason: "not in the schema, which is open: passed on to a model's service that has it, else ignored",
    },
    Difference {
        wire: "openrouter",
        ingredient: "n=",
        place: "/n",
        reason: "not in the schema, which is open: passed on to a model's service that has it, else ignored",
    },
    Difference {
        wire: "openrouter",
        ingredient: "prompt_cache_retention",
        place: "/prompt_cache_retention",
        reason: "not in the schema, which is open: passed on to a model's service that has it, else ignored",
    },
    Difference {
        wire: "openrouter",
        ingredient: "safety_identifier",
        place: "/safety_identifier",
        reason: "not in the schema, which is open: passed on to a model's service that has it, else ignored",
    },
    Difference {
        wire: "openrouter",
        ingredient: "store",
        place: "/store",
        reason: "not in the schema, which is open: passed on to a model's service that has it, else ignored",
    },
    Difference {
        wire: "openrouter",
        ingredient: "verbosity",
        place: "/verbosity",
        reason: "not in the schema, which is open: passed on to a model's service that has it, else ignored",
    },
    Difference {
        wire: "openrouter",
        ingredient: "web_search_options",
        place: "/web_search_options",
        reason: "not in the schema, which is open: passed on to a model's service that has it, else ignored",
    },
    Difference {
        wire: "openrouter",
        ingredient: "user part: image, marked",
        place: "/messages/content/cache_control",
        reason: "the mark stands on the part it ends with; the schema knows it on texts alone and is open",
    },
    Difference {
        wire: "openrouter",
        ingredient: "user part: file, marked",
        place: "/messages/content/cache_control",
        reason: "the mark stands on the part it ends with; the schema knows it on texts alone and is open",
    },
    Difference {
        wire: "openrouter",
        ingredient: "tool_choice: allowed tools",
        place: "/tool_choice/allowed_tools",
        reason: "a form of one service's own is sent as it is",
    },
    Difference {
        wire: "anthropic",
        ingredient: "user part: file id",
        place: "/messages/content",
        reason: "uploaded files are of the beta schema, by which a test of its own judges them",
    },
    Difference {
        wire: "anthropic",
        ingredient: "image, uploaded",
        place: "/messages/content",
        reason: "uploaded files are of the beta schema, by which a test of its own judges them",
    },
    Difference {
        wire: "gemini",
        ingredient: "voice_object",
        place: "/generationConfig/speechConfig/voiceConfig",
        reason: "Vertex AI alone has it",
    },
    Difference {
        wire: "vertex",
        ingredient: "tool_config",
        place: "/toolConfig",
        reason: "the Gemini API alone has it",
    },
    Difference {
        wire: "vertex",
        ingredient: "file_search",
        place: "/tools",
        reason: "the Gemini API alone has it",
    },
    Difference {
        wire: "azure",
        ingredient: "",
        place: "/model",
        reason: "the deployment in the path says the model; the service passes over the body's",
    },
    Difference {
        wire: "azure",
        ingredient: "audio",
        place: "/audio",
        reason: "newer than the schema's version of the API (2024-10-21)",
    },
    Difference {
        wire: "azure",
        ingredient: "audio",
        place: "/modalities",
        reason: "newer than the schema's version of the API (2024-10-21)",
    },
    Difference {
        wire: "azure",
        ingredient: "modalities",
        place: "/modalities",
        reason: "newer than the schema's version of the API (2024-10-21)",
    },
    Difference {
        wire: "azure",
        ingredient: "metadata",
        place: "/metadata",
        reason: "newer than the schema's version of the API (2024-10-21)",
    },
    Difference {
        wire: "azure",
        ingredient: "prediction",
        place: "/prediction",
        reason: "newer than the schema's version of the API (2024-10-21)",
    },
    Difference {
        wire: "azure",
        ingredient: "prompt_cache_key",
        place: "/prompt_cache_key",
        reason: "newer than the schema's version of the API (2024-10-21)",
    },
    Difference {
        wire: "azure",
        ingredient: "prompt_cache_retention",
        place: "/prompt_cache_retention",
        reason: "newer than the schema's version of the API (2024-10-21)",
    },
    Difference {
        wire: "azure",
        ingredient: "reasoning",
        place: "/reasoning_effort",
        reason: "newer than the schema's version of the API (2024-10-21)",
    },
    Difference {
        wire: "azure",
        ingredient: "safety_identifier",
        place: "/safety_identifier",
        reason: "newer than the schema's version of the API (2024-10-21)",
    },
    Difference {
        wire: "azure",
        ingredient: "service_tier",
        place: "/service_tier",
        reason: "newer than the schema's version of the API (2024-10-21)",
    },
    Difference {
        wire: "azure",
        ingredient: "store",
        place: "/store",
        reason: "newer than the schema's version of the API (2024-10-21)",
    },
    Difference {
        wire: "azure",
        ingredient: "verbosity",
        place: "/verbosity",
        reason: "newer than the schema's version of the API (2024-10-21)",
    },
    Difference {
        wire: "azure",
        ingredient: "web_search_options",
        place: "/web_search_options",
        reason: "newer than the schema's version of the API (2024-10-21)",
    },
    Difference {
        wire: "azure",
        ingredient: "tool_choice: allowed tools",
        place: "/tool_choice",
        reason: "newer than the schema's version of the API (2024-10-21)",
    },
    Difference {
        wire: "azure",
        ingredient: "developer",
        place: "/messages",
        reason: "newer than the schema's version of the API (2024-10-21)",
    },
    Difference {
        wire: "azure",
        ingredient: "system, two",
        place: "/messages",
        reason: "newer than the schema's version of the API (2024-10-21)",
    },
    Difference {
        wire: "azure",
        ingredient: "user part: audio",
        place: "/messages",
        reason: "newer than the schema's version of the API (2024-10-21)",
    },
    Difference {
        wire: "azure",
        ingredient: "user part: file",
        place: "/messages",
        reason: "newer than the schema's version of the API (2024-10-21)",
    },
    Difference {
        wire: "azure",
        ingredient: "user part: document",
        place: "/messages",
        reason: "newer than the schema's version of the API (2024-10-21)",
    },
    Difference {
        wire: "azure",
        ingredient: "result: document",
        place: "/messages",
        reason: "newer than the schema's version of the API (2024-10-21)",
    },
    Difference { wire: "gemini", ingredient: "labels", place: "", reason: "Vertex AI alone has it" },
    Difference { wire: "gemini", ingredient: "model_armor", place: "", reason: "Vertex AI alone has it" },
    Difference {
        wire: "vertex",
        ingredient: "service_tier",
        place: "",
        reason: "the Gemini API alone has it",
    },
    Difference { wire: "vertex", ingredient: "store", place: "", reason: "the Gemini API alone has it" },
    Difference {
        wire: "openrouter",
        ingredient: "system, marked",
        place: "/messages/cache_control",
        reason: "recorded: recordings/openrouter/fantasy-anthropic-multi-tool-streaming.json has the mark on messages",
    },
    Difference {
        wire: "openrouter",
        ingredient: "user, marked",
        place: "/messages/cache_control",
        reason: "recorded: recordings/openrouter/fantasy-anthropic-multi-tool-streaming.json has the mark on messages",
    },
    Difference {
        wire: "openrouter",
        ingredient: "assistant, marked",
        place: "/messages/cache_control",
        reason: "recorded: recordings/openrouter/fantasy-anthropic-multi-tool-streaming.json has the mark on messages",
    },
    Difference {
        wire: "openrouter",
        ingredient: "result: marked",
        place: "/messages/cache_control",
        reason: "recorded: recordings/openrouter/fantasy-anthropic-multi-tool-streaming.json has the mark on messages",
    },
    Difference {
        wire: "azure",
        ingredient: "response_format schema",
        place: "/response_format",
        reason: "the schema wants `type` inside `json_schema`, too, a mistake: OpenAI's schema has none there",
    },
    Difference {
        wire: "azure",
        ingredient: "assistant, audio",
        place: "/messages/audio",
        reason: "newer than the schema's version of the API (2024-10-21)",
    },
];

pub const REFUSALS: &[Refusal] = &[
    Refusal {
        wire: "gemini",
        ingredient: "top_logprobs alone",
        with: None,
        reason: "alternatives need `logprobs=true`, as OpenAI's schema says, too",
    },
    Refusal {
        wire: "vertex",
        ingredient: "top_logprobs alone",
        with: None,
        reason: "alternatives need `logprobs=true`, as OpenAI's schema says, too",
    },
    Refusal {
        wire: "openai",
        ingredient: "reasoning=",
        with: Some("reasoning_effort="),
        reason: "both say how hard to think, and differently: the target takes one of the two",
    },
    Refusal {
        wire: "azure",
        ingredient: "reasoning=",
        with: Some("reasoning_effort="),
        reason: "both say how hard to think, and differently: the target takes one of the two",
    },
    Refusal {
        wire: "groq",
        ingredient: "reasoning=",
        with: Some("reasoning_effort="),
        reason: "both say how hard to think, and differently: the target takes one of the two",
    },
    Refusal {
        wire: "mistral",
        ingredient: "reasoning=",
        with: Some("reasoning_effort="),
        reason: "both say how hard to think, and differently: the target takes one of the two",
    },
    Refusal {
        wire: "anthropic",
        ingredient: "thinking",
        with: Some("reasoning_effort="),
        reason: "the wire's own field and the common one say the same thing: the caller gives one",
    },
    Refusal {
        wire: "anthropic",
        ingredient: "thinking",
        with: Some("reasoning="),
        reason: "the wire's own field and the common one say the same thing: the caller gives one",
    },
    Refusal {
        wire: "anthropic",
        ingredient: "output_config",
        with: Some("reasoning_effort="),
        reason: "the wire's own field and the common one say the same thing: the caller gives one",
    },
    Refusal {
        wire: "anthropic",
        ingredient: "output_config",
        with: Some("reasoning="),
        reason: "the wire's own field and the common one say the same thing: the caller gives one",
    },
];
