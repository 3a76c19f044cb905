//! The core's own client in the place of `bench_reqwest`: what the bindings
//! stand on. For profiling; `make bench` measures the packages.

use futures_util::future::join_all;
use roocode::{Client, ClientConfig};
use serde_json::{Value, json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), roocode::Error> {
    let mut arguments = std::env::args().skip(1);
    let scenario = arguments.next().unwrap_or_default();
    let url = arguments.next().unwrap_or_default();
    let count: usize = arguments.next().and_then(|count| count.parse().ok()).unwrap_or(1000);
    let config = json!({ "providers": [
        { "name": "mock", "kind": "openai", "base_url": format!("{url}/v1"), "api_key": "test-key" },
    ] });
    let client = Client::new(ClientConfig::from_value(config)?)?;
    let body = json!({ "model": "mock/m", "messages": [
        { "role": "system", "content": "You are a helpful assistant." },
        { "role": "user", "content": "What is the capital of France? Answer in one word." },
    ] });
    let start = std::time::Instant::now();
    let (in_flight, share) = if scenario == "requests" { (64, count / 64) } else { (4, count / 4) };
    let worker = || async {
        let mut units = 0;
        for _ in 0..share {
            let call = client.call(body.clone(), Value::Null)?;
            if scenario == "requests" {
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
