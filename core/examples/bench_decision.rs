//! How long one decision takes: filters, shortages, the strategy's choice and
//! the record of it, per strategy and number of targets. Medians, one core.
//!
//! A tenth of the targets lack a tool, a twentieth a tag, a twentieth have too
//! small a window, one in a hundred has its breaker open. Values are read from
//! atomics, as in production.
//!
//!     cargo run --release -p roocode-core --example bench_decision

use std::hint::black_box;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use roocode::routing::policies::{Credit, Strategy};
use roocode::routing::{
    Member, Question, Record, RequestFacts, Shortage, TargetTable, Targets, Term, decide,
};
use roocode::types::chat::ChatRequest;
use roocode::types::routing::{Capabilities, Capability, RoutingOptions, TargetFacts};
use roocode::types::strategy::StrategyConfig;
use serde_json::json;

struct Live {
    table: Arc<TargetTable>,
    values: Vec<[AtomicU64; Term::ALL.len()]>,
    open_breakers: Vec<AtomicU64>,
    credits: Mutex<Vec<Credit>>,
}

impl Live {
    fn new(table: &Arc<TargetTable>) -> Self {
        let mut random = fastrand::Rng::with_seed(1);
        let count = table.count();
        let mut row = |index: usize| {
            std::array::from_fn(|term| {
                let value = match Term::ALL.get(term) {
                    Some(Term::Weight) => f64::from(random.u32(1..10)),
                    Some(Term::InFlight) => f64::from(random.u32(0..4)),
                    Some(Term::Order) => index as f64,
                    Some(Term::RewardCount) => 100.0,
                    _ => random.f64(),
                };
                AtomicU64::new(value.to_bits())
            })
        };
        Self {
            table: Arc::clone(table),
            values: (0..count).map(&mut row).collect(),
            open_breakers: (0..count).map(|index| AtomicU64::new(u64::from(index % 100 == 50))).collect(),
            credits: Mutex::new(vec![Credit::default(); count]),
        }
    }
}

/// One request's view; credits are locked while it decides.
struct View<'a> {
    live: &'a Live,
    credits: Option<std::cell::RefCell<std::sync::MutexGuard<'a, Vec<Credit>>>>,
}

impl Targets for View<'_> {
    fn count(&self) -> usize {
        self.live.values.len()
    }

    fn term(&self, index: u32, term: Term) -> f64 {
        if let (Term::Credit, Some(credits)) = (term, &self.credits) {
            return credits.borrow().get(index as usize).map_or(f64::NAN, Credit::owed);
        }
        let value = self.live.values.get(index as usize).and_then(|row| row.get(term as usize));
        value.map_or(f64::NAN, |value| f64::from_bits(value.load(Ordering::Relaxed)))
    }

    fn key(&self, index: u32) -> u64 {
        self.live.table.key(index)
    }

    fn region(&self, index: u32) -> u64 {
        self.live.table.region(index)
    }

    fn shortage(&self, index: u32) -> Option<Shortage> {
        let breaker = self.live.open_breakers.get(index as usize)?;
        (breaker.load(Ordering::Relaxed) != 0).then_some(Shortage::Breaker { until: None })
    }

    fn charge(&self, among: &[u32], picked: u32, by_weight: bool) {
        if let Some(credits) = &self.credits {
            let weight = |index| if by_weight { self.term(index, Term::Weight) } else { 1.0 };
            Credit::charge(&mut credits.borrow_mut(), among, weight, picked);
        }
    }
}

fn table(count: usize) -> Arc<TargetTable> {
    let regions = ["us-east-1", "eu-west-1", "eu-central-1", "ap-south-1"];
    let member = |index: usize| Member {
        facts: TargetFacts {
            name: format!("provider-{}/model-{index}", index / 4),
            provider: format!("provider-{}", index / 4),
            tags: if index % 20 == 7 { Vec::new() } else { vec!["production".to_owned(), "chat".to_owned()] },
            region: regions.get(index % 4).map(|region| (*region).to_owned()),
            jurisdiction: Some("eu".to_owned()),
            lacks: if index % 10 == 9 {
                Capabilities::NONE.with(Capability::Tools)
            } else {
                Capabilities::NONE
            },
            context_window: Some(if index % 20 == 13 { 1_000 } else { 128_000 }),
            output_limit: Some(8_192),
            ..TargetFacts::default()
        },
        tier: 1,
    };
    Arc::new(TargetTable::new((0..count).map(member).collect()))
}

fn request() -> Result<RequestFacts, roocode::Error> {
    let tool = json!({ "type": "function", "function": { "name": "weather" } });
    let request = ChatRequest::from_value(json!({
        "model": "chat", "tools": [tool], "max_completion_tokens": 1_000,
        "messages": [{ "role": "user", "content": "What is the weather in Paris?" }],
    }))?;
    let options = RoutingOptions {
        tags: vec!["production".to_owned()],
        residency: Some(vec!["eu".to_owned()]),
        session: Some("user-42".to_owned()),
        ..RoutingOptions::default()
    };
    Ok(RequestFacts::of(&request, &Arc::new(options), true, 3_000))
}

/// The median of many batches, in nanoseconds a decision.
fn time(strategy: &Arc<Strategy>, live: &Live, request: &RequestFacts, record: Record) -> f64 {
    let batch = if live.table.count() > 100 { 20 } else { 200 };
    let mut seed = 0;
    let mut times: Vec<f64> = (0..201)
        .map(|_| {
            let start = Instant::now();
            for _ in 0..batch {
                seed += 1;
                let credits = strategy.keeps_credits().then(|| live.credits.lock().ok()).flatten();
                let view = View { live, credits: credits.map(std::cell::RefCell::new) };
                let question = Question {
                    table: Arc::clone(&live.table),
                    strategy: Arc::clone(strategy),
                    tier_strategies: Arc::default(),
                    request: request.clone(),
                    now: 1000.0,
                    seed,
                    record,
                };
                let mut decision = decide(question, &view);
                let pick = decision.next(&view);
                black_box((&decision, pick));
            }
            start.elapsed().as_nanos() as f64 / f64::from(batch)
        })
        .collect();
    times.sort_unstable_by(f64::total_cmp);
    times.get(100).copied().unwrap_or(f64::NAN)
}

fn main() -> Result<(), roocode::Error> {
    let order = json!({ "type": "region", "order": ["ap-south-1", "eu-west-1", "us-east-1"] });
    let strategies = [
        json!("priority"),
        json!("round_robin"),
        json!("weighted"),
        json!("random"),
        json!({ "type": "random", "weighted": true }),
        json!("least_latency"),
        json!("least_busy"),
        json!("cheapest"),
        json!({ "type": "cheapest", "tolerance": 0.2, "then": "least_latency" }),
        json!("fastest_output"),
        json!("balanced"),
        order,
        json!("sticky"),
        json!("bandit"),
        json!("custom"),
    ];
    let request = request()?;
    let lives: Vec<Live> = [3, 100, 1_000].map(|count| Live::new(&table(count))).into();
    println!(
        "{:<60} {:>21} {:>27}",
        "ns a decision (median)", "3 / 100 / 1,000", "with every value recorded"
    );
    for config in strategies {
        let name = config.to_string();
        let strategy = Arc::new(Strategy::new(StrategyConfig::from_value("strategy", config)?));
        let row =
            |record| lives.iter().map(|live| time(&strategy, live, &request, record)).collect::<Vec<_>>();
        let (plain, recorded) = (row(Record::No), row(Record::ALL));
        let text = |row: &[f64]| row.iter().map(|time| format!("{time:>7.0}")).collect::<String>();
        println!("{name:<60} {} {:>27}", text(&plain), text(&recorded));
    }
    Ok(())
}
