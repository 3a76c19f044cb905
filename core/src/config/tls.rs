//! TLS of a provider's own, as the user declares it.

use std::sync::Arc;

use serde::Deserialize;

use crate::auth::Secret;
use crate::error::{Error, Result};
use crate::transport::{Pem, TlsProfile};

/// A client certificate, and whom this provider's certificate may be from. Each is PEM as text, or the path of a
/// file, which is read when the first connection is made.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TlsConfig {
    /// By which the client shows who it is, with the certificates between it and the authority.
    pub certificate: Option<String>,
    /// Its private key, without a passphrase. Default: it stands beside the certificate.
    pub key: Option<Secret>,
    /// Authorities whose certificates this provider may have, beside those trusted by all.
    pub authorities: Option<String>,
}

impl TlsConfig {
    /// `place` is where it stands in the configuration.
    ///
    /// Errors: `ConfigurationError` naming the place.
    pub(super) fn profile(&self, place: &str, base_url: &str) -> Result<Arc<TlsProfile>> {
        let wrong = |field: &str, why: &str| {
            let place = if field.is_empty() { place.to_owned() } else { format!("{place}.{field}") };
            let message = format!("{place}: {why}");
            Error::configuration(place, message)
        };
        if !base_url.starts_with("https://") {
            return Err(wrong("", "needs a `base_url` that starts with https://"));
        }
        let pem = |field: &str, given: &str| match given.trim() {
            "" => Err(wrong(field, "is empty; expected PEM, or the path of a file")),
            _ => Ok(Pem::new(format!("{place}.{field}"), given)),
        };
        let identity = match (&self.certificate, &self.key) {
            (Some(certificate), key) => {
                let key = key.as_ref().map_or(certificate.as_str(), Secret::expose);
                Some((pem("certificate", certificate)?, pem("key", key)?))
            }
            (None, Some(_)) => return Err(wrong("certificate", "is missing; `key` is of no use without it")),
            (None, None) => None,
        };
        let authorities = self.authorities.as_ref().map(|given| pem("authorities", given)).transpose()?;
        if identity.is_none() && authorities.is_none() {
            return Err(wrong("", "is empty; give `certificate` and `key`, or `authorities`"));
        }
        let profile = TlsProfile { identity, authorities };
        profile.check()?;
        Ok(Arc::new(profile))
    }
}
