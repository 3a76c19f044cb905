//! Inline data of an answer: images and audio.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

use crate::types::chat::{AudioOutput, ImageOutput, ImageOutputUrl};

/// `mimeType` and `data` of a part's `inlineData`.
pub(super) fn inline_data(blob: &Value) -> Option<(&str, &str)> {
    Some((blob.get("mimeType")?.as_str()?, blob.get("data")?.as_str()?))
}

pub(super) fn image(mime_type: &str, data: &str) -> ImageOutput {
    ImageOutput {
        image_type: "image_url".to_owned(),
        image_url: ImageOutputUrl {
            url: format!("data:{mime_type};base64,{data}"),
            provider_fields: Map::new(),
        },
        provider_fields: Map::new(),
    }
}

/// Joins audio that comes in several pieces, each base64 of its own: texts of
/// base64 can be joined only where no padding comes between.
#[derive(Default)]
pub(super) struct AudioJoin {
    /// Fewer than three bytes, not yet handed out.
    held: Vec<u8>,
}

impl AudioJoin {
    pub fn piece(&mut self, mime_type: &str, data: &str) -> AudioOutput {
        let data = match STANDARD.decode(data) {
            Ok(bytes) => {
                self.held.extend(bytes);
                let whole = self.held.len() - self.held.len() % 3;
                let rest = self.held.split_off(whole);
                STANDARD.encode(std::mem::replace(&mut self.held, rest))
            }
            // Not base64 as we know it: as it came.
            Err(_) => data.to_owned(),
        };
        let provider_fields = Map::from_iter([("mime_type".to_owned(), mime_type.into())]);
        AudioOutput { data: Some(data), provider_fields, ..AudioOutput::default() }
    }

    /// What was held back.
    pub fn rest(&mut self) -> Option<AudioOutput> {
        if self.held.is_empty() {
            return None;
        }
        let data = STANDARD.encode(std::mem::take(&mut self.held));
        Some(AudioOutput { data: Some(data), ..AudioOutput::default() })
    }
}
