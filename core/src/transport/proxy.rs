//! Which proxy a request goes through.
//!
//! The usual variables, in the reading that curl and most tools share: lower
//! case goes before upper case, an empty value is no proxy, and `NO_PROXY` lists
//! hosts (with their subdomains), addresses and networks, or `*`. The process's
//! environment is never read here: the caller hands in a lookup.

use crate::error::{Error, Result};

const SCHEMES: [&str; 6] = ["http", "https", "socks4", "socks4a", "socks5", "socks5h"];

/// Proxies by the scheme of the request's URL. The default is none at all.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct ProxyOptions {
    /// For `http://` URLs.
    pub http: Option<ProxyAddress>,
    /// For `https://` URLs.
    pub https: Option<ProxyAddress>,
    /// Comma-separated hosts that are reached directly.
    pub no_proxy: String,
}

/// The URL of a proxy, which may carry a password, and where it was said.
#[derive(Clone, PartialEq, Eq)]
pub struct ProxyAddress {
    origin: String,
    url: String,
}

impl ProxyAddress {
    /// `origin` names the variable or option that says so, for errors.
    ///
    /// Errors: `Configuration` where `url` is not that of an HTTP or SOCKS proxy.
    pub fn new(origin: impl Into<String>, url: impl Into<String>) -> Result<Self> {
        let (origin, mut url) = (origin.into(), url.into());
        // `host:port` alone means an HTTP proxy.
        if !url.contains("://") {
            url.insert_str(0, "http://");
        }
        let scheme = url.split("://").next().unwrap_or_default();
        // A scheme that the HTTP crate does not know would silently mean no proxy.
        if !SCHEMES.contains(&scheme.to_ascii_lowercase().as_str()) {
            return Err(Error::configuration(
                &origin,
                format!("{origin}: a proxy's URL starts with one of {}", SCHEMES.join("://, ") + "://"),
            ));
        }
        let valid = url.parse::<http::Uri>().is_ok_and(|uri| uri.host().is_some_and(|host| !host.is_empty()));
        if !valid {
            // The URL itself stays out: it may carry a password.
            return Err(Error::configuration(&origin, format!("{origin}: not a valid URL of a proxy")));
        }
        Ok(Self { origin, url })
    }

    pub(super) fn origin(&self) -> &str {
        &self.origin
    }

    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// Whether the way to the proxy itself is encrypted.
    pub(super) fn is_https(&self) -> bool {
        self.url.get(..8).is_some_and(|start| start.eq_ignore_ascii_case("https://"))
    }
}

impl std::fmt::Debug for ProxyAddress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ProxyAddress(from {})", self.origin)
    }
}

impl std::fmt::Debug for ProxyOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ProxyOptions")
            .field("http", &self.http)
            .field("https", &self.https)
            .field("no_proxy", &self.no_proxy)
            .finish()
    }
}

impl ProxyOptions {
    /// One proxy for everything.
    pub fn all(origin: &str, url: &str) -> Result<Self> {
        let address = ProxyAddress::new(origin, url)?;
        Ok(Self { http: Some(address.clone()), https: Some(address), no_proxy: String::new() })
    }

    /// Reads `HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY`, in lower case first.
    pub fn from_environment(lookup: &dyn Fn(&str) -> Option<String>) -> Result<Self> {
        // Under CGI, `HTTP_PROXY` is a header that the client of the host sent ("httpoxy").
        let in_cgi = lookup("REQUEST_METHOD").is_some();
        let find = |names: &[&str]| -> Result<Option<ProxyAddress>> {
            for name in names {
                if let Some(value) = lookup(name) {
                    let value = value.trim();
                    if value.is_empty() {
                        return Ok(None);
                    }
                    return ProxyAddress::new(*name, value).map(Some);
                }
            }
            Ok(None)
        };
        let all = ["all_proxy", "ALL_PROXY"];
        let http: &[&str] = if in_cgi { &["http_proxy"] } else { &["http_proxy", "HTTP_PROXY"] };
        Ok(Self {
            http: find(&[http, &all].concat())?,
            https: find(&[["https_proxy", "HTTPS_PROXY"], all].concat())?,
            no_proxy: lookup("no_proxy").or_else(|| lookup("NO_PROXY")).unwrap_or_default(),
        })
    }

    /// The list as the HTTP crate reads it: many write `*.host` for `.host`, and
    /// spaces for commas.
    pub(super) fn exceptions(&self) -> String {
        let entries = self.no_proxy.split([',', ' ', '\t']).filter(|entry| !entry.is_empty());
        entries.map(|entry| entry.strip_prefix('*').filter(|rest| !rest.is_empty()).unwrap_or(entry)).fold(
            String::new(),
            |mut list, entry| {
                if !list.is_empty() {
                    list.push(',');
                }
                list.push_str(entry);
                list
            },
        )
    }
}
