//! Microsoft Entra ID: tokens for an application's secret or certificate, for a workload's
//! federated token, or for the identity of the machine.
//!
//! Sources: learn.microsoft.com/entra/identity-platform "certificate-credentials" and
//! "v2-oauth2-client-creds-grant-flow", "how-to-use-vm-token"; names of variables, addresses
//! and versions as in azure-identity 1.27.0 (PyPI). Unverified against the services.

use std::sync::Arc;
use std::time::Duration;

use http::HeaderName;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::fetched::{Moment, Source, Step, get, identity, post_form, read_file, read_token};
use super::jwt::{Algorithm, sign, thumbprint};
use super::{Environment, Secret, present};
use crate::error::{Error, Result};

/// Of Azure OpenAI and Azure AI services.
const SCOPE: &str = "https://cognitiveservices.azure.com/.default";
const AUTHORITY: &str = "https://login.microsoftonline.com";
const ASSERTION: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const METADATA: &str = "http://169.254.169.254";
/// "Keep it short - 5-10 minutes after nbf at most."
const ASSERTION_LIFE: Duration = Duration::from_secs(600);

/// An identity in Entra ID. What is absent comes from the usual variables: `AZURE_TENANT_ID`,
/// `AZURE_CLIENT_ID` and `AZURE_CLIENT_SECRET`, `AZURE_CLIENT_CERTIFICATE_PATH` or
/// `AZURE_FEDERATED_TOKEN_FILE`; without those it is the identity of the machine: App Service's,
/// by `IDENTITY_ENDPOINT`, else the metadata server's.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Entra {
    pub tenant_id: Option<String>,
    /// Of the application; with a managed identity, which of several.
    pub client_id: Option<String>,
    pub client_secret: Option<Secret>,
    /// Certificate and private key, in PEM form.
    pub certificate: Option<Secret>,
    /// A file of the same.
    pub certificate_path: Option<String>,
    /// A file of a token that is exchanged, which may change while the program runs.
    pub federated_token_file: Option<String>,
    /// The identity of the machine, whatever the variables say of an application.
    pub managed_identity: bool,
    /// Default `https://cognitiveservices.azure.com/.default`.
    pub scope: Option<String>,
    /// Default `AZURE_AUTHORITY_HOST`, else `https://login.microsoftonline.com`.
    pub authority_host: Option<String>,
}

/// What proves who an application is.
#[derive(Clone, Hash)]
enum Proof {
    Secret(Secret),
    Certificate(Secret),
    CertificateFile(String),
    TokenFile(String),
}

#[derive(Clone, Hash)]
struct Application {
    token_url: String,
    client_id: String,
    scope: String,
    proof: Proof,
}

/// Where a machine says who it is.
#[derive(Clone, Hash)]
struct Machine {
    url: String,
    version: &'static str,
    header: (&'static str, Secret),
    client_id: Option<String>,
    resource: String,
}

impl Entra {
    /// Whether the environment names an identity, without asking the network.
    pub(super) fn is_offered(environment: Environment<'_>) -> bool {
        let set = |name| present(environment, name).is_some();
        let proof = ["AZURE_CLIENT_SECRET", "AZURE_CLIENT_CERTIFICATE_PATH", "AZURE_FEDERATED_TOKEN_FILE"];
        (set("AZURE_TENANT_ID") && set("AZURE_CLIENT_ID") && proof.into_iter().any(set))
            || (set("IDENTITY_ENDPOINT") && set("IDENTITY_HEADER"))
    }

    /// Errors: `Configuration` naming the place.
    pub(super) fn source(&self, place: &str, environment: Environment<'_>) -> Result<Arc<dyn Source>> {
        let given = |value: &Option<String>, name: &str| value.clone().or_else(|| present(environment, name));
        let scope = self.scope.clone().unwrap_or_else(|| SCOPE.to_owned());
        let client_id = given(&self.client_id, "AZURE_CLIENT_ID");
        let proof = if self.managed_identity { None } else { self.proof(environment) };
        let Some(proof) = proof else {
            return Ok(Arc::new(self.machine(client_id, &scope, environment)));
        };
        let missing = |field: &str, variable: &str| {
            let place = format!("{place}.entra.{field}");
            let message = format!("{place}: is missing; give it, or set {variable} in the environment");
            Error::configuration(place, message)
        };
        let tenant = given(&self.tenant_id, "AZURE_TENANT_ID")
            .ok_or_else(|| missing("tenant_id", "AZURE_TENANT_ID"))?;
        let client_id = client_id.ok_or_else(|| missing("client_id", "AZURE_CLIENT_ID"))?;
        let authority = given(&self.authority_host, "AZURE_AUTHORITY_HOST");
        let authority = authority.as_deref().unwrap_or(AUTHORITY).trim_end_matches('/');
        let scheme = if authority.contains("://") { "" } else { "https://" };
        let token_url = format!("{scheme}{authority}/{tenant}/oauth2/v2.0/token");
        Ok(Arc::new(Application { token_url, client_id, scope, proof }))
    }

    /// What is given comes before what is in the environment.
    fn proof(&self, environment: Environment<'_>) -> Option<Proof> {
        let given = self
            .client_secret
            .clone()
            .map(Proof::Secret)
            .or_else(|| self.certificate.clone().map(Proof::Certificate))
            .or_else(|| self.certificate_path.clone().map(Proof::CertificateFile))
            .or_else(|| self.federated_token_file.clone().map(Proof::TokenFile));
        given.or_else(|| {
            let set = |name| present(environment, name);
            set("AZURE_CLIENT_SECRET")
                .map(|secret| Proof::Secret(secret.into()))
                .or_else(|| set("AZURE_CLIENT_CERTIFICATE_PATH").map(Proof::CertificateFile))
                .or_else(|| set("AZURE_FEDERATED_TOKEN_FILE").map(Proof::TokenFile))
        })
    }

    fn machine(&self, client_id: Option<String>, scope: &str, environment: Environment<'_>) -> Machine {
        let resource = scope.strip_suffix("/.default").unwrap_or(scope).to_owned();
        let endpoint = present(environment, "IDENTITY_ENDPOINT");
        match endpoint.zip(present(environment, "IDENTITY_HEADER")) {
            Some((url, header)) => Machine {
                url,
                version: "2019-08-01",
                header: ("x-identity-header", header.into()),
                client_id,
                resource,
            },
            None => {
                let host = present(environment, "AZURE_POD_IDENTITY_AUTHORITY_HOST");
                let host = host.as_deref().unwrap_or(METADATA).trim_end_matches('/');
                Machine {
                    url: format!("{host}/metadata/identity/oauth2/token"),
                    version: "2018-02-01",
                    header: ("metadata", "true".into()),
                    client_id,
                    resource,
                }
            }
        }
    }
}

impl Application {
    fn ask(&self, proof: &[(&str, &str)]) -> Result<Step> {
        let mut form = vec![
            ("grant_type", "client_credentials"),
            ("client_id", self.client_id.as_str()),
            ("scope", self.scope.as_str()),
        ];
        form.extend(proof);
        let request = post_form(&self.token_url, &form, &[])?;
        let then = |answer, moment: &mut Moment| {
            let (fetched, _) = read_token(answer, "Entra ID", Vec::new(), moment)?;
            Ok(Step::Done(fetched))
        };
        Ok(Step::Ask { request, then: Box::new(then) })
    }

    fn ask_with_assertion(&self, assertion: &str) -> Result<Step> {
        self.ask(&[("client_assertion_type", ASSERTION), ("client_assertion", assertion)])
    }

    fn ask_with_certificate(&self, pem: &str, moment: &mut Moment) -> Result<Step> {
        let (now, random) = (moment.unix_now.as_secs(), moment.random.u128(..));
        let claims = json!({
            "aud": self.token_url, "iss": self.client_id, "sub": self.client_id,
            "jti": format!("{random:032x}"), "nbf": now, "iat": now, "exp": now + ASSERTION_LIFE.as_secs(),
        });
        let header = [("x5t#S256", thumbprint(pem)?)];
        self.ask_with_assertion(&sign(Algorithm::Ps256, &header, &claims, pem)?)
    }
}

impl Source for Application {
    fn identity(&self) -> u64 {
        identity(self)
    }

    fn begin(&self, moment: &mut Moment) -> Result<Step> {
        let this = self.clone();
        match &self.proof {
            Proof::Secret(secret) => self.ask(&[("client_secret", secret.expose())]),
            Proof::Certificate(pem) => self.ask_with_certificate(pem.expose(), moment),
            Proof::CertificateFile(path) => Ok(read_file(path, "the certificate", move |pem, moment| {
                this.ask_with_certificate(&pem, moment)
            })),
            Proof::TokenFile(path) => Ok(read_file(path, "the federated token", move |token, _| {
                this.ask_with_assertion(token.trim())
            })),
        }
    }

    fn secrets(&self) -> Vec<Secret> {
        match &self.proof {
            Proof::Secret(secret) | Proof::Certificate(secret) => vec![secret.clone()],
            Proof::CertificateFile(_) | Proof::TokenFile(_) => Vec::new(),
        }
    }
}

impl Source for Machine {
    fn identity(&self) -> u64 {
        identity(self)
    }

    fn begin(&self, _moment: &mut Moment) -> Result<Step> {
        let mut query = vec![("api-version", self.version), ("resource", self.resource.as_str())];
        query.extend(self.client_id.as_deref().map(|id| ("client_id", id)));
        let (name, value) = &self.header;
        let request = get(&self.url, &query, &[(HeaderName::from_static(name), value.expose())])?;
        let then = |answer, moment: &mut Moment| {
            let (fetched, _) = read_token(answer, "the managed identity's endpoint", Vec::new(), moment)?;
            Ok(Step::Done(fetched))
        };
        Ok(Step::Ask { request, then: Box::new(then) })
    }

    fn secrets(&self) -> Vec<Secret> {
        vec![self.header.1.clone()]
    }
}
