//! Names of tools that a wire refuses.
//!
//! A tool may be called `weather.get`, as those of MCP servers are, or longer than a wire allows. Such a name goes
//! out as another one of the wire's own letters, everywhere in a request: with the tool, in the choice among tools, in
//! earlier calls and results. In an answer and in a stream the tool has its own name again. The name that is sent
//! depends on the tool's own alone, so that a conversation says the same in every turn and stays in the provider's
//! cache; only where two would be sent alike one of them gets another. No dialect knows of it: each is handed names
//! that it can say, and says which those are.

use serde_json::{Map, Value};

use crate::error::{Error, Result};
use crate::types::chat::{
    ChatCompletion, ChatCompletionChunk, ChatRequest, FunctionCall, Message, Tool, ToolChoice,
};
use crate::types::operation::{Answer, StreamItem};
use crate::types::trace::{Translation, TranslationAction};

/// The names that a wire takes: of letters without accents, digits and some more.
#[derive(Clone, Copy, Debug)]
pub struct NameRule {
    /// The most characters.
    pub most: usize,
    /// What may stand beside letters and digits.
    pub beside: &'static str,
    /// Whether a digit, or one of `beside` other than `_`, may come first.
    pub any_first: bool,
}

impl NameRule {
    fn has(&self, letter: char) -> bool {
        letter.is_ascii_alphanumeric() || self.beside.contains(letter)
    }

    fn takes(&self, name: &str) -> bool {
        let first = |letter: char| self.any_first || letter.is_ascii_alphabetic() || letter == '_';
        name.len() <= self.most
            && name.chars().all(|letter| self.has(letter))
            && name.chars().next().is_none_or(first)
    }

    /// The name that is sent for one that the wire refuses: its beginning, for the model to read, and a
    /// mark of the whole. Another `turn`, another mark.
    fn sent(&self, name: &str, turn: u32) -> String {
        let mark = format!("_{:08x}", hash(name, turn));
        let letters = name.chars().map(|letter| if self.has(letter) { letter } else { '_' });
        let begins = name.chars().next().is_some_and(|letter| letter.is_ascii_alphabetic());
        let mut sent: String =
            if begins { letters.collect() } else { "tool_".chars().chain(letters).collect() };
        // All of it is ASCII by now.
        sent.truncate(self.most.saturating_sub(mark.len()));
        sent + &mark
    }
}

/// FNV-1a, folded: the same on every machine and in every version.
fn hash(name: &str, turn: u32) -> u32 {
    let bytes = name.bytes().chain(turn.to_le_bytes());
    let hash = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    #[allow(clippy::cast_possible_truncation, reason = "both halves are in it")]
    let folded = (hash ^ (hash >> 32)) as u32;
    folded
}

/// The tools of a request whose names its wire refuses.
#[derive(Clone, Debug, Default)]
pub struct ToolNames {
    /// The tool's own name, and the one that is sent.
    pairs: Vec<(String, String)>,
}

impl ToolNames {
    /// Those of a chat.
    #[must_use]
    pub fn of_chat(chat: &ChatRequest, rule: &NameRule) -> Self {
        let mut names = Vec::new();
        for tool in chat.tools.iter().flatten() {
            match tool {
                Tool::Function(tool) => names.push(tool.function.name.as_str()),
                Tool::Other(fields) => names.extend(custom(fields)),
            }
        }
        if let Some(ToolChoice::Function(name)) = &chat.tool_choice {
            names.push(name);
        }
        for message in &chat.messages {
            match message {
                Message::Assistant(message) => {
                    let calls = message.tool_calls.iter().flatten();
                    names.extend(calls.map(|call| call.function.name.as_str()));
                }
                Message::Tool(message) => names.extend(message.name.as_deref()),
                _ => {}
            }
        }
        Self::of(&names, rule)
    }

    /// Those in the body of a request for a response or a message, which stays as it is.
    #[must_use]
    pub fn of_body(body: &mut Map<String, Value>, rule: &NameRule) -> Self {
        let mut found = Vec::new();
        each_name(body, &mut |name| found.push(name.clone()));
        let names: Vec<&str> = found.iter().map(String::as_str).collect();
        Self::of(&names, rule)
    }

    fn of(names: &[&str], rule: &NameRule) -> Self {
        let mut pairs: Vec<(String, String)> = Vec::new();
        for name in names {
            if rule.takes(name) || pairs.iter().any(|(own, _)| own == name) {
                continue;
            }
            let taken = |sent: &str, pairs: &[(String, String)]| {
                names.contains(&sent) || pairs.iter().any(|(_, other)| other == sent)
            };
            let mut sent = (0..).map(|turn| rule.sent(name, turn));
            if let Some(sent) = sent.find(|sent| !taken(sent, &pairs)) {
                pairs.push(((*name).to_owned(), sent));
            }
        }
        Self { pairs }
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }

    /// Refuses a chat that has any, where its answer is read by whoever does not know the request any more.
    ///
    /// Errors: `BadRequest` naming the tool.
    pub(super) fn refuse(chat: &ChatRequest, rule: Option<NameRule>) -> Result<()> {
        let Some((own, _)) = rule.and_then(|rule| Self::of_chat(chat, &rule).pairs.into_iter().next()) else {
            return Ok(());
        };
        let message = format!(
            "tools: the wire refuses the name `{own}`, and the answers of a batch could not be given it back; use \
             letters, digits, underscores and dashes"
        );
        Err(Error::bad_request("tools", message))
    }

    /// What a trace says of them.
    pub(super) fn notes(&self) -> impl Iterator<Item = Translation> {
        self.pairs.iter().map(|(own, sent)| Translation {
            param: "tools".to_owned(),
            action: TranslationAction::Renamed,
            detail: format!("the tool `{own}` is called `{sent}` there, as the wire refuses its name"),
        })
    }

    /// Puts the names that are sent into a chat.
    pub(super) fn send(&self, chat: &mut ChatRequest) {
        let put = |name: &mut String| self.put_sent(name);
        for tool in chat.tools.iter_mut().flatten() {
            match tool {
                Tool::Function(tool) => put(&mut tool.function.name),
                Tool::Other(fields) => in_choice(fields, &mut |name| self.put_sent(name)),
            }
        }
        match &mut chat.tool_choice {
            Some(ToolChoice::Function(name)) => put(name),
            Some(ToolChoice::Other(Value::Object(choice))) => {
                in_choice(choice, &mut |name| self.put_sent(name));
            }
            _ => {}
        }
        for message in &mut chat.messages {
            match message {
                Message::Assistant(message) => {
                    for call in message.tool_calls.iter_mut().flatten() {
                        put(&mut call.function.name);
                    }
                }
                Message::Tool(message) => message.name.iter_mut().for_each(&put),
                _ => {}
            }
        }
    }

    /// Puts the names that are sent into the body of a request for a response or a message.
    pub(super) fn send_body(&self, body: &mut Map<String, Value>) {
        each_name(body, &mut |name| self.put_sent(name));
    }

    /// Gives the tools that a chat calls their own names back.
    pub fn restore(&self, completion: &mut ChatCompletion) {
        if self.is_empty() {
            return;
        }
        for choice in &mut completion.choices {
            for call in choice.message.tool_calls.iter_mut().flatten() {
                let FunctionCall { name, .. } = &mut call.function;
                self.put_own(name);
            }
        }
    }

    /// The same in a chunk. A name comes whole: no recorded stream has it in pieces.
    pub fn restore_chunk(&self, chunk: &mut ChatCompletionChunk) {
        if self.is_empty() {
            return;
        }
        for choice in &mut chunk.choices {
            for call in choice.delta.tool_calls.iter_mut().flatten() {
                if let Some(name) = call.function.as_mut().and_then(|function| function.name.as_mut()) {
                    self.put_own(name);
                }
            }
        }
    }

    /// The same in an answer as a whole.
    pub fn restore_answer(&self, answer: &mut Answer) {
        match answer {
            Answer::Chat(completion) => self.restore(completion),
            Answer::Responses(response) => self.restore_fields(&mut response.fields),
            Answer::Messages(message) => self.restore_fields(&mut message.fields),
            _ => {}
        }
    }

    /// The same in an event of one.
    pub fn restore_event(&self, event: &mut StreamItem) {
        match event {
            StreamItem::Event(event) => {
                self.restore_fields(&mut event.fields);
                if let Some(response) = &mut event.response {
                    self.restore_fields(&mut response.fields);
                }
            }
            StreamItem::MessageEvent(event) => {
                self.restore_fields(&mut event.fields);
                if let Some(message) = &mut event.message {
                    self.restore_fields(&mut message.fields);
                }
            }
            StreamItem::Chunk(_) | StreamItem::Text(_) => {}
        }
    }

    fn restore_fields(&self, fields: &mut Map<String, Value>) {
        if !self.is_empty() {
            each_name(fields, &mut |name| self.put_own(name));
        }
    }

    fn put_sent(&self, name: &mut String) {
        if let Some((_, sent)) = self.pairs.iter().find(|(own, _)| own == name) {
            name.clone_from(sent);
        }
    }

    fn put_own(&self, name: &mut String) {
        if let Some((own, _)) = self.pairs.iter().find(|(_, sent)| sent == name) {
            name.clone_from(own);
        }
    }
}

/// The name of a tool whose input is free text (specs/openai.json CustomToolChatCompletions).
fn custom(fields: &Map<String, Value>) -> Option<&str> {
    fields.get("custom")?.get("name")?.as_str()
}

/// The names in a choice among tools of another form than ours, or in a tool of a type that is not ours
/// (specs/openai.json ChatCompletionAllowedToolsChoice, ChatCompletionNamedToolChoiceCustom).
fn in_choice(choice: &mut Map<String, Value>, visit: &mut dyn FnMut(&mut String)) {
    for form in ["function", "custom"] {
        if let Some(Value::String(name)) = choice.get_mut(form).and_then(|form| form.get_mut("name")) {
            visit(name);
        }
    }
    if let Some(Value::Array(tools)) =
        choice.get_mut("allowed_tools").and_then(|allowed| allowed.get_mut("tools"))
    {
        for tool in tools.iter_mut().filter_map(Value::as_object_mut) {
            in_choice(tool, visit);
        }
    }
}

/// Types whose `name` is that of a caller's tool. Of the Responses API (specs/openai.json FunctionTool, CustomToolParam,
/// FunctionToolCall, CustomToolCall, ToolChoiceFunction, ToolChoiceCustom, ResponseFunctionCallArgumentsDoneEvent), and
/// of Anthropic's Messages (specs/anthropic.json Tool, ToolChoiceTool, RequestToolUseBlock).
const OF_TOOLS: [&str; 7] = [
    "function",
    "custom",
    "function_call",
    "custom_tool_call",
    "response.function_call_arguments.done",
    "tool",
    "tool_use",
];
/// Lists and objects in which there may be some.
const LISTS: [&str; 5] = ["tools", "input", "output", "messages", "content"];
const OBJECTS: [&str; 5] = ["item", "response", "tool_choice", "message", "content_block"];

/// Every such name in a request, an answer or an event.
fn each_name(fields: &mut Map<String, Value>, visit: &mut dyn FnMut(&mut String)) {
    // A tool of Anthropic's need not say its type.
    let of_tool = match fields.get("type").and_then(Value::as_str) {
        Some(kind) => OF_TOOLS.contains(&kind),
        None => fields.contains_key("input_schema"),
    };
    for (key, value) in fields.iter_mut() {
        match value {
            Value::String(name) if of_tool && key == "name" => visit(name),
            Value::Array(items) if LISTS.contains(&key.as_str()) => {
                items.iter_mut().filter_map(Value::as_object_mut).for_each(|item| each_name(item, visit));
            }
            Value::Object(inner) if OBJECTS.contains(&key.as_str()) => each_name(inner, visit),
            _ => {}
        }
    }
}

#[cfg(test)]
#[path = "tool_names_tests.rs"]
mod tests;
