//! Which kind of error a code, a type or, last, a phrase means: data alone.
//!
//! Codes are compared without case. Generic words (`invalid_request_error`,
//! `BadRequestError`) are left out on purpose: services put them on any status,
//! and then the status says more.

use crate::error::ErrorKind;

/// Codes and types, by kind. Sources: R recorded traffic, O OpenAI's error
/// guide, P OpenRouter's published schema (`ApiErrorType`), L llama.cpp's server
/// source, A Alibaba Model Studio's and K Kimi's error references, M Microsoft's
/// Azure OpenAI reference, U unverified (in wide use, no source at hand).
const CODES: [(ErrorKind, &[&str]); 11] = [
    (
        ErrorKind::ContextWindowExceeded,
        &[
            "context_length_exceeded",          // O, P
            "token_limit_exceeded",             // P
            "exceed_context_size_error",        // L
            "context_window_exceeded",          // U
            "model_max_prompt_tokens_exceeded", // U
        ],
    ),
    (
        ErrorKind::ContentPolicy,
        &[
            "content_filter",               // M
            "responsibleaipolicyviolation", // M
            "content_policy_violation",     // O, P
            "refusal",                      // P
            "data_inspection_failed",       // A
            "datainspectionfailed",         // A
            "moderation_blocked",           // O
        ],
    ),
    (
        ErrorKind::QuotaExceeded,
        &[
            "insufficient_quota",           // O
            "payment_required",             // P
            "arrearage",                    // A
            "billing_hard_limit_reached",   // O
            "billing_not_active",           // O
            "exceeded_current_quota_error", // K
            "insufficient_balance",         // U
            "insufficient_credits",         // U
        ],
    ),
    (
        ErrorKind::RateLimit,
        &[
            "rate_limit_exceeded",        // O, P
            "rate_limit_error",           // U
            "rate_limit_reached_error",   // K
            "rate_limited",               // U
            "too_many_requests",          // U
            "limit_requests",             // A
            "throttling",                 // A
            "throttling.ratequota",       // A
            "throttling.allocationquota", // A
        ],
    ),
    (
        ErrorKind::Authentication,
        &[
            "invalid_api_key",              // R, O
            "invalidapikey",                // A
            "authentication_error",         // R
            "authentication",               // P
            "invalid_authentication_error", // K
            "incorrect_api_key_error",      // K
        ],
    ),
    (
        ErrorKind::PermissionDenied,
        &[
            "permission_denied",                    // P
            "permission_error",                     // L
            "permission_denied_error",              // K
            "access_denied",                        // A
            "unsupported_country_region_territory", // O
        ],
    ),
    (
        ErrorKind::NotFound,
        &[
            "model_not_found",          // R
            "deploymentnotfound",       // R
            "modelnotfound",            // A
            "not_found",                // P
            "not_found_error",          // L
            "resource_not_found_error", // K
        ],
    ),
    (
        ErrorKind::Overloaded,
        &[
            "overloaded",              // U
            "overloaded_error",        // U
            "provider_overloaded",     // P
            "engine_overloaded_error", // K
            "unavailable_error",       // L
            "server_overloaded",       // U
            "service_unavailable",     // U
        ],
    ),
    (
        ErrorKind::InternalServer,
        &[
            "server_error",          /* R */
            "server",                /* P */
            "provider_unavailable",  /* P */
            "internal_server_error", /* U */
        ],
    ),
    (ErrorKind::ApiTimeout, &["timeout" /* P */, "request_timeout" /* U */]),
    (
        ErrorKind::BadRequest,
        &[
            "tool_use_failed",       // R
            "unsupported_parameter", // R
            "unsupported_value",     // O
            "invalid_prompt",        // P
            "payload_too_large",     // P
        ],
    ),
];

/// Phrases of messages that say that the prompt is too long, from services that
/// have no code for it. Looked at last, and only where all else says no more
/// than that the request is bad. Compared in lower case.
const CONTEXT_PHRASES: [&str; 11] = [
    "maximum context length",
    "context length exceeded",
    "exceeds the context window",
    "exceeds the available context size",
    "exceeds the model's context",
    "greater than the context length",
    "exceeded model token limit", // K
    "prompt is too long",
    "maximum prompt length is",
    "reduce the length of the messages",
    "range of input length should be", // A
];

/// The kind that a code or type means; `None` where it is generic or unknown.
pub(super) fn kind_of_code(code: &str) -> Option<ErrorKind> {
    CODES
        .into_iter()
        .find(|(_, codes)| codes.iter().any(|known| known.eq_ignore_ascii_case(code)))
        .map(|(kind, _)| kind)
}

/// Whether a message says that the prompt does not fit.
pub(super) fn says_context_overflow(message: &str) -> bool {
    let message = message.to_lowercase();
    CONTEXT_PHRASES.into_iter().any(|phrase| message.contains(phrase))
}
