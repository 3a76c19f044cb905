//! The one machine that turns an object of the wire into a chunk, whether it is the whole answer or
//! a line of it.

use serde_json::{Map, Value};

use super::OWN_CALL_ID;
use crate::dialects::{call_id, timestamp};
use crate::error::{Error, ErrorKind, Result};
use crate::types::chat::{
    ChatCompletionChunk, ChunkChoice, Delta, FinishReason, FunctionCallDelta, ImageOutput, ImageOutputUrl,
    Logprobs, TokenLogprob, ToolCallDelta, Usage,
};
use crate::types::placed;

pub(super) struct Assembly {
    model: String,
    /// The time of the first line; the lines after it have their own.
    created_at: Option<String>,
    calls: u32,
    said: bool,
    done: bool,
}

impl Assembly {
    pub fn new(model: &str) -> Self {
        Self { model: model.to_owned(), created_at: None, calls: 0, said: false, done: false }
    }

    pub fn is_done(&self) -> bool {
        self.done
    }

    /// Takes an object. Errors: `ResponseDecode`, where log probabilities are none.
    pub fn piece(&mut self, mut piece: Map<String, Value>) -> Result<ChatCompletionChunk> {
        if let Some(model) = text(&mut piece, "model") {
            self.model = model;
        }
        let created_at = text(&mut piece, "created_at");
        let is_first = self.created_at.is_none();
        let created_at = &*self.created_at.get_or_insert(created_at.unwrap_or_default());
        let mut chunk = ChatCompletionChunk {
            created: timestamp::unix_seconds(created_at).unwrap_or(0),
            model: self.model.clone(),
            ..ChatCompletionChunk::default()
        };
        let message = match piece.shift_remove("message") {
            Some(Value::Object(message)) => message,
            _ => Map::new(),
        };
        let mut choice = ChunkChoice { delta: self.delta(message), ..ChunkChoice::default() };
        if is_first {
            choice.delta.role = Some("assistant".to_owned());
        }
        if let Some(tokens) = piece.shift_remove("logprobs").filter(|tokens| !tokens.is_null()) {
            choice.logprobs = Some(logprobs(tokens)?);
        }
        if piece.shift_remove("done") == Some(Value::Bool(true)) {
            self.done = true;
            if !self.said {
                choice.delta.content = Some(String::new());
            }
            let native = text(&mut piece, "done_reason");
            (choice.finish_reason, choice.native_finish_reason) = finish(native, self.calls > 0);
            chunk.usage = usage(&mut piece);
        }
        piece.retain(|_, value| !value.is_null());
        chunk.provider_fields = piece;
        chunk.choices = vec![choice];
        Ok(chunk)
    }

    fn delta(&mut self, mut message: Map<String, Value>) -> Delta {
        message.shift_remove("role");
        let mut delta = Delta {
            content: text(&mut message, "content"),
            reasoning_content: text(&mut message, "thinking"),
            ..Delta::default()
        };
        if let Some(Value::Array(calls)) = message.shift_remove("tool_calls") {
            delta.tool_calls = Some(calls.into_iter().map(|call| self.call(call)).collect());
        }
        if let Some(Value::Array(images)) = message.shift_remove("images") {
            delta.images = Some(images.iter().filter_map(Value::as_str).map(image).collect());
        }
        self.said |= delta != Delta::default();
        message.retain(|_, value| !value.is_null());
        delta.provider_fields = message;
        delta
    }

    /// A call, always whole; its `index` is its position in the list.
    fn call(&mut self, call: Value) -> ToolCallDelta {
        let Value::Object(mut call) = call else { return ToolCallDelta::default() };
        let index = self.calls;
        self.calls += 1;
        let mut function = match call.shift_remove("function") {
            Some(Value::Object(function)) => function,
            _ => Map::new(),
        };
        function.shift_remove("index");
        let name = text(&mut function, "name").unwrap_or_default();
        // An object in the model's order of keys; the wire has no text of it.
        let arguments = match function.shift_remove("arguments") {
            None | Some(Value::Null) => "{}".to_owned(),
            Some(arguments) => arguments.to_string(),
        };
        let id = text(&mut call, "id").unwrap_or_else(|| {
            let answer = self.created_at.as_deref().unwrap_or_default();
            let answer: String = answer.chars().filter(char::is_ascii_alphanumeric).collect();
            call_id::made_up(OWN_CALL_ID, &answer, 0, index, &name, &arguments)
        });
        call.shift_remove("type");
        ToolCallDelta {
            index,
            id: Some(id),
            call_type: Some("function".to_owned()),
            function: Some(FunctionCallDelta {
                name: Some(name),
                arguments: Some(arguments),
                extra: function,
            }),
            extra: call,
        }
    }
}

/// Takes a text out; an empty one says nothing.
fn text(fields: &mut Map<String, Value>, key: &str) -> Option<String> {
    match fields.shift_remove(key) {
        Some(Value::String(text)) => Some(text).filter(|text| !text.is_empty()),
        Some(Value::Null) | None => None,
        Some(other) => {
            fields.insert(key.to_owned(), other);
            None
        }
    }
}

/// The wire's tokens are those of the common shape.
fn logprobs(tokens: Value) -> Result<Logprobs> {
    match placed::read::<Vec<TokenLogprob>>(tokens.clone()) {
        Ok(content) => Ok(Logprobs { content: Some(content), ..Logprobs::default() }),
        Err(misread) => {
            let error = Error::new(ErrorKind::ResponseDecode, "`logprobs` are not what the wire promises");
            Err(error.with_source(misread).with_body(tokens))
        }
    }
}

/// Bare base64, whose type the first bytes say.
fn image(data: &str) -> ImageOutput {
    let media_type = match data.get(..4) {
        Some("iVBO") => "image/png",
        Some("/9j/") => "image/jpeg",
        Some("UklG") => "image/webp",
        Some("R0lG") => "image/gif",
        _ => "application/octet-stream",
    };
    let url = format!("data:{media_type};base64,{data}");
    ImageOutput {
        image_type: "image_url".to_owned(),
        image_url: ImageOutputUrl { url, provider_fields: Map::new() },
        provider_fields: Map::new(),
    }
}

/// `stop` and `length` (llm/server.go), which are the common words; the server says `stop` after
/// calls, too (recorded). A server that says nothing gave no reason.
fn finish(native: Option<String>, has_calls: bool) -> (Option<FinishReason>, Option<String>) {
    match native.as_deref() {
        None => (None, None),
        Some("stop") if has_calls => (Some(FinishReason::ToolCalls), native),
        Some(word) => (Some(FinishReason::from(word)), None),
    }
}

/// `None` where nothing was counted. A count of 0 is left out (api/types.go `Metrics`).
fn usage(piece: &mut Map<String, Value>) -> Option<Usage> {
    let mut take = |key: &str| {
        let number = piece.get(key).and_then(Value::as_u64)?;
        piece.shift_remove(key);
        Some(number)
    };
    let (prompt, completion) = (take("prompt_eval_count"), take("eval_count"));
    if prompt.is_none() && completion.is_none() {
        return None;
    }
    let (prompt_tokens, completion_tokens) = (prompt.unwrap_or(0), completion.unwrap_or(0));
    Some(Usage {
        prompt_tokens,
        completion_tokens,
        total_tokens: prompt_tokens.saturating_add(completion_tokens),
        ..Usage::default()
    })
}
