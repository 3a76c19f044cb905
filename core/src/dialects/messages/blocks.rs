//! Blocks of turns, as messages of a chat.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use crate::dialects::anthropic::REASONING_FORMAT;
use crate::dialects::over_chat::{Place, carried};
use crate::dialects::{DialectName, Translator};
use crate::error::{Error, Result};
use crate::types::chat::{
    AssistantMessage, CacheControl, Content, ContentPart, FileData, FilePart, FunctionCall, ImagePart,
    ImageUrl, Message, ReasoningDetail, ReasoningDetailType, TextPart, ToolCall, ToolMessage,
};
use crate::types::messages::is_of_chat;
use crate::types::placed;
use crate::types::surface::{list_of, text_of};
use crate::types::trace::TranslationAction;

type Block = Map<String, Value>;

/// A message, and where it comes from.
pub(super) type Placed = (Message, Place);

/// Reads blocks for a target of one wire.
pub(super) struct Reader<'a> {
    pub dialect: DialectName,
    pub translator: &'a mut Translator,
}

/// Parts, and where each comes from.
#[derive(Default)]
struct Parts {
    parts: Vec<ContentPart>,
    places: Vec<String>,
}

impl Parts {
    fn push(&mut self, part: ContentPart, place: &str) {
        self.parts.push(part);
        self.places.push(place.to_owned());
    }

    /// What is said; one text alone as one.
    fn content(self) -> (Option<Content>, Vec<String>) {
        match self.parts.as_slice() {
            [] => (None, Vec::new()),
            [ContentPart::Text(part)] if part.cache_control.is_none() => {
                (Some(Content::Text(part.text.clone())), self.places)
            }
            _ => (Some(Content::Parts(self.parts)), self.places),
        }
    }
}

impl Reader<'_> {
    /// Instructions: a text, or blocks of text. `None` where they say nothing.
    pub fn system(&mut self, given: Option<&Value>, place: &str) -> Result<Option<Placed>> {
        let mut said = Parts::default();
        match given {
            Some(Value::String(text)) if !text.is_empty() => said.push(text_part(text.clone()), place),
            Some(Value::Array(blocks)) => self.parts(blocks, place, &mut said)?,
            _ => {}
        }
        let (content, parts) = said.content();
        let from = Place { from: place.to_owned(), parts, ..Place::default() };
        Ok(content.map(|content| (Message::System(content.into()), from)))
    }

    /// A turn of the user's: what tools answered, and what the user says, in their order.
    pub fn user(&mut self, turn: &Block, place: &str, messages: &mut Vec<Placed>) -> Result<()> {
        let from = || Place { from: place.to_owned(), ..Place::default() };
        if let Some(Value::String(text)) = turn.get("content") {
            messages.push((Message::User(Content::Text(text.clone()).into()), from()));
            return Ok(());
        }
        let mut said = Parts::default();
        let say = |said: &mut Parts, messages: &mut Vec<Placed>| {
            if let (Some(content), parts) = std::mem::take(said).content() {
                messages.push((Message::User(content.into()), Place { parts, ..from() }));
            }
        };
        for (index, block) in of_chat(list_of(turn, "content")) {
            let place = format!("{place}.content[{index}]");
            if text_of(block, "type") == "tool_result" {
                say(&mut said, messages);
                let result = self.tool_result(block, &place)?;
                messages.push((Message::Tool(result), Place { from: place, ..Place::default() }));
            } else {
                self.part(block, &place, &mut said)?;
            }
        }
        say(&mut said, messages);
        Ok(())
    }

    fn tool_result(&mut self, block: &Block, place: &str) -> Result<ToolMessage> {
        self.others(block, place, &["tool_use_id", "content", "is_error", "cache_control"]);
        Ok(ToolMessage {
            tool_call_id: needed(block, "tool_use_id", place)?,
            content: match block.get("content") {
                None | Some(Value::Null) => Content::Text(String::new()),
                Some(Value::String(text)) => Content::Text(text.clone()),
                Some(Value::Array(blocks)) => {
                    let mut said = Parts::default();
                    self.parts(blocks, &format!("{place}.content"), &mut said)?;
                    Content::Parts(said.parts)
                }
                Some(_) => {
                    let place = format!("{place}.content");
                    let message = format!("{place}: expected a text or a list of blocks");
                    return Err(Error::bad_request(place, message));
                }
            },
            name: None,
            is_error: block.get("is_error").and_then(Value::as_bool),
            cache_control: cache_control(block),
            extra: Map::new(),
        })
    }

    /// A turn of the assistant's; `None` where it says nothing.
    pub fn assistant(&mut self, turn: &Block, place: &str) -> Result<Option<Placed>> {
        let mut from = Place { from: place.to_owned(), ..Place::default() };
        let mut said = Box::<AssistantMessage>::default();
        if let Some(Value::String(text)) = turn.get("content") {
            said.content = Some(Content::Text(text.clone()));
            return Ok(Some((Message::Assistant(said), from)));
        }
        let mut spoken = Parts::default();
        for (index, block) in of_chat(list_of(turn, "content")) {
            let place = format!("{place}.content[{index}]");
            match text_of(block, "type") {
                "thinking" => {
                    let text = text_of(block, "thinking");
                    said.reasoning_content.get_or_insert_default().push_str(text);
                    let detail = ReasoningDetail {
                        text: Some(text.to_owned()),
                        signature: Some(text_of(block, "signature").to_owned()),
                        ..of_claude(ReasoningDetailType::Text)
                    };
                    signed(&mut said, text_of(block, "signature"), detail);
                }
                "redacted_thinking" => {
                    let data = text_of(block, "data");
                    let detail = ReasoningDetail {
                        data: Some(data.to_owned()),
                        ..of_claude(ReasoningDetailType::Encrypted)
                    };
                    signed(&mut said, data, detail);
                }
                "tool_use" => {
                    let call = self.tool_use(block, &place)?;
                    said.tool_calls.get_or_insert_default().push(call);
                    from.calls.push(place);
                }
                // One that the model made: a message of ours has it beside its content.
                "image" => {
                    let image =
                        json!({ "type": "image_url", "image_url": { "url": source(block, &place)? } });
                    let images = said.extra.entry("images").or_insert_with(|| json!([]));
                    if let Value::Array(images) = images {
                        images.push(image);
                    }
                }
                _ => self.part(block, &place, &mut spoken)?,
            }
        }
        said.reasoning_content = said.reasoning_content.filter(|text| !text.is_empty());
        (said.content, from.parts) = spoken.content();
        carried::put_calls(&mut said);
        let says = said.content.is_some()
            || said.tool_calls.is_some()
            || said.reasoning_content.is_some()
            || said.reasoning_details.is_some()
            || said.native_blocks.is_some()
            || !said.extra.is_empty();
        Ok(says.then_some((Message::Assistant(said), from)))
    }

    fn tool_use(&mut self, block: &Block, place: &str) -> Result<ToolCall> {
        // Whoever calls a tool of the caller's own directly, says nothing by it.
        let direct = block.get("caller").is_some_and(|caller| caller["type"] == "direct");
        let known = ["id", "name", "input", "caller"];
        self.others(block, place, if direct { &known } else { known.split_at(3).0 });
        Ok(ToolCall {
            id: needed(block, "id", place)?,
            call_type: "function".to_owned(),
            function: FunctionCall {
                name: needed(block, "name", place)?,
                arguments: match block.get("input") {
                    None | Some(Value::Null) => "{}".to_owned(),
                    // One that was cut off.
                    Some(Value::String(text)) => text.clone(),
                    Some(input) => input.to_string(),
                },
                extra: Map::new(),
            },
            extra: Map::new(),
        })
    }

    fn parts(&mut self, blocks: &[Value], place: &str, said: &mut Parts) -> Result<()> {
        for (index, block) in of_chat(blocks) {
            self.part(block, &format!("{place}[{index}]"), said)?;
        }
        Ok(())
    }

    fn part(&mut self, block: &Block, place: &str, said: &mut Parts) -> Result<()> {
        let cache_control = cache_control(block);
        match text_of(block, "type") {
            "text" => {
                // Citations say something about a text and are no part of it.
                self.others(block, place, &["text", "cache_control", "citations"]);
                let text = needed(block, "text", place)?;
                said.push(ContentPart::Text(TextPart { text, cache_control, extra: Map::new() }), place);
            }
            "image" => {
                self.others(block, place, &["source", "cache_control"]);
                let image_url = ImageUrl { url: source(block, place)?, detail: None, extra: Map::new() };
                let image = ImagePart { image_url, cache_control, extra: Map::new() };
                said.push(ContentPart::ImageUrl(image), place);
            }
            "document" => self.document(block, place, said)?,
            _ => {
                let place = format!("{place}.type");
                self.translator.unsupported(place, "a block that no chat has at this place")?;
            }
        }
        Ok(())
    }

    fn document(&mut self, block: &Block, place: &str, said: &mut Parts) -> Result<()> {
        self.others(block, place, &["source", "title", "context", "citations", "cache_control"]);
        let is_file = block.get("source").is_some_and(|source| source["type"] == "file");
        let given = source(block, place)?;
        let (file_id, file_data) = if is_file { (Some(given), None) } else { (None, Some(given)) };
        let text = |name: &str| Some(text_of(block, name).to_owned()).filter(|text| !text.is_empty());
        let mut extra = Map::new();
        // Bedrock's documents have the same two fields.
        let described = self.dialect == DialectName::Bedrock;
        if let Some(context) = text("context") {
            if described {
                extra.insert("context".to_owned(), context.into());
            } else {
                said.push(text_part(context), place);
                let detail = "said as a text before the document";
                self.translator.note(format!("{place}.context"), TranslationAction::Emulated, detail);
            }
        }
        if let Some(citations) = block.get("citations").filter(|asked| asked["enabled"] == true) {
            if described {
                extra.insert("citations".to_owned(), citations.clone());
            } else {
                self.translator.unsupported(format!("{place}.citations"), "the target cites no documents")?;
            }
        }
        let file = FileData { file_id, file_data, filename: text("title"), extra: Map::new() };
        let part = FilePart { file, cache_control: cache_control(block), extra };
        said.push(ContentPart::File(part), place);
        Ok(())
    }

    /// Notes the fields of a block that a chat has no place for.
    fn others(&mut self, block: &Block, place: &str, known: &[&str]) {
        for (name, value) in block {
            if name != "type" && !known.contains(&name.as_str()) && !value.is_null() {
                let detail = "a field of the block that no chat has";
                self.translator.note(format!("{place}.{name}"), TranslationAction::Dropped, detail);
            }
        }
    }
}

/// Thinking with its proof: what we carried, or what Claude signed. Without one it is its text alone.
fn signed(said: &mut AssistantMessage, signature: &str, detail: ReasoningDetail) {
    if !signature.is_empty() && !carried::read(signature, said) {
        said.reasoning_details.get_or_insert_default().push(detail);
    }
}

/// Thinking that Claude signed: a service that serves Claude too can read it.
fn of_claude(detail_type: ReasoningDetailType) -> ReasoningDetail {
    ReasoningDetail { format: Some(REASONING_FORMAT.to_owned()), ..ReasoningDetail::new(detail_type) }
}

/// Blocks with their number. Others were refused or dropped already.
fn of_chat(blocks: &[Value]) -> impl Iterator<Item = (usize, &Block)> {
    let objects = blocks.iter().enumerate().filter_map(|(index, block)| Some((index, block.as_object()?)));
    objects.filter(|(_, block)| is_of_chat(block))
}

fn text_part(text: String) -> ContentPart {
    ContentPart::Text(TextPart { text, cache_control: None, extra: Map::new() })
}

/// Where an image or a document is, as one text.
fn source(block: &Block, place: &str) -> Result<String> {
    let place = format!("{place}.source");
    let Some(source) = block.get("source").and_then(Value::as_object) else {
        return Err(Error::bad_request(&place, format!("{place}: expected an object")));
    };
    match text_of(source, "type") {
        "base64" => {
            let data = needed(source, "data", &place)?;
            Ok(format!("data:{};base64,{data}", needed(source, "media_type", &place)?))
        }
        "text" => {
            let text = STANDARD.encode(needed(source, "data", &place)?);
            Ok(format!("data:text/plain;base64,{text}"))
        }
        "url" => needed(source, "url", &place),
        "file" => needed(source, "file_id", &place),
        other => {
            let place = format!("{place}.type");
            let message = format!("{place}: unknown value `{other}`; allowed: base64, url, file, text");
            Err(Error::bad_request(place, message))
        }
    }
}

fn cache_control(block: &Block) -> Option<CacheControl> {
    placed::read(block.get("cache_control").filter(|mark| !mark.is_null())?.clone()).ok()
}

fn needed(fields: &Block, name: &str, place: &str) -> Result<String> {
    match fields.get(name) {
        Some(Value::String(text)) => Ok(text.clone()),
        _ => {
            let place = format!("{place}.{name}");
            Err(Error::bad_request(&place, format!("{place}: expected a string")))
        }
    }
}
