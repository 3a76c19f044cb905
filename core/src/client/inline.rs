//! Bodies of JSON with files in them, as base64. A file on disk is written as it is read.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde_json::{Map, Value};

use crate::error::{Error, ErrorKind, Result};
use crate::transport::{BodyPart, RequestBody};
use crate::types::upload::{Upload, UploadContent};

/// The JSON of `fields`, with a file wherever the text that stands for it is.
///
/// Errors: `BadRequest`, where the content of a file is not known.
pub(super) fn inline(fields: &Map<String, Value>, files: &[(String, Upload)]) -> Result<RequestBody> {
    let text = serde_json::to_string(fields).map_err(|error| {
        Error::new(ErrorKind::Internal, "the request cannot be written").with_source(error)
    })?;
    let mut parts = Vec::new();
    let mut rest = text.as_str();
    loop {
        let next = files.iter().filter_map(|(mark, file)| Some((rest.find(mark.as_str())?, mark, file)));
        let Some((at, mark, file)) = next.min_by_key(|(at, ..)| *at) else { break };
        let (before, from) = rest.split_at(at);
        parts.push(BodyPart::Bytes(Bytes::copy_from_slice(before.as_bytes())));
        parts.push(match file.content("file")? {
            UploadContent::Bytes(bytes) => BodyPart::Bytes(STANDARD.encode(bytes).into()),
            UploadContent::File(path, length) => BodyPart::Base64(path, length),
        });
        rest = from.get(mark.len()..).unwrap_or_default();
    }
    if parts.is_empty() {
        return Ok(RequestBody::from(text.into_bytes()));
    }
    parts.push(BodyPart::Bytes(Bytes::copy_from_slice(rest.as_bytes())));
    Ok(RequestBody::from(parts))
}

pub(super) fn part_of(content: UploadContent) -> BodyPart {
    match content {
        UploadContent::Bytes(bytes) => BodyPart::Bytes(bytes),
        UploadContent::File(path, length) => BodyPart::File(path, length),
    }
}

/// A file as a part of a body.
///
/// Errors: `BadRequest` naming `place`, where its content is not known.
pub(super) fn part(file: &Upload, place: &str) -> Result<BodyPart> {
    Ok(part_of(file.content(place)?))
}
