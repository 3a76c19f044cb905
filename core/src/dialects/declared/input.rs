//! What places of a declared operation are filled from.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::super::Translator;
use crate::error::{Error, ErrorKind, Result};
use crate::types::operation::Request;
use crate::types::trace::TranslationAction;
use crate::types::upload::Upload;

/// A request's parameters, and what stands for its files.
pub(super) struct Input {
    /// The parameters, and what follows from them.
    pub fields: Map<String, Value>,
    /// As they were given.
    given: Map<String, Value>,
    /// Each with what stands for it in texts.
    files: Vec<(&'static str, String, Upload)>,
    /// What stands for each image.
    pub images: Vec<String>,
}

impl Input {
    pub fn of(request: &Request, model: &str) -> Result<Self> {
        let Ok(Value::Object(mut given)) = serde_json::to_value(request) else {
            return Err(Error::new(
                ErrorKind::Internal,
                "a request serialised to something else than an object",
            ));
        };
        given.shift_remove("model");
        let mut fields = given.clone();
        fields.insert("model".to_owned(), model.into());
        let (mut files, mut images) = (Vec::new(), Vec::new());
        for (name, upload) in request.uploads() {
            // Of Unicode's private use: nobody writes them.
            let mark = format!("\u{e010}{}\u{e011}", files.len());
            let format = upload.name.rsplit_once('.').map_or_else(
                || upload.content_type.rsplit(['/', '-']).next().unwrap_or_default().to_owned(),
                |(_, ending)| ending.to_lowercase(),
            );
            let file = json!({
                "data": mark, "type": upload.content_type, "format": format, "name": upload.name,
            });
            if name == "image" {
                if let Some(Value::Array(list)) = fields.get_mut("image").filter(|_| !images.is_empty()) {
                    list.push(file);
                } else {
                    fields.insert(name.to_owned(), json!([file]));
                }
                images.push(mark.clone());
            } else {
                fields.insert(name.to_owned(), file);
            }
            files.push((name, mark, upload.clone()));
        }
        let ratio = given.get("aspect_ratio").cloned();
        if let Some((width, height)) = given.get("size").and_then(Value::as_str).and_then(pixels) {
            let divisor = divisor(width, height);
            fields.insert("width".to_owned(), width.into());
            fields.insert("height".to_owned(), height.into());
            fields.insert("ratio".to_owned(), format!("{}:{}", width / divisor, height / divisor).into());
        }
        if let Some(ratio) = ratio {
            fields.insert("ratio".to_owned(), ratio);
        }
        Ok(Self { fields, given, files, images })
    }

    /// Says a parameter in the service's word for it.
    pub fn reword(
        &mut self,
        name: &str,
        words: &BTreeMap<String, String>,
        translator: &mut Translator,
    ) -> Result<()> {
        let Some(said) = self.fields.get(name).and_then(Value::as_str) else { return Ok(()) };
        if let Some(word) = words.get(said) {
            if word != said {
                let detail = format!("`{said}` is `{word}` there");
                translator.note(name, TranslationAction::Renamed, detail);
            }
            self.fields.insert(name.to_owned(), word.as_str().into());
        }
        Ok(())
    }

    /// The parameters as they were given, without the model.
    pub fn given(&self) -> impl Iterator<Item = (&String, &Value)> {
        self.given.iter()
    }

    pub fn is_file(&self, name: &str) -> bool {
        self.files.iter().any(|(of, ..)| *of == name)
    }

    /// The file that a text stands for.
    pub fn file(&self, mark: &str) -> Option<&Upload> {
        self.files.iter().find(|(_, of, _)| of == mark).map(|(.., file)| file)
    }

    /// The file of a parameter.
    pub fn named(&self, name: &str) -> Option<&Upload> {
        self.files.iter().find(|(of, ..)| *of == name).map(|(.., file)| file)
    }

    /// What stands for each file within JSON.
    pub fn inline(&self) -> Vec<(String, Upload)> {
        self.files.iter().map(|(_, mark, file)| (mark.clone(), file.clone())).collect()
    }

    /// Where the images after the first stand, and what a place for one is called.
    pub fn further_images(&self) -> impl Iterator<Item = (String, String)> {
        (1..self.images.len()).map(|number| (format!("image[{number}]"), format!("image.{number}")))
    }
}

fn pixels(size: &str) -> Option<(u64, u64)> {
    let (width, height) = size.split_once('x')?;
    let pixels = (width.parse().ok()?, height.parse().ok()?);
    (pixels.0 > 0 && pixels.1 > 0).then_some(pixels)
}

/// The greatest that divides both (Euclid).
const fn divisor(mut one: u64, mut other: u64) -> u64 {
    while other > 0 {
        (one, other) = (other, one % other);
    }
    one
}
