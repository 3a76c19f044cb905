//! AWS Signature Version 4: a request says who asks by a keyed hash of itself.
//!
//! Pure: the request, the credentials, where it goes and `now` in, headers out
//! (docs.aws.amazon.com "Create a signed AWS API request"). A request is signed
//! last, for whatever changes afterwards makes the signature wrong. Finding
//! credentials does not belong here.

mod canonical;
mod credentials;
mod date;

pub use credentials::Credentials;
pub(super) use date::seconds_of_iso8601;

use std::time::SystemTime;

use http::header::{AUTHORIZATION, HOST, HeaderMap, HeaderName, HeaderValue};
use ring::{digest, hmac};
use url::Url;

use self::canonical::{canonical_headers, canonical_path, canonical_query, hex};
use super::sensitive;
use crate::error::{Error, ErrorKind, Result};

const ALGORITHM: &str = "AWS4-HMAC-SHA256";
const DATE: HeaderName = HeaderName::from_static("x-amz-date");
const SESSION_TOKEN: HeaderName = HeaderName::from_static("x-amz-security-token");

/// Who signs, for which service and region.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signer {
    pub credentials: Credentials,
    pub region: String,
    /// AWS's name of the service for signatures, such as `bedrock`.
    pub service: String,
}

impl Signer {
    /// Adds `x-amz-date`, the session's token and `authorization` to the headers of a
    /// request that is otherwise whole. Signed are the host, the content's type and
    /// all headers of AWS's own; a proxy may change the others. The query of the URL is
    /// written anew, in the form in which it is signed.
    ///
    /// Errors: `Internal` where the URL has no host.
    pub fn sign(
        &self,
        method: &str,
        url: &mut Url,
        headers: &mut HeaderMap,
        body: &[u8],
        now: SystemTime,
    ) -> Result<()> {
        let host = host(url)?;
        let time = date::basic_iso8601(now);
        headers.insert(DATE, plain_header(&time)?);
        if let Some(token) = &self.credentials.session_token {
            headers.insert(SESSION_TOKEN, sensitive("session_token", token.expose())?);
        }
        let query: Vec<(String, String)> =
            url.query_pairs().map(|(name, value)| (name.into_owned(), value.into_owned())).collect();
        let query = canonical_query(&query);
        if url.query().is_some() {
            url.set_query((!query.is_empty()).then_some(query.as_str()));
        }
        let mut signed = vec![(HOST.as_str(), host.as_str())];
        for (name, value) in headers.iter() {
            if name == "content-type" || name.as_str().starts_with("x-amz-") {
                signed.push((name.as_str(), value.to_str().unwrap_or_default()));
            }
        }
        let request = Canonical {
            method,
            path: &canonical_path(url.path(), true),
            query: &query,
            headers: &signed,
            body_hash: &hex(digest::digest(&digest::SHA256, body).as_ref()),
        };
        let authorization = self.authorization(&request, &time);
        headers.insert(AUTHORIZATION, sensitive("authorization", &authorization)?);
        Ok(())
    }

    /// The value of `authorization` for a request at `time`.
    fn authorization(&self, request: &Canonical<'_>, time: &str) -> String {
        let (_, names) = canonical_headers(request.headers);
        let signature = self.signature(&self.string_to_sign(&request.text(), time), time);
        format!(
            "{ALGORITHM} Credential={}/{}, SignedHeaders={names}, Signature={signature}",
            self.credentials.access_key_id,
            self.scope(time),
        )
    }

    fn scope(&self, time: &str) -> String {
        format!("{}/{}/{}/aws4_request", day(time), self.region, self.service)
    }

    fn string_to_sign(&self, canonical: &str, time: &str) -> String {
        let hash = hex(digest::digest(&digest::SHA256, canonical.as_bytes()).as_ref());
        format!("{ALGORITHM}\n{time}\n{}\n{hash}", self.scope(time))
    }

    /// The key is hashed with each part of the scope in turn, the text with what comes of it.
    fn signature(&self, string_to_sign: &str, time: &str) -> String {
        let mut key = format!("AWS4{}", self.credentials.secret_access_key.expose()).into_bytes();
        for part in [day(time), self.region.as_str(), self.service.as_str(), "aws4_request"] {
            key = keyed_hash(&key, part.as_bytes());
        }
        hex(&keyed_hash(&key, string_to_sign.as_bytes()))
    }
}

/// A request in the one form in which both sides hash it.
struct Canonical<'a> {
    method: &'a str,
    path: &'a str,
    query: &'a str,
    headers: &'a [(&'a str, &'a str)],
    body_hash: &'a str,
}

impl Canonical<'_> {
    fn text(&self) -> String {
        let (headers, names) = canonical_headers(self.headers);
        let Self { method, path, query, body_hash, .. } = self;
        format!("{method}\n{path}\n{query}\n{headers}\n{names}\n{body_hash}")
    }
}

fn day(time: &str) -> &str {
    time.get(..8).unwrap_or(time)
}

fn keyed_hash(key: &[u8], text: &[u8]) -> Vec<u8> {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), text).as_ref().to_vec()
}

/// The host as the HTTP client will write it: with a port that is not the scheme's own.
fn host(url: &Url) -> Result<String> {
    let Some(host) = url.host_str() else {
        return Err(Error::new(ErrorKind::Internal, "a request without a host cannot be signed"));
    };
    Ok(url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}")))
}

fn plain_header(value: &str) -> Result<HeaderValue> {
    HeaderValue::from_str(value)
        .map_err(|error| Error::new(ErrorKind::Internal, "a header of the signature").with_source(error))
}

#[cfg(test)]
mod tests;
