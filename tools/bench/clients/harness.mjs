// What the Node contenders share: scenarios, and the measuring of one.

export const MESSAGES = [
  { role: "system", content: "You are a helpful assistant." },
  { role: "user", content: "What is the capital of France? Answer in one word." },
];

/** Nanoseconds since the server wrote this text, which starts with the time of its writing. */
const delay = (text) => performance.timeOrigin * 1e6 + performance.now() * 1e6 - Number(text.slice(0, 19));

async function requests(chat, count, inFlight) {
  const share = Math.floor(count / inFlight);
  const worker = async () => {
    for (let i = 0; i < share; i++) if (!(await chat())) throw new Error("no answer");
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
  return share * inFlight;
}

async function streams(texts, count, atOnce, paced) {
  const delays = [];
  let chunks = 0;
  const worker = async () => {
    for (let i = 0; i < Math.floor(count / atOnce); i++) {
      for await (const text of texts()) {
        if (!text) continue;
        chunks += 1;
        if (paced) delays.push(delay(text));
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return [chunks, delays];
}

/** Runs the scenario named on the command line: `make(url)` gives `{ chat, texts }`. */
export async function main(make) {
  const [scenario, url, text] = process.argv.slice(2);
  const count = Number(text);
  const { chat, texts } = make(url);
  let wall, cpu;
  const start = () => {
    wall = performance.now();
    cpu = process.cpuUsage();
  };
  const stop = (units, delays = []) => {
    const used = process.cpuUsage(cpu);
    const result = { units, wall_s: (performance.now() - wall) / 1e3, cpu_s: (used.user + used.system) / 1e6 };
    delays.sort((a, b) => a - b);
    if (delays.length) result.delay_us = delays[delays.length >> 1] / 1e3;
    console.log(JSON.stringify(result));
  };
  if (scenario === "requests") {
    await requests(chat, Math.max(count / 10, 64), 64);
    start();
    stop(await requests(chat, count, 64));
  } else if (scenario === "stream") {
    await streams(texts, 4, 4, false);
    start();
    stop((await streams(texts, count, 4, false))[0]);
  } else if (scenario === "paced") {
    await streams(texts, 2, 2, true);
    start();
    stop(...(await streams(texts, count, count, true)));
  }
}
