//! How a runtime thread tells an event loop that something is ready, without
//! entering Python: by a file descriptor that the loop watches, or, where the
//! loop watches none, by a thread of Python's that waits here.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

pub enum Bell {
    #[cfg(unix)]
    Descriptor(Descriptor),
    Thread(Arc<Waiting>),
}

impl Bell {
    pub fn ring(&self) {
        match self {
            #[cfg(unix)]
            Self::Descriptor(descriptor) => descriptor.ring(),
            Self::Thread(waiting) => waiting.set(true, false),
        }
    }

    /// Taken note of: the next ring is a new one.
    pub fn clear(&self) {
        match self {
            #[cfg(unix)]
            Self::Descriptor(descriptor) => descriptor.clear(),
            Self::Thread(_) => {}
        }
    }
}

/// An eventfd, or a pipe where there is none.
#[cfg(unix)]
pub struct Descriptor {
    reader: std::fs::File,
    writer: Option<std::fs::File>,
    /// Whether there is something to read, so that a pipe is never read in vain or filled.
    rung: AtomicBool,
}

#[cfg(unix)]
impl Descriptor {
    #[cfg(target_os = "linux")]
    pub fn new() -> std::io::Result<Self> {
        use std::os::fd::FromRawFd as _;
        // SAFETY: eventfd has no preconditions; a descriptor it returns is ours alone.
        #[allow(unsafe_code, reason = "std has no eventfd")]
        let reader = unsafe {
            let descriptor = libc::eventfd(0, libc::EFD_CLOEXEC | libc::EFD_NONBLOCK);
            if descriptor < 0 {
                return Err(std::io::Error::last_os_error());
            }
            std::fs::File::from_raw_fd(descriptor)
        };
        Ok(Self { reader, writer: None, rung: AtomicBool::new(false) })
    }

    #[cfg(not(target_os = "linux"))]
    pub fn new() -> std::io::Result<Self> {
        let (reader, writer) = std::io::pipe()?;
        let file = |descriptor: std::os::fd::OwnedFd| std::fs::File::from(descriptor);
        Ok(Self {
            reader: file(reader.into()),
            writer: Some(file(writer.into())),
            rung: AtomicBool::new(false),
        })
    }

    pub fn number(&self) -> i32 {
        use std::os::fd::AsRawFd as _;
        self.reader.as_raw_fd()
    }

    fn ring(&self) {
        use std::io::Write as _;
        if !self.rung.swap(true, Ordering::AcqRel) {
            let mut writer = self.writer.as_ref().unwrap_or(&self.reader);
            let _ = writer.write(&1u64.to_ne_bytes());
        }
    }

    fn clear(&self) {
        use std::io::Read as _;
        // Read first: a ring in between is then seen by the queue that is taken next.
        if self.rung.load(Ordering::Acquire) {
            let mut counter = [0u8; 8];
            let _ = (&self.reader).read(&mut counter);
            self.rung.store(false, Ordering::Release);
        }
    }
}

#[derive(Default)]
pub struct Waiting {
    state: Mutex<(bool, bool)>,
    changed: Condvar,
}

impl Waiting {
    fn set(&self, rung: bool, stopped: bool) {
        let mut state = lock(&self.state);
        state.0 |= rung;
        state.1 |= stopped;
        self.changed.notify_all();
    }

    pub fn stop(&self) {
        self.set(false, true);
    }

    /// Waits for a ring. False: there will be none any more.
    pub fn wait(&self) -> bool {
        let mut state = lock(&self.state);
        loop {
            if state.1 {
                return false;
            }
            if std::mem::take(&mut state.0) {
                return true;
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

/// A lock whose holder never panics half way: what it guards is valid at any time.
pub fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
