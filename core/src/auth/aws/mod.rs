//! AWS's credentials: from configuration, the environment, the shared files, a web
//! identity, a container or the machine, in the order of AWS's own SDKs.
//!
//! Sources: docs.aws.amazon.com/sdkref "Standardized credential providers" and "AWS SDKs
//! and Tools settings reference"; order, addresses and names as in botocore 1.43.11
//! (PyPI, `credentials.py`, `utils.py`). None of it was tried against AWS itself.
//! Not supported, and said so where a profile asks for it: SSO, `credential_process`,
//! a role that is assumed from another role.

mod answers;
mod chain;
mod keys;
mod profiles;

use std::path::PathBuf;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::fetched::Source;
use super::sigv4::Credentials;
use super::{Environment, Secret, present};
use crate::error::{Error, Result};

use chain::{Chain, Container, Files, WebIdentity};

const METADATA: &str = "http://169.254.169.254";
/// Where a container of ECS is told its credentials below.
const CONTAINER: &str = "http://169.254.170.2";

/// An identity in AWS. What is absent comes from the usual variables and files.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Aws {
    pub access_key_id: Option<String>,
    pub secret_access_key: Option<Secret>,
    /// Of keys that are a session's.
    pub session_token: Option<Secret>,
    /// A profile of the shared files. Default `AWS_PROFILE`, else `default`.
    pub profile: Option<String>,
    /// The region that requests are signed for. Default: the one in the address, else
    /// `AWS_REGION` or `AWS_DEFAULT_REGION`.
    pub region: Option<String>,
    /// AWS's name of the service for signatures. Default `bedrock`.
    pub service: Option<String>,
}

impl Aws {
    /// Whether the environment names an identity, without a look at files or the network.
    pub(super) fn is_in(environment: Environment<'_>) -> bool {
        let set = |name| present(environment, name).is_some();
        (set("AWS_ACCESS_KEY_ID") && set("AWS_SECRET_ACCESS_KEY"))
            || set("AWS_PROFILE")
            || (set("AWS_WEB_IDENTITY_TOKEN_FILE") && set("AWS_ROLE_ARN"))
            || set("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI")
            || set("AWS_CONTAINER_CREDENTIALS_FULL_URI")
    }

    /// Errors: `Configuration` naming the place.
    pub(super) fn source(&self, place: &str, environment: Environment<'_>) -> Result<Arc<dyn Source>> {
        let set = |name| present(environment, name);
        let region = self.region.clone().or_else(|| set("AWS_REGION")).or_else(|| set("AWS_DEFAULT_REGION"));
        let given = self.keys(place)?;
        let keys = match (given, &self.profile) {
            (Some(keys), _) => Some(keys),
            // A profile that was asked for comes before what lies about in the environment.
            (None, Some(_)) => None,
            (None, None) => keys_of(environment),
        };
        Ok(Arc::new(Chain {
            keys,
            web_identity: web_identity(environment),
            files: self.files(environment),
            container: container(environment)?,
            metadata: metadata(environment),
            sts: set("AWS_ENDPOINT_URL_STS"),
            region_given: self.region.is_some(),
            region,
            service: self.service.clone().unwrap_or_else(|| "bedrock".to_owned()),
        }))
    }

    fn keys(&self, place: &str) -> Result<Option<Credentials>> {
        let missing = |field: &str| {
            let place = format!("{place}.aws.{field}");
            Err(Error::configuration(place.clone(), format!("{place}: is missing beside the other half")))
        };
        match (&self.access_key_id, &self.secret_access_key) {
            (Some(id), Some(secret)) => Ok(Some(Credentials {
                access_key_id: id.clone(),
                secret_access_key: secret.clone(),
                session_token: self.session_token.clone(),
            })),
            (Some(_), None) => missing("secret_access_key"),
            (None, Some(_)) => missing("access_key_id"),
            (None, None) if self.session_token.is_some() => missing("access_key_id"),
            (None, None) => Ok(None),
        }
    }

    fn files(&self, environment: Environment<'_>) -> Files {
        let set = |name| present(environment, name);
        let home = set("HOME").or_else(|| set("USERPROFILE")).map(PathBuf::from);
        let in_home = |name: &str| home.as_ref().map(|home| home.join(".aws").join(name));
        let named = self.profile.clone().or_else(|| set("AWS_PROFILE"));
        Files {
            credentials: set("AWS_SHARED_CREDENTIALS_FILE")
                .map(|path| expanded(path, home.as_ref()))
                .or_else(|| in_home("credentials"))
                .unwrap_or_default(),
            config: set("AWS_CONFIG_FILE")
                .map(|path| expanded(path, home.as_ref()))
                .or_else(|| in_home("config"))
                .unwrap_or_default(),
            is_named: named.is_some(),
            first: self.profile.is_some(),
            profile: named.unwrap_or_else(|| "default".to_owned()),
        }
    }
}

fn expanded(path: String, home: Option<&PathBuf>) -> PathBuf {
    match (path.strip_prefix("~/"), home) {
        (Some(rest), Some(home)) => home.join(rest),
        _ => PathBuf::from(path),
    }
}

fn keys_of(environment: Environment<'_>) -> Option<Credentials> {
    Some(Credentials {
        access_key_id: present(environment, "AWS_ACCESS_KEY_ID")?,
        secret_access_key: present(environment, "AWS_SECRET_ACCESS_KEY")?.into(),
        session_token: present(environment, "AWS_SESSION_TOKEN").map(Secret::from),
    })
}

fn web_identity(environment: Environment<'_>) -> Option<WebIdentity> {
    Some(WebIdentity {
        token_file: present(environment, "AWS_WEB_IDENTITY_TOKEN_FILE")?,
        role: present(environment, "AWS_ROLE_ARN")?,
        session: present(environment, "AWS_ROLE_SESSION_NAME"),
    })
}

fn container(environment: Environment<'_>) -> Result<Option<Container>> {
    let set = |name| present(environment, name);
    let url = match set("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI") {
        Some(path) => format!("{CONTAINER}{path}"),
        None => match set("AWS_CONTAINER_CREDENTIALS_FULL_URI") {
            Some(url) => url,
            None => return Ok(None),
        },
    };
    if !is_safe(&url) {
        let name = "AWS_CONTAINER_CREDENTIALS_FULL_URI";
        let message =
            format!("{name}: expected `https://`, or `http://` and an address of the machine itself");
        return Err(Error::configuration(name, message));
    }
    Ok(Some(Container {
        url,
        token: set("AWS_CONTAINER_AUTHORIZATION_TOKEN").map(Secret::from),
        token_file: set("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"),
    }))
}

/// In the clear a token goes to the machine itself alone: loopback, and the addresses of
/// ECS's and EKS's agents.
fn is_safe(url: &str) -> bool {
    let Ok(url) = url::Url::parse(url) else { return false };
    match (url.scheme(), url.host_str()) {
        ("https", Some(_)) => true,
        ("http", Some(host)) => {
            matches!(host, "localhost" | "[::1]" | "169.254.170.2" | "169.254.170.23" | "[fd00:ec2::23]")
                || host.starts_with("127.")
        }
        _ => false,
    }
}

fn metadata(environment: Environment<'_>) -> Option<String> {
    let off = present(environment, "AWS_EC2_METADATA_DISABLED");
    if off.is_some_and(|off| off.eq_ignore_ascii_case("true")) {
        return None;
    }
    let endpoint = present(environment, "AWS_EC2_METADATA_SERVICE_ENDPOINT");
    Some(endpoint.as_deref().unwrap_or(METADATA).trim_end_matches('/').to_owned())
}

#[cfg(test)]
mod tests;
