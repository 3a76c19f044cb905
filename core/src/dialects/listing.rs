//! Reading a list of models, on any wire: each dialect says in a [`Listing`] where it has what.

use bytes::Bytes;
use serde_json::{Map, Value};

use super::EncodedRequest;
use super::body::read;
use super::openai::without_our_names;
use super::response_headers::rfc3339;
use crate::error::{Error, ErrorKind, Result};
use crate::types::models::{ListedModel, ModelList, model};

/// Where a wire has what of its list of models.
pub(super) struct Listing {
    /// Below the provider's base URL.
    pub path: &'static str,
    /// How many to a page, and what asks for it: the most that the service gives.
    pub size: Option<(&'static str, &'static str)>,
    /// What names the page in a request, and where a reply names the next one.
    pub page: Option<(&'static str, &'static str)>,
    /// The field of a reply that says whether there is another page, where it has one.
    pub more: Option<&'static str>,
    /// The field of the list.
    pub list: &'static str,
    /// The field of a model's name in requests.
    pub id: &'static str,
    /// What stands in front of it there alone.
    pub prefix: &'static str,
    /// Fields of the name for people.
    pub name: &'static [&'static str],
    /// Fields of the tokens read and written at most.
    pub context_window: &'static [&'static str],
    pub max_output_tokens: &'static [&'static str],
}

impl Listing {
    pub fn encode(&self, page: Option<&str>) -> EncodedRequest {
        let size = self.size.map(|(name, most)| (name.into(), most.to_owned()));
        let page = self.page.zip(page).map(|((name, _), page)| (name.into(), page.to_owned()));
        EncodedRequest {
            path: self.path.to_owned(),
            query: size.into_iter().chain(page).collect(),
            reads: true,
            ..EncodedRequest::default()
        }
    }

    /// Errors: `ResponseDecode` with the body.
    pub fn decode(&self, body: &Bytes) -> Result<ModelList> {
        let wrong =
            |message: String, body: Value| Error::new(ErrorKind::ResponseDecode, message).with_body(body);
        let value: Value = read(body, "the list of models is no JSON")?;
        let (rows, mut rest) = match value {
            // Together's has no object around it, as public clients read it (github.com/project-david-ai/
            // projectdavid-core, tests/integration/get_togetherai_models.py).
            Value::Array(rows) => (rows, Map::new()),
            Value::Object(mut fields) => match fields.shift_remove(self.list) {
                Some(Value::Array(rows)) => (rows, fields),
                other => {
                    fields.extend(other.map(|other| (self.list.to_owned(), other)));
                    return Err(wrong(format!("the list of models has no `{}`", self.list), fields.into()));
                }
            },
            other => return Err(wrong("the list of models is no list".to_owned(), other)),
        };
        let ends = self.more.is_some_and(|more| rest.get(more).and_then(Value::as_bool) == Some(false));
        let next = self.page.filter(|_| !ends).and_then(|(_, field)| rest.shift_remove(field));
        Ok(ModelList {
            data: rows.into_iter().filter_map(|row| self.read(row)).collect(),
            rest: {
                // Of one page; `object` says that it is a list.
                ["object", "has_more", "first_id", "last_id"]
                    .iter()
                    .for_each(|name| drop(rest.shift_remove(*name)));
                without_our_names(rest, &["provider", "models", "error", "route"])
            },
            next_page: match next {
                Some(Value::String(page)) if !page.is_empty() => Some(page),
                _ => None,
            },
            ..ModelList::default()
        })
    }

    /// One without a name cannot be asked.
    fn read(&self, row: Value) -> Option<ListedModel> {
        let Value::Object(mut fields) = row else { return None };
        let mut text = |name: &str| match fields.get(name) {
            Some(Value::String(_)) => match fields.shift_remove(name) {
                Some(Value::String(text)) => Some(text),
                _ => None,
            },
            _ => None,
        };
        let id = text(self.id)?;
        let name = self.name.iter().find_map(|name| text(name)).filter(|name| !name.is_empty());
        let owned_by = text("owned_by");
        fields.shift_remove("object");
        // Zero is what services say that do not know it.
        let created = match fields.get("created").or_else(|| fields.get("created_at")) {
            Some(Value::Number(seconds)) => seconds.as_i64().or_else(|| whole(seconds.as_f64()?)),
            Some(Value::String(date)) => rfc3339(date)
                .and_then(|at| at.duration_since(std::time::SystemTime::UNIX_EPOCH).ok())
                .and_then(|since| i64::try_from(since.as_secs()).ok()),
            _ => None,
        };
        if matches!(fields.get("created"), Some(Value::Number(_))) {
            fields.shift_remove("created");
        }
        let tokens = |names: &[&str]| names.iter().find_map(|name| fields.get(*name)?.as_u64());
        Some(ListedModel {
            model: id.strip_prefix(self.prefix).unwrap_or(&id).to_owned(),
            object: model(),
            name,
            created: created.filter(|seconds| *seconds != 0),
            owned_by,
            context_window: tokens(self.context_window).filter(|tokens| *tokens > 0),
            max_output_tokens: tokens(self.max_output_tokens).filter(|tokens| *tokens > 0),
            provider_fields: without_our_names(fields, &OURS),
            ..ListedModel::default()
        })
    }
}

/// The fields of a model as we list it.
const OURS: [&str; 9] = [
    "id",
    "object",
    "provider",
    "model",
    "name",
    "created",
    "owned_by",
    "context_window",
    "max_output_tokens",
];

#[allow(clippy::cast_possible_truncation, reason = "`as` saturates, and no date comes near")]
const fn whole(seconds: f64) -> Option<i64> {
    Some(seconds as i64)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const LISTING: Listing = Listing {
        path: "/models",
        size: Some(("limit", "1000")),
        page: Some(("after", "last")),
        more: Some("has_more"),
        list: "data",
        id: "id",
        prefix: "models/",
        name: &["title"],
        context_window: &["window"],
        max_output_tokens: &["most"],
    };

    fn decode(body: &Value) -> Result<ModelList> {
        LISTING.decode(&Bytes::from(body.to_string()))
    }

    #[test]
    fn a_page_names_the_next_one_as_long_as_there_is_one() {
        let next = |body: &Value| decode(body).unwrap().next_page;
        assert_eq!(next(&json!({"data": [], "last": "x", "has_more": true})).as_deref(), Some("x"));
        assert_eq!(next(&json!({"data": [], "last": "x", "has_more": false})), None);
        assert_eq!(next(&json!({"data": [], "last": "", "has_more": true})), None);
        assert_eq!(next(&json!({"data": []})), None);
        let asked = LISTING.encode(Some("x"));
        assert_eq!(asked.query, [("limit".into(), "1000".to_owned()), ("after".into(), "x".to_owned())]);
    }

    #[test]
    fn what_is_said_of_a_model_is_read_or_kept() {
        let row = json!({"id": "models/a", "title": "A", "window": 8, "most": 0,
                         "created_at": "1970-01-02T00:00:00Z", "owned_by": "me", "tags": ["x"],
                         "object": "model", "provider": "theirs"});
        let read = decode(&json!([row, {"title": "without a name"}, "no object"])).unwrap().data;
        assert_eq!(read.len(), 1);
        let kept = json!({"window": 8, "most": 0, "created_at": "1970-01-02T00:00:00Z", "tags": ["x"],
                          "upstream_provider": "theirs"});
        assert_eq!(
            read[0],
            ListedModel {
                model: "a".to_owned(),
                object: "model".to_owned(),
                name: Some("A".to_owned()),
                created: Some(86_400),
                owned_by: Some("me".to_owned()),
                context_window: Some(8),
                provider_fields: kept.as_object().unwrap().clone(),
                ..ListedModel::default()
            }
        );
    }

    #[test]
    fn what_is_no_list_is_an_error_that_has_the_body() {
        for body in [json!({"models": []}), json!("text"), json!({"data": {}})] {
            let error = decode(&body).unwrap_err();
            assert_eq!((error.kind, error.body.as_ref()), (ErrorKind::ResponseDecode, Some(&body)));
        }
        assert_eq!(
            LISTING.decode(&Bytes::from_static(b"<html>")).unwrap_err().kind,
            ErrorKind::ResponseDecode
        );
    }
}
