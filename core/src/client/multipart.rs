//! Bodies of forms with files: `multipart/form-data` (RFC 7578).
//!
//! Names are escaped as browsers do (WHATWG HTML, "multipart/form-data encoding algorithm": line
//! feed, carriage return and quotation mark as `%0A`, `%0D` and `%22`). A list is its name with `[]`
//! once for each item, an object its name with `[key]`: as OpenAI's SDKs write them (openai 3.54.0,
//! PyPI, `_qs.py` with `array_format="brackets"`). Contents of files are shared, never copied.

use bytes::Bytes;
use memchr::memmem;
use serde_json::{Map, Value};

use super::inline::part_of;
use crate::error::Result;
use crate::routing::stable_hash;
use crate::transport::{BodyPart, RequestBody};
use crate::types::upload::{Upload, UploadContent};

/// The body of a form, and its content type. The boundary is drawn by `seed`, so that who knows a
/// file beforehand cannot end its part from within; one that a file in memory holds is not taken.
///
/// Errors: `BadRequest` naming a file whose content is not known.
pub(super) fn multipart(
    fields: &Map<String, Value>,
    files: &[(String, Upload)],
    seed: u64,
) -> Result<(RequestBody, String)> {
    let mut texts = Vec::new();
    fields.iter().for_each(|(name, value)| flatten(name, value, &mut texts));
    let contents: Vec<UploadContent> =
        files.iter().map(|(name, upload)| upload.content(name)).collect::<Result<_>>()?;
    let mut boundary = boundary(seed);
    while texts.iter().any(|(_, text)| text.contains(&boundary))
        || contents.iter().any(|content| holds(content, &boundary))
    {
        boundary = self::boundary(stable_hash(boundary.as_bytes(), seed));
    }
    let (mut parts, mut text) = (Vec::new(), String::new());
    for (name, value) in &texts {
        text +=
            &format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{}\"\r\n\r\n", escaped(name));
        text += value;
        text += "\r\n";
    }
    for ((name, upload), content) in files.iter().zip(contents) {
        text += &format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"{}\"; filename=\"{}\"\r\n\
             Content-Type: {}\r\n\r\n",
            escaped(name),
            escaped(&upload.name),
            upload.content_type
        );
        parts.push(BodyPart::Bytes(Bytes::from(std::mem::take(&mut text))));
        parts.push(part_of(content));
        text += "\r\n";
    }
    text += &format!("--{boundary}--\r\n");
    parts.push(BodyPart::Bytes(Bytes::from(text)));
    Ok((RequestBody::from(parts), format!("multipart/form-data; boundary={boundary}")))
}

fn boundary(seed: u64) -> String {
    format!("roocode-{:016x}{:016x}", stable_hash(b"boundary", seed), stable_hash(b"of a form", seed))
}

fn holds(content: &UploadContent, boundary: &str) -> bool {
    match content {
        UploadContent::Bytes(bytes) => memmem::find(bytes, boundary.as_bytes()).is_some(),
        UploadContent::File(..) => false,
    }
}

/// The texts that a field is written as; null is none.
fn flatten(name: &str, value: &Value, texts: &mut Vec<(String, String)>) {
    match value {
        Value::Null => {}
        Value::String(text) => texts.push((name.to_owned(), text.clone())),
        Value::Bool(_) | Value::Number(_) => texts.push((name.to_owned(), value.to_string())),
        Value::Array(items) => items.iter().for_each(|item| flatten(&format!("{name}[]"), item, texts)),
        Value::Object(fields) => {
            fields.iter().for_each(|(key, item)| flatten(&format!("{name}[{key}]"), item, texts));
        }
    }
}

fn escaped(name: &str) -> String {
    name.replace('\n', "%0A").replace('\r', "%0D").replace('"', "%22")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn written(fields: Value, files: &[(String, Upload)], seed: u64) -> (String, String) {
        let (body, content_type) = multipart(fields.as_object().unwrap(), files, seed).unwrap();
        let RequestBody::Parts(parts) = body else { panic!("in parts") };
        let text = |part: &BodyPart| match part {
            BodyPart::Bytes(bytes) => String::from_utf8(bytes.to_vec()).unwrap(),
            other => panic!("{other:?}"),
        };
        (parts.iter().map(text).collect(), content_type)
    }

    #[test]
    fn a_form_has_its_fields_and_its_files() {
        let fields = json!({"model": "m", "n": 2, "list": ["a", "b"], "o": {"k": true}, "none": null});
        let file = Upload::bytes(Some("a\"\r\nb.wav".to_owned()), "sound");
        let (body, content_type) = written(fields, &[("file".to_owned(), file)], 7);
        let boundary = content_type.strip_prefix("multipart/form-data; boundary=").unwrap();
        assert!(boundary.len() <= 70, "RFC 2046, 5.1.1");
        let field = |name: &str, text: &str| {
            format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{text}\r\n")
        };
        let expected = [
            field("model", "m"),
            field("n", "2"),
            field("list[]", "a"),
            field("list[]", "b"),
            field("o[k]", "true"),
            format!(
                "--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; \
                 filename=\"a%22%0D%0Ab.wav\"\r\nContent-Type: audio/wav\r\n\r\nsound\r\n--{boundary}--\r\n"
            ),
        ];
        assert_eq!(body, expected.concat());
    }

    #[test]
    fn the_boundary_is_the_seeds_and_in_no_part() {
        let of = |seed, content: String| {
            let file = Upload::bytes(None, content);
            written(json!({}), &[("file".to_owned(), file)], seed).1
        };
        assert_eq!(of(1, "x".to_owned()), of(1, "y".to_owned()));
        assert_ne!(of(1, "x".to_owned()), of(2, "x".to_owned()));
        let taken = boundary(1);
        assert!(!of(1, format!("x\r\n--{taken}\r\n")).contains(&taken));
        let (_, said) = written(json!({ "prompt": taken.clone() }), &[], 1);
        assert!(!said.contains(&taken));
    }
}
