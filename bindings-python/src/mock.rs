//! The core's mock server, for tests in Python. It runs on a thread of its own,
//! which never enters Python.

use std::sync::Mutex;

use pyo3::exceptions::PyAssertionError;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use roocode::testing::{MockOptions, MockServer as Server, Script};
use roocode::{Error, ErrorKind};
use serde_json::Value;

use crate::bell::lock;
use crate::guard::guard;
use crate::runtime::{detach, generation};
use crate::{arguments, errors, node_json, record};

#[pyclass(frozen, module = "roocode._native")]
pub struct MockServer {
    server: Mutex<Option<Server>>,
    url: String,
    port: u16,
    generation: u64,
}

impl MockServer {
    fn with<T>(&self, py: Python<'_>, act: impl FnOnce(&Server) -> Result<T, Error>) -> PyResult<T> {
        let act = || {
            let server = lock(&self.server);
            match server.as_ref() {
                Some(server) if self.generation == generation() => act(server),
                _ => Err(Error::new(ErrorKind::Configuration, "this mock server was stopped")),
            }
        };
        roocode::runtime::catch(act).unwrap_or_else(Err).map_err(|error| errors::to_python(py, &error))
    }
}

fn plain<'py>(py: Python<'py>, value: &impl serde::Serialize) -> PyResult<Bound<'py, PyAny>> {
    let value = serde_json::to_value(value).map_err(errors::internal)?;
    record::to_python(py, &node_json::node(&value).map_err(errors::internal)?, None)
}

#[pymethods]
impl MockServer {
    #[new]
    fn new(py: Python<'_>, options: &Bound<'_, PyDict>) -> PyResult<Self> {
        let options = guard(py, || errors::argument(py, arguments::fields(options)))?;
        let start = || MockOptions::from_value(Value::Object(options)).and_then(Server::start);
        let server = detach(py, || roocode::runtime::catch(start).unwrap_or_else(Err));
        let server = server.map_err(|error| errors::to_python(py, &error))?;
        let (url, port) = (server.url(), server.port());
        Ok(Self { server: Mutex::new(Some(server)), url, port, generation: generation() })
    }

    #[getter]
    fn url(&self) -> &str {
        &self.url
    }

    #[getter]
    fn port(&self) -> u16 {
        self.port
    }

    #[getter]
    fn requests<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let requests = self.with(py, |server| Ok(server.requests()))?;
        plain(py, &requests)
    }

    #[getter]
    fn counters<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let counters = self.with(py, |server| Ok(server.counters()))?;
        plain(py, &counters)
    }

    fn set_scripts(&self, py: Python<'_>, options: &Bound<'_, PyDict>) -> PyResult<()> {
        let options = Value::Object(guard(py, || errors::argument(py, arguments::fields(options)))?);
        self.with(py, |server| {
            let scripts: Vec<Script> = MockOptions::from_value(options)?.scripts;
            server.set_scripts(scripts)
        })
    }

    fn set_refusing(&self, py: Python<'_>, refusing: bool) -> PyResult<()> {
        self.with(py, |server| server.set_refusing(refusing))
    }

    fn clear(&self, py: Python<'_>) -> PyResult<()> {
        self.with(py, |server| {
            server.clear();
            Ok(())
        })
    }

    fn assert_satisfied(&self, py: Python<'_>) -> PyResult<()> {
        match self.with(py, |server| Ok(server.assert_satisfied()))? {
            Ok(()) => Ok(()),
            Err(failures) => Err(PyAssertionError::new_err(failures)),
        }
    }

    fn stop(&self, py: Python<'_>) {
        if self.generation == generation() {
            let server = lock(&self.server).take();
            detach(py, || drop(server));
        }
    }
}

impl Drop for MockServer {
    fn drop(&mut self) {
        // A child made by fork has the server but not its thread, which dropping waits for.
        if self.generation != generation()
            && let Ok(mut server) = self.server.try_lock()
        {
            std::mem::forget(server.take());
        }
    }
}
