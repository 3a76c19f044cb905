//! The core's own client in the place of `bench_reqwest`: what the bindings
//! stand on. For profiling; `make bench` measures the packages.
//! Scenarios: `requests`, `routed` (through a route of three targets), `stream`.

use futures_util::future::join_all;
use roocode::{Client, ClientConfig};
use serde_json::{Value, json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), roocode::Error> {
    let mut arguments = std::env::args().skip(1);
    let scenario = arguments.next().unwrap_or_default();
    let url = arguments.next().unwrap_or_default();
    let count: usize = arguments.next().and_then(|count| count.parse().ok()).unwrap_or(1000);
    let provider = |name| json!({ "name": name, "kind": "openai", "base_url": format!("{url}/v1"), "api_key": "test-key" });
    let config = json!({
        "providers": [provider("a"), provider("b"), provider("c")],
        "routes": { "route": { "targets": ["a/m", "b/m", "c/m"], "strategy": "least_latency" } },
    });
    let client = Client::new(ClientConfig::from_value(config)?)?;
    let model = if scenario == "routed" { "route" } else { "a/m" };
    let body = json!({ "model": model, "messages": [
        { "role": "system", "content": "You are a helpful assistant." },
        { "role": "user", "content": "What is the capital of France? Answer in one word." },
    ] });
    let start = std::time::Instant::now();
    let plain = scenario != "stream";
    let (in_flight, share) = if plain { (64, count / 64) } else { (4, count / 4) };
    let worker = || async {
        let mut units = 0;
        for _ in 0..share {
            let call = client.call(body.clone(), Value::Null)?;
            if plain {
                units += client.chat(call).await?.completion.choices.len();
                continue;
            }
            let mut stream = client.chat_stream(call).await?;
            while let Some(batch) = stream.next_batch().await {
                units += batch?.len();
            }
        }
        Ok::<_, roocode::Error>(units)
    };
    let mut units = 0;
    for done in join_all((0..in_flight).map(|_| worker())).await {
        units += done?;
    }
    println!("{units} units in {:?}", start.elapsed());
    Ok(())
}
