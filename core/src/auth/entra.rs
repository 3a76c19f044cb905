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

use super::fetched::{Moment, Source, Step, ask, get, identity, post_form, read_file, read_token};
use super::jwt::{Algorithm, check_key, sign, thumbprint};
use super::{Environment, Secret, check_address, present};
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
        let wrong = |field: &str, what: &str| {
            let place = format!("{place}.entra.{field}");
            Error::configuration(place.clone(), format!("{place}: {what}"))
        };
        let given = |value: &Option<String>, name: &str| value.clone().or_else(|| present(environment, name));
        let scope = self.scope.clone().unwrap_or_else(|| SCOPE.to_owned());
        let client_id = given(&self.client_id, "AZURE_CLIENT_ID");
        let mut proofs = self.proofs();
        if let [_, (field, _), ..] = proofs.as_slice() {
            return Err(wrong(field, "one thing alone proves who the application is; leave this one out"));
        }
        let proof = match proofs.pop() {
            Some((field, _)) if self.managed_identity => {
                return Err(wrong(
                    field,
                    "a managed identity needs none; leave it out, or `managed_identity`",
                ));
            }
            Some((_, proof)) => Some(proof),
            None if self.managed_identity => None,
            None => proof_of(environment),
        };
        let Some(proof) = proof else {
            if self.tenant_id.is_some() && !self.managed_identity {
                let what = "is missing, as is every other proof; for the identity of the machine leave out \
                            `tenant_id`";
                return Err(wrong("client_secret", what));
            }
            return Ok(Arc::new(self.machine(client_id, &scope, environment)?));
        };
        let missing = |field: &str, variable: &str| {
            wrong(field, &format!("is missing; give it, or set {variable} in the environment"))
        };
        let tenant = given(&self.tenant_id, "AZURE_TENANT_ID")
            .ok_or_else(|| missing("tenant_id", "AZURE_TENANT_ID"))?;
        if !tenant.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '.' || letter == '-') {
            return Err(wrong("tenant_id", "expected letters, digits, `.` and `-`"));
        }
        let client_id = client_id.ok_or_else(|| missing("client_id", "AZURE_CLIENT_ID"))?;
        let authority = given(&self.authority_host, "AZURE_AUTHORITY_HOST");
        let authority = authority.as_deref().unwrap_or(AUTHORITY).trim_end_matches('/');
        let scheme = if authority.contains("://") { "" } else { "https://" };
        let token_url = format!("{scheme}{authority}/{tenant}/oauth2/v2.0/token");
        check_address(&token_url, &format!("{place}.entra.authority_host"))?;
        if let Proof::Certificate(pem) = &proof {
            let checked = thumbprint(pem.expose()).and_then(|_| check_key(pem.expose()));
            checked.map_err(|error| wrong("certificate", &error.message))?;
        }
        Ok(Arc::new(Application { token_url, client_id, scope, proof }))
    }

    /// What is given as proof, and where.
    fn proofs(&self) -> Vec<(&'static str, Proof)> {
        let all = [
            ("client_secret", self.client_secret.clone().map(Proof::Secret)),
            ("certificate", self.certificate.clone().map(Proof::Certificate)),
            ("certificate_path", self.certificate_path.clone().map(Proof::CertificateFile)),
            ("federated_token_file", self.federated_token_file.clone().map(Proof::TokenFile)),
        ];
        all.into_iter().filter_map(|(field, proof)| Some((field, proof?))).collect()
    }

    fn machine(
        &self,
        client_id: Option<String>,
        scope: &str,
        environment: Environment<'_>,
    ) -> Result<Machine> {
        let resource = scope.strip_suffix("/.default").unwrap_or(scope).to_owned();
        let endpoint = present(environment, "IDENTITY_ENDPOINT");
        if let Some((url, header)) = endpoint.zip(present(environment, "IDENTITY_HEADER")) {
            check_address(&url, "IDENTITY_ENDPOINT")?;
            let (version, header) = ("2019-08-01", ("x-identity-header", header.into()));
            return Ok(Machine { url, version, header, client_id, resource });
        }
        let host = present(environment, "AZURE_POD_IDENTITY_AUTHORITY_HOST");
        let host = host.as_deref().unwrap_or(METADATA).trim_end_matches('/');
        check_address(host, "AZURE_POD_IDENTITY_AUTHORITY_HOST")?;
        let (url, version) = (format!("{host}/metadata/identity/oauth2/token"), "2018-02-01");
        Ok(Machine { url, version, header: ("metadata", "true".into()), client_id, resource })
    }
}

/// What the environment has as proof.
fn proof_of(environment: Environment<'_>) -> Option<Proof> {
    let set = |name| present(environment, name);
    set("AZURE_CLIENT_SECRET")
        .map(|secret| Proof::Secret(secret.into()))
        .or_else(|| set("AZURE_CLIENT_CERTIFICATE_PATH").map(Proof::CertificateFile))
        .or_else(|| set("AZURE_FEDERATED_TOKEN_FILE").map(Proof::TokenFile))
}

impl Application {
    /// `secret` is what of the proof must not be shown.
    fn ask(&self, proof: &[(&str, &str)], secret: &str) -> Result<Step> {
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
        Ok(ask(request, vec![secret.into()], then))
    }

    fn ask_with_assertion(&self, assertion: &str) -> Result<Step> {
        self.ask(&[("client_assertion_type", ASSERTION), ("client_assertion", assertion)], assertion)
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
            Proof::Secret(secret) => self.ask(&[("client_secret", secret.expose())], secret.expose()),
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
