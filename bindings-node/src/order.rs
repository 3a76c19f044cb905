//! Functions of the caller's that order a route's targets: asked on the
//! JavaScript thread, through one callback for all routes of a client.

use std::sync::Arc;

use napi::Status;
use napi::bindgen_prelude::Function;
use napi::threadsafe_function::ThreadsafeFunction;
use roocode::config::{OrderAnswer, OrderFunction};
use roocode::types::order::OrderQuestion;
use serde::Serialize;

use crate::crossing;

/// Weak: a client that waits for nothing never keeps the process alive.
type Callback = ThreadsafeFunction<String, String, String, Status, false, true>;

/// A question as JavaScript reads it.
#[derive(Serialize)]
struct Asked<'a> {
    route: &'a str,
    #[serde(flatten)]
    question: &'a OrderQuestion,
}

/// One route's function.
struct OfRoute {
    route: String,
    callback: Arc<Callback>,
}

/// The functions of `routes`, all behind `ask`.
pub fn functions(
    routes: Vec<String>,
    ask: &Function<'_, String, String>,
) -> napi::Result<Vec<(String, Arc<dyn OrderFunction>)>> {
    let callback: Callback =
        ask.build_threadsafe_function::<String>().callee_handled::<false>().weak::<true>().build()?;
    let callback = Arc::new(callback);
    let function = |route: String| {
        let function = OfRoute { route: route.clone(), callback: Arc::clone(&callback) };
        (route, Arc::new(function) as Arc<dyn OrderFunction>)
    };
    Ok(routes.into_iter().map(function).collect())
}

impl OrderFunction for OfRoute {
    fn order(&self, question: OrderQuestion) -> std::pin::Pin<Box<dyn Future<Output = OrderAnswer> + Send>> {
        let text = text(&self.route, &question);
        let callback = Arc::clone(&self.callback);
        Box::pin(async move {
            let answer = callback.call_async(text?).await.map_err(|error| error.reason.clone())?;
            read(&answer)
        })
    }
}

fn text(route: &str, question: &OrderQuestion) -> Result<String, String> {
    let text = crossing::json(&Asked { route, question }).map_err(|error| error.to_string())?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}

/// The questions to functions, for JavaScript to ask them itself.
pub fn texts(questions: &[(String, OrderQuestion)]) -> Result<String, roocode::Error> {
    let asked: Vec<_> = questions.iter().map(|(route, question)| Asked { route, question }).collect();
    Ok(String::from_utf8_lossy(&crossing::json(&asked)?).into_owned())
}

/// An answer of `ask` in `js/order.js`.
fn read(answer: &str) -> OrderAnswer {
    serde_json::from_str(answer).unwrap_or_else(|error| Err(error.to_string()))
}

/// The answers to [`texts`].
pub fn read_all(answers: &str) -> Vec<OrderAnswer> {
    serde_json::from_str(answers).unwrap_or_default()
}
