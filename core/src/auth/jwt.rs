//! A signed assertion: who one is, in place of a secret (RFC 7519, RFC 7523).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RSA_PSS_SHA256, RsaEncoding, RsaKeyPair};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use serde_json::{Map, Value};

use super::fetched::failed;
use crate::error::Result;

/// How an assertion is signed.
#[derive(Clone, Copy, Debug)]
pub(super) enum Algorithm {
    Rs256,
    Ps256,
}

/// Signs `claims` with the RSA key that stands in `pem` (PKCS #8 or PKCS #1). `header` is added to
/// the header.
///
/// Errors: `Authentication`, without a word of the key.
pub(super) fn sign(
    algorithm: Algorithm,
    header: &[(&str, String)],
    claims: &Value,
    pem: &str,
) -> Result<String> {
    let (name, encoding): (&str, &'static dyn RsaEncoding) = match algorithm {
        Algorithm::Rs256 => ("RS256", &RSA_PKCS1_SHA256),
        Algorithm::Ps256 => ("PS256", &RSA_PSS_SHA256),
    };
    let mut fields = Map::new();
    fields.insert("alg".to_owned(), name.into());
    fields.insert("typ".to_owned(), "JWT".into());
    fields.extend(header.iter().map(|(name, value)| ((*name).to_owned(), value.as_str().into())));
    let encoded = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let message = format!("{}.{}", encoded(&Value::Object(fields)), encoded(claims));

    let key = key(pem)?;
    let mut signature = vec![0; key.public().modulus_len()];
    // The system's dice, as the salt of a signature is no decision that a test would repeat.
    key.sign(encoding, &SystemRandom::new(), message.as_bytes(), &mut signature)
        .map_err(|_| failed("the private key cannot sign"))?;
    Ok(format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature)))
}

/// Whether `pem` holds a key that [`sign`] can sign with. Errors: as there.
pub(super) fn check_key(pem: &str) -> Result<()> {
    key(pem).map(drop)
}

fn key(pem: &str) -> Result<RsaKeyPair> {
    if pem.contains("ENCRYPTED") {
        return Err(failed("the private key is encrypted; give it without a password"));
    }
    let der = PrivateKeyDer::from_pem_slice(pem.as_bytes())
        .map_err(|_| failed("there is no private key in PEM form (`-----BEGIN PRIVATE KEY-----`)"))?;
    let pair = match &der {
        PrivateKeyDer::Pkcs8(der) => RsaKeyPair::from_pkcs8(der.secret_pkcs8_der()),
        PrivateKeyDer::Pkcs1(der) => RsaKeyPair::from_der(der.secret_pkcs1_der()),
        _ => return Err(failed("the private key is not of RSA")),
    };
    pair.map_err(|error| failed("the private key is not an RSA key of 2048 to 4096 bits").with_source(error))
}

/// The SHA-256 of the first certificate in `pem`, as `x5t#S256` has it (RFC 7515, 4.1.8).
pub(super) fn thumbprint(pem: &str) -> Result<String> {
    let certificate = CertificateDer::from_pem_slice(pem.as_bytes())
        .map_err(|_| failed("there is no certificate in PEM form (`-----BEGIN CERTIFICATE-----`)"))?;
    Ok(URL_SAFE_NO_PAD.encode(ring::digest::digest(&ring::digest::SHA256, &certificate)))
}
