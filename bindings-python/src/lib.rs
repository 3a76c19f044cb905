//! The Python package's native half.
//!
//! It converts, leaves the GIL, calls the core and converts back. No decision,
//! no default and no provider's name may go in here. No thread of the runtime
//! ever enters Python: finished work waits in a queue that the event loop drains.

mod arguments;
mod arrow;
mod async_stream;
mod bell;
mod call;
mod client;
mod create_document;
mod errors;
mod guard;
mod hub;
mod mock;
mod names;
mod node;
mod node_json;
mod node_serializer;
mod order;
mod record;
mod record_text;
mod replay;
mod routing_later;
mod runtime;
mod stream;
mod trace;
mod uploads;
mod waiter;

#[pyo3::pymodule(gil_used = false)]
mod _native {
    #[pymodule_init]
    fn begin(module: &pyo3::Bound<'_, pyo3::types::PyModule>) -> pyo3::PyResult<()> {
        use pyo3::types::PyAnyMethods as _;
        super::runtime::watch_forks();
        let exit = module.getattr("_exit")?;
        module.py().import("atexit")?.call_method1("register", (exit,))?;
        Ok(())
    }

    #[pymodule_export]
    const CREATE_DOCUMENT: &str = super::create_document::CREATE;
    #[pymodule_export]
    const EMBEDDINGS_DOCUMENT: &str = super::create_document::EMBEDDINGS;
    #[pymodule_export]
    const RERANK_DOCUMENT: &str = super::create_document::RERANK;
    #[pymodule_export]
    const RESPONSES_DOCUMENT: &str = super::create_document::RESPONSES;
    #[pymodule_export]
    const MESSAGES_DOCUMENT: &str = super::create_document::MESSAGES;
    #[pymodule_export]
    const MODELS_DOCUMENT: &str = super::create_document::MODELS;
    #[pymodule_export]
    const CALL_DOCUMENT: &str = super::create_document::CALL;
    #[pymodule_export]
    const TOKENS_DOCUMENT: &str = super::create_document::TOKENS;
    #[pymodule_export]
    const BATCHES_DOCUMENT: &str = super::create_document::BATCHES;
    #[pymodule_export]
    const TEXT_COMPLETIONS_DOCUMENT: &str = super::create_document::TEXT_COMPLETIONS;
    #[pymodule_export]
    const IMAGES_DOCUMENT: &str = super::create_document::IMAGES;
    #[pymodule_export]
    const IMAGE_EDITS_DOCUMENT: &str = super::create_document::IMAGE_EDITS;
    #[pymodule_export]
    const SPEECH_DOCUMENT: &str = super::create_document::SPEECH;
    #[pymodule_export]
    const TRANSCRIPTIONS_DOCUMENT: &str = super::create_document::TRANSCRIPTIONS;
    #[pymodule_export]
    const TRANSLATIONS_DOCUMENT: &str = super::create_document::TRANSLATIONS;
    #[pymodule_export]
    const MODERATIONS_DOCUMENT: &str = super::create_document::MODERATIONS;
    #[pymodule_export]
    use super::arrow::{_stats_schema, _stats_stream};
    #[pymodule_export]
    use super::async_stream::AsyncStream;
    #[pymodule_export]
    use super::client::NativeClient;
    #[cfg(feature = "faults")]
    #[pymodule_export]
    use super::guard::fault::_panic_next;
    #[pymodule_export]
    use super::hub::{_forget_loop, _hub_count, Drain};
    #[pymodule_export]
    use super::mock::MockServer;
    #[pymodule_export]
    use super::order::{_next_order, _order_begins, OrderJob};
    #[pymodule_export]
    use super::record::{_restore, Field, Record};
    #[pymodule_export]
    use super::replay::{_decide, _propensities, _replay};
    #[pymodule_export]
    use super::runtime::{_exit, set_worker_threads};
    #[pymodule_export]
    use super::stream::ChatStream;
    #[pymodule_export]
    use super::trace::_error_note;
    #[pymodule_export]
    use super::waiter::Waiter;
}
