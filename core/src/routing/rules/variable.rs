//! What an expression may speak of: one table, from which everything follows.

use super::clock::Clock;
use super::facts::RuleFacts;

/// A variable of the language.
pub struct Variable {
    /// As written in an expression; a dot is part of the name.
    pub name: &'static str,
    /// What it says, for documentation and messages.
    pub meaning: &'static str,
    pub(super) read: Read,
}

/// How a variable is read, and by that its type.
#[derive(Clone, Copy)]
pub(super) enum Read {
    Text(for<'a> fn(&RuleFacts<'a>) -> &'a str),
    Whole(fn(&RuleFacts<'_>) -> u64),
    Test(fn(&RuleFacts<'_>) -> bool),
    Time(fn(&Clock) -> i64),
    Date,
    Tags,
    Metadata,
}

impl Variable {
    /// The name of its type: `text`, `whole number`, `bool`, `list of text`, `map of text`.
    #[must_use]
    pub const fn type_name(&self) -> &'static str {
        match self.read {
            Read::Text(_) | Read::Date => "text",
            Read::Whole(_) | Read::Time(_) => "whole number",
            Read::Test(_) => "bool",
            Read::Tags => "list of text",
            Read::Metadata => "map of text",
        }
    }
}

const fn row(name: &'static str, meaning: &'static str, read: Read) -> Variable {
    Variable { name, meaning, read }
}

/// Every variable, in the order of the documentation.
pub const VARIABLES: [Variable; 23] = [
    row("task", "the label the caller gave the task; empty without one", Read::Text(|facts| facts.task)),
    row(
        "operation",
        "what is asked for: `chat`, `completions`, `embeddings`, `rerank`, `count_tokens`, or `service` for one that a provider declares",
        Read::Text(|facts| facts.operation),
    ),
    row(
        "model",
        "the model name asked for; of a service the name of the operation",
        Read::Text(|facts| facts.model),
    ),
    row("tenant", "on whose behalf; empty where not said", Read::Text(|facts| facts.tenant)),
    row("user", "the id of the end user; empty where not said", Read::Text(|facts| facts.user)),
    row("session", "the session's name; empty where not said", Read::Text(|facts| facts.session)),
    row("metadata", "what the caller said for rules, each value as text", Read::Metadata),
    row("tags", "the tags asked for", Read::Tags),
    row("input_tokens", "tokens of the input, estimated", Read::Whole(|facts| facts.input_tokens)),
    row(
        "max_output_tokens",
        "the most tokens of output asked for; 0 where not said",
        Read::Whole(|facts| facts.max_output_tokens.unwrap_or(0)),
    ),
    row("messages", "number of messages", Read::Whole(|facts| facts.messages)),
    row("tools", "number of tools", Read::Whole(|facts| facts.tools)),
    row("images", "whether the input has images", Read::Test(|facts| facts.images)),
    row("documents", "whether the input has documents", Read::Test(|facts| facts.documents)),
    row("audio", "whether the input has audio", Read::Test(|facts| facts.audio)),
    row("video", "whether the input has video", Read::Test(|facts| facts.video)),
    row("json_schema", "whether the answer must follow a JSON schema", Read::Test(|facts| facts.json_schema)),
    row("reasoning", "whether the model is asked to reason", Read::Test(|facts| facts.reasoning)),
    row("stream", "whether the answer is streamed", Read::Test(|facts| facts.stream)),
    row("time.hour", "hour of the day, 0 to 23", Read::Time(|clock| clock.hour)),
    row("time.minute", "minute of the hour, 0 to 59", Read::Time(|clock| clock.minute)),
    row("time.weekday", "day of the week, 1 (Monday) to 7 (Sunday)", Read::Time(|clock| clock.weekday)),
    row("time.date", "the date as `2026-01-31`", Read::Date),
];

/// What comes before the dot of the variables of time.
pub(super) const TIME: &str = "time";

pub(super) fn find(name: &str) -> Option<&'static Variable> {
    static TABLE: [Variable; 23] = VARIABLES;
    TABLE.iter().find(|variable| variable.name == name)
}

pub(super) fn names() -> impl Iterator<Item = &'static str> + Clone {
    VARIABLES.iter().map(|variable| variable.name)
}
