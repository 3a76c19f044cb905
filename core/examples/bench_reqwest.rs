//! The limit that `make bench` compares with: plain reqwest, which sends the
//! same requests and reads the bytes, and parses nothing.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use futures_util::StreamExt;
use futures_util::future::join_all;

type Failure = Box<dyn std::error::Error + Send + Sync>;

fn body(stream: bool) -> String {
    let end = if stream { r#","stream":true,"stream_options":{"include_usage":true}"# } else { "" };
    format!(
        r#"{{"model":"m","messages":[{{"role":"system","content":"You are a helpful assistant."}},{{"role":"user","content":"What is the capital of France? Answer in one word."}}]{end}}}"#
    )
}

async fn open(client: &reqwest::Client, url: &str, stream: bool) -> Result<reqwest::Response, Failure> {
    let request = client
        .post(format!("{url}/v1/chat/completions"))
        .header("content-type", "application/json")
        .header("authorization", "Bearer test-key")
        .body(body(stream));
    Ok(request.send().await?.error_for_status()?)
}

async fn requests(
    client: &reqwest::Client,
    url: &str,
    count: usize,
    in_flight: usize,
) -> Result<usize, Failure> {
    let worker = || async {
        for _ in 0..count / in_flight {
            assert!(!open(client, url, false).await?.bytes().await?.is_empty());
        }
        Ok::<_, Failure>(())
    };
    join_all((0..in_flight).map(|_| worker())).await.into_iter().collect::<Result<(), _>>()?;
    Ok(count / in_flight * in_flight)
}

/// Counts the chunks that have content; where they carry the time of their
/// writing, keeps the delays.
async fn stream(
    client: &reqwest::Client,
    url: &str,
    delays: &mut Vec<u128>,
    paced: bool,
) -> Result<usize, Failure> {
    let marker = br#""content":""#;
    let mut body = open(client, url, true).await?.bytes_stream();
    let mut chunks = 0;
    while let Some(bytes) = body.next().await {
        let bytes = bytes?;
        for at in memchr::memmem::find_iter(&bytes, marker) {
            chunks += 1;
            let text = bytes.get(at + marker.len()..at + marker.len() + 19);
            if let (true, Some(text)) = (paced, text)
                && let Ok(written) = std::str::from_utf8(text)?.parse::<u128>()
            {
                let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_nanos();
                delays.push(now.saturating_sub(written));
            }
        }
    }
    Ok(chunks)
}

async fn streams(
    client: &reqwest::Client,
    url: &str,
    count: usize,
    at_once: usize,
    paced: bool,
) -> Result<(usize, Vec<u128>), Failure> {
    let worker = || async {
        let (mut chunks, mut delays) = (0, Vec::new());
        for _ in 0..count / at_once {
            chunks += stream(client, url, &mut delays, paced).await?;
        }
        Ok::<_, Failure>((chunks, delays))
    };
    let (mut chunks, mut delays) = (0, Vec::new());
    for done in join_all((0..at_once).map(|_| worker())).await {
        let (more, late) = done?;
        chunks += more;
        delays.extend(late);
    }
    Ok((chunks, delays))
}

/// CPU time of this process, from the kernel's accounts (Linux).
fn cpu() -> Result<Duration, Failure> {
    let threads = std::fs::read_dir("/proc/self/task")?;
    let mut nanoseconds = 0;
    for thread in threads {
        let text = std::fs::read_to_string(thread?.path().join("schedstat"))?;
        nanoseconds += text.split_whitespace().next().unwrap_or("0").parse::<u64>()?;
    }
    Ok(Duration::from_nanos(nanoseconds))
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1);
    let (Some(scenario), Some(url), Some(count)) = (arguments.next(), arguments.next(), arguments.next())
    else {
        return Err("usage: bench_reqwest SCENARIO URL COUNT".into());
    };
    let count: usize = count.parse()?;
    // The crate is built without a provider of its own; no TLS is spoken here.
    drop(rustls::crypto::ring::default_provider().install_default());
    let client = reqwest::Client::builder().no_proxy().tcp_nodelay(true).build()?;
    let in_flight = if scenario == "sync" { 1 } else { 64 };
    let paced = scenario == "paced";
    match scenario.as_str() {
        "requests" | "sync" => drop(requests(&client, &url, (count / 10).max(in_flight), in_flight).await?),
        _ => drop(streams(&client, &url, 4, 4, paced).await?),
    }
    let (wall, before) = (Instant::now(), cpu()?);
    let (units, mut delays) = match scenario.as_str() {
        "requests" | "sync" => (requests(&client, &url, count, in_flight).await?, Vec::new()),
        "stream" => streams(&client, &url, count, 4, false).await?,
        _ => streams(&client, &url, count, count, true).await?,
    };
    let (wall, cpu) = (wall.elapsed().as_secs_f64(), (cpu()? - before).as_secs_f64());
    delays.sort_unstable();
    let delay = delays.get(delays.len() / 2).map(|delay| format!(r#","delay_us":{}"#, *delay as f64 / 1e3));
    println!(r#"{{"units":{units},"wall_s":{wall},"cpu_s":{cpu}{}}}"#, delay.unwrap_or_default());
    Ok(())
}
