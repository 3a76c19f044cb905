//! What the generations of Claude take, by the model's name.
//!
//! The wire is one, but thinking, sampling and structured output differ between
//! generations and the service answers 400 to the wrong form. Sources:
//! docs.aws.amazon.com/bedrock "Adaptive thinking" and "Extended thinking",
//! platform.claude.com/docs "Extended thinking", "Structured outputs" and the
//! migration guides. A name that is not Claude's (a local server, an alias) gets
//! the oldest form of everything, which every server of this wire knows.

/// How a model is told to think.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::dialects) enum Thinking {
    /// It does not think.
    Never,
    /// `thinking: {type: enabled, budget_tokens}`.
    Budget,
    /// Either form; a budget is deprecated.
    Either,
    /// `thinking: {type: adaptive}` with `output_config.effort` alone.
    Adaptive,
}

/// A model's generation, read from its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::dialects) enum Generation {
    /// Claude of this version, such as (4, 6).
    Claude(u32, u32),
    /// Not known to be Claude.
    Unknown,
}

impl Generation {
    /// Reads names such as `claude-opus-4-6`, `us.anthropic.claude-3-5-sonnet-20240620-v1:0`,
    /// `claude-3-7-sonnet@20250219` and `anthropic/claude-4.5-sonnet`.
    pub(in crate::dialects) fn of(model: &str) -> Self {
        let name = model.to_ascii_lowercase();
        let Some((_, rest)) = name.split_once("claude") else { return Self::Unknown };
        let mut numbers = rest
            .split(|c: char| !c.is_ascii_alphanumeric())
            .skip_while(|word| !is_version(word))
            .take_while(|word| is_version(word))
            .filter_map(|word| word.parse().ok());
        match numbers.next() {
            Some(major) => Self::Claude(major, numbers.next().unwrap_or(0)),
            // `claude-instant` came before versions; a name such as
            // `claude-mythos-preview` belongs to the newest.
            None if rest.contains("instant") => Self::Claude(1, 0),
            None => Self::Claude(u32::MAX, 0),
        }
    }

    fn at_least(self, major: u32, minor: u32) -> bool {
        matches!(self, Self::Claude(a, b) if (a, b) >= (major, minor))
    }

    pub(in crate::dialects) fn thinking(self) -> Thinking {
        match self {
            Self::Unknown => Thinking::Budget,
            _ if self.at_least(4, 7) => Thinking::Adaptive,
            _ if self.at_least(4, 6) => Thinking::Either,
            _ if self.at_least(3, 7) => Thinking::Budget,
            Self::Claude(..) => Thinking::Never,
        }
    }

    /// Whether `temperature`, `top_p` and `top_k` are taken: from Opus 4.7 on
    /// any other value than the default is answered with 400.
    pub(in crate::dialects) fn samples(self) -> bool {
        !self.at_least(4, 7)
    }

    /// Whether effort `xhigh` is taken; recorded: Opus 4.6 answers 400 to it.
    pub(in crate::dialects) fn knows_xhigh(self) -> bool {
        !matches!(self, Self::Claude(4, 6))
    }

    /// Whether an assistant message at the end is continued: from 4.6 on it is answered with
    /// 400. (platform.claude.com/docs "Prefill Claude's response"; litellm 1.109.1,
    /// `supports_assistant_prefill`, model by model.)
    pub(in crate::dialects) fn prefills(self) -> bool {
        self != Self::Unknown && !self.at_least(4, 6)
    }

    /// Whether thinking without a signature may be handed back. Claude refuses it.
    pub(in crate::dialects) fn takes_unsigned(self) -> bool {
        self == Self::Unknown
    }

    /// Whether `output_config.format` is taken.
    pub(in crate::dialects) fn structured_output(self) -> bool {
        self.at_least(4, 5)
    }

    /// `max_tokens` where the caller gives none; the wire requires one.
    ///
    /// The oldest models end at 4096 (8192 for 3.5; both unverified), so every
    /// model takes its value. From 3.7 on the limit is 32k or more, but a plain response above
    /// 21,333 must be streamed ("Extended thinking", usage guidelines).
    pub(in crate::dialects) fn default_max_tokens(self) -> u64 {
        if self.at_least(3, 7) {
            16_384
        } else if self.at_least(3, 5) {
            8_192
        } else {
            4_096
        }
    }
}

/// A version's number, not a date.
fn is_version(word: &str) -> bool {
    (1..=2).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_every_form_are_read() {
        for (name, version) in [
            ("claude-opus-4-6", (4, 6)),
            ("claude-sonnet-4-5-20250929", (4, 5)),
            ("claude-sonnet-4-20250514", (4, 0)),
            ("claude-sonnet-5", (5, 0)),
            ("claude-fable-5-1", (5, 1)),
            ("us.anthropic.claude-3-5-sonnet-20240620-v1:0", (3, 5)),
            ("anthropic.claude-opus-4-6-v1", (4, 6)),
            ("claude-3-7-sonnet@20250219", (3, 7)),
            ("claude-3-opus-20240229", (3, 0)),
            ("anthropic/claude-4.5-sonnet", (4, 5)),
            ("claude-2.1", (2, 1)),
            ("claude-instant-v1", (1, 0)),
            ("claude-mythos-preview", (u32::MAX, 0)),
        ] {
            assert_eq!(Generation::of(name), Generation::Claude(version.0, version.1), "{name}");
        }
        assert_eq!(Generation::of("tiny-random.gguf"), Generation::Unknown);
    }

    #[test]
    fn thinking_follows_the_generation() {
        assert_eq!(Generation::of("claude-3-5-haiku-latest").thinking(), Thinking::Never);
        assert_eq!(Generation::of("claude-haiku-4-5").thinking(), Thinking::Budget);
        assert_eq!(Generation::of("claude-sonnet-4-6").thinking(), Thinking::Either);
        assert_eq!(Generation::of("claude-opus-4-7").thinking(), Thinking::Adaptive);
        assert_eq!(Generation::of("claude-sonnet-5").thinking(), Thinking::Adaptive);
        assert_eq!(Generation::of("qwen3").thinking(), Thinking::Budget);
    }

    #[test]
    fn a_message_is_continued_by_the_generations_before_4_6() {
        let prefills = |name: &str| Generation::of(name).prefills();
        assert!(prefills("claude-haiku-4-5") && prefills("claude-3-opus-20240229"));
        assert!(!prefills("claude-sonnet-4-6") && !prefills("claude-opus-5") && !prefills("qwen3"));
    }
}
