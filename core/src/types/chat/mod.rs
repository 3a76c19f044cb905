//! Chat completions.

pub mod accumulate;
mod content;
mod created;
mod message;
mod reading;
mod reasoning;
mod request;
mod response;
#[cfg(feature = "schema")]
mod schema;
mod tool;
mod tool_reading;
mod usage;
mod validate;
mod whole;

pub use accumulate::Accumulator;
pub use content::*;
pub use message::*;
pub(crate) use reading::from_value;
pub use reasoning::*;
pub use request::*;
pub use response::*;
pub use tool::*;
pub use usage::*;
