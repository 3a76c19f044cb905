//! Rules: a request goes to a route by what it is.
//!
//! An ordered list of conditions; the first that holds names the route. They are
//! written in the Common Expression Language (grammar and meaning:
//! <https://github.com/google/cel-spec/blob/master/doc/langdef.md>), checked when
//! set, names and types included, and evaluated without a clock, an allocation
//! in the usual case, or an error: a condition that fails at run time does not
//! hold, and the outcome says so.
//!
//! ```json
//! [
//!   { "when": "task == 'summary' && input_tokens < 8000", "to": "cheap" },
//!   { "when": "images || 'vision' in tags", "to": "vision" },
//!   { "when": "has(metadata.team) && metadata.team in ['legal', 'hr']", "to": "europe" },
//!   { "when": "time.weekday >= 6 || time.hour < 7", "to": "night", "utc_offset": "+02:00" }
//! ]
//! ```
//!
//! | variable | type | what it says |
//! | --- | --- | --- |
//! | `task` | text | the label the caller gave the task; empty without one |
//! | `operation` | text | what is asked for: `chat`, `completions`, `embeddings`, `rerank`, `count_tokens`, or `service` for one that a provider declares |
//! | `model` | text | the model name asked for; of a service the name of the operation |
//! | `tenant` | text | on whose behalf; empty where not said |
//! | `user` | text | the id of the end user; empty where not said |
//! | `session` | text | the session's name; empty where not said |
//! | `metadata` | map of text | what the caller said for rules, each value as text |
//! | `tags` | list of text | the tags asked for |
//! | `input_tokens` | whole number | tokens of the input, estimated |
//! | `max_output_tokens` | whole number | the most tokens of output asked for; 0 where not said |
//! | `messages` | whole number | number of messages |
//! | `tools` | whole number | number of tools |
//! | `images` | bool | whether the input has images |
//! | `documents` | bool | whether the input has documents |
//! | `audio` | bool | whether the input has audio |
//! | `video` | bool | whether the input has video |
//! | `json_schema` | bool | whether the answer must follow a JSON schema |
//! | `reasoning` | bool | whether the model is asked to reason |
//! | `stream` | bool | whether the answer is streamed |
//! | `time.hour` | whole number | hour of the day, 0 to 23 |
//! | `time.minute` | whole number | minute of the hour, 0 to 59 |
//! | `time.weekday` | whole number | day of the week, 1 (Monday) to 7 (Sunday) |
//! | `time.date` | text | the date as `2026-01-31` |
//!
//! | written | of | gives |
//! | --- | --- | --- |
//! | `&&` `\|\|` `!` `? :` | bools | as anywhere; a side that fails counts only where the other does not decide |
//! | `==` `!=` `<` `<=` `>` `>=` | two numbers, two texts; bools with `==` and `!=` | bool |
//! | `+` `-` `*` `/` `%` | numbers of one kind; `+` of texts, `%` of whole numbers | the same |
//! | `in` | text in a list or in `metadata` (its keys); whole number in a list | bool |
//! | `metadata.team`, `metadata['team']`, `tags[0]` | | text; fails where there is none |
//! | `has(metadata.team)` | | bool |
//! | `size(x)` | text (characters), list, `metadata` | whole number |
//! | `startsWith(t)` `endsWith(t)` `contains(t)` | called on a text | bool |
//! | `int(x)` `double(x)` | text or number | a number; fails where the text is none |
//! | `all(x, …)` `exists(x, …)` `exists_one(x, …)` | called on a list or on `metadata` (its keys) | bool |
//!
//! Left out of the language: regular expressions (their engine would be half the
//! size of all the rest), dates as types, bytes, unsigned numbers, null, maps,
//! `map` and `filter`. A whole number is compared with one with a fraction as
//! such a one, exact below 2^53.
//!
//! What a rule reads is plain values of the request; nothing learned from
//! traffic goes in here.

mod calls;
mod check;
mod clock;
mod evaluate;
mod facts;
mod node;
mod show;
mod variable;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use self::evaluate::At;
use self::node::Test;
use crate::error::{Error, Result};
use crate::expressions::parse;
use crate::types::fields::require;

pub use self::facts::RuleFacts;
pub use self::variable::{VARIABLES, Variable};
pub use crate::types::path::RuleNote;

/// One rule, as it is set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RuleConfig {
    /// The condition.
    pub when: String,
    /// The route or target that the request then goes to.
    pub to: String,
    /// What the trace calls it. Default: its place in the list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Where the clock of `time` stands, as `+02:00`. Default: UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub utc_offset: Option<String>,
}

/// Checked rules, in order. Cheap to share, never changed.
pub struct Rules {
    rules: Vec<Rule>,
    reads: BTreeSet<&'static str>,
}

struct Rule {
    config: RuleConfig,
    test: Test,
    /// Seconds east of UTC.
    offset: i64,
}

/// What the rules said of one request.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RuleOutcome {
    /// The place of the first rule that holds, from 0. None: the route asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub matched: Option<usize>,
    /// Rules before it that could not be evaluated, and so did not hold.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<RuleNote>,
}

impl Rules {
    /// `place`: where the list stands in the configuration, such as
    /// `routes.smart.rules`. Whether the routes exist is not known here.
    ///
    /// Errors: `ConfigurationError` at the first thing that is wrong.
    pub fn new(configs: impl IntoIterator<Item = RuleConfig>, place: &str) -> Result<Self> {
        let mut rules: Vec<Rule> = Vec::new();
        let mut reads = BTreeSet::new();
        for (index, config) in configs.into_iter().enumerate() {
            let place = format!("{place}[{index}]");
            require(!config.to.trim().is_empty(), &place, "to", "the name of a route or target")?;
            if let Some(name) = &config.name {
                let taken = rules.iter().any(|rule| rule.config.name.as_ref() == Some(name));
                require(
                    !name.trim().is_empty() && !taken,
                    &place,
                    "name",
                    "a name that no rule before it has",
                )?;
            }
            let offset = match &config.utc_offset {
                Some(text) => clock::offset(text, &format!("{place}.utc_offset"))?,
                None => 0,
            };
            let checked = parse(&config.when).and_then(|expression| check::check(&expression));
            let (test, read) =
                checked.map_err(|message| Error::configuration(format!("{place}.when"), message))?;
            reads.extend(read);
            rules.push(Rule { config, test, offset });
        }
        Ok(Self { rules, reads })
    }

    /// The first rule that holds. `now_unix`: seconds since 1970-01-01 00:00 UTC.
    #[must_use]
    pub fn first(&self, facts: &RuleFacts<'_>, now_unix: i64) -> RuleOutcome {
        let mut notes = Vec::new();
        for (index, rule) in self.rules.iter().enumerate() {
            match rule.test.holds(&At::new(facts, now_unix, rule.offset)) {
                Ok(true) => return RuleOutcome { matched: Some(index), notes },
                Ok(false) => {}
                Err(failure) => notes.push(RuleNote { rule: index, message: failure.to_string() }),
            }
        }
        RuleOutcome { matched: None, notes }
    }

    /// The rule at a place of [`RuleOutcome`].
    #[must_use]
    pub fn get(&self, index: usize) -> Option<&RuleConfig> {
        self.rules.get(index).map(|rule| &rule.config)
    }

    /// All rules, as they were set.
    pub fn configs(&self) -> impl ExactSizeIterator<Item = &RuleConfig> {
        self.rules.iter().map(|rule| &rule.config)
    }

    /// Whether any rule reads a variable, so that what costs time to find, such as
    /// `input_tokens`, is found only then.
    #[must_use]
    pub fn reads(&self, variable: &str) -> bool {
        self.reads.contains(variable)
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }
}

impl std::fmt::Debug for Rules {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.configs()).finish()
    }
}

#[cfg(test)]
mod interpreter_tests;
#[cfg(test)]
mod tests;
