//! Reading a form with files, as a mock sees it: its fields as texts, and of files what they are.
//!
//! Written by RFC 7578 and apart from what the client writes with, so that a test of one is a test of it.

use bytes::Bytes;
use http::{HeaderMap, header};
use memchr::memmem;
use serde_json::{Map, Value, json};

/// The boundary of a form, where the headers say that there is one.
pub(super) fn boundary(headers: &HeaderMap) -> Option<String> {
    let said = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    let rest = said.strip_prefix("multipart/form-data")?;
    rest.split(';').find_map(|part| part.trim().strip_prefix("boundary=")).map(str::to_owned)
}

/// The fields; a name that stands more than once, or with `[]`, is a list. `None`: it is no such form.
pub(super) fn read(body: &Bytes, boundary: &str) -> Option<Value> {
    let (opening, mark) = (format!("--{boundary}\r\n"), format!("\r\n--{boundary}"));
    let mut rest = body.strip_prefix(opening.as_bytes())?;
    let mut fields = Map::new();
    loop {
        let end = memmem::find(rest, mark.as_bytes())?;
        let (part, after) = rest.split_at_checked(end)?;
        let (name, value) = field(part)?;
        add(&mut fields, &name, value);
        let after = after.get(mark.len()..)?;
        match after.strip_prefix(b"\r\n") {
            Some(next) => rest = next,
            None => return after.starts_with(b"--").then_some(Value::Object(fields)),
        }
    }
}

fn field(part: &[u8]) -> Option<(String, Value)> {
    let end = memmem::find(part, b"\r\n\r\n")?;
    let (head, content) = (std::str::from_utf8(part.get(..end)?).ok()?, part.get(end + 4..)?);
    let parameter = |name: &str| {
        let (_, rest) = head.split_once(&format!("; {name}=\""))?;
        rest.split_once('"').map(|(value, _)| value.to_owned())
    };
    let name = parameter("name")?;
    let Some(filename) = parameter("filename") else {
        return Some((name, String::from_utf8_lossy(content).into_owned().into()));
    };
    let line = head.lines().find_map(|line| line.strip_prefix("Content-Type: "));
    Some((name, json!({ "filename": filename, "content_type": line, "size": content.len() })))
}

fn add(fields: &mut Map<String, Value>, name: &str, value: Value) {
    let (name, is_list) = name.strip_suffix("[]").map_or((name, false), |name| (name, true));
    match fields.get_mut(name) {
        Some(Value::Array(items)) => items.push(value),
        Some(one) => *one = json!([one.take(), value]),
        None => {
            let value = if is_list { json!([value]) } else { value };
            fields.insert(name.to_owned(), value);
        }
    }
}
