//! Functions of the user's that a configuration holds, beside what can be written down.

use std::fmt;
use std::sync::Arc;

use futures_core::future::BoxFuture;

use super::ClientConfig;
use crate::error::{Error, Result};
use crate::types::order::OrderQuestion;
use crate::types::strategy::StrategyConfig;

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

/// A route's function.
#[derive(Clone)]
pub struct Function {
    /// The name of the route.
    pub route: String,
    pub function: Arc<dyn OrderFunction>,
}

impl fmt::Debug for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Function").field("route", &self.route).finish_non_exhaustive()
    }
}

impl ClientConfig {
    /// Gives a route the function that its strategy `custom` asks.
    ///
    /// Errors: `ConfigurationError` where there is no such route.
    pub fn set_function(&mut self, route: &str, function: Arc<dyn OrderFunction>) -> Result<()> {
        let Some(config) = self.routes.get_mut(route) else {
            let message = format!("routes: a function is given for `{route}`, which is no route");
            return Err(Error::configuration("routes", message));
        };
        config.function = Some(Function { route: route.to_owned(), function });
        Ok(())
    }
}

/// Whether a strategy has the function that it needs, and no other one.
///
/// Errors: `ConfigurationError`; `place` is the strategy's.
pub(super) fn check_function(
    place: &str,
    strategy: &StrategyConfig,
    function: Option<&Function>,
) -> Result<()> {
    let why = match (strategy.custom().is_some(), function.is_some()) {
        (true, false) => "`custom` needs a function: give one in code as the strategy, or as its `function`",
        (false, true) => "a function is given, and no `custom` that would call it",
        _ => return Ok(()),
    };
    Err(Error::configuration(place, format!("{place}: {why}")))
}
