//! What AWS knows an account's user or role by.

use std::fmt;

use crate::auth::Secret;

/// A key pair, and a session's token where it is of a session.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Credentials {
    /// Says whose key it is; not secret, and sent as it is.
    pub access_key_id: String,
    pub secret_access_key: Secret,
    pub session_token: Option<Secret>,
}

impl Credentials {
    /// What must never be shown.
    #[must_use]
    pub fn secrets(&self) -> Vec<Secret> {
        [Some(&self.secret_access_key), self.session_token.as_ref()].into_iter().flatten().cloned().collect()
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials(***)")
    }
}
