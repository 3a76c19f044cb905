//! A file of a request: its bytes, or where they are on disk.
//!
//! A file that is named by its path is read when the request goes, piece by piece, so that it never is in
//! memory as a whole, and anew for each attempt. What a file holds never goes into JSON, a trace, a
//! `Debug` output or an error. No I/O may go in here.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value, json};

use crate::error::{Error, Result as Checked};

/// A file to send: bytes with a name, or a path.
///
/// In JSON it is a path, or an object of `path`, `name` and `content_type`. Its contents are never
/// written there.
#[derive(Clone, PartialEq)]
pub struct Upload {
    /// Which services judge its format by: the last part of its path, unless told otherwise.
    pub name: String,
    /// Such as `audio/mpeg`. Default: by the name's ending or the first bytes.
    pub content_type: String,
    content: Content,
}

#[derive(Clone, Debug, PartialEq)]
enum Content {
    Bytes(Bytes),
    /// A file on disk, and how many bytes it has, once that was looked up.
    Path(Arc<Path>, Option<u64>),
    /// The file of this number among those that came beside the JSON.
    Attached(usize),
    /// Of a request that was written as JSON: it is elsewhere.
    Absent,
}

/// What a file holds.
#[derive(Clone, Debug, PartialEq)]
pub enum UploadContent {
    Bytes(Bytes),
    /// So many bytes of a file on disk.
    File(Arc<Path>, u64),
}

/// Bytes and their place in a file.
type Start = Option<(usize, &'static [u8])>;

/// Endings of names, what stands at the start of such files (at a place), and their types.
const TYPES: [(&str, Start, &str); 16] = [
    ("mp3", Some((0, b"ID3")), "audio/mpeg"),
    ("wav", Some((8, b"WAVE")), "audio/wav"),
    ("flac", Some((0, b"fLaC")), "audio/flac"),
    ("ogg", Some((0, b"OggS")), "audio/ogg"),
    ("webm", Some((0, b"\x1A\x45\xDF\xA3")), "audio/webm"),
    ("m4a", Some((4, b"ftypM4A")), "audio/mp4"),
    ("mp4", Some((4, b"ftyp")), "audio/mp4"),
    ("png", Some((0, b"\x89PNG")), "image/png"),
    ("jpg", Some((0, b"\xFF\xD8\xFF")), "image/jpeg"),
    ("webp", Some((8, b"WEBP")), "image/webp"),
    // MP3 without ID3: a frame of MPEG-1 layer III (ISO/IEC 11172-3, 2.4.1.3).
    ("mp3", Some((0, b"\xFF\xFB")), "audio/mpeg"),
    ("mpga", None, "audio/mpeg"),
    ("mpeg", None, "audio/mpeg"),
    ("oga", None, "audio/ogg"),
    ("opus", None, "audio/ogg"),
    ("jpeg", None, "image/jpeg"),
];
const UNKNOWN: &str = "application/octet-stream";

impl Upload {
    /// Bytes as a file. Without a name it is `file`, with the ending that its first bytes say.
    #[must_use]
    pub fn bytes(name: Option<String>, bytes: impl Into<Bytes>) -> Self {
        let bytes = bytes.into();
        let seen = TYPES.iter().find(|(_, start, _)| {
            start.is_some_and(|(at, mark)| bytes.get(at..at + mark.len()) == Some(mark))
        });
        let name = name.filter(|name| !name.is_empty()).unwrap_or_else(|| match seen {
            Some((ending, ..)) => format!("file.{ending}"),
            None => "file".to_owned(),
        });
        let content_type = of_name(&name).or(seen.map(|(_, _, of)| *of)).unwrap_or(UNKNOWN).to_owned();
        Self { name, content_type, content: Content::Bytes(bytes) }
    }

    /// A file on disk, which is read when the request goes.
    #[must_use]
    pub fn path(path: impl Into<PathBuf>) -> Self {
        let path: PathBuf = path.into();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let content_type = of_name(&name).unwrap_or(UNKNOWN).to_owned();
        Self { name, content_type, content: Content::Path(path.into(), None) }
    }

    /// Reads one as JSON has it, at `place` of a request.
    fn read(value: Value) -> Result<Self, &'static str> {
        const EXPECTED: &str = "expected a file: its path, or an object with its `path`";
        let mut fields = match value {
            Value::String(path) => return Ok(Self::path(path)),
            Value::Object(fields) => fields,
            _ => return Err(EXPECTED),
        };
        let mut text = |name: &str| match fields.shift_remove(name) {
            Some(Value::String(text)) => Ok(Some(text)),
            None | Some(Value::Null) => Ok(None),
            Some(_) => Err(EXPECTED),
        };
        let (path, name, content_type) = (text("path")?, text("name")?, text("content_type")?);
        let attached = fields.get("attached").and_then(Value::as_u64);
        let mut upload = match (path, attached.and_then(|number| usize::try_from(number).ok())) {
            (Some(path), _) => Self::path(path),
            (None, attached) => Self {
                name: String::new(),
                content_type: String::new(),
                content: attached.map_or(Content::Absent, Content::Attached),
            },
        };
        if let Some(name) = name {
            if let Some(of_name) = of_name(&name) {
                of_name.clone_into(&mut upload.content_type);
            }
            upload.name = name;
        }
        if let Some(content_type) = content_type {
            // It stands in a header of the form.
            if !content_type.chars().all(|character| character == ' ' || character.is_ascii_graphic()) {
                return Err("the `content_type` of a file has characters that no header may have");
            }
            upload.content_type = content_type;
        }
        Ok(upload)
    }

    /// Puts the bytes in that came beside the JSON. `place` is where it stands in the request.
    pub(crate) fn attach(&mut self, place: &str, attached: &[Bytes]) -> Checked<()> {
        match self.content {
            Content::Attached(number) => {
                let Some(bytes) = attached.get(number) else {
                    let message = format!("{place}: there is no attached file {number}");
                    return Err(Error::bad_request(place, message));
                };
                let name = Some(std::mem::take(&mut self.name));
                let made = Self::bytes(name, bytes.clone());
                if self.content_type.is_empty() {
                    self.content_type = made.content_type;
                }
                (self.name, self.content) = (made.name, made.content);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Where it is on disk, as long as nobody has looked how large it is.
    pub(crate) fn unmeasured(&self) -> Option<&Arc<Path>> {
        match &self.content {
            Content::Path(path, None) => Some(path),
            _ => None,
        }
    }

    pub(crate) fn measured(&mut self, bytes: u64) {
        if let Content::Path(_, length) = &mut self.content {
            *length = Some(bytes);
        }
    }

    /// Its size in bytes, where that is known.
    #[must_use]
    pub fn size(&self) -> Option<u64> {
        match &self.content {
            Content::Bytes(bytes) => Some(bytes.len() as u64),
            Content::Path(_, length) => *length,
            Content::Attached(_) | Content::Absent => None,
        }
    }

    /// What it holds.
    ///
    /// Errors: `BadRequest` naming `place`, where that is not known.
    pub fn content(&self, place: &str) -> Checked<UploadContent> {
        match &self.content {
            Content::Bytes(bytes) => Ok(UploadContent::Bytes(bytes.clone())),
            Content::Path(path, Some(length)) => Ok(UploadContent::File(Arc::clone(path), *length)),
            // To explain a request one need not have its files.
            Content::Path(..) | Content::Attached(_) | Content::Absent => {
                Err(Error::bad_request(place, format!("{place}: expected a file: its path, or its bytes")))
            }
        }
    }
}

fn of_name(name: &str) -> Option<&'static str> {
    let (_, ending) = name.rsplit_once('.')?;
    TYPES.iter().find(|(known, ..)| known.eq_ignore_ascii_case(ending)).map(|(_, _, of)| *of)
}

impl fmt::Debug for Upload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Upload").field("name", &self.name).field("size", &self.size()).finish_non_exhaustive()
    }
}

impl Serialize for Upload {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = Map::new();
        fields.insert("name".to_owned(), json!(self.name));
        fields.insert("content_type".to_owned(), json!(self.content_type));
        match &self.content {
            Content::Path(path, _) => fields.insert("path".to_owned(), json!(path.to_string_lossy())),
            _ => fields.insert("size".to_owned(), json!(self.size())),
        };
        fields.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Upload {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::read(Value::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Upload {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Upload".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "x-upload": true })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(value: Value) -> Result<Upload, String> {
        serde_json::from_value(value).map_err(|error| error.to_string())
    }

    #[test]
    fn a_file_is_told_by_its_name_or_its_first_bytes() {
        for (name, bytes, named, of) in [
            (None, &b"ID3\x04"[..], "file.mp3", "audio/mpeg"),
            (None, b"RIFF\0\0\0\0WAVEfmt ", "file.wav", "audio/wav"),
            (None, b"\x89PNG\r\n", "file.png", "image/png"),
            (Some("talk.WebM"), b"", "talk.WebM", "audio/webm"),
            (Some("notes"), b"fLaC", "notes", "audio/flac"),
            (None, b"?", "file", UNKNOWN),
        ] {
            let upload = Upload::bytes(name.map(str::to_owned), Bytes::from(bytes));
            assert_eq!((upload.name.as_str(), upload.content_type.as_str()), (named, of));
        }
        let path = read(json!("/somewhere/talk.m4a")).unwrap();
        assert_eq!((path.name.as_str(), path.content_type.as_str()), ("talk.m4a", "audio/mp4"));
        let named = read(json!({"path": "/x", "name": "y.ogg", "content_type": "audio/x"})).unwrap();
        assert_eq!((named.name.as_str(), named.content_type.as_str()), ("y.ogg", "audio/x"));
    }

    #[test]
    fn what_it_holds_is_neither_written_nor_shown() {
        let upload = Upload::bytes(None, "hidden");
        assert_eq!(
            serde_json::to_value(&upload).unwrap(),
            json!({"name": "file", "content_type": UNKNOWN, "size": 6})
        );
        assert!(!format!("{upload:?}").contains("hidden"));
    }

    #[test]
    fn what_is_no_file_is_refused_with_its_place() {
        assert!(read(json!(3)).unwrap_err().contains("expected a file"));
        assert!(read(json!({"path": "x", "content_type": "a\r\nb"})).unwrap_err().contains("no header"));
        let mut lost = read(json!({"attached": 2})).unwrap();
        assert_eq!(lost.attach("file", &[Bytes::new()]).unwrap_err().param.as_deref(), Some("file"));
        assert_eq!(read(json!({})).unwrap().content("mask").unwrap_err().param.as_deref(), Some("mask"));
    }
}
