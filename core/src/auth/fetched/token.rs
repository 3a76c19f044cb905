//! A token that is sent as `Authorization: Bearer`.

use std::time::Duration;

use http::StatusCode;
use http::header::{AUTHORIZATION, HeaderMap, HeaderValue, WWW_AUTHENTICATE};

use super::{Credential, failed};
use crate::auth::Secret;
use crate::error::Result;
use crate::transport::HttpRequest;

/// An access token.
pub struct BearerToken {
    token: Secret,
    /// Other headers that go with it, such as the project that pays.
    headers: Vec<(&'static str, String)>,
}

impl BearerToken {
    #[must_use]
    pub const fn new(token: Secret, headers: Vec<(&'static str, String)>) -> Self {
        Self { token, headers }
    }
}

impl Credential for BearerToken {
    fn sign(&self, request: &mut HttpRequest, _unix_now: Duration) -> Result<()> {
        let mut value = HeaderValue::from_str(&format!("Bearer {}", self.token.expose()))
            .map_err(|_| failed("the token that was issued has characters that no header may have"))?;
        value.set_sensitive(true);
        request.headers.insert(AUTHORIZATION, value);
        for (name, value) in &self.headers {
            let value = HeaderValue::from_str(value).map_err(|_| failed(format!("`{name}` is no header")))?;
            request.headers.insert(*name, value);
        }
        Ok(())
    }

    /// A 401 says so, unless it names another reason (RFC 6750, 3.1: `invalid_token` is "expired,
    /// revoked, malformed, or invalid for other reasons").
    fn is_refused(&self, status: StatusCode, headers: &HeaderMap, body: &[u8]) -> bool {
        if status != StatusCode::UNAUTHORIZED {
            return false;
        }
        let challenge =
            headers.get(WWW_AUTHENTICATE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        if let Some((_, reason)) = challenge.split_once("error=") {
            return reason.trim_start_matches('"').starts_with("invalid_token");
        }
        // Azure says with status 401 that a role is missing, which no other token mends
        // (Azure/azure-sdk-for-python, issue 40297).
        memchr::memmem::find(body, b"\"PermissionDenied\"").is_none()
    }

    fn secrets(&self) -> Vec<Secret> {
        vec![self.token.clone()]
    }
}
