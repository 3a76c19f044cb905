//! Requests that are signed with a secret: an HMAC over what the service says is signed.
//!
//! What is signed, how it is written and where it goes are data; the secret is the `api_key`. It is
//! signed when the request goes, as the time is part of most signatures, and anew for each attempt.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use ring::{digest, hmac};
use serde::{Deserialize, Serialize};

use super::fetched::{Credential, Fetched, Moment, Source, Step, failed, identity};
use super::{Secret, header_name, not_in_a_header};
use crate::error::{Error, Result};
use crate::transport::HttpRequest;

/// How requests are signed. Texts may hold `{method}`, `{host}`, `{path}`, `{query}` (without `?`),
/// `{path_and_query}`, `{timestamp}`, `{body}`, `{body_hash}` (by the algorithm, in the encoding), and in
/// `headers` also `{signature}`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hmac {
    /// `sha256` (default) or `sha512`.
    #[serde(default)]
    pub algorithm: Algorithm,
    /// How signature and hash are written: `hex` (default) or `base64`.
    #[serde(default)]
    pub encoding: Encoding,
    /// How the secret is written: `text` (default), `hex` or `base64`.
    #[serde(default)]
    pub secret_encoding: SecretEncoding,
    /// `seconds` (default) or `milliseconds` since 1970.
    #[serde(default)]
    pub timestamp: Timestamp,
    /// What is signed, such as `{timestamp}{method}{path_and_query}{body}`.
    pub sign: String,
    /// Name to value; at least one has `{signature}`.
    pub headers: BTreeMap<String, String>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Algorithm {
    #[default]
    Sha256,
    Sha512,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Encoding {
    #[default]
    Hex,
    Base64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SecretEncoding {
    #[default]
    Text,
    Hex,
    Base64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Timestamp {
    #[default]
    Seconds,
    Milliseconds,
}

const PLACES: [&str; 8] =
    ["method", "host", "path", "query", "path_and_query", "timestamp", "body", "body_hash"];
const SIGNATURE: &str = "signature";

impl Hmac {
    /// What signs with `secret`. `place` is where this stands in the configuration.
    ///
    /// Errors: `Configuration` naming the place, without a word of the secret.
    pub fn source(&self, place: &str, secret: &Secret) -> Result<Arc<dyn Source>> {
        let wrong = |name: &str, why: &str| {
            let place = format!("{place}.hmac.{name}");
            Error::configuration(place.clone(), format!("{place}: {why}"))
        };
        self.fill(&self.sign, |name| PLACES.contains(&name).then(Vec::new))
            .map_err(|why| wrong("sign", &why))?;
        let mut is_signed = false;
        for (name, text) in &self.headers {
            let at = format!("headers.{name}");
            header_name(name).map_err(|why| wrong(&at, &why))?;
            let known = |name: &str| (PLACES.contains(&name) || name == SIGNATURE).then(Vec::new);
            let rest = self.fill(text, known).map_err(|why| wrong(&at, &why))?;
            if String::from_utf8_lossy(&rest).contains(not_in_a_header) {
                return Err(wrong(&at, "has a character that no header may have"));
            }
            is_signed |= text.contains("{signature}");
        }
        if !is_signed {
            return Err(wrong("headers", "none of them has `{signature}`"));
        }
        let key = match self.secret_encoding {
            SecretEncoding::Text => Some(secret.expose().as_bytes().to_vec()),
            SecretEncoding::Base64 => STANDARD.decode(secret.expose()).ok(),
            SecretEncoding::Hex => unhex(secret.expose()),
        };
        let key = key.filter(|key| !key.is_empty());
        let key =
            key.ok_or_else(|| wrong("secret_encoding", "the `api_key` is empty, or is not written so"))?;
        let algorithm = match self.algorithm {
            Algorithm::Sha256 => hmac::HMAC_SHA256,
            Algorithm::Sha512 => hmac::HMAC_SHA512,
        };
        Ok(Arc::new(Signing {
            identity: identity(&(self, secret.expose())),
            signer: Arc::new(Signer {
                hmac: self.clone(),
                key: hmac::Key::new(algorithm, &key),
                secret: secret.clone(),
            }),
        }))
    }

    /// `text` with its places filled by `value`. Errors: a place that is none, or a lone brace.
    fn fill(&self, text: &str, value: impl Fn(&str) -> Option<Vec<u8>>) -> Result<Vec<u8>, String> {
        let mut filled = Vec::new();
        let mut rest = text;
        while let Some((before, from)) = rest.split_once('{') {
            filled.extend_from_slice(before.as_bytes());
            let Some((name, after)) = from.split_once('}') else {
                return Err("has a `{` without its `}`".to_owned());
            };
            let value = value(name).ok_or_else(|| {
                format!("has no `{{{name}}}`; there are {}, and {SIGNATURE} in headers", PLACES.join(", "))
            })?;
            filled.extend(value);
            rest = after;
        }
        filled.extend_from_slice(rest.as_bytes());
        Ok(filled)
    }

    fn written(&self, bytes: &[u8]) -> String {
        match self.encoding {
            Encoding::Hex => bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
            Encoding::Base64 => STANDARD.encode(bytes),
        }
    }
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> =
        text.chars().map(|digit| digit.to_digit(16).and_then(|digit| u8::try_from(digit).ok())).collect();
    let digits = digits?;
    digits.chunks(2).map(|pair| if let [high, low] = pair { Some(high << 4 | low) } else { None }).collect()
}

/// Nothing is fetched: the credential is there at once.
struct Signing {
    identity: u64,
    signer: Arc<Signer>,
}

impl Source for Signing {
    fn identity(&self) -> u64 {
        self.identity
    }
    fn begin(&self, _: &mut Moment) -> Result<Step> {
        let credential = Arc::clone(&self.signer) as Arc<dyn Credential>;
        Ok(Step::Done(Fetched { credential, lifetime: None, next: None }))
    }
    fn secrets(&self) -> Vec<Secret> {
        vec![self.signer.secret.clone()]
    }
}

struct Signer {
    hmac: Hmac,
    key: hmac::Key,
    secret: Secret,
}

impl Credential for Signer {
    fn sign(&self, request: &mut HttpRequest, unix_now: Duration) -> Result<()> {
        let Self { hmac, key, .. } = self;
        let timestamp = match hmac.timestamp {
            Timestamp::Seconds => u128::from(unix_now.as_secs()),
            Timestamp::Milliseconds => unix_now.as_millis(),
        }
        .to_string();
        let url = &request.url;
        let body = request.body.whole()?;
        let value = |name: &str| -> Option<Vec<u8>> {
            let query = url.query().unwrap_or_default();
            let text = match name {
                "method" => request.method.as_str().to_owned(),
                "host" => url.host_str().unwrap_or_default().to_owned(),
                "path" => url.path().to_owned(),
                "query" => query.to_owned(),
                "path_and_query" if query.is_empty() => url.path().to_owned(),
                "path_and_query" => format!("{}?{query}", url.path()),
                "timestamp" => timestamp.clone(),
                "body" => return Some(body.to_vec()),
                "body_hash" => {
                    let algorithm = match hmac.algorithm {
                        Algorithm::Sha256 => &digest::SHA256,
                        Algorithm::Sha512 => &digest::SHA512,
                    };
                    hmac.written(digest::digest(algorithm, body).as_ref())
                }
                _ => return None,
            };
            Some(text.into_bytes())
        };
        let signed = hmac.fill(&hmac.sign, value).map_err(|why| failed(&why))?;
        let signature = hmac.written(hmac::sign(key, &signed).as_ref());
        let mut headers = HeaderMap::new();
        for (name, text) in &hmac.headers {
            let value = |name: &str| match name {
                SIGNATURE => Some(signature.clone().into_bytes()),
                other => value(other),
            };
            let text = hmac.fill(text, value).map_err(|why| failed(&why))?;
            let (Ok(name), Ok(mut value)) = (HeaderName::try_from(name), HeaderValue::from_bytes(&text))
            else {
                return Err(failed("the signature cannot stand in a header"));
            };
            value.set_sensitive(true);
            headers.insert(name, value);
        }
        request.headers.extend(headers);
        Ok(())
    }

    fn signs_body(&self) -> bool {
        true
    }

    fn is_refused(&self, _: StatusCode, _: &HeaderMap, _: &[u8]) -> bool {
        false
    }

    fn secrets(&self) -> Vec<Secret> {
        vec![self.secret.clone()]
    }
}

#[cfg(test)]
#[path = "hmac_tests.rs"]
mod tests;
