//! Ids of calls to which a service gives none.

/// An id for a call to which the service gave none: the same each time the same
/// answer is decoded, another for each answer. `mark`
/// stands in front, so that the dialect knows it again: such an id is ours alone and never sent.
pub(super) fn made_up(
    mark: &str,
    response_id: &str,
    candidate: u32,
    ordinal: u32,
    name: &str,
    arguments: &str,
) -> String {
    if response_id.is_empty() {
        // FNV-1a. Two answers with one call may then share an id; a tool result
        // is matched with the latest call before it, so nothing is confused.
        let hash =
            name.bytes().chain([0]).chain(arguments.bytes()).fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
                (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
            });
        format!("{mark}{hash:016x}_{candidate}_{ordinal}")
    } else {
        format!("{mark}{response_id}_{candidate}_{ordinal}")
    }
}
