import { expect, test } from "bun:test";

const root = new URL("../..", import.meta.url).pathname;

/** A process that waits for its signal with a server whose `stop` is the given expression, of the grace in ms. */
function processWhoseStopIs(stop: string) {
  const script = `
    import { untilStopped } from "./src/commands/shutdown.ts";
    const stopped = untilStopped({ port: 1, url: new URL("http://h"), stop: ${stop} });
    // A listening server would keep the process alive.
    const alive = setInterval(() => undefined, 1000);
    process.stdout.write("ready\\n");
    await stopped;
    clearInterval(alive);
    process.exit(0);
  `;
  return Bun.spawn(["bun", "--no-env-file", "-e", script], { cwd: root, stdout: "pipe", stderr: "pipe" });
}

/** Resolves once the stream has said the text. */
async function untilSaid(stream: ReadableStream<Uint8Array<ArrayBuffer>>, text: string): Promise<void> {
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  let said = "";
  while (!said.includes(text)) {
    const { done, value } = await reader.read();
    if (done) throw new Error(`ended after ${JSON.stringify(said)}`);
    said += decoder.decode(value, { stream: true });
  }
  reader.releaseLock();
}

test.each(["SIGINT", "SIGTERM"] as const)(
  "%s stops with a grace of ten seconds and says what was cut off",
  async (signal) => {
    const child = processWhoseStopIs("async (grace) => grace === 10_000 ? 2 : 0");
    await untilSaid(child.stdout, "ready");
    child.kill(signal);
    expect(await child.exited).toBe(0);
    const said = await child.stderr.text();
    expect(said).toStartWith(`${signal}: finishing what is in flight, at most 10 s`);
    expect(said).toContain("2 requests were cut off");
  },
);

test.each([
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const)("a second %s ends at once with %d", async (signal, code) => {
  const child = processWhoseStopIs("() => new Promise(() => undefined)");
  await untilSaid(child.stdout, "ready");
  child.kill(signal);
  await untilSaid(child.stderr, "finishing");
  child.kill(signal);
  expect(await child.exited).toBe(code);
});
