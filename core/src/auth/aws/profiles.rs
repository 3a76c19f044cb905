//! The shared files: sections of `name = value` (docs.aws.amazon.com/sdkref "Format of the
//! config file"). What a profile says in `credentials` comes before what it says in `config`.

use std::collections::BTreeMap;

use super::chain::WebIdentity;
use crate::auth::Secret;
use crate::auth::fetched::failed;
use crate::auth::sigv4::Credentials;
use crate::error::{Error, Result};

type Section = BTreeMap<String, String>;

/// Every profile by name.
pub(super) struct Profiles(BTreeMap<String, Section>);

/// How a profile's credentials are had.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Way {
    Keys(Credentials),
    /// A role, assumed with the keys of another profile.
    Role {
        role: String,
        external_id: Option<String>,
        session: Option<String>,
        with: Credentials,
    },
    WebIdentity(WebIdentity),
}

impl Profiles {
    pub(super) fn read(credentials: &str, config: &str) -> Self {
        let mut profiles = BTreeMap::new();
        // There `default` stands alone or as a profile, the others as profiles; sections of
        // other kinds (`sso-session NAME`, `services NAME`) are none.
        sections(config, &mut profiles, |head| match head.strip_prefix("profile ") {
            Some(name) => Some(name.trim()),
            None => (head == "default").then_some(head),
        });
        sections(credentials, &mut profiles, Some);
        Self(profiles)
    }

    /// `None`: there is no such profile, or it says nothing of credentials.
    ///
    /// Errors: `Authentication`, where it asks for what is not supported.
    pub(super) fn way(&self, name: &str) -> Result<Option<Way>> {
        let Some(section) = self.0.get(name) else { return Ok(None) };
        let text = |key: &str| section.get(key).filter(|value| !value.is_empty()).cloned();
        if let Some(role) = text("role_arn") {
            let session = text("role_session_name");
            if let Some(token_file) = text("web_identity_token_file") {
                return Ok(Some(Way::WebIdentity(WebIdentity { token_file, role, session })));
            }
            let Some(source) = text("source_profile") else {
                return Err(unsupported(
                    name,
                    "a role without `source_profile` or `web_identity_token_file`",
                ));
            };
            let with = self.0.get(&source).and_then(keys);
            let Some(with) = with else {
                return Err(unsupported(name, "a `source_profile` that has no keys of its own"));
            };
            return Ok(Some(Way::Role { role, external_id: text("external_id"), session, with }));
        }
        if let Some(keys) = keys(section) {
            return Ok(Some(Way::Keys(keys)));
        }
        for key in ["credential_process", "sso_session", "sso_start_url", "login_session"] {
            if section.contains_key(key) {
                return Err(unsupported(name, &format!("`{key}`")));
            }
        }
        Ok(None)
    }
}

fn keys(section: &Section) -> Option<Credentials> {
    Some(Credentials {
        access_key_id: section.get("aws_access_key_id")?.clone(),
        secret_access_key: section.get("aws_secret_access_key")?.as_str().into(),
        session_token: section.get("aws_session_token").map(|token| Secret::from(token.as_str())),
    })
}

fn unsupported(profile: &str, what: &str) -> Error {
    failed(format!(
        "the AWS profile `{profile}` asks for {what}, which is not supported; give keys, or export them \
         (`aws configure export-credentials`)"
    ))
}

/// Adds the sections of a file whose heads `name` takes.
fn sections<'a>(
    text: &'a str,
    profiles: &mut BTreeMap<String, Section>,
    name: impl Fn(&'a str) -> Option<&'a str>,
) {
    let mut current: Option<&mut Section> = None;
    for line in text.lines() {
        // A line that begins with a blank belongs to a nested table.
        if line.starts_with([' ', '\t']) || line.trim().is_empty() || line.starts_with(['#', ';']) {
            continue;
        }
        if let Some(head) = line.trim().strip_prefix('[').and_then(|line| line.split(']').next()) {
            current = name(head.trim()).map(|name| profiles.entry(name.to_owned()).or_default());
        } else if let (Some(section), Some((key, value))) = (current.as_deref_mut(), line.split_once('=')) {
            // A comment after a value begins with a blank.
            let value = value.split(" #").next().unwrap_or_default();
            let value = value.split(" ;").next().unwrap_or_default().trim();
            section.insert(key.trim().to_ascii_lowercase(), value.to_owned());
        }
    }
}
