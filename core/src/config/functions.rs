//! Functions of the user's that a configuration holds, beside what can be written down.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use futures_core::future::BoxFuture;

use super::CheckedRoute;
use crate::error::{Error, Result};
use crate::types::order::OrderQuestion;

/// Names of targets, the first first; or why there are none, in the function's words.
pub type OrderAnswer = std::result::Result<Vec<String>, String>;

/// The function of the strategy `custom`.
///
/// Asked once for each decision that has a choice. A function that fails, that
/// names what it was not handed, or that takes longer than `timeout_seconds`
/// leaves the choice to the strategy's `then`; the trace says so.
pub trait OrderFunction: Send + Sync {
    /// Dropping the future gives the question up.
    fn order(&self, question: OrderQuestion) -> BoxFuture<'static, OrderAnswer>;
}

/// A plain function, called where the request runs: it must not block.
impl<F> OrderFunction for F
where
    F: Fn(&OrderQuestion) -> OrderAnswer + Send + Sync,
{
    fn order(&self, question: OrderQuestion) -> BoxFuture<'static, OrderAnswer> {
        Box::pin(std::future::ready(self(&question)))
    }
}

/// The functions of routes, by the routes' names.
#[derive(Clone, Default)]
pub struct OrderFunctions(BTreeMap<String, Arc<dyn OrderFunction>>);

impl OrderFunctions {
    pub fn insert(&mut self, route: impl Into<String>, function: Arc<dyn OrderFunction>) {
        self.0.insert(route.into(), function);
    }
}

impl fmt::Debug for OrderFunctions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

/// One function.
#[derive(Clone)]
pub struct Function(pub Arc<dyn OrderFunction>);

impl fmt::Debug for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Function")
    }
}

/// Gives each route its function.
///
/// Errors: `ConfigurationError` for a `custom` without one, and one without `custom`.
pub fn with_functions(routes: &mut BTreeMap<String, CheckedRoute>, functions: &OrderFunctions) -> Result<()> {
    if let Some(stranger) = functions.0.keys().find(|name| !routes.contains_key(*name)) {
        let message = format!("routes: a function is given for `{stranger}`, which is no route");
        return Err(Error::configuration("routes", message));
    }
    for (name, route) in routes {
        let place = format!("routes.{name}.strategy");
        let function = functions.0.get(name);
        let why = match (route.strategy.custom().is_some(), function) {
            (true, None) => {
                "`custom` needs a function: give one in code as the strategy, or as its `function`"
            }
            (false, Some(_)) => "a function is given, and no `custom` that would call it",
            _ => {
                route.function = function.cloned().map(Function);
                continue;
            }
        };
        return Err(Error::configuration(place.clone(), format!("{place}: {why}")));
    }
    Ok(())
}
