//! The events of the wire, read straight from a frame's bytes.

use std::borrow::Cow;

use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::dialects::body;
use crate::error::Result;

/// Which event a frame is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    MessageStart,
    BlockStart,
    BlockDelta,
    BlockStop,
    MessageDelta,
    MessageStop,
    Error,
    /// `ping`, and events not known yet.
    Ignored,
}

impl Kind {
    pub(super) fn of(name: &str) -> Self {
        match name {
            "content_block_delta" => Self::BlockDelta,
            "content_block_start" => Self::BlockStart,
            "content_block_stop" => Self::BlockStop,
            "message_start" => Self::MessageStart,
            "message_delta" => Self::MessageDelta,
            "message_stop" => Self::MessageStop,
            "error" => Self::Error,
            _ => Self::Ignored,
        }
    }

    pub(super) fn in_data(data: &Bytes) -> Result<Self> {
        #[derive(Deserialize)]
        struct Tag<'a> {
            #[serde(rename = "type", borrow, default)]
            kind: Option<Cow<'a, str>>,
            #[serde(default)]
            error: Option<serde::de::IgnoredAny>,
        }
        let tag: Tag<'_> = read(data)?;
        Ok(match tag.kind {
            Some(kind) => Self::of(&kind),
            // OpenAI's shape of an error, from a server that imitates this wire.
            None if tag.error.is_some() => Self::Error,
            None => Self::Ignored,
        })
    }
}

/// Reads an event; what is not JSON, or not what the event promises, is an error with the data.
pub(super) fn read<'a, T: Deserialize<'a>>(data: &'a Bytes) -> Result<T> {
    body::read(data, body::MISREAD)
}

#[derive(Deserialize)]
pub(super) struct MessageStart {
    pub message: Map<String, Value>,
}

#[derive(Deserialize)]
pub(super) struct BlockStart {
    pub index: u32,
    pub content_block: Map<String, Value>,
}

#[derive(Deserialize)]
pub(super) struct BlockStop {
    pub index: u32,
}

#[derive(Deserialize)]
pub(super) struct MessageDelta {
    #[serde(default)]
    pub delta: Map<String, Value>,
    #[serde(default)]
    pub usage: Option<Map<String, Value>>,
    #[serde(flatten)]
    pub rest: Map<String, Value>,
}

#[derive(Deserialize)]
pub(super) struct BlockDelta<'a> {
    pub index: u32,
    #[serde(borrow)]
    pub delta: Piece<'a>,
}

/// One delta of a block. A plain struct, neither tagged nor flattened: serde buffers those.
#[derive(Deserialize)]
pub(super) struct Piece<'a> {
    #[serde(rename = "type", borrow)]
    pub kind: Cow<'a, str>,
    #[serde(default)]
    pub text: Option<String>,
    #[serde(default)]
    pub partial_json: Option<String>,
    #[serde(default)]
    pub thinking: Option<String>,
    #[serde(default)]
    pub signature: Option<String>,
    #[serde(default)]
    pub citation: Option<Value>,
}

/// A delta of a kind not known yet, read again with all its fields.
#[derive(Deserialize)]
pub(super) struct UnknownDelta {
    pub delta: Map<String, Value>,
}
