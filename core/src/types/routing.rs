//! What routing is told: by the caller about a request, and about a target.
//!
//! Plain data. What follows from it (who is left out, who comes first) is
//! decided in `routing`; nothing learned while running goes in here.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};

use super::provider::ProviderStatus;
use crate::error::{Error, Result};

/// What the caller says about a request for the sake of routing. None of it
/// reaches the model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct RoutingOptions {
    /// Only targets of this provider. The one way to reach a provider in `draft`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider: Option<String>,
    /// Only targets that carry all of these.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Only targets in this region. To prefer regions, use the strategy `region`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// The jurisdictions where the data may be processed, such as `["eu", "ch"]`.
    /// A target that does not say its own is left out. Default: anywhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub residency: Option<Vec<String>>,
    /// Only targets that promise all of these, such as `no_training`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub data_policy: Vec<String>,
    /// What the request is for, such as `summarise`; rules read it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub task: Option<String>,
    /// Anything else that rules read.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub metadata: Map<String, Value>,
    /// On whose behalf; queues are fair between tenants, by estimated tokens.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tenant: Option<String>,
    /// Place in a queue: higher first, always. Default 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub priority: Option<i32>,
    /// Requests of one session stay with one target under the strategy `sticky`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session: Option<String>,
    /// The seed of every random choice. Default: a new one for each request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seed: Option<u64>,
    /// Tokens that the answer will have, for expected cost and time.
    /// Default: 256, or the request's limit where that is lower.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected_output_tokens: Option<u64>,
    /// Whether a target that its route declares as a degradation (`degraded`) may answer.
    /// Default true.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allow_degraded: Option<bool>,
}

impl RoutingOptions {
    /// Errors: `BadRequestError` naming the option that no target could ever meet.
    pub fn validate(&self) -> Result<()> {
        if self.residency.as_ref().is_some_and(Vec::is_empty) {
            return Err(Error::bad_request(
                "residency",
                "residency: an empty list allows no target; leave it out to allow any jurisdiction",
            ));
        }
        for (name, texts) in [
            ("tags", self.tags.as_slice()),
            ("residency", self.residency.as_deref().unwrap_or_default()),
            ("data_policy", self.data_policy.as_slice()),
        ] {
            if let Some(index) = texts.iter().position(String::is_empty) {
                let place = format!("{name}[{index}]");
                return Err(Error::bad_request(place.clone(), format!("{place}: must not be empty")));
            }
        }
        Ok(())
    }
}

/// Something that a request can need and a model can lack.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Capability {
    Tools,
    ParallelTools,
    /// Images in the input.
    Vision,
    /// Documents in the input.
    Document,
    AudioInput,
    AudioOutput,
    ImageOutput,
    /// Videos in the input.
    Video,
    JsonSchema,
    JsonMode,
    Reasoning,
    Streaming,
    Logprobs,
    /// Chat completions.
    Chat,
    Embeddings,
    Rerank,
    /// A list of its models.
    Models,
    /// An operation that its provider declares.
    Service,
    /// A count of the tokens of a request.
    CountTokens,
    /// Completions of a text.
    Completions,
    /// Many chats at once, answered later.
    Batches,
    /// Makes images.
    Images,
    /// Changes images.
    ImageEdits,
    /// Reads a text aloud.
    Speech,
    /// Speech to text.
    Transcriptions,
    /// Speech to English text.
    Translations,
    Moderations,
    /// The Responses API itself, for what no chat has a word for: `previous_response_id`, tools that
    /// the service runs, its own items.
    NativeResponses,
    /// Documents of plain text in the input, handed over as data.
    TextDocument,
    /// Anthropic's wire itself, for what no chat has a word for: tools that the service runs, containers.
    NativeMessages,
}

impl Capability {
    /// Every capability, in the order of its bit.
    pub const ALL: [Self; 30] = [
        Self::Tools,
        Self::ParallelTools,
        Self::Vision,
        Self::Document,
        Self::AudioInput,
        Self::AudioOutput,
        Self::ImageOutput,
        Self::Video,
        Self::JsonSchema,
        Self::JsonMode,
        Self::Reasoning,
        Self::Streaming,
        Self::Logprobs,
        Self::Chat,
        Self::Embeddings,
        Self::Rerank,
        Self::Models,
        Self::Service,
        Self::CountTokens,
        Self::Completions,
        Self::Batches,
        Self::Images,
        Self::ImageEdits,
        Self::Speech,
        Self::Transcriptions,
        Self::Translations,
        Self::Moderations,
        Self::NativeResponses,
        Self::TextDocument,
        Self::NativeMessages,
    ];

    /// What the words of an error call it.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Tools => "tools",
            Self::ParallelTools => "parallel tool calls",
            Self::Vision => "images",
            Self::Document => "documents",
            Self::AudioInput => "audio input",
            Self::AudioOutput => "audio output",
            Self::ImageOutput => "image output",
            Self::Video => "video",
            Self::JsonSchema => "JSON schemas",
            Self::JsonMode => "JSON mode",
            Self::Reasoning => "reasoning",
            Self::Streaming => "streaming",
            Self::Logprobs => "log probabilities",
            Self::Chat => "chat",
            Self::Embeddings => "embeddings",
            Self::Rerank => "ranking of documents",
            Self::Models => "a list of its models",
            Self::Service => "operations that are declared",
            Self::CountTokens => "counting of tokens",
            Self::Completions => "completions of a text",
            Self::Batches => "batches",
            Self::Images => "making images",
            Self::ImageEdits => "changing images",
            Self::Speech => "speech",
            Self::Transcriptions => "transcription",
            Self::Translations => "translation of speech",
            Self::Moderations => "moderation",
            Self::NativeResponses => "the Responses API itself",
            Self::TextDocument => "documents of plain text",
            Self::NativeMessages => "Anthropic's Messages themselves",
        }
    }

    const fn bit(self) -> u64 {
        1 << self as u64
    }
}

/// A set of capabilities; in JSON a list of their names.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Capabilities(u64);

impl Capabilities {
    pub const NONE: Self = Self(0);

    #[must_use]
    pub const fn with(self, capability: Capability) -> Self {
        Self(self.0 | capability.bit())
    }

    #[must_use]
    pub const fn contains(self, capability: Capability) -> bool {
        self.0 & capability.bit() != 0
    }

    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Those in both sets.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    pub fn iter(self) -> impl Iterator<Item = Capability> {
        Capability::ALL.into_iter().filter(move |capability| self.contains(*capability))
    }
}

impl FromIterator<Capability> for Capabilities {
    fn from_iter<I: IntoIterator<Item = Capability>>(capabilities: I) -> Self {
        capabilities.into_iter().fold(Self::NONE, Self::with)
    }
}

impl std::fmt::Debug for Capabilities {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

impl Serialize for Capabilities {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

impl<'de> Deserialize<'de> for Capabilities {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Vec::<Capability>::deserialize(deserializer)?.into_iter().collect())
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Capabilities {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Capabilities".into()
    }
    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        generator.subschema_for::<Vec<Capability>>()
    }
}

/// What is known of a target before any request: all that a hard filter looks at.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct TargetFacts {
    /// `provider/model`. Its hash is the target's identity for sticky routing.
    pub name: String,
    pub provider: String,
    #[serde(skip_serializing_if = "is_default")]
    pub status: ProviderStatus,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// Where data is processed, in law, such as `eu`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jurisdiction: Option<String>,
    /// What the provider promises about data, such as `no_training`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub data_policies: Vec<String>,
    /// What the model is known to lack. What is not listed is had, or unknown:
    /// both pass, since catalogues lag behind models and a provider's own
    /// refusal is exact, while a wrong exclusion could not be undone.
    #[serde(skip_serializing_if = "is_default")]
    pub lacks: Capabilities,
    /// Tokens of input and output together. Absent: unknown, which passes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub context_window: Option<u64>,
    /// Tokens of output. Absent: unknown, which passes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output_limit: Option<u64>,
    /// Whether the route declares it as a degradation.
    #[serde(skip_serializing_if = "is_default")]
    pub degraded: bool,
    /// First served, in seconds since 1970. Absent: already.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub available_from: Option<f64>,
    /// No longer served from, in seconds since 1970. Absent: no end is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retired_from: Option<f64>,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}
