//! Keys as requests need them: a signature each.

use std::time::{Duration, SystemTime};

use http::{HeaderMap, StatusCode};

use crate::auth::Secret;
use crate::auth::fetched::Credential;
use crate::auth::sigv4::{Credentials, Signer};
use crate::error::Result;
use crate::transport::HttpRequest;

/// Where nothing says the region: that of the first one, which AWS's own tools take.
const LAST_RESORT: &str = "us-east-1";

/// Keys, and what they sign for.
#[derive(Clone)]
pub(super) struct Keys {
    pub credentials: Credentials,
    /// The region that was given in configuration: it comes before the address's.
    pub given_region: Option<String>,
    pub region: Option<String>,
    pub service: String,
}

impl Credential for Keys {
    fn sign(&self, request: &mut HttpRequest, unix_now: Duration) -> Result<()> {
        let of_address = || region_of(request.url.host_str()?);
        let region = self.given_region.clone().or_else(of_address).or_else(|| self.region.clone());
        let signer = Signer {
            credentials: self.credentials.clone(),
            region: region.unwrap_or_else(|| LAST_RESORT.to_owned()),
            service: self.service.clone(),
        };
        let HttpRequest { method, url, headers, body, .. } = request;
        signer.sign(method.as_str(), url, headers, body.whole()?, SystemTime::UNIX_EPOCH + unix_now)
    }

    fn signs_body(&self) -> bool {
        true
    }

    /// A session that has ended: another would be good. (The type is recorded.)
    fn is_refused(&self, _status: StatusCode, headers: &HeaderMap, body: &[u8]) -> bool {
        let said = headers.get("x-amzn-errortype").and_then(|said| said.to_str().ok()).unwrap_or_default();
        said.starts_with("ExpiredToken") || memchr::memmem::find(body, b"ExpiredToken").is_some()
    }

    fn secrets(&self) -> Vec<Secret> {
        self.credentials.secrets()
    }
}

/// The region in an address of AWS's: the label after the service's, as in
/// `bedrock-runtime.eu-west-1.amazonaws.com` and `vpce-1.bedrock-runtime.eu-west-1.vpce.amazonaws.com`.
pub(super) fn region_of(host: &str) -> Option<String> {
    if !host.ends_with(".amazonaws.com") && !host.ends_with(".amazonaws.com.cn") {
        return None;
    }
    // `us-east-1`, `us-gov-west-1`
    let is_region = |label: &&str| {
        label.contains('-')
            && !label.starts_with("vpce-")
            && label
                .rsplit('-')
                .next()
                .is_some_and(|end| end.len() == 1 && end.bytes().all(|byte| byte.is_ascii_digit()))
    };
    host.split('.').find(is_region).map(str::to_owned)
}
