//! Mutual TLS: a client certificate of a service's own.

use std::sync::Arc;

use super::super::HttpClient;
use super::tls::{Authority, Folder};
use super::{call, client, post, refused, text_of};
use crate::error::{ErrorKind, Result};
use crate::transport::{HttpResponse, Limits, Pem, TlsProfile, Transport as _};

fn pem(place: &str, given: &str) -> Pem {
    Pem::new(format!("tls.{place}"), given)
}

/// A profile of a certificate and a key, trusting `authority`.
fn profile(certificate: &str, key: &str, authority: &Authority) -> Arc<TlsProfile> {
    Arc::new(TlsProfile {
        identity: Some((pem("certificate", certificate), pem("key", key))),
        authorities: Some(pem("authorities", &authority.certificate.pem())),
    })
}

async fn ask(client: &HttpClient, url: &str, profile: &Arc<TlsProfile>) -> Result<HttpResponse> {
    let mut request = post(url, Limits::default());
    request.tls = Some(Arc::clone(profile));
    client.send(request).await
}

#[tokio::test]
async fn who_must_show_a_certificate_does_and_connections_are_not_shared() {
    let folder = Folder::new("mutual");
    let authority = Authority::new();
    let url = authority.server(&[b"http/1.1"], Some(&authority)).await;
    let (alice, alice_key) = authority.issue("alice");
    let (bob, bob_key) = authority.issue("bob");
    let (file, key_file) = (folder.0.join("bob.pem"), folder.0.join("bob.key"));
    std::fs::write(&file, bob.pem()).unwrap();
    std::fs::write(&key_file, bob_key.serialize_pem()).unwrap();
    // As text with the key beside it, and in two files.
    let both = format!("{}{}", alice.pem(), alice_key.serialize_pem());
    let alice = profile(&both, &both, &authority);
    let bob = profile(&file.display().to_string(), &key_file.display().to_string(), &authority);
    alice.check().unwrap();
    let client = client();
    for (profile, name) in [(&alice, "alice"), (&bob, "other"), (&alice, "alice"), (&bob, "other")] {
        assert_eq!(text_of(ask(&client, &url, profile).await.unwrap()).await, name);
    }
    assert_eq!(client.profiles.lock().unwrap().len(), 2);
    // The pool of a profile goes with it.
    drop(bob);
    ask(&client, &url, &alice).await.unwrap();
    assert_eq!(client.profiles.lock().unwrap().len(), 1);
    // Who asks without one still trusts nobody new.
    let error = refused(call(&client, &url).await).await;
    assert!(error.message.contains("issuer that is not trusted"), "{error:?}");
}

#[tokio::test]
async fn who_shows_none_is_told_what_is_missing() {
    let authority = Authority::new();
    let url = authority.server(&[b"http/1.1"], Some(&authority)).await;
    let only_trusts = Arc::new(TlsProfile {
        identity: None,
        authorities: Some(pem("authorities", &authority.certificate.pem())),
    });
    let error = refused(ask(&client(), &url, &only_trusts).await).await;
    assert_eq!(error.kind, ErrorKind::ApiConnection);
    assert!(error.message.contains("asks for a client certificate"), "{error:?}");
}

#[tokio::test]
async fn what_cannot_be_read_is_named_and_no_key_is_shown() {
    let authority = Authority::new();
    let (certificate, key) = authority.issue("alice");
    let (_, other_key) = authority.issue("bob");
    let (certificate, key) = (certificate.pem(), key.serialize_pem());
    let other_key = other_key.serialize_pem();
    let encrypted = "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n";
    for (given, given_key, place, why, at_once) in [
        (certificate.as_str(), other_key.as_str(), "tls.key", "not the key of the certificate", false),
        (&certificate, "/no/such.key", "tls.key", "/no/such.key", false),
        (&certificate, &certificate, "tls.key", "no PEM private key", true),
        (&certificate, encrypted, "tls.key", "without a passphrase", true),
        (&key, &key, "tls.certificate", "no PEM certificate", true),
    ] {
        let profile = profile(given, given_key, &authority);
        assert!(!format!("{profile:?}").contains("BEGIN"), "{profile:?}");
        assert_eq!(profile.check().is_err(), at_once, "{why}");
        let error = refused(ask(&client(), "https://localhost:1/", &profile).await).await;
        assert_eq!((error.kind, error.param.as_deref()), (ErrorKind::Configuration, Some(place)));
        assert!(error.message.contains(why), "{error:?}");
        assert!(!format!("{error:?}").contains("BEGIN"), "{error:?}");
    }
}
