//! Things that are made when they are first asked for by name, and shared from then on.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex};

use arc_swap::ArcSwap;

use super::lock::lock;

/// How many are remembered; more are made all the same, and forgotten.
const MOST: usize = 10_000;

/// By name. Reading needs no lock.
pub(super) struct Named<T> {
    known: ArcSwap<HashMap<String, Arc<T>>>,
    growing: Mutex<()>,
}

impl<T> Default for Named<T> {
    fn default() -> Self {
        Self { known: ArcSwap::default(), growing: Mutex::default() }
    }
}

impl<T> Named<T> {
    /// Those that are remembered.
    pub fn all(&self) -> Arc<HashMap<String, Arc<T>>> {
        self.known.load_full()
    }

    /// Errors: those of `make`, of which nothing is remembered.
    pub fn get_or_try<E>(&self, name: &str, make: impl FnOnce() -> Result<T, E>) -> Result<Arc<T>, E> {
        if let Some(one) = self.known.load().get(name) {
            return Ok(Arc::clone(one));
        }
        let _growing = lock(&self.growing);
        let known = self.known.load();
        if let Some(one) = known.get(name) {
            return Ok(Arc::clone(one));
        }
        let one = Arc::new(make()?);
        if known.len() < MOST {
            let mut more = HashMap::clone(&known);
            more.insert(name.to_owned(), Arc::clone(&one));
            self.known.store(Arc::new(more));
        }
        Ok(one)
    }

    /// The same, where making one does not fail.
    pub fn get_or_make(&self, name: &str, make: impl FnOnce() -> T) -> Arc<T> {
        match self.get_or_try(name, || Ok::<_, Infallible>(make())) {
            Ok(one) => one,
            Err(never) => match never {},
        }
    }

    /// Forgets those of which `gone` is true. Who holds one keeps it.
    pub fn forget(&self, gone: impl Fn(&str) -> bool) {
        let _growing = lock(&self.growing);
        let mut fewer = HashMap::clone(&self.known.load());
        fewer.retain(|name, _| !gone(name));
        self.known.store(Arc::new(fewer));
    }
}
