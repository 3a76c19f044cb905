//! The parts of a request in the form in which they are signed.

use std::fmt::Write as _;

/// The path, each segment percent-encoded once more: a service decodes it once before
/// it checks the signature. `normalise`: without `.`, `..` and empty segments, as
/// every service but S3 has it.
pub(super) fn canonical_path(path: &str, normalise: bool) -> String {
    if !normalise {
        return encode(path, true);
    }
    let mut segments: Vec<&str> = Vec::new();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => {
                segments.pop();
            }
            segment => segments.push(segment),
        }
    }
    if segments.is_empty() {
        return "/".to_owned();
    }
    let end = if path.ends_with('/') { "/" } else { "" };
    encode(&format!("/{}{end}", segments.join("/")), true)
}

/// The query from its decoded pairs, sorted.
pub(super) fn canonical_query(pairs: &[(String, String)]) -> String {
    let mut encoded: Vec<(String, String)> =
        pairs.iter().map(|(name, value)| (encode(name, false), encode(value, false))).collect();
    encoded.sort();
    let pairs: Vec<String> = encoded.into_iter().map(|(name, value)| format!("{name}={value}")).collect();
    pairs.join("&")
}

/// The headers in lines and their names in a list, sorted by name. Headers of one
/// name are one, in their order; runs of blanks are one blank.
pub(super) fn canonical_headers(headers: &[(&str, &str)]) -> (String, String) {
    let mut sorted: Vec<(String, Vec<String>)> = Vec::new();
    for (name, value) in headers {
        let name = name.to_ascii_lowercase();
        let value = value.split_whitespace().collect::<Vec<_>>().join(" ");
        match sorted.iter_mut().find(|(known, _)| *known == name) {
            Some((_, values)) => values.push(value),
            None => sorted.push((name, vec![value])),
        }
    }
    sorted.sort();
    let mut lines = String::new();
    for (name, values) in &sorted {
        // Writing to a text does not fail.
        let _ = writeln!(lines, "{name}:{}", values.join(","));
    }
    let names: Vec<&str> = sorted.iter().map(|(name, _)| name.as_str()).collect();
    (lines, names.join(";"))
}

/// Percent-encodes all but what RFC 3986 leaves alone.
fn encode(text: &str, keep_slash: bool) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) || (keep_slash && byte == b'/') {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

pub(super) fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        let _ = write!(text, "{byte:02x}");
    }
    text
}
