//! An answer as a plan of bytes and waits, which both faces of a mock play.
//!
//! No I/O and no clock: what is to be written when, and how it is to break.
//! Built once for equal requests; only the request's number is written anew, so
//! that a benchmark measures the client and not the mock.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, StatusCode};
use memchr::memmem;

use super::fault::Fault;
use super::script::StreamPlan;
use super::wire::{Event, StreamForm, Wire};

/// Stands for the request's number in what is built once: ten bytes, as the
/// number has, of characters that nobody writes.
pub(super) const NUMBER_MARK: &str = "\u{e000}\u{e001}\u{e002}0";
/// Stands for the time of writing: nineteen bytes, as nanoseconds since 1970 have.
pub(super) const TIME_MARK: &str = "\u{e003}\u{e004}\u{e005}\u{e003}\u{e004}\u{e005}0";

/// A write should be large, and not so large that it is copied around.
const LARGEST_WRITE: usize = 64 << 10;

/// One step of a body.
#[derive(Clone, Debug)]
pub(super) enum Step {
    Wait(Duration),
    Write(Bytes),
    /// Write with the time at these places.
    WriteStamped(Bytes, Vec<usize>),
    Hang,
    Cut,
    Reset,
}

/// What happens before the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Opening {
    Respond,
    Hang,
    Cut,
    Reset,
    Refuse,
}

/// What to do with a request.
pub(super) struct Answer {
    pub latency: Duration,
    pub opening: Opening,
    pub status: StatusCode,
    pub headers: HeaderMap,
    /// A stream says no length, as no provider's does.
    pub streamed: bool,
    pub steps: Vec<Step>,
}

/// A body with places for the request's number.
#[derive(Debug)]
pub(super) struct Template {
    steps: Vec<Step>,
    /// Step and place in its bytes.
    numbers: Vec<(usize, usize)>,
}

impl Template {
    pub(super) fn new(steps: Vec<Step>) -> Self {
        let mut numbers = Vec::new();
        for (index, step) in steps.iter().enumerate() {
            if let Step::Write(bytes) | Step::WriteStamped(bytes, _) = step {
                numbers.extend(memmem::find_iter(bytes, NUMBER_MARK).map(|place| (index, place)));
            }
        }
        Self { steps, numbers }
    }

    /// The steps for the request with this number.
    pub(super) fn steps(&self, number: &str) -> Vec<Step> {
        let mut steps = self.steps.clone();
        for group in self.numbers.chunk_by(|left, right| left.0 == right.0) {
            let Some(index) = group.first().map(|(index, _)| *index) else { continue };
            if let Some(Step::Write(bytes) | Step::WriteStamped(bytes, _)) = steps.get_mut(index) {
                *bytes = overwrite(bytes, group.iter().map(|(_, place)| *place), number.as_bytes());
            }
        }
        steps
    }
}

/// A copy of `bytes` with `text` at each place.
pub(super) fn overwrite(bytes: &Bytes, places: impl Iterator<Item = usize>, text: &[u8]) -> Bytes {
    let mut copy = BytesMut::from(bytes.as_ref());
    for place in places {
        if let Some(part) = copy.get_mut(place..place + text.len()) {
            part.copy_from_slice(text);
        }
    }
    copy.freeze()
}

/// The steps of a plain body.
pub(super) fn plain_steps(body: Vec<u8>, fault: Option<&Fault>) -> Vec<Step> {
    let half = body.len() / 2;
    match fault {
        Some(Fault::Slow { bytes_per_write, interval_ms }) => drip(&body, *bytes_per_write, *interval_ms),
        Some(Fault::Malformed { text: Some(text), .. }) => vec![write(text.clone().into_bytes())],
        Some(Fault::Truncate { .. } | Fault::Malformed { .. }) => vec![write(first(body, half))],
        Some(fault) => match breaking(fault) {
            Some((_, step)) => vec![write(first(body, half)), step],
            None => vec![write(body)],
        },
        None => vec![write(body)],
    }
}

/// The steps of a streamed body.
///
/// `error` is the data of an error event, should the fault be one.
pub(super) fn stream_steps(
    wire: Wire,
    form: StreamForm,
    events: Vec<Event>,
    plan: &StreamPlan,
    fault: Option<&Fault>,
    error: &str,
) -> Vec<Step> {
    let breaks = match fault {
        Some(Fault::Truncate { after_chunks }) => Some((*after_chunks, Break::End)),
        Some(Fault::Malformed { after_chunks, text }) => {
            let text = text.clone().unwrap_or_else(|| "{\"id\": \"mock-".to_owned());
            Some((*after_chunks, Break::Event("content_block_delta", text)))
        }
        Some(Fault::ErrorEvent { after_chunks, .. }) => {
            Some((*after_chunks, Break::Event("error", error.to_owned())))
        }
        Some(fault) => breaking(fault).map(|(after, step)| (after, Break::Step(step))),
        None => None,
    };
    let all_content = events.iter().filter(|event| event.content).count();
    let break_at = breaks.as_ref().map(|(after, _)| (*after as usize).min(all_content));

    let mut steps = Steps::default();
    let mut content = 0;
    for (place, event) in events.into_iter().enumerate() {
        // What opens a stream is written before a break that lets no content through.
        let opened = content > 0 || event.content || (all_content == 0 && place > 0);
        if opened && break_at == Some(content) {
            break;
        }
        if event.content {
            steps.wait(if content == 0 { plan.first_token() } else { plan.interval() });
            content += 1;
        }
        steps.write(event.bytes);
    }
    match breaks {
        Some((_, Break::Event(name, data))) => {
            let first = steps.is_empty();
            steps.write(wire.broken_event(name, &data, form, first));
        }
        Some((_, Break::Step(step))) => steps.push(step),
        Some((_, Break::End)) | None => {}
    }
    let steps = steps.done();
    match fault {
        Some(Fault::Slow { bytes_per_write, interval_ms }) => {
            let mut dripping = Vec::new();
            for step in steps {
                match step {
                    Step::Write(bytes) => dripping.extend(drip(&bytes, *bytes_per_write, *interval_ms)),
                    other => dripping.push(other),
                }
            }
            dripping
        }
        _ => steps,
    }
}

/// What happens before the head under this fault.
pub(super) fn opening(fault: Option<&Fault>) -> Opening {
    match fault {
        Some(Fault::Hang { after_chunks: None }) => Opening::Hang,
        Some(Fault::Reset { after_chunks: None }) => Opening::Reset,
        Some(Fault::Cut { after_chunks: None }) => Opening::Cut,
        Some(Fault::Refuse {}) => Opening::Refuse,
        _ => Opening::Respond,
    }
}

enum Break {
    End,
    /// An event of this name, on a wire that has names, with this data.
    Event(&'static str, String),
    Step(Step),
}

/// The step with which this fault breaks a body, and after how many chunks.
fn breaking(fault: &Fault) -> Option<(u32, Step)> {
    match fault {
        Fault::Hang { after_chunks } => after_chunks.map(|after| (after, Step::Hang)),
        Fault::Reset { after_chunks } => after_chunks.map(|after| (after, Step::Reset)),
        Fault::Cut { after_chunks } => after_chunks.map(|after| (after, Step::Cut)),
        _ => None,
    }
}

fn first(mut body: Vec<u8>, length: usize) -> Vec<u8> {
    body.truncate(length);
    body
}

/// Looks for the places of the time once, not at every write.
fn write(bytes: Vec<u8>) -> Step {
    let times: Vec<usize> = memmem::find_iter(&bytes, TIME_MARK).collect();
    let bytes = Bytes::from(bytes);
    if times.is_empty() { Step::Write(bytes) } else { Step::WriteStamped(bytes, times) }
}

fn drip(bytes: &[u8], size: usize, interval_ms: f64) -> Vec<Step> {
    let interval = Duration::try_from_secs_f64(interval_ms / 1000.0).unwrap_or_default();
    let parts = bytes.chunks(size.max(1));
    parts.flat_map(|part| [Step::Wait(interval), Step::Write(Bytes::copy_from_slice(part))]).collect()
}

/// Joins what is written without a wait between into few large writes.
#[derive(Default)]
struct Steps {
    steps: Vec<Step>,
    open: Vec<u8>,
}

impl Steps {
    fn wait(&mut self, duration: Duration) {
        if !duration.is_zero() {
            self.push(Step::Wait(duration));
        }
    }

    fn write(&mut self, bytes: Vec<u8>) {
        // What is stamped with its time is written by itself.
        if memmem::find(&bytes, TIME_MARK.as_bytes()).is_some() {
            self.push(write(bytes));
            return;
        }
        if self.open.len() + bytes.len() > LARGEST_WRITE {
            self.close();
        }
        self.open.extend_from_slice(&bytes);
    }

    fn push(&mut self, step: Step) {
        self.close();
        self.steps.push(step);
    }

    fn is_empty(&self) -> bool {
        self.steps.is_empty() && self.open.is_empty()
    }

    fn close(&mut self) {
        if !self.open.is_empty() {
            self.steps.push(Step::Write(Bytes::from(std::mem::take(&mut self.open))));
        }
    }

    fn done(mut self) -> Vec<Step> {
        self.close();
        self.steps
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_as_long_as_what_they_stand_for() {
        assert_eq!(NUMBER_MARK.len(), format!("{:010}", 7).len());
        assert_eq!(TIME_MARK.len(), "1704067200000000000".len());
    }

    #[test]
    fn a_template_is_written_anew_for_each_number() {
        let body = format!("{NUMBER_MARK} and {NUMBER_MARK}");
        let template = Template::new(vec![Step::Hang, Step::Write(body.into())]);
        for number in ["0000000001", "0000000002"] {
            let steps = template.steps(number);
            assert!(matches!(&steps[1], Step::Write(bytes) if *bytes == format!("{number} and {number}")));
        }
    }

    #[test]
    fn what_is_not_paced_is_joined() {
        let event = |content| Event { bytes: vec![b'x'; 1000], content };
        let steps = |plan: &StreamPlan| {
            let events = (0..200).map(|place| event(place > 0)).collect();
            stream_steps(Wire::OpenAi, StreamForm::ServerSentEvents, events, plan, None, "")
        };
        assert_eq!(steps(&StreamPlan::default()).len(), 4);
        let paced = StreamPlan { chunk_interval_ms: 1.0, ..StreamPlan::default() };
        let writes = steps(&paced).iter().filter(|step| matches!(step, Step::Write(_))).count();
        assert_eq!(writes, 199);
    }
}
