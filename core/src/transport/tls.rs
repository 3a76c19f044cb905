//! Whom TLS trusts: the system, and the certificates that a user adds.
//!
//! `SSL_CERT_FILE` and its kin are read as additions. Other tools take them as
//! replacements and then lose every public service when a company's own root is
//! named there. Nothing process-wide is installed: the cryptography is handed to
//! this configuration alone, so that a host application keeps its own.

use std::path::PathBuf;
use std::sync::Arc;

use rustls::crypto::CryptoProvider;
use rustls::pki_types::CertificateDer;
use rustls::{ClientConfig, RootCertStore};

use super::TlsProfile;
use crate::error::{Error, ErrorKind, Result};

/// A file or folder of PEM certificates, and who named it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateSource {
    /// The variable or option, for messages.
    pub origin: String,
    pub path: PathBuf,
    /// Whether it is an error that nothing can be read there. Variables of the
    /// environment are often stale and other tools pass over them: then it is a
    /// note that a failed handshake shows.
    pub required: bool,
}

/// Whom to trust.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsOptions {
    /// Trust what the system trusts.
    pub system_roots: bool,
    /// Trusted beside it.
    pub certificates: Vec<CertificateSource>,
    /// A service's own, beside what holds for all.
    pub profile: Option<Arc<TlsProfile>>,
}

impl Default for TlsOptions {
    fn default() -> Self {
        Self { system_roots: true, certificates: Vec::new(), profile: None }
    }
}

impl TlsOptions {
    /// The system's store with what `SSL_CERT_FILE`, `SSL_CERT_DIR`,
    /// `REQUESTS_CA_BUNDLE` and `NODE_EXTRA_CA_CERTS` name added to it.
    #[must_use]
    pub fn from_environment(lookup: &dyn Fn(&str) -> Option<String>) -> Self {
        let mut options = Self::default();
        let mut add = |name: &str, path: PathBuf| {
            if !path.as_os_str().is_empty() && !options.certificates.iter().any(|known| known.path == path) {
                options.certificates.push(CertificateSource {
                    origin: name.to_owned(),
                    path,
                    required: false,
                });
            }
        };
        for name in ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"] {
            if let Some(path) = lookup(name) {
                add(name, path.into());
            }
        }
        for path in std::env::split_paths(&lookup("SSL_CERT_DIR").unwrap_or_default()) {
            add("SSL_CERT_DIR", path);
        }
        options
    }
}

/// A TLS configuration, and what went amiss on the way to it.
pub(super) struct Trust {
    pub(super) config: ClientConfig,
    /// Shown when a handshake fails.
    pub(super) notes: Vec<String>,
}

/// A configuration that knows whom to trust, and not yet who we are.
type Trusting = rustls::ConfigBuilder<ClientConfig, rustls::client::WantsClientCert>;

/// Trusts nobody: for a client that only ever speaks plain HTTP.
pub(super) fn trust_nobody() -> Result<ClientConfig> {
    Ok(with_protocols(builder()?.with_root_certificates(RootCertStore::empty()).with_no_client_auth()))
}

/// Reads the certificates: takes milliseconds and blocks.
pub(super) fn load(options: &TlsOptions) -> Result<Trust> {
    let mut notes = Vec::new();
    let mut added = Vec::new();
    for source in &options.certificates {
        let is_folder = source.path.is_dir();
        let (file, folder) = if is_folder { (None, Some(&source.path)) } else { (Some(&source.path), None) };
        let found = rustls_native_certs::load_certs_from_paths(
            file.map(PathBuf::as_path),
            folder.map(PathBuf::as_path),
        );
        if found.certs.is_empty() {
            let why = found.errors.first().map_or("no PEM certificate in it".to_owned(), ToString::to_string);
            let note =
                format!("{}: no certificate read from `{}`: {why}", source.origin, source.path.display());
            if source.required {
                return Err(Error::configuration(&source.origin, note));
            }
            notes.push(note);
        }
        added.extend(found.certs);
    }
    if let Some(profile) = &options.profile {
        added.extend(profile.authorities()?);
    }
    let builder = trusting(options.system_roots, added, &mut notes)?;
    let config = match &options.profile {
        Some(profile) => profile.finish(builder)?,
        None => builder.with_no_client_auth(),
    };
    Ok(Trust { config: with_protocols(config), notes })
}

/// On Linux and its kin the system's trust is a bundle of certificates.
#[cfg(not(any(windows, target_vendor = "apple")))]
fn trusting(
    system_roots: bool,
    added: Vec<CertificateDer<'static>>,
    notes: &mut Vec<String>,
) -> Result<Trusting> {
    let mut roots = RootCertStore::empty();
    if system_roots {
        roots.add_parsable_certificates(system_certificates());
    }
    roots.add_parsable_certificates(added);
    if roots.is_empty() {
        notes.push("no trusted root certificate was found on this system".to_owned());
    }
    Ok(builder()?.with_root_certificates(roots))
}

/// On Apple's systems and Windows the system itself judges, so that a company's
/// policies hold.
#[cfg(any(windows, target_vendor = "apple"))]
fn trusting(
    system_roots: bool,
    added: Vec<CertificateDer<'static>>,
    _notes: &mut Vec<String>,
) -> Result<Trusting> {
    if !system_roots {
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(added);
        return Ok(builder()?.with_root_certificates(roots));
    }
    let verifier = rustls_platform_verifier::Verifier::new_with_extra_roots(added, Arc::new(provider()))
        .map_err(broken)?;
    Ok(builder()?.dangerous().with_custom_certificate_verifier(Arc::new(verifier)))
}

/// The first bundle that has certificates, and the folders too: an administrator
/// may have put one there alone. The places are those that Go's `crypto/x509`
/// knows (`root_linux.go`, `root_bsd.go`). Takes about 10 ms, of which the bundle 2.
#[cfg(not(any(windows, target_vendor = "apple")))]
fn system_certificates() -> Vec<CertificateDer<'static>> {
    use std::path::Path;

    const BUNDLES: [&str; 9] = [
        "/etc/ssl/certs/ca-certificates.crt", // Debian, Ubuntu, Gentoo, Arch
        "/etc/pki/tls/certs/ca-bundle.crt",   // Fedora, RHEL 6
        "/etc/ssl/ca-bundle.pem",             // openSUSE
        "/etc/pki/tls/cacert.pem",            // OpenELEC
        "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", // CentOS, RHEL 7 and later
        "/etc/ssl/cert.pem",                  // Alpine, OpenBSD
        "/usr/local/etc/ssl/cert.pem",        // FreeBSD
        "/usr/local/share/certs/ca-root-nss.crt", // DragonFly
        "/etc/openssl/certs/ca-certificates.crt", // NetBSD
    ];
    const FOLDERS: [&str; 4] =
        ["/etc/ssl/certs", "/etc/pki/tls/certs", "/usr/local/share/certs", "/etc/openssl/certs"];
    let load = |file: Option<&str>, folder: Option<&str>| {
        rustls_native_certs::load_certs_from_paths(file.map(Path::new), folder.map(Path::new)).certs
    };
    let bundle = BUNDLES.iter().map(|path| load(Some(path), None)).find(|found| !found.is_empty());
    let mut certificates = bundle.unwrap_or_default();
    certificates.extend(FOLDERS.iter().flat_map(|path| load(None, Some(path))));
    certificates.sort_unstable_by(|a, b| a.as_ref().cmp(b.as_ref()));
    certificates.dedup();
    certificates
}

fn provider() -> CryptoProvider {
    rustls::crypto::ring::default_provider()
}

fn builder() -> Result<rustls::ConfigBuilder<ClientConfig, rustls::WantsVerifier>> {
    ClientConfig::builder_with_provider(Arc::new(provider()))
        .with_safe_default_protocol_versions()
        .map_err(broken)
}

fn with_protocols(mut config: ClientConfig) -> ClientConfig {
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    config
}

fn broken(error: rustls::Error) -> Error {
    Error::new(ErrorKind::Internal, "TLS cannot be set up").with_source(error)
}
