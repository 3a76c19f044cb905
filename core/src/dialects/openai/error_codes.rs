//! Which kind of error a code, a type or, last, a phrase means: data alone.
//!
//! Codes are compared without case. Generic words (`invalid_request_error`,
//! `BadRequestError`) are left out on purpose: services put them on any status,
//! and then the status says more.

use crate::error::ErrorKind;

/// Codes and types, by kind. Sources: R recorded traffic, P OpenRouter's published
/// schema (`ApiErrorType`), A Alibaba Model Studio's error reference, M Microsoft's
/// Azure OpenAI reference and schema, C public clients' code (Kimi, llama.cpp and
/// OpenAI codes that several of them name), U unverified but in wide use.
const CODES: [(ErrorKind, &[&str]); 11] = [
    (
        ErrorKind::ContextWindowExceeded,
        &[
            "context_length_exceeded",          // P
            "token_limit_exceeded",             // P
            "exceed_context_size_error",        // C
            "context_window_exceeded",          // U
            "model_max_prompt_tokens_exceeded", // U
        ],
    ),
    (
        ErrorKind::ContentPolicy,
        &[
            "content_filter",               // M
            "responsibleaipolicyviolation", // M
            "content_policy_violation",     // P
            "refusal",                      // P
            "data_inspection_failed",       // U
            "datainspectionfailed",         // U
            "moderation_blocked",           // C
        ],
    ),
    (
        ErrorKind::QuotaExceeded,
        &[
            "insufficient_quota",           // C
            "payment_required",             // P
            "arrearage",                    // A
            "billing_hard_limit_reached",   // C
            "billing_not_active",           // C
            "exceeded_current_quota_error", // C
            "insufficient_balance",         // U
            "insufficient_credits",         // U
        ],
    ),
    (
        ErrorKind::RateLimit,
        &[
            "rate_limit_exceeded",        // P
            "rate_limit_error",           // U
            "rate_limit_reached_error",   // C
            "rate_limited",               // U
            "too_many_requests",          // U
            "limit_requests",             // U
            "throttling",                 // A
            "throttling.ratequota",       // A
            "throttling.allocationquota", // A
        ],
    ),
    (
        ErrorKind::Authentication,
        &[
            "invalid_api_key",              // R
            "invalidapikey",                // A
            "authentication_error",         // R
            "authentication",               // P
            "invalid_authentication_error", // C
            "incorrect_api_key_error",      // C
        ],
    ),
    (
        ErrorKind::PermissionDenied,
        &[
            "permission_denied",                    // P
            "permission_error",                     // C
            "permission_denied_error",              // C
            "access_denied",                        // A
            "unsupported_country_region_territory", // C
        ],
    ),
    (
        ErrorKind::NotFound,
        &[
            "model_not_found",          // R
            "deploymentnotfound",       // R
            "modelnotfound",            // A
            "not_found",                // P
            "not_found_error",          // C
            "resource_not_found_error", // C
        ],
    ),
    (
        ErrorKind::Overloaded,
        &[
            "overloaded",              // U
            "overloaded_error",        // U
            "provider_overloaded",     // P
            "engine_overloaded_error", // C
            "unavailable_error",       // C
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
            "unsupported_value",     // C
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
    "exceeded model token limit", // C
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

/// The kind that a `base_resp.status_code` means (MiniMax's list of error codes).
pub(super) fn kind_of_base_response(code: i64) -> Option<ErrorKind> {
    match code {
        1001 => Some(ErrorKind::ApiTimeout),
        1002 => Some(ErrorKind::RateLimit),
        1004 => Some(ErrorKind::Authentication),
        1008 => Some(ErrorKind::QuotaExceeded),
        1026 | 1027 => Some(ErrorKind::ContentPolicy),
        _ => None,
    }
}
