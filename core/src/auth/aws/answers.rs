//! What hands out keys says: JSON of containers and machines, XML of STS.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use super::keys::Keys;
use crate::auth::Secret;
use crate::auth::fetched::{Answer, Fetched, failed, refused};
use crate::auth::sigv4::{Credentials, seconds_of_iso8601};
use crate::error::{Error, Result};

/// A key pair with its end.
pub(super) struct Issued {
    pub credentials: Credentials,
    pub expiration: Option<String>,
}

impl Issued {
    /// As a source hands it out. `with`: what it signs for.
    pub(super) fn fetched(self, with: &Keys, unix_now: Duration) -> Fetched {
        let ends = self.expiration.as_deref().and_then(seconds_of_iso8601).map(Duration::from_secs);
        Fetched {
            credential: Arc::new(Keys { credentials: self.credentials, ..with.clone() }),
            lifetime: ends.map(|ends| ends.saturating_sub(unix_now)),
            next: None,
        }
    }
}

/// The answer where one came. `who` was asked, for messages.
pub(super) fn came(answer: Result<Answer>, who: &str) -> Result<Answer> {
    let answer = answer.map_err(|error| {
        let mut told = failed(format!("{who} could not be asked for AWS credentials: {}", error.message));
        told.source.clone_from(&error.source);
        told
    })?;
    if answer.status.is_success() { Ok(answer) } else { Err(refused(&answer, who)) }
}

/// `{AccessKeyId, SecretAccessKey, Token, Expiration}`.
pub(super) fn of_json(answer: Result<Answer>, who: &str) -> Result<Issued> {
    let answer = came(answer, who)?;
    let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let text = |name: &str| body.get(name).and_then(Value::as_str).map(str::to_owned);
    issued([text("AccessKeyId"), text("SecretAccessKey"), text("Token"), text("Expiration")], who)
}

/// The `Credentials` of STS's answers, and its error in the same form.
pub(super) fn of_xml(answer: Result<Answer>, who: &str) -> Result<Issued> {
    let answer = answer.map(|answer| {
        let text = String::from_utf8_lossy(&answer.body).into_owned();
        (answer, text)
    });
    let text = match answer {
        Ok((answer, text)) if answer.status.is_success() => text,
        Ok((answer, text)) => return Err(refused_in_xml(&answer, &text, who)),
        Err(error) => return came(Err(error), who).and_then(|_| Err(failed("no answer"))),
    };
    let field = |name: &str| element(&text, name);
    issued([field("AccessKeyId"), field("SecretAccessKey"), field("SessionToken"), field("Expiration")], who)
}

fn issued([id, secret, token, expiration]: [Option<String>; 4], who: &str) -> Result<Issued> {
    let (Some(access_key_id), Some(secret)) = (id, secret) else {
        return Err(failed(format!("{who} answered without keys")));
    };
    let session_token = token.map(Secret::from);
    let credentials = Credentials { access_key_id, secret_access_key: secret.into(), session_token };
    Ok(Issued { credentials, expiration })
}

fn refused_in_xml(answer: &Answer, text: &str, who: &str) -> Error {
    let mut error = refused(answer, who);
    if let Some(code) = element(text, "Code") {
        let said = element(text, "Message").unwrap_or_default();
        error.message = format!("{who} gave no keys: {code}: {said}");
        error.code = Some(code);
    }
    error
}

/// The text of the first element of a name. Keys and times hold nothing that is escaped.
fn element(text: &str, name: &str) -> Option<String> {
    let (_, rest) = text.split_once(&format!("<{name}>"))?;
    let (inner, _) = rest.split_once(&format!("</{name}>"))?;
    Some(inner.trim().to_owned())
}
