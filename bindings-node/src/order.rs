//! Functions of the caller's that order a route's targets: asked on the
//! JavaScript thread, through one callback for all routes of a client.

use std::sync::Arc;

use napi::Status;
use napi::bindgen_prelude::Function;
use napi::threadsafe_function::ThreadsafeFunction;
use roocode::config::{OrderAnswer, OrderFunction, OrderFunctions};
use roocode::types::order::OrderQuestion;
use serde::Serialize;

use crate::crossing;

/// Weak: a client that waits for nothing never keeps the process alive.
type Callback = ThreadsafeFunction<String, String, String, Status, false, true>;

/// A question as JavaScript reads it.
#[derive(Serialize)]
pub struct Asked<'a> {
    pub route: &'a str,
    #[serde(flatten)]
    pub question: &'a OrderQuestion,
}

/// One route's function.
struct OfRoute {
    route: String,
    callback: Arc<Callback>,
}

/// The functions of `routes`, all behind `ask`.
pub fn functions(routes: Vec<String>, ask: &Function<'_, String, String>) -> napi::Result<OrderFunctions> {
    let callback: Callback =
        ask.build_threadsafe_function::<String>().callee_handled::<false>().weak::<true>().build()?;
    let callback = Arc::new(callback);
    let mut functions = OrderFunctions::default();
    for route in routes {
        functions.insert(route.clone(), Arc::new(OfRoute { route, callback: Arc::clone(&callback) }));
    }
    Ok(functions)
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

pub fn text(route: &str, question: &OrderQuestion) -> Result<String, String> {
    let text = crossing::json(&Asked { route, question }).map_err(|error| error.to_string())?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}

/// An answer of `ask` in `js/order.js`.
pub fn read(answer: &str) -> OrderAnswer {
    serde_json::from_str(answer).unwrap_or_else(|error| Err(error.to_string()))
}
