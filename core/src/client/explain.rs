//! How a request would be served, without sending it.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use super::dispatch::Purpose;
use super::order::Asking;
use super::{Call, Client};
use crate::config::OrderAnswer;
use crate::error::Result;
use crate::execute;
use crate::types::order::OrderQuestion;
use crate::types::routing_trace::RoutingTrace;

impl Client {
    /// How the target of a request would be chosen now: every candidate, why it
    /// was left out, and the order of the others. Nothing is sent and nothing
    /// is booked. Functions that order the targets are asked, and not waited for.
    ///
    /// Errors: as those of the request before anything is sent.
    pub fn explain(&self, call: &Call) -> Result<RoutingTrace> {
        self.explained(call, |asking| {
            let answer = pin!(asking.orders.function.function.order(asking.question));
            match answer.poll(&mut Context::from_waker(Waker::noop())) {
                Poll::Ready(answer) => answer,
                Poll::Pending => Err("an explanation does not wait for it".to_owned()),
            }
        })
    }

    /// As [`explain`](Self::explain), and waits for functions that order the targets.
    pub fn explain_asking(&self, call: Call) -> impl Future<Output = Result<RoutingTrace>> + Send + 'static {
        let (shared, call) = (Arc::clone(&self.shared), Box::new(call));
        async move {
            let stream = call.request.asks_for_stream();
            let dispatch = shared.dispatch(&call, stream, Purpose::Explain)?;
            let run = shared.run(&call, &dispatch, stream);
            let mut selection = run.selection();
            execute::ask_for_order(&run, &mut selection).await;
            let trace = selection.explain();
            Ok(RoutingTrace { path: dispatch.path, ..trace })
        }
    }

    /// What functions would be asked for this request, each with the route that
    /// declares it: for those who ask them themselves.
    ///
    /// Errors: as [`explain`](Self::explain).
    pub fn order_questions(&self, call: &Call) -> Result<Vec<(String, OrderQuestion)>> {
        let stream = call.request.asks_for_stream();
        let dispatch = self.shared.dispatch(call, stream, Purpose::Explain)?;
        let run = self.shared.run(call, &dispatch, stream);
        let askings = run.selection().askings(run.route, call.request.model());
        Ok(askings
            .into_iter()
            .map(|asking| (asking.orders.function.route.clone(), asking.question))
            .collect())
    }

    /// As [`explain`](Self::explain), with the answers to [`order_questions`](Self::order_questions).
    pub fn explain_ordered(&self, call: &Call, answers: Vec<OrderAnswer>) -> Result<RoutingTrace> {
        let mut answers = answers.into_iter();
        self.explained(call, |_| answers.next().unwrap_or_else(|| Err("it was not asked".to_owned())))
    }

    fn explained(&self, call: &Call, mut ask: impl FnMut(Asking<'_>) -> OrderAnswer) -> Result<RoutingTrace> {
        let stream = call.request.asks_for_stream();
        let dispatch = self.shared.dispatch(call, stream, Purpose::Explain)?;
        let run = self.shared.run(call, &dispatch, stream);
        let mut selection = run.selection();
        for asking in selection.askings(run.route, call.request.model()) {
            let orders = asking.orders;
            let answer = ask(asking);
            selection.ordered(orders, answer);
        }
        let trace = selection.explain();
        Ok(RoutingTrace { path: dispatch.path, ..trace })
    }
}
