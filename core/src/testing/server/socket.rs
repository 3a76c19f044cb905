//! The server's end of a connection: counted, and able to end in a reset.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use crate::testing::mock::Mock;

/// How a connection is to end, said from within a response.
#[derive(Debug, Default)]
pub(super) struct Ending {
    reset: AtomicBool,
}

impl Ending {
    /// Closing the connection will be an RST, not a FIN.
    pub(super) fn reset(&self) {
        self.reset.store(true, Ordering::SeqCst);
    }
}

pub(super) struct Socket {
    stream: TokioIo<TcpStream>,
    ending: Arc<Ending>,
    mock: Mock,
}

impl Socket {
    pub(super) fn new(stream: TcpStream, ending: Arc<Ending>, mock: Mock) -> Self {
        let counting = &mock.inner.counting;
        counting.connections.fetch_add(1, Ordering::SeqCst);
        counting.open_connections.fetch_add(1, Ordering::SeqCst);
        Self { stream: TokioIo::new(stream), ending, mock }
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        if self.ending.reset.load(Ordering::SeqCst) {
            // A socket that is gone already needs no reset.
            let _ = self.stream.inner().set_zero_linger();
        }
        self.mock.inner.counting.open_connections.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Read for Socket {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl Write for Socket {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
