//! Operations that a provider declares as data: a wire format that is written in the configuration.
//!
//! Everything is checked when it is set ([`config`](crate::config)), so that a request can only fail
//! by its own input. No service's name goes in here.

mod answer;
mod condition;
mod template;

use std::collections::BTreeMap;
use std::sync::Arc;

use http::Method;
use serde_json::Value;

pub use answer::{ErrorRule, Reading, Source, Statuses};
pub use condition::Condition;
pub use template::{Node, Template, Values};

use super::path::{is_step, percent_encoded};
use super::{Translator, Unsupported};
use crate::error::{Error, ErrorKind, Result};
use crate::types::service::{Repetition, ServiceRequest};
use crate::types::trace::Translation;

/// A declared operation, checked.
#[derive(Clone, Debug)]
pub struct ServiceOperation {
    pub method: Method,
    /// Between the slashes of its path; the path begins with one.
    pub path: Vec<Template>,
    pub query: Vec<(String, Vec<Template>)>,
    pub headers: Vec<(String, Template)>,
    pub body: Body,
    pub idempotency: Option<Idempotency>,
    pub repetition: Repetition,
    pub reading: Reading,
    /// What belongs to the provider alone, such as the id of an account.
    pub variables: Arc<BTreeMap<String, String>>,
}

/// The body of its requests.
#[derive(Clone, Debug)]
pub enum Body {
    None,
    Json(Node),
    Form(Vec<(String, Vec<Template>)>),
}

/// Where the key stands by which the service knows a request again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Idempotency {
    Header(String),
    Field(String),
}

/// A request of a declared operation, for the wire.
#[derive(Clone, Debug)]
pub struct ServiceWire {
    /// Below the base URL, percent-encoded.
    pub path: String,
    pub query: Vec<(String, String)>,
    pub headers: Vec<(String, String)>,
    pub content: Content,
    pub translation: Vec<Translation>,
}

/// What its body holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    None,
    Json(Value),
    Form(Vec<(String, String)>),
}

impl ServiceOperation {
    /// Whether its address is the same for every request.
    #[must_use]
    pub fn has_one_path(&self) -> bool {
        self.path.iter().all(|segment| segment.constant().is_some())
    }

    /// The wire form of a request.
    ///
    /// Errors: `BadRequest` naming the field of the input that is missing, wrong, or unknown here.
    pub fn encode(&self, request: &ServiceRequest, unsupported: Unsupported) -> Result<ServiceWire> {
        let values = Values { variables: &self.variables, input: &request.input };
        let mut translator = Translator::new(unsupported);
        let fields = self.fields();
        for name in request.input.keys().filter(|name| !fields.contains(&name.as_str())) {
            let known: Vec<String> = fields.iter().map(|field| format!("`{field}`")).collect();
            let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
            translator.unsupported(
                format!("input.{name}"),
                format!("the operation has no such field here, but {known}"),
            )?;
        }
        let mut wire = ServiceWire {
            path: self.path(values)?,
            query: pairs(&self.query, values)?,
            headers: Vec::new(),
            content: match &self.body {
                Body::None => Content::None,
                Body::Json(node) => Content::Json(node.fill(values)?),
                Body::Form(fields) => Content::Form(pairs(fields, values)?),
            },
            translation: Vec::new(),
        };
        for (name, template) in &self.headers {
            if let Some(text) = template.text(values)? {
                wire.headers.push((name.clone(), text));
            }
        }
        self.put_key(request, &mut wire, &mut translator)?;
        wire.translation = translator.into_notes();
        Ok(wire)
    }

    fn path(&self, values: Values<'_>) -> Result<String> {
        let mut path = String::new();
        for template in &self.path {
            let filled = template.text_with(values, |text| percent_encoded(&text))?;
            let filled = filled.unwrap_or_default();
            // Of what is written in the configuration that was seen already.
            if template.constant().is_none() && is_step(&filled) {
                let mut names = Vec::new();
                template.fields(&self.variables, &mut names);
                let place = format!("input.{}", names.first().copied().unwrap_or_default());
                let message = format!("{place}: must not be empty or dots, as it stands in a path");
                return Err(Error::bad_request(place, message));
            }
            path.push('/');
            path.push_str(&filled);
        }
        Ok(path)
    }

    fn put_key(
        &self,
        request: &ServiceRequest,
        wire: &mut ServiceWire,
        translator: &mut Translator,
    ) -> Result<()> {
        let Some(idempotency) = &self.idempotency else {
            if request.idempotency_key.is_some() {
                let detail = "the operation declares no `idempotency` here";
                translator.unsupported("idempotency_key", detail)?;
            }
            return Ok(());
        };
        let Some(key) = request.key() else {
            // It would be taken for one that may be sent again.
            return Err(Error::new(ErrorKind::Internal, "the request has no idempotency key"));
        };
        match (idempotency, &mut wire.content) {
            (Idempotency::Header(name), _) => wire.headers.push((name.clone(), key.to_owned())),
            (Idempotency::Field(name), Content::Json(Value::Object(fields))) => {
                fields.insert(name.clone(), Value::from(key));
            }
            (Idempotency::Field(name), Content::Form(pairs)) => pairs.push((name.clone(), key.to_owned())),
            (Idempotency::Field(_), _) => {
                return Err(Error::new(ErrorKind::Internal, "the request has no body for its key"));
            }
        }
        Ok(())
    }

    /// The fields of the input that it takes, each once.
    #[must_use]
    pub fn fields(&self) -> Vec<&str> {
        let (mut fields, variables) = (Vec::new(), &*self.variables);
        self.path.iter().for_each(|segment| segment.fields(variables, &mut fields));
        for (_, templates) in &self.query {
            templates.iter().for_each(|template| template.fields(variables, &mut fields));
        }
        self.headers.iter().for_each(|(_, template)| template.fields(variables, &mut fields));
        match &self.body {
            Body::None => {}
            Body::Json(node) => node.fields(variables, &mut fields),
            Body::Form(pairs) => {
                for (_, templates) in pairs {
                    templates.iter().for_each(|template| template.fields(variables, &mut fields));
                }
            }
        }
        let mut each: Vec<&str> = Vec::new();
        for field in fields {
            if !each.contains(&field) {
                each.push(field);
            }
        }
        each
    }
}

/// Names and texts; a name stands once for each of its texts.
fn pairs(templates: &[(String, Vec<Template>)], values: Values<'_>) -> Result<Vec<(String, String)>> {
    let mut pairs = Vec::new();
    for (name, templates) in templates {
        for template in templates {
            pairs.extend(template.texts(values)?.into_iter().map(|text| (name.clone(), text)));
        }
    }
    Ok(pairs)
}

/// The body of a form (WHATWG URL, "application/x-www-form-urlencoded serializing").
#[must_use]
pub fn form_text(pairs: &[(String, String)]) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

#[cfg(test)]
mod tests;
