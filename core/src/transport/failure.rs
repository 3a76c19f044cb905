//! The words and the kind for what goes wrong below HTTP.
//!
//! The HTTP crate's own words are "error sending request"; what a user needs is
//! the cause at the end of the chain. The chain's text goes into `source`.

use std::error::Error as StdError;
use std::io;

use super::connecting::ConnectTimedOut;
use super::timer::timed_out;
use crate::error::{Error, ErrorKind, Stage, TimeLimit};

/// A request that got no response. `is_connect`: it failed while a connection was made for it, so that
/// nothing of it was sent. `place` is the URL without secrets, `notes`
/// what went amiss when the certificates were read.
pub(super) fn no_response(
    error: &(dyn StdError + 'static),
    (is_dns, is_connect): (bool, bool),
    place: &str,
    notes: &[String],
) -> Error {
    let stage = if is_connect { Stage::Unsent } else { Stage::Sent };
    if let Some(ConnectTimedOut(limit)) = find(error) {
        return timed_out(TimeLimit::Connect, Some(*limit), place).with_stage(stage);
    }
    let message = if is_dns {
        format!("the host of `{place}` cannot be resolved")
    } else if let Some(tls) = find::<rustls::Error>(error) {
        tls_message(tls, place, notes)
    } else {
        match deepest_io(error) {
            Some(io::ErrorKind::ConnectionRefused) => format!("`{place}` refused the connection"),
            Some(io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe) => {
                format!("`{place}` reset the connection before it answered")
            }
            _ if find::<hyper::Error>(error).is_some_and(hyper::Error::is_incomplete_message) => {
                format!("`{place}` closed the connection before it answered")
            }
            _ => format!("no response from `{place}`"),
        }
    };
    Error::new(ErrorKind::ApiConnection, message).with_source(chain(error)).with_stage(stage)
}

/// A body that broke off, or that is not what its head says.
pub(super) fn broken_body(error: &(dyn StdError + 'static), place: &str) -> Error {
    let lost = find::<hyper::Error>(error).is_some()
        || matches!(
            deepest_io(error),
            Some(
                io::ErrorKind::ConnectionReset
                    | io::ErrorKind::ConnectionAborted
                    | io::ErrorKind::BrokenPipe
                    | io::ErrorKind::UnexpectedEof
                    | io::ErrorKind::TimedOut
            )
        );
    let (kind, message) = if lost {
        (ErrorKind::ApiConnection, format!("the connection to `{place}` broke within the response"))
    } else {
        (ErrorKind::ResponseDecode, format!("the response of `{place}` cannot be decompressed"))
    };
    Error::new(kind, message).with_source(chain(error))
}

fn tls_message(error: &rustls::Error, place: &str, notes: &[String]) -> String {
    use rustls::AlertDescription;
    use rustls::CertificateError::UnknownIssuer;
    let mut message = match error {
        rustls::Error::InvalidCertificate(UnknownIssuer) => format!(
            "the certificate of `{place}` is from an issuer that is not trusted here; \
             SSL_CERT_FILE, SSL_CERT_DIR, REQUESTS_CA_BUNDLE and NODE_EXTRA_CA_CERTS add issuers"
        ),
        rustls::Error::AlertReceived(AlertDescription::CertificateRequired) => format!(
            "`{place}` asks for a client certificate; `tls` of the provider gives one (`certificate`, `key`)"
        ),
        other => format!("no secure connection to `{place}`: {other}"),
    };
    for note in notes {
        message.push_str("; ");
        message.push_str(note);
    }
    message
}

/// The cause below `error`; an I/O error's own cause included, which its `source` skips.
fn cause<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a (dyn StdError + 'static)> {
    match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        Some(inner) => Some(inner),
        None => error.source(),
    }
}

fn find<'a, T: StdError + 'static>(error: &'a (dyn StdError + 'static)) -> Option<&'a T> {
    std::iter::successors(Some(error), |error| cause(*error)).find_map(|error| error.downcast_ref())
}

fn deepest_io(error: &(dyn StdError + 'static)) -> Option<io::ErrorKind> {
    std::iter::successors(Some(error), |error| cause(*error))
        .filter_map(|error| error.downcast_ref::<io::Error>())
        .map(io::Error::kind)
        .last()
}

/// The chain's texts. Each is left out that the one before already ends with.
fn chain(error: &(dyn StdError + 'static)) -> String {
    let mut text = error.to_string();
    for error in std::iter::successors(cause(error), |error| cause(*error)) {
        let next = error.to_string();
        if !text.ends_with(&next) {
            text.push_str(": ");
            text.push_str(&next);
        }
    }
    text
}
