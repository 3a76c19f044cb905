//! A mock on a port: an HTTP/1.1 server that never leaves 127.0.0.1.
//!
//! It runs on a thread of its own, so that a test's runtime may block or end,
//! or on a runtime that is given. What it answers is not decided here.

mod body;
mod connection;
mod socket;

use std::net::{Ipv4Addr, SocketAddrV4, TcpListener as PlainListener};
use std::ops::Deref;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::thread::JoinHandle;

use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Handle;
use tokio::sync::oneshot;
use tokio::task::{AbortHandle, JoinSet};

use super::mock::Mock;
use super::options::MockOptions;
use crate::error::{Error, ErrorKind, Result};

/// A mock provider on a port of 127.0.0.1. Dropping it stops it.
pub struct MockServer {
    mock: Mock,
    port: u16,
    door: Arc<Door>,
    runtime: Handle,
    running: Running,
}

enum Running {
    Thread { stop: Option<oneshot::Sender<()>>, thread: Option<JoinHandle<()>> },
    Task(AbortHandle),
}

impl MockServer {
    /// Starts a server on a thread of its own.
    ///
    /// Errors: `Configuration` for scripts that cannot be or a port that is taken.
    pub fn start(options: impl Into<MockOptions>) -> Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| cannot("start the mock server's runtime", &error))?;
        let handle = runtime.handle().clone();
        let prepared = Prepared::new(options.into(), &handle)?;
        let (stop, stopped) = oneshot::channel();
        let serving = prepared.serve();
        let thread = std::thread::Builder::new().name("roocode-mock".to_owned()).spawn(move || {
            runtime.block_on(async {
                tokio::select! {
                    () = serving => {}
                    _ = stopped => {}
                }
            });
        });
        let thread = thread.map_err(|error| cannot("start the mock server's thread", &error))?;
        Ok(prepared.server(handle, Running::Thread { stop: Some(stop), thread: Some(thread) }))
    }

    /// Starts a server on this runtime, whose timers and I/O must be on.
    ///
    /// Errors: as [`Self::start`].
    pub fn spawn(options: impl Into<MockOptions>, runtime: &Handle) -> Result<Self> {
        let prepared = Prepared::new(options.into(), runtime)?;
        let task = runtime.spawn(prepared.serve()).abort_handle();
        Ok(prepared.server(runtime.clone(), Running::Task(task)))
    }

    /// `http://127.0.0.1:PORT`, without a path: clients of OpenAI and Anthropic
    /// add `/v1`, of Gemini `/v1beta`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Closes the port, so that new connections are refused, or opens it again.
    /// Connections already open go on.
    ///
    /// Errors: `Configuration` where another program took the port meanwhile.
    pub fn set_refusing(&self, refusing: bool) -> Result<()> {
        if refusing {
            self.door.close();
            return Ok(());
        }
        if !self.door.is_open() {
            self.door.open(listen(self.port, &self.runtime)?);
        }
        Ok(())
    }

    /// Stops the server and closes its connections.
    pub fn stop(mut self) {
        self.end();
    }

    fn end(&mut self) {
        self.door.close();
        match &mut self.running {
            Running::Task(task) => task.abort(),
            Running::Thread { stop, thread } => {
                // Errors mean that it ended by itself.
                if let Some(stop) = stop.take() {
                    let _ = stop.send(());
                }
                if let Some(thread) = thread.take() {
                    let _ = thread.join();
                }
            }
        }
    }
}

impl Drop for MockServer {
    fn drop(&mut self) {
        self.end();
    }
}

impl Deref for MockServer {
    type Target = Mock;
    fn deref(&self) -> &Mock {
        &self.mock
    }
}

/// A server before it runs.
struct Prepared {
    mock: Mock,
    port: u16,
    door: Arc<Door>,
}

impl Prepared {
    fn new(options: MockOptions, runtime: &Handle) -> Result<Self> {
        let (wanted, refusing) = (options.port, options.refusing);
        let mock = Mock::new(options)?;
        let listener = listen(wanted, runtime)?;
        let port =
            listener.local_addr().map_err(|error| cannot("read the mock server's port", &error))?.port();
        let door = Arc::new(Door::default());
        if refusing {
            drop(listener);
        } else {
            door.open(listener);
        }
        Ok(Self { mock, port, door })
    }

    fn serve(&self) -> impl Future<Output = ()> + Send + use<> {
        let (mock, door) = (self.mock.clone(), Arc::clone(&self.door));
        async move {
            let mut connections = JoinSet::new();
            loop {
                let stream = std::future::poll_fn(|context| door.poll_accept(context)).await;
                connections.spawn(connection::serve(mock.clone(), stream));
                while connections.try_join_next().is_some() {}
            }
        }
    }

    fn server(self, runtime: Handle, running: Running) -> MockServer {
        MockServer { mock: self.mock, port: self.port, door: self.door, runtime, running }
    }
}

/// The listening socket, which may be shut and opened from any thread.
#[derive(Default)]
struct Door {
    inside: Mutex<Inside>,
}

#[derive(Default)]
struct Inside {
    listener: Option<TcpListener>,
    waiting: Option<Waker>,
}

impl Door {
    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_open(&self) -> bool {
        self.inside().listener.is_some()
    }

    fn open(&self, listener: TcpListener) {
        let mut inside = self.inside();
        inside.listener = Some(listener);
        if let Some(waker) = inside.waiting.take() {
            waker.wake();
        }
    }

    fn close(&self) {
        self.inside().listener = None;
    }

    fn poll_accept(&self, context: &mut Context<'_>) -> Poll<TcpStream> {
        let mut inside = self.inside();
        while let Some(listener) = &inside.listener {
            match listener.poll_accept(context) {
                Poll::Ready(Ok((stream, _))) => return Poll::Ready(stream),
                // The client gave up between its knock and our answer.
                Poll::Ready(Err(_)) => {}
                Poll::Pending => break,
            }
        }
        inside.waiting = Some(context.waker().clone());
        Poll::Pending
    }
}

fn listen(port: u16, runtime: &Handle) -> Result<TcpListener> {
    let address = SocketAddrV4::new(Ipv4Addr::LOCALHOST, port);
    let listening = PlainListener::bind(address).and_then(|listener| {
        listener.set_nonblocking(true)?;
        let _inside = runtime.enter();
        TcpListener::from_std(listener)
    });
    listening.map_err(|error| {
        Error::configuration("port", format!("cannot listen on {address}")).with_source(error)
    })
}

fn cannot(what: &str, error: &std::io::Error) -> Error {
    Error::new(ErrorKind::Internal, format!("cannot {what}")).with_source(error)
}
