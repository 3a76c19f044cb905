//! TLS of one's own: a client certificate (mutual TLS), and whom one service's certificate may be from.
//!
//! What is given as a file is read when the first connection is made, off the workers, and once: a file
//! that was renewed is read by a provider that is declared anew. The key is never shown. Nothing here knows what a
//! provider is.

use std::path::PathBuf;
use std::{fmt, fs};

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::error::{Error, Result};

/// PEM, as text or in a file, and where it was given.
#[derive(Clone, PartialEq, Eq)]
pub struct Pem {
    origin: String,
    source: Source,
}

#[derive(Clone, PartialEq, Eq)]
enum Source {
    Text(String),
    File(PathBuf),
}

/// Text may hold a key, and is not shown.
impl fmt::Debug for Pem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = match &self.source {
            Source::Text(_) => "***".into(),
            Source::File(path) => path.display().to_string(),
        };
        f.debug_tuple("Pem").field(&self.origin).field(&shown).finish()
    }
}

impl Pem {
    /// Text that has a PEM section, else the path of a file. `origin` names it in messages.
    #[must_use]
    pub fn new(origin: impl Into<String>, text_or_path: &str) -> Self {
        let source = if text_or_path.contains("-----BEGIN ") {
            Source::Text(text_or_path.to_owned())
        } else {
            Source::File(text_or_path.into())
        };
        Self { origin: origin.into(), source }
    }

    fn read(&self) -> Result<Vec<u8>> {
        match &self.source {
            Source::Text(text) => Ok(text.clone().into_bytes()),
            Source::File(path) => fs::read(path).map_err(|error| self.wrong(&error.to_string())),
        }
    }

    fn certificates(&self) -> Result<Vec<CertificateDer<'static>>> {
        let pem = self.read()?;
        let found: std::result::Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&pem).collect();
        let found = found.map_err(|error| self.wrong(&error.to_string()))?;
        if found.is_empty() {
            return Err(self.wrong("no PEM certificate in it"));
        }
        Ok(found)
    }

    fn private_key(&self) -> Result<PrivateKeyDer<'static>> {
        let pem = self.read()?;
        PrivateKeyDer::from_pem_slice(&pem).map_err(|error| {
            let encrypted = String::from_utf8_lossy(&pem).contains("ENCRYPTED");
            let hint = "it is encrypted: give it without a passphrase (`openssl pkey -in FILE`)";
            self.wrong(if encrypted { hint } else { "no PEM private key in it" }).with_source(error)
        })
    }

    fn wrong(&self, why: &str) -> Error {
        let message = match &self.source {
            Source::Text(_) => format!("{}: {why}", self.origin),
            Source::File(path) => format!("{}: `{}`: {why}", self.origin, path.display()),
        };
        Error::configuration(&self.origin, message)
    }
}

/// What of TLS is a service's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsProfile {
    /// By which we show who we are: a chain, our own first, and its key.
    pub identity: Option<(Pem, Pem)>,
    /// Whose certificates are trusted, beside those of everybody.
    pub authorities: Option<Pem>,
}

impl TlsProfile {
    /// Reads what was given as text, so that what is wrong with it is known at once.
    ///
    /// Errors: `Configuration` naming the place.
    pub fn check(&self) -> Result<()> {
        let is_text = |pem: &&Pem| matches!(pem.source, Source::Text(_));
        if let Some((certificate, key)) = &self.identity {
            Some(certificate).filter(is_text).map(Pem::certificates).transpose()?;
            Some(key).filter(is_text).map(Pem::private_key).transpose()?;
        }
        self.authorities.as_ref().filter(is_text).map(Pem::certificates).transpose()?;
        Ok(())
    }

    pub(super) fn authorities(&self) -> Result<Vec<CertificateDer<'static>>> {
        self.authorities.as_ref().map_or_else(|| Ok(Vec::new()), Pem::certificates)
    }

    /// What a client is configured with in the end.
    pub(super) fn finish(
        &self,
        builder: rustls::ConfigBuilder<rustls::ClientConfig, rustls::client::WantsClientCert>,
    ) -> Result<rustls::ClientConfig> {
        let Some((certificate, key)) = &self.identity else { return Ok(builder.with_no_client_auth()) };
        builder.with_client_auth_cert(certificate.certificates()?, key.private_key()?).map_err(|error| {
            key.wrong("not the key of the certificate, or of a kind unknown here").with_source(error)
        })
    }
}
