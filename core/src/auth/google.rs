//! Google Cloud: tokens for a service account's key, for a person who logged in with gcloud, or
//! from the metadata server.
//!
//! Sources: developers.google.com/identity/protocols/oauth2/service-account (the JWT bearer grant);
//! order, files, variables and addresses as in google-auth 2.62.2 (PyPI, `_default.py`,
//! `_cloud_sdk.py`, `compute_engine/_metadata.py`). Unverified against the services.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use http::HeaderName;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Value, json};

use super::fetched::{Moment, Source, Step, ask, failed, get, identity, post_form, read_file, read_token};
use super::jwt::{Algorithm, check_key, sign};
use super::{Environment, Secret, check_address, present};
use crate::error::{Error, Result};

const SCOPE: &str = "https://www.googleapis.com/auth/cloud-platform";
const TOKEN_URL: &str = "https://oauth2.googleapis.com/token";
const METADATA: &str = "metadata.google.internal";
const JWT_BEARER: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
/// The longest that Google allows.
const ASSERTION_SECONDS: u64 = 3600;

/// An identity in Google Cloud. Where nothing is given: the file that `GOOGLE_APPLICATION_CREDENTIALS`
/// names, else the one that `gcloud auth application-default login` wrote, else the metadata server.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Google {
    /// The JSON of a service account's key, or of gcloud: as a text or as an object.
    #[serde(deserialize_with = "text_or_object")]
    pub credentials: Option<Secret>,
    /// A file of it.
    pub credentials_file: Option<String>,
    /// Default `https://www.googleapis.com/auth/cloud-platform`.
    pub scope: Option<String>,
}

fn text_or_object<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Secret>, D::Error> {
    match Option::<Value>::deserialize(deserializer)? {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.into())),
        Some(object @ Value::Object(_)) => Ok(Some(object.to_string().into())),
        Some(_) => Err(D::Error::custom("`credentials` are a JSON object, or its text")),
    }
}

#[derive(Clone, Hash)]
enum From {
    Text(Secret),
    File(PathBuf),
    /// gcloud's file where it is there, else the metadata server.
    Machine {
        file: Option<PathBuf>,
        host: String,
    },
}

#[derive(Clone, Hash)]
struct Credentials {
    from: From,
    scope: String,
}

impl Google {
    /// Errors: `Configuration` naming the place.
    pub(super) fn source(&self, place: &str, environment: Environment<'_>) -> Result<Arc<dyn Source>> {
        let wrong = |field: &str, what: &str| {
            let place = format!("{place}.google.{field}");
            Error::configuration(place.clone(), format!("{place}: {what}"))
        };
        let from = match (&self.credentials, &self.credentials_file) {
            (Some(_), Some(_)) => {
                return Err(wrong("credentials_file", "give either `credentials` or `credentials_file`"));
            }
            (Some(text), None) => {
                Known::read(text.expose()).map_err(|error| wrong("credentials", &error.message))?;
                From::Text(text.clone())
            }
            (None, Some(path)) => From::File(path.into()),
            (None, None) => match present(environment, "GOOGLE_APPLICATION_CREDENTIALS") {
                Some(path) => From::File(path.into()),
                None => {
                    let host = present(environment, "GCE_METADATA_HOST");
                    let host = host.unwrap_or_else(|| METADATA.to_owned());
                    check_address(&format!("http://{host}"), "GCE_METADATA_HOST")?;
                    let folder = gcloud_folder(environment);
                    let file = folder.map(|folder| folder.join("application_default_credentials.json"));
                    From::Machine { file, host }
                }
            },
        };
        Ok(Arc::new(Credentials { from, scope: self.scope.clone().unwrap_or_else(|| SCOPE.to_owned()) }))
    }
}

fn gcloud_folder(environment: Environment<'_>) -> Option<PathBuf> {
    let of_user = |variable, below: &str| Some(PathBuf::from(present(environment, variable)?).join(below));
    present(environment, "CLOUDSDK_CONFIG").map(PathBuf::from).or_else(|| {
        if cfg!(windows) { of_user("APPDATA", "gcloud") } else { of_user("HOME", ".config/gcloud") }
    })
}

impl Source for Credentials {
    fn identity(&self) -> u64 {
        identity(self)
    }

    fn begin(&self, moment: &mut Moment) -> Result<Step> {
        let this = self.clone();
        match &self.from {
            From::Text(text) => self.ask(text.expose(), moment),
            From::File(path) => {
                Ok(read_file(path, "Google's credentials", move |text, moment| this.ask(&text, moment)))
            }
            From::Machine { file: Some(path), host } => {
                let (shown, host) = (path.clone(), host.clone());
                let then = move |content: io::Result<Vec<u8>>, moment: &mut Moment| match content {
                    Ok(content) => this.ask(&String::from_utf8_lossy(&content), moment),
                    Err(error) if error.kind() == io::ErrorKind::NotFound => this.ask_metadata(&host),
                    Err(error) => {
                        Err(failed(format!("`{}` cannot be read", shown.display())).with_source(error))
                    }
                };
                Ok(Step::Read { path: path.clone(), then: Box::new(then) })
            }
            From::Machine { file: None, host } => self.ask_metadata(host),
        }
    }

    fn secrets(&self) -> Vec<Secret> {
        match &self.from {
            From::Text(text) => vec![text.clone()],
            From::File(_) | From::Machine { .. } => Vec::new(),
        }
    }
}

impl Credentials {
    fn ask_metadata(&self, host: &str) -> Result<Step> {
        let url = format!("http://{host}/computeMetadata/v1/instance/service-accounts/default/token");
        let header = (HeaderName::from_static("metadata-flavor"), "Google");
        let request = get(&url, &[("scopes", &self.scope)], &[header])?;
        let then = |answer, moment: &mut Moment| {
            let who = "Google's metadata server (no other credentials were found)";
            Ok(Step::Done(read_token(answer, who, Vec::new(), moment)?.0))
        };
        Ok(Step::Ask { request, then: Box::new(then) })
    }

    /// Asks with what the JSON of a file says.
    fn ask(&self, text: &str, moment: &mut Moment) -> Result<Step> {
        let Known { token_url, who } = Known::read(text)?;
        let mut headers = Vec::new();
        let (form, secrets) = match who {
            Who::Service { email, key_id, key } => {
                let now = moment.unix_now.as_secs();
                let claims = json!({
                    "iss": email, "scope": self.scope, "aud": token_url,
                    "iat": now, "exp": now + ASSERTION_SECONDS,
                });
                let id = key_id.map(|id| ("kid", id));
                let assertion = sign(Algorithm::Rs256, id.as_slice(), &claims, key.expose())?;
                let secrets = vec![key, Secret::from(assertion.as_str())];
                (vec![("grant_type", JWT_BEARER.to_owned()), ("assertion", assertion)], secrets)
            }
            Who::Person { client_id, client_secret, refresh_token, project } => {
                // Whose quota a person's requests are counted against.
                headers.extend(project.map(|project| ("x-goog-user-project", project)));
                let form = vec![
                    ("grant_type", "refresh_token".to_owned()),
                    ("client_id", client_id),
                    ("client_secret", client_secret.expose().to_owned()),
                    ("refresh_token", refresh_token.expose().to_owned()),
                ];
                (form, vec![client_secret, refresh_token])
            }
        };
        let request = post_form(&token_url, &form, &[])?;
        let then = move |answer, moment: &mut Moment| {
            Ok(Step::Done(read_token(answer, "Google", headers, moment)?.0))
        };
        Ok(ask(request, secrets, then))
    }
}

/// What the JSON of credentials says.
struct Known {
    token_url: String,
    who: Who,
}

enum Who {
    Service { email: String, key_id: Option<String>, key: Secret },
    Person { client_id: String, client_secret: Secret, refresh_token: Secret, project: Option<String> },
}

impl Known {
    /// Errors: `Authentication`, without a word of a secret.
    fn read(text: &str) -> Result<Self> {
        let file: Value = serde_json::from_str(text)
            .map_err(|_| failed("Google's credentials are not the JSON that they should be"))?;
        let given = |name: &str| {
            let value = file.get(name).and_then(Value::as_str).filter(|value| !value.is_empty());
            value.map(str::to_owned)
        };
        let field =
            |name: &str| given(name).ok_or_else(|| failed(format!("Google's credentials have no `{name}`")));
        let who = match field("type")?.as_str() {
            "service_account" => {
                let key = Secret::from(field("private_key")?);
                check_key(key.expose())?;
                Who::Service { email: field("client_email")?, key_id: given("private_key_id"), key }
            }
            "authorized_user" => Who::Person {
                client_id: field("client_id")?,
                client_secret: field("client_secret")?.into(),
                refresh_token: field("refresh_token")?.into(),
                project: given("quota_project_id"),
            },
            other => {
                return Err(failed(format!(
                    "Google's credentials are of type `{}`; supported are `service_account` and `authorized_user`",
                    other.escape_debug()
                )));
            }
        };
        Ok(Self { token_url: given("token_uri").unwrap_or_else(|| TOKEN_URL.to_owned()), who })
    }
}
