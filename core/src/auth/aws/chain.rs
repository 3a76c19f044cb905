//! One place after the other, until one has keys.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use http::{HeaderName, Method, header};

use super::answers::{came, of_json, of_xml};
use super::keys::Keys;
use super::profiles::{Profiles, Way};
use crate::auth::Secret;
use crate::auth::fetched::{Answer, Credential as _, Fetched, Moment, Source, Step};
use crate::auth::fetched::{ask, failed, get, identity, post_form, read_file};
use crate::auth::sigv4::Credentials;
use crate::error::Result;
use crate::transport::HttpRequest;

/// The version of STS's interface (API reference, "Query API").
const STS_VERSION: &str = "2011-06-15";
const TOKEN_LIFE: &str = "21600";
const TOKEN_LIFE_HEADER: HeaderName = HeaderName::from_static("x-aws-ec2-metadata-token-ttl-seconds");
const TOKEN_HEADER: HeaderName = HeaderName::from_static("x-aws-ec2-metadata-token");
const ROLES: &str = "/latest/meta-data/iam/security-credentials/";
/// Whoever answers at all on the machine's own network answers at once.
const METADATA_LIMIT: Duration = Duration::from_secs(2);

/// Where keys may be, in the order in which they are looked for.
#[derive(Clone, Hash)]
pub(super) struct Chain {
    pub keys: Option<Credentials>,
    pub web_identity: Option<WebIdentity>,
    pub files: Files,
    pub container: Option<Container>,
    /// The address of the metadata server, unless it is not to be asked.
    pub metadata: Option<String>,
    /// Another address of STS.
    pub sts: Option<String>,
    pub region: Option<String>,
    /// Whether the region was given in configuration.
    pub region_given: bool,
    pub service: String,
}

/// A token that is exchanged for keys of a role.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct WebIdentity {
    pub token_file: String,
    pub role: String,
    pub session: Option<String>,
}

/// The shared files and the profile in them. An empty path is a file that is not there.
#[derive(Clone, Hash)]
pub(super) struct Files {
    pub credentials: PathBuf,
    pub config: PathBuf,
    pub profile: String,
    /// Whether somebody named the profile: then it must be there.
    pub is_named: bool,
    /// Whether configuration named it: then it comes before all else.
    pub first: bool,
}

/// What a container is told to ask.
#[derive(Clone, Hash)]
pub(super) struct Container {
    pub url: String,
    pub token: Option<Secret>,
    pub token_file: Option<String>,
}

impl Source for Chain {
    fn identity(&self) -> u64 {
        identity(self)
    }

    fn begin(&self, _moment: &mut Moment) -> Result<Step> {
        if let Some(keys) = &self.keys {
            return Ok(self.done(keys.clone()));
        }
        match &self.web_identity {
            Some(identity) if !self.files.first => self.assume_with_token(identity),
            _ => Ok(self.read_files()),
        }
    }

    fn secrets(&self) -> Vec<Secret> {
        let container = self.container.as_ref().and_then(|container| container.token.clone());
        self.keys.iter().flat_map(Credentials::secrets).chain(container).collect()
    }
}

impl Chain {
    fn signing(&self, credentials: Credentials) -> Keys {
        Keys {
            credentials,
            given_region: self.region.clone().filter(|_| self.region_given),
            region: self.region.clone(),
            service: self.service.clone(),
        }
    }

    /// What fetched keys sign for, before there are any.
    fn purpose(&self) -> Keys {
        let none = Credentials {
            access_key_id: String::new(),
            secret_access_key: String::new().into(),
            session_token: None,
        };
        self.signing(none)
    }

    /// Keys that are good until somebody takes them away.
    fn done(&self, credentials: Credentials) -> Step {
        let credential = std::sync::Arc::new(self.signing(credentials));
        Step::Done(Fetched { credential, lifetime: None, next: None })
    }

    fn read_files(&self) -> Step {
        let this = self.clone();
        read_if_there(self.files.credentials.clone(), move |credentials, _| {
            let config = this.files.config.clone();
            Ok(read_if_there(config, move |config, moment| {
                this.as_the_files_say(&credentials, &config, moment)
            }))
        })
    }

    fn as_the_files_say(&self, credentials: &str, config: &str, moment: &mut Moment) -> Result<Step> {
        let Files { profile, is_named, .. } = &self.files;
        match Profiles::read(credentials, config).way(profile)? {
            Some(Way::Keys(keys)) => Ok(self.done(keys)),
            Some(Way::WebIdentity(identity)) => self.assume_with_token(&identity),
            Some(Way::Role { role, external_id, session, with }) => {
                self.assume(&role, external_id.as_deref(), session.as_deref(), with, moment)
            }
            None if *is_named => Err(failed(format!(
                "the AWS profile `{profile}` is in neither of the shared files, or has no credentials"
            ))),
            None => self.ask_the_machine(),
        }
    }

    /// The container's own address, else the metadata server.
    fn ask_the_machine(&self) -> Result<Step> {
        match (&self.container, &self.metadata) {
            (Some(container), _) => self.ask_container(container),
            (None, Some(address)) => self.ask_metadata(address),
            (None, None) => Err(nowhere()),
        }
    }

    fn ask_container(&self, container: &Container) -> Result<Step> {
        let (purpose, url) = (self.purpose(), container.url.clone());
        let with = move |token: Option<&str>| {
            let headers: Vec<_> = token.iter().map(|token| (header::AUTHORIZATION, *token)).collect();
            let request = get(&url, &[], &headers)?;
            let then = move |answer: Result<Answer>, moment: &mut Moment| {
                let issued = of_json(answer, "the container's credential endpoint")?;
                Ok(Step::Done(issued.fetched(&purpose, moment.unix_now)))
            };
            Ok(ask(request, token.map(Secret::from).into_iter().collect(), then))
        };
        match (&container.token_file, &container.token) {
            (Some(path), _) => Ok(read_file(path.as_str(), "the container's token", move |token, _| {
                with(Some(token.trim()))
            })),
            (None, Some(token)) => with(Some(token.expose())),
            (None, None) => with(None),
        }
    }

    /// Version 2: a token, the name of the machine's role, its keys.
    fn ask_metadata(&self, address: &str) -> Result<Step> {
        let mut request =
            get(&format!("{address}/latest/api/token"), &[], &[(TOKEN_LIFE_HEADER, TOKEN_LIFE)])?;
        request.method = Method::PUT;
        request.limits.connect = Some(METADATA_LIMIT);
        request.limits.first_byte = Some(METADATA_LIMIT);
        let (purpose, address) = (self.purpose(), address.to_owned());
        Ok(ask(request, Vec::new(), move |answer, _| {
            // Elsewhere than on AWS's machines nobody answers there.
            let token = text_of(&came(answer, WHO).map_err(|error| nowhere().with_source(error))?);
            ask_for_role(format!("{address}{ROLES}"), token, purpose)
        }))
    }

    /// STS's regional address; the global one where no region is known.
    fn sts(&self) -> String {
        match (&self.sts, &self.region) {
            (Some(address), _) => address.clone(),
            (None, Some(region)) => format!("https://sts.{region}.amazonaws.com/"),
            (None, None) => "https://sts.amazonaws.com/".to_owned(),
        }
    }

    fn assume_with_token(&self, identity: &WebIdentity) -> Result<Step> {
        let (this, identity) = (self.clone(), identity.clone());
        let path = identity.token_file.clone();
        Ok(read_file(path, "the web identity's token", move |token, moment| {
            let form = [
                ("Action", "AssumeRoleWithWebIdentity"),
                ("Version", STS_VERSION),
                ("RoleArn", &identity.role),
                ("RoleSessionName", &session_name(identity.session.as_deref(), moment)),
                ("WebIdentityToken", token.trim()),
            ];
            let request = post_form(&this.sts(), &form, &[(header::ACCEPT, "text/xml")])?;
            Ok(this.ask_sts(request, vec![token.trim().into()]))
        }))
    }

    fn assume(
        &self,
        role: &str,
        external_id: Option<&str>,
        session: Option<&str>,
        with: Credentials,
        moment: &mut Moment,
    ) -> Result<Step> {
        let session = session_name(session, moment);
        let mut form = vec![
            ("Action", "AssumeRole"),
            ("Version", STS_VERSION),
            ("RoleArn", role),
            ("RoleSessionName", session.as_str()),
        ];
        form.extend(external_id.map(|id| ("ExternalId", id)));
        let mut request = post_form(&self.sts(), &form, &[(header::ACCEPT, "text/xml")])?;
        let signing = Keys { service: "sts".to_owned(), ..self.signing(with) };
        signing.sign(&mut request, moment.unix_now)?;
        Ok(self.ask_sts(request, signing.secrets()))
    }

    fn ask_sts(&self, request: HttpRequest, secrets: Vec<Secret>) -> Step {
        let purpose = self.purpose();
        ask(request, secrets, move |answer, moment| {
            Ok(Step::Done(of_xml(answer, "AWS STS")?.fetched(&purpose, moment.unix_now)))
        })
    }
}

/// The name of the machine's role, which is a line of text, then that role's keys.
fn ask_for_role(url: String, token: String, purpose: Keys) -> Result<Step> {
    let request = get(&url, &[], &[(TOKEN_HEADER, &token)])?;
    let secret: Secret = token.as_str().into();
    Ok(ask(request, vec![secret.clone()], move |answer, _| {
        let roles = text_of(&came(answer, WHO)?);
        let Some(role) = roles.lines().map(str::trim).find(|role| !role.is_empty()) else {
            return Err(failed("the machine has no role"));
        };
        let request = get(&format!("{url}{role}"), &[], &[(TOKEN_HEADER, &token)])?;
        Ok(ask(request, vec![secret], move |answer, moment| {
            Ok(Step::Done(of_json(answer, WHO)?.fetched(&purpose, moment.unix_now)))
        }))
    }))
}

const WHO: &str = "the machine's metadata server";

fn nowhere() -> crate::error::Error {
    failed(
        "no AWS credentials: not in the configuration, AWS_ACCESS_KEY_ID, AWS_WEB_IDENTITY_TOKEN_FILE, the \
         shared files, a container or the machine",
    )
}

fn session_name(given: Option<&str>, moment: &mut Moment) -> String {
    given.map_or_else(|| format!("roocode-{:016x}", moment.random.u64(..)), str::to_owned)
}

fn text_of(answer: &Answer) -> String {
    String::from_utf8_lossy(&answer.body).trim().to_owned()
}

/// Reads a file that need not be there.
fn read_if_there(
    path: PathBuf,
    then: impl FnOnce(String, &mut Moment) -> Result<Step> + Send + 'static,
) -> Step {
    let then = move |content: io::Result<Vec<u8>>, moment: &mut Moment| match content {
        Ok(content) => then(String::from_utf8_lossy(&content).into_owned(), moment),
        Err(error) if error.kind() == io::ErrorKind::NotFound => then(String::new(), moment),
        Err(error) => Err(failed("a file of AWS credentials cannot be read").with_source(error)),
    };
    Step::Read { path, then: Box::new(then) }
}
