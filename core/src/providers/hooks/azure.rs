//! Azure OpenAI: a deployment stands in the path, or, in the newer `v1` form, in the body.
//!
//! Sources: specs/azure_openai.json (`/openai/deployments/{deployment-id}/chat/completions` with
//! `api-version`), recordings of both forms (`azure.chat`), openai 3.54.0 (PyPI, `lib/azure.py`).

use crate::dialects::EncodedRequest;
use crate::dialects::path::segment;
use crate::error::Result;

/// `…/openai` where a dated `api-version` is asked for, `…/openai/v1` where none or `v1`, `preview`
/// or `latest` is. An address that names a deployment stays.
pub(super) fn base_url(given: &str, api_version: Option<&str>) -> String {
    if given.contains("/openai/deployments/") {
        return given.to_owned();
    }
    let dated = api_version.is_some_and(|version| version.starts_with(|first: char| first.is_ascii_digit()));
    let root = given.strip_suffix("/v1").filter(|root| root.ends_with("/openai")).unwrap_or(given);
    let root = root.strip_suffix("/openai").unwrap_or(root);
    format!("{root}/openai{}", if dated { "" } else { "/v1" })
}

pub(super) fn place(base_url: &str, deployment: &str, encoded: &mut EncodedRequest) -> Result<()> {
    // A response names its deployment in the body (openai 3.54.0, PyPI, `lib/azure.py`: it is none of
    // `_deployments_endpoints`).
    if base_url.ends_with("/openai") && encoded.path != "/responses" {
        encoded.path = format!("/deployments/{}{}", segment(deployment, deployment)?, encoded.path);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_is_taken_in_every_form_that_people_have_it() {
        let host = "https://r.openai.azure.com";
        for given in ["", "/openai", "/openai/v1"] {
            let given = format!("{host}{given}");
            assert_eq!(base_url(&given, Some("2024-10-21")), format!("{host}/openai"), "{given}");
            for version in [None, Some("v1"), Some("preview")] {
                assert_eq!(base_url(&given, version), format!("{host}/openai/v1"), "{given}");
            }
        }
        let deployment = format!("{host}/openai/deployments/mine");
        assert_eq!(base_url(&deployment, Some("2024-10-21")), deployment);
    }

    #[test]
    fn a_deployment_is_one_segment() {
        let placed = |name| {
            let mut encoded =
                EncodedRequest { path: "/chat/completions".to_owned(), ..EncodedRequest::default() };
            place("https://r/openai", name, &mut encoded).map(|()| encoded.path)
        };
        for (name, segment) in [("gpt-4o", "gpt-4o"), ("../x?y", "..%2Fx%3Fy")] {
            assert_eq!(placed(name).unwrap(), format!("/deployments/{segment}/chat/completions"));
        }
        assert_eq!(placed("..").unwrap_err().param.as_deref(), Some("model"));
    }
}
