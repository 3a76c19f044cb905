//! The mock server, for the tests of users in JavaScript.
//!
//! A thin shell: scripts come in and records go out as JSON.

use napi_derive::napi;
use roocode::testing::{MockOptions, MockServer};
use roocode::{Error, ErrorKind};

use crate::client::thrown;
use crate::crossing;

#[napi]
pub struct NativeMock {
    /// None once it was stopped.
    server: Option<MockServer>,
}

#[napi]
impl NativeMock {
    /// `options` is JSON: options, or a list of scripts alone.
    #[napi(factory, catch_unwind)]
    pub fn start(options: String) -> napi::Result<Self> {
        let server = MockOptions::from_json(&options).and_then(MockServer::start);
        Ok(Self { server: Some(server.map_err(|error| thrown(&error))?) })
    }

    #[napi(catch_unwind)]
    pub fn port(&self) -> napi::Result<u16> {
        Ok(self.running()?.port())
    }

    #[napi(catch_unwind)]
    pub fn url(&self) -> napi::Result<String> {
        Ok(self.running()?.url())
    }

    /// The requests received, as JSON.
    #[napi(catch_unwind)]
    pub fn requests(&self) -> napi::Result<String> {
        written(&self.running()?.requests())
    }

    #[napi(catch_unwind)]
    pub fn counters(&self) -> napi::Result<String> {
        written(&self.running()?.counters())
    }

    #[napi(catch_unwind)]
    pub fn set_scripts(&self, scripts: String) -> napi::Result<()> {
        let scripts = MockOptions::from_json(&scripts).map_err(|error| thrown(&error))?.scripts;
        self.running()?.set_scripts(scripts).map_err(|error| thrown(&error))
    }

    #[napi(catch_unwind)]
    pub fn set_refusing(&self, refusing: bool) -> napi::Result<()> {
        self.running()?.set_refusing(refusing).map_err(|error| thrown(&error))
    }

    #[napi(catch_unwind)]
    pub fn clear(&self) -> napi::Result<()> {
        self.running()?.clear();
        Ok(())
    }

    /// What was not as the scripts expect, or nothing.
    #[napi(catch_unwind)]
    pub fn unsatisfied(&self) -> napi::Result<Option<String>> {
        Ok(self.running()?.assert_satisfied().err())
    }

    #[napi(catch_unwind)]
    pub fn stop(&mut self) {
        if let Some(server) = self.server.take() {
            server.stop();
        }
    }

    fn running(&self) -> napi::Result<&MockServer> {
        self.server
            .as_ref()
            .ok_or_else(|| thrown(&Error::new(ErrorKind::Configuration, "the mock server was stopped")))
    }
}

fn written(value: &impl serde::Serialize) -> napi::Result<String> {
    let text = crossing::json(value).map_err(|error| thrown(&error))?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}
