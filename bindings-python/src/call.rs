//! One call in flight, for a coroutine.

use std::sync::{Arc, Mutex};

use pyo3::prelude::*;
use tokio::task::AbortHandle;

use crate::bell::lock;
use crate::hub::{self, Wake};
use crate::runtime::{generation, runtime};
use crate::waiter::{Job, Waiter, running_loop};

/// Turns what a call gave into a Python object, on the loop's thread.
pub type Finish<T> = Box<dyn for<'py> Fn(Python<'py>, T) -> PyResult<Bound<'py, PyAny>> + Send + Sync>;

struct Call<T> {
    state: Mutex<State<T>>,
    finish: Finish<T>,
    generation: u64,
}

struct State<T> {
    result: Option<T>,
    wake: Option<Arc<Wake>>,
    task: Option<AbortHandle>,
}

/// Starts `future` on the runtime; what is returned is awaited in the running loop.
pub fn start<T: Send + 'static>(
    py: Python<'_>,
    future: impl Future<Output = T> + Send + 'static,
    finish: Finish<T>,
) -> PyResult<Waiter> {
    let event_loop = running_loop(py)?;
    let hub = hub::of(&event_loop)?;
    let call = Arc::new(Call {
        state: Mutex::new(State { result: None, wake: None, task: None }),
        finish,
        generation: generation(),
    });
    let finished = Arc::downgrade(&call);
    let task = runtime()?.spawn(async move {
        let result = future.await;
        // Nobody is there any more where the coroutine was dropped.
        let Some(call) = finished.upgrade() else { return };
        let wake = {
            let mut state = lock(&call.state);
            state.result = Some(result);
            state.wake.take()
        };
        if let Some(wake) = wake {
            wake.wake();
        }
    });
    lock(&call.state).task = Some(task.abort_handle());
    Ok(Waiter::new(call, event_loop.unbind(), hub))
}

impl<T: Send + 'static> Job for Call<T> {
    fn take<'py>(&self, py: Python<'py>, wake: &Arc<Wake>) -> PyResult<Option<Bound<'py, PyAny>>> {
        if self.generation != generation() {
            return Err(crate::errors::to_python(py, &crate::errors::forked()));
        }
        let result = {
            let mut state = lock(&self.state);
            if state.result.is_none() {
                state.wake = Some(Arc::clone(wake));
            }
            state.result.take()
        };
        result.map(|result| (self.finish)(py, result)).transpose()
    }

    fn is_ready(&self) -> bool {
        self.generation == generation() && lock(&self.state).result.is_some()
    }

    fn leave(&self, _: &Arc<Wake>, finally: bool) {
        if self.generation != generation() || !finally {
            return;
        }
        let mut state = lock(&self.state);
        state.wake = None;
        if let Some(task) = state.task.take() {
            task.abort();
        }
    }
}
