//! The neutral form in which what is expected and what was decoded are compared.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::cases;

/// A reply, reduced to what every wire can say.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reply {
    pub id: String,
    /// Empty where the wire does not say: ours is the one asked for.
    pub model: String,
    /// 0 where the wire does not say.
    pub created: i64,
    pub choices: Vec<Answer>,
    pub usage: Option<Tokens>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answer {
    pub index: u64,
    pub text: String,
    pub reasoning: String,
    /// Signatures of reasoning blocks, parts and calls.
    pub signatures: BTreeSet<String>,
    /// Reasoning that only the provider can read, in order.
    pub encrypted: Vec<String>,
    pub tool_calls: Vec<Call>,
    /// In OpenAI's words.
    pub finish: Option<String>,
    /// In the provider's words, where they differ.
    pub native_finish: Option<String>,
    pub refusal: String,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Call {
    /// `None` where the wire gives no id; ours is made up then.
    pub id: Option<String>,
    pub name: String,
    /// Parsed, or the text itself where it is no JSON.
    pub arguments: Value,
    /// The exact text, where the wire has a text.
    pub arguments_text: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tokens {
    pub prompt: u64,
    pub completion: u64,
    pub total: u64,
    pub cached: Option<u64>,
    pub cache_write: Option<u64>,
    pub reasoning: Option<u64>,
    /// Parts of the input and the output by modality: `text`, `audio`, `document`, …
    pub input: BTreeMap<String, u64>,
    pub output: BTreeMap<String, u64>,
}

pub fn parse_arguments(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.to_owned()))
}

impl Reply {
    /// What differs from `observed`, a line each.
    pub fn differences(&self, observed: &Self) -> Vec<String> {
        let mut out = Vec::new();
        differ(&mut out, "id", &self.id, &observed.id);
        if !self.model.is_empty() || observed.model.is_empty() {
            differ(&mut out, "model", &self.model, &observed.model);
        }
        differ(&mut out, "created", &self.created, &observed.created);
        differ(&mut out, "number of choices", &self.choices.len(), &observed.choices.len());
        for (mine, theirs) in self.choices.iter().zip(&observed.choices) {
            mine.differences(theirs, &mut out);
        }
        match (&self.usage, &observed.usage) {
            (Some(mine), Some(theirs)) => {
                differ(&mut out, "usage.prompt", &mine.prompt, &theirs.prompt);
                differ(&mut out, "usage.completion", &mine.completion, &theirs.completion);
                differ(&mut out, "usage.total", &mine.total, &theirs.total);
                differ(&mut out, "usage.cached", &mine.cached, &theirs.cached);
                differ(&mut out, "usage.cache_write", &mine.cache_write, &theirs.cache_write);
                differ(&mut out, "usage.reasoning", &mine.reasoning, &theirs.reasoning);
                differ(&mut out, "usage.input", &mine.input, &theirs.input);
                differ(&mut out, "usage.output", &mine.output, &theirs.output);
            }
            (mine, theirs) => differ(&mut out, "usage", mine, theirs),
        }
        out
    }
}

impl Answer {
    fn differences(&self, observed: &Self, out: &mut Vec<String>) {
        let at = format!("choices[{}]", self.index);
        differ(out, &format!("{at}.index"), &self.index, &observed.index);
        differ(out, &format!("{at}.text"), &self.text, &observed.text);
        differ(out, &format!("{at}.reasoning"), &self.reasoning, &observed.reasoning);
        differ(out, &format!("{at}.signatures"), &self.signatures, &observed.signatures);
        differ(out, &format!("{at}.encrypted"), &self.encrypted, &observed.encrypted);
        differ(out, &format!("{at}.finish"), &self.finish, &observed.finish);
        differ(out, &format!("{at}.native_finish"), &self.native_finish, &observed.native_finish);
        differ(out, &format!("{at}.refusal"), &self.refusal, &observed.refusal);
        differ(
            out,
            &format!("{at}: number of tool calls"),
            &self.tool_calls.len(),
            &observed.tool_calls.len(),
        );
        for (position, (mine, theirs)) in self.tool_calls.iter().zip(&observed.tool_calls).enumerate() {
            let at = format!("{at}.tool_calls[{position}]");
            match &mine.id {
                Some(_) => differ(out, &format!("{at}.id"), &mine.id, &theirs.id),
                None if theirs.id.is_none() => out.push(format!("{at}: no id was made up")),
                None => {}
            }
            differ(out, &format!("{at}.name"), &mine.name, &theirs.name);
            differ(out, &format!("{at}.arguments"), &mine.arguments, &theirs.arguments);
            if mine.arguments_text.is_some() {
                differ(
                    out,
                    &format!("{at}: text of arguments"),
                    &mine.arguments_text,
                    &theirs.arguments_text,
                );
            }
        }
    }
}

fn differ<T: std::fmt::Debug + PartialEq>(out: &mut Vec<String>, what: &str, expected: &T, got: &T) {
    if expected != got {
        out.push(format!("{what}: expected {}, got {}", short(expected), short(got)));
    }
}

/// Debug text of bearable length, cut in the middle.
pub fn short(value: &impl std::fmt::Debug) -> String {
    let text: Vec<char> = format!("{value:?}").chars().collect();
    if text.len() <= 300 {
        return text.into_iter().collect();
    }
    let head: String = text[..180].iter().collect();
    let tail: String = text[text.len() - 100..].iter().collect();
    format!("{head} … {tail}")
}

/// Fails with every finding of a test in one message, and where fewer than `least`
/// were checked: a test that finds nothing to do has found nothing out.
pub fn report(what: &str, checked: usize, least: usize, findings: &[String]) {
    if cases::all().is_none() {
        return;
    }
    println!("{what}: {checked} checked, {} differ", findings.len());
    assert!(findings.is_empty(), "{what}: {} of {checked}\n{}", findings.len(), findings.join("\n"));
    assert!(checked >= least, "{what}: only {checked} checked, at least {least}");
}
