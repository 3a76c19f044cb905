//! What the replays of surfaces have in common: recorded events, whole and cut.

use bytes::Bytes;
use roocode::dialects::EventStream;
use roocode::transport::framing::{FramingKind, framing};
use roocode::types::operation::StreamItem;

/// The events of a stream that is handed over in `pieces`.
pub fn events(
    mut machine: impl EventStream,
    pieces: impl IntoIterator<Item = Bytes>,
) -> Result<Vec<StreamItem>, roocode::Error> {
    let mut framing = framing(FramingKind::ServerSentEvents, 64 << 20);
    let (mut frames, mut events) = (Vec::new(), Vec::new());
    for piece in pieces {
        framing.push(piece, &mut frames)?;
        for frame in frames.drain(..) {
            machine.frame(&frame, &mut events)?;
        }
    }
    framing.finish(&mut frames)?;
    for frame in frames.drain(..) {
        machine.frame(&frame, &mut events)?;
    }
    machine.end()?;
    Ok(events)
}

/// Whether they are the same however the stream is cut.
pub fn same_where_cut<Machine: EventStream>(
    machine: impl Fn() -> Machine,
    whole: &[StreamItem],
    bytes: &Bytes,
    seed: u64,
) -> bool {
    let mut random = fastrand::Rng::with_seed(seed);
    (0..8).all(|_| {
        let (mut rest, mut pieces) = (bytes.clone(), Vec::new());
        while !rest.is_empty() {
            let at = random.usize(1..=rest.len().min(700));
            pieces.push(rest.split_to(at));
        }
        events(machine(), pieces).is_ok_and(|events| events == whole)
    })
}
