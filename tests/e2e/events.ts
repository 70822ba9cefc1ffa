import type { ShownExchange } from "../../src/observe/shown-exchange.ts";
import { ask, type RunningProxy } from "./proxy.ts";

/** One event as it came. */
export type Event = { readonly name: string; readonly data: Data };
type Data = { readonly exchanges: readonly ShownExchange[]; readonly dropped: number } & Readonly<
  Record<string, unknown>
>;

/** A stream of events while it is read. */
export type EventReader = {
  /** All exchanges that came so far. */
  readonly exchanges: ShownExchange[];
  /** The next event with this name; those of other names before it are passed over. Rejects where the stream ends before. */
  readonly next: (name: string) => Promise<Event>;
  /** Reads until so many exchanges have come. */
  readonly until: (count: number) => Promise<readonly ShownExchange[]>;
  /** Reads to the end. */
  readonly ended: () => Promise<void>;
  readonly leave: () => void;
};

/** Opens a stream of events; resolves once its `hello` is there, so that whatever comes from then on is seen. */
export async function watch(stack: AsyncDisposableStack, proxy: RunningProxy, query = ""): Promise<EventReader> {
  const leaving = new AbortController();
  stack.defer(() => leaving.abort());
  const response = await ask(proxy, `/__admin/events${query}`, { signal: leaving.signal });
  if (response.status !== 200 || response.body === null) throw new Error(await response.text());
  const events = eventsIn(response.body);
  const exchanges: ShownExchange[] = [];
  async function one(): Promise<Event | undefined> {
    const { value } = await events.next();
    if (value?.name === "exchanges") exchanges.push(...value.data.exchanges);
    return value;
  }
  async function next(name: string): Promise<Event> {
    for (;;) {
      const event = await one();
      if (event === undefined) throw new Error(`the stream ended without ${name}`);
      if (event.name === name) return event;
    }
  }
  await next("hello");
  return {
    ...{ exchanges, next, leave: () => leaving.abort() },
    async until(count) {
      while (exchanges.length < count) await next("exchanges");
      return exchanges;
    },
    async ended() {
      while ((await one()) !== undefined);
    },
  };
}

async function* eventsIn(body: ReadableStream<Uint8Array>): AsyncGenerator<Event, undefined> {
  let text = "";
  const decoder = new TextDecoder();
  for await (const chunk of body) {
    text += decoder.decode(chunk, { stream: true });
    const blocks = text.split("\n\n");
    text = blocks.pop() ?? "";
    for (const block of blocks) {
      const [, name = "", data = ""] = /^event: (.*)\ndata: (.*)$/.exec(block) ?? [];
      if (name !== "") yield { name, data: JSON.parse(data) };
    }
  }
  return undefined;
}
