//! What the batches of all wires have alike: pages of them, lines of results, and whose error it is.
//!
//! Where a field of a batch stands belongs to the dialects.

use serde_json::{Map, Value};

use super::body::{lines, object};
use crate::error::{Error, ErrorKind, Result};
use crate::types::batches::{Batch, BatchList, BatchResult, BatchResults};
use crate::types::chat::ChatCompletion;
use crate::types::operation::Answer;

/// An error of one of the requests, with its place.
pub(super) fn item_error(mut error: Error, index: usize) -> Error {
    if let Some(param) = error.param.take() {
        error.param = Some(format!("requests[{index}].{param}"));
    }
    error.message = format!("requests[{index}]: {}", error.message);
    error
}

/// A page of batches, each of them read by `read`. Both APIs name the list, the last id, and whether there is more alike.
///
/// Errors: `ResponseDecode` with the body.
pub(super) fn page(body: &[u8], read: fn(Map<String, Value>) -> Batch) -> Result<Answer> {
    let mut page = object(body, "a list of batches")?;
    let Some(Value::Array(rows)) = page.shift_remove("data") else {
        let message = "the list of batches has no `data`";
        return Err(Error::new(ErrorKind::ResponseDecode, message).with_body(page.into()));
    };
    let more = page.get("has_more").and_then(Value::as_bool) == Some(true);
    let next = page.get("last_id").and_then(Value::as_str).filter(|_| more).map(str::to_owned);
    let data = rows.into_iter().filter_map(|row| match row {
        Value::Object(fields) => Some(read(fields)),
        _ => None,
    });
    Ok(Answer::Batches(BatchList { data: data.collect(), next, ..BatchList::default() }))
}

/// The results, a line each, of which `answered` reads what was answered.
///
/// Errors: `ResponseDecode` naming the line that is none.
pub(super) fn results(
    body: &[u8],
    answered: impl Fn(&Map<String, Value>) -> Result<ChatCompletion>,
) -> Result<Answer> {
    let result = |mut line: Map<String, Value>| {
        let custom_id = match line.shift_remove("custom_id") {
            Some(Value::String(id)) => id,
            _ => String::new(),
        };
        match answered(&line) {
            Ok(completion) => {
                BatchResult { custom_id, completion: Some(Box::new(completion)), ..BatchResult::default() }
            }
            Err(error) => {
                BatchResult { custom_id, error: Some(Box::new((*error).clone())), ..BatchResult::default() }
            }
        }
    };
    let data = lines(body)?.into_iter().map(result).collect();
    Ok(Answer::BatchResults(BatchResults { data, ..BatchResults::default() }))
}
