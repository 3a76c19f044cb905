//! In virtual time: what takes minutes here takes none.

use std::time::Duration;

use bytes::Bytes;
use futures_util::{StreamExt, stream};
use tokio::time::{Instant, sleep};

use super::{Cause, TimedBody, Timer};
use crate::error::{Error, ErrorKind, TimeLimit};
use crate::transport::Limits;

fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}

fn limits(idle: Option<u64>, total: Option<u64>) -> Limits {
    Limits { idle: idle.map(seconds), total: total.map(seconds), ..Limits::default() }
}

fn failure(cause: Cause<'_, String>) -> Error {
    match cause {
        Cause::Late(timer, limit) => timer.expired(limit, "http://host/"),
        Cause::Broken(text) => Error::new(ErrorKind::ApiConnection, text),
    }
}

/// A body whose reads come after these pauses.
fn body(timer: Timer, pauses: Vec<u64>) -> impl futures_core::Stream<Item = Result<Bytes, Error>> + Unpin {
    let reads = stream::iter(pauses).then(|pause| async move {
        sleep(seconds(pause)).await;
        Ok::<_, String>(Bytes::from_static(b"x"))
    });
    TimedBody::new(Box::pin(reads), timer, failure)
}

#[tokio::test(start_paused = true)]
async fn idle_starts_anew_with_every_read() {
    let mut body = body(Timer::new(limits(Some(10), None)), vec![9, 1, 9, 9, 9, 11]);
    for _ in 0..5 {
        body.next().await.unwrap().unwrap();
    }
    let waiting = Instant::now();
    let error = body.next().await.unwrap().unwrap_err();
    assert_eq!((error.kind, error.limit), (ErrorKind::ApiTimeout, Some(TimeLimit::Idle)));
    assert_eq!(waiting.elapsed().as_secs(), 10);
    assert!(body.next().await.is_none(), "the end is sticky");
}

#[tokio::test(start_paused = true)]
async fn the_readers_own_time_is_not_the_servers() {
    let mut body = body(Timer::new(limits(Some(10), None)), vec![1, 9, 9]);
    for _ in 0..3 {
        body.next().await.unwrap().unwrap();
        sleep(seconds(1000)).await;
    }
    assert!(body.next().await.is_none());
}

#[tokio::test(start_paused = true)]
async fn total_counts_from_the_start_and_goes_before_idle() {
    let started = Instant::now();
    let mut body = body(Timer::new(limits(Some(10), Some(25))), vec![9, 9, 9]);
    body.next().await.unwrap().unwrap();
    body.next().await.unwrap().unwrap();
    let error = body.next().await.unwrap().unwrap_err();
    assert_eq!(error.limit, Some(TimeLimit::Total));
    assert_eq!(started.elapsed().as_secs(), 25);
}

#[tokio::test(start_paused = true)]
async fn total_ends_a_body_whose_reads_are_always_ready() {
    let mut body = body(Timer::new(limits(None, Some(25))), vec![0; 10]);
    body.next().await.unwrap().unwrap();
    sleep(seconds(26)).await;
    assert_eq!(body.next().await.unwrap().unwrap_err().limit, Some(TimeLimit::Total));
}

#[tokio::test(start_paused = true)]
async fn the_timer_of_a_long_wait_for_the_head_is_brought_forward_for_idle() {
    let mut timer = Timer::new(Limits { first_byte: Some(seconds(600)), ..limits(Some(10), None) });
    let late = std::future::poll_fn(|context| timer.poll_head(context));
    tokio::select! {
        _ = late => panic!("not yet"),
        () = sleep(seconds(5)) => {}
    }
    let waiting = Instant::now();
    let error = body(timer, vec![1000]).next().await.unwrap().unwrap_err();
    assert_eq!(error.limit, Some(TimeLimit::Idle));
    assert_eq!(waiting.elapsed().as_secs(), 10);
}

#[tokio::test(start_paused = true)]
async fn no_limit_is_no_limit() {
    for idle in [None, Some(u64::MAX)] {
        let mut body = body(Timer::new(limits(idle, idle)), vec![1_000_000]);
        body.next().await.unwrap().unwrap();
        assert!(body.next().await.is_none());
    }
}
