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
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::fetched::{Moment, Source, Step, failed, get, identity, post_form, read_file, read_token};
use super::jwt::{Algorithm, sign};
use super::{Environment, Secret, present};
use crate::error::{Error, Result};

const SCOPE: &str = "https://www.googleapis.com/auth/cloud-platform";
const TOKEN_URL: &str = "https://oauth2.googleapis.com/token";
const JWT_BEARER: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
/// The longest that Google allows.
const ASSERTION_SECONDS: u64 = 3600;

/// An identity in Google Cloud. Where nothing is given: the file that `GOOGLE_APPLICATION_CREDENTIALS`
/// names, else the one that `gcloud auth application-default login` wrote, else the metadata server.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Google {
    /// The JSON of a service account's key, or of gcloud.
    pub credentials: Option<Secret>,
    /// A file of it.
    pub credentials_file: Option<String>,
    /// Default `https://www.googleapis.com/auth/cloud-platform`.
    pub scope: Option<String>,
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
        let from = match (&self.credentials, &self.credentials_file) {
            (Some(_), Some(_)) => {
                let place = format!("{place}.google.credentials_file");
                let message = format!("{place}: give either `credentials` or `credentials_file`");
                return Err(Error::configuration(place, message));
            }
            (Some(text), None) => From::Text(text.clone()),
            (None, Some(path)) => From::File(path.into()),
            (None, None) => match present(environment, "GOOGLE_APPLICATION_CREDENTIALS") {
                Some(path) => From::File(path.into()),
                None => From::Machine {
                    file: gcloud_folder(environment)
                        .map(|folder| folder.join("application_default_credentials.json")),
                    host: present(environment, "GCE_METADATA_HOST")
                        .unwrap_or_else(|| "metadata.google.internal".to_owned()),
                },
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
        let file: Value = serde_json::from_str(text)
            .map_err(|_| failed("Google's credentials are not the JSON that they should be"))?;
        let field = |name: &str| {
            let value = file.get(name).and_then(Value::as_str).filter(|value| !value.is_empty());
            value.ok_or_else(|| failed(format!("Google's credentials have no `{name}`")))
        };
        let token_url = field("token_uri").unwrap_or(TOKEN_URL);
        let mut headers = Vec::new();
        let request = match field("type")? {
            "service_account" => {
                let now = moment.unix_now.as_secs();
                let claims = json!({
                    "iss": field("client_email")?, "scope": self.scope, "aud": token_url,
                    "iat": now, "exp": now + ASSERTION_SECONDS,
                });
                let id = field("private_key_id").map(|id| ("kid", id.to_owned())).ok();
                let assertion = sign(Algorithm::Rs256, id.as_slice(), &claims, field("private_key")?)?;
                post_form(token_url, &[("grant_type", JWT_BEARER), ("assertion", &assertion)], &[])?
            }
            "authorized_user" => {
                // Whose quota a person's requests are counted against.
                headers
                    .extend(field("quota_project_id").map(|id| ("x-goog-user-project", id.to_owned())).ok());
                let form = [
                    ("grant_type", "refresh_token"),
                    ("client_id", field("client_id")?),
                    ("client_secret", field("client_secret")?),
                    ("refresh_token", field("refresh_token")?),
                ];
                post_form(token_url, &form, &[])?
            }
            other => {
                return Err(failed(format!(
                    "Google's credentials are of type `{}`; supported are `service_account` and `authorized_user`",
                    other.escape_debug()
                )));
            }
        };
        let secrets: Vec<Secret> = ["private_key", "client_secret", "refresh_token"]
            .into_iter()
            .filter_map(|name| field(name).ok().map(Secret::from))
            .collect();
        let then = move |answer, moment: &mut Moment| match read_token(answer, "Google", headers, moment) {
            Ok((fetched, _)) => Ok(Step::Done(fetched)),
            Err(mut error) => {
                // What came from a file is not among the source's own.
                secrets.iter().for_each(|secret| super::scrub(&mut error, secret));
                Err(error)
            }
        };
        Ok(Step::Ask { request, then: Box::new(then) })
    }
}
