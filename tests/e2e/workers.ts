import { ask, type RunningProxy } from "./proxy.ts";
import { connect, contentOf, hasHead, type Raw } from "./raw.ts";

/** What the stats tell of one worker. */
export type Worker = {
  readonly worker: number;
  readonly pid: number;
  readonly restarts: number;
  readonly requests: number;
  readonly entries: number;
};

export type Statistics = {
  readonly requests: { readonly total: number; readonly hit: number; readonly miss: number };
  readonly cache: { readonly entries: number; readonly maxBytes: number };
  readonly originLatencyMs: { readonly count: number };
  readonly workers: readonly Worker[];
};

/** What all workers did. */
export async function statistics(proxy: RunningProxy): Promise<Statistics> {
  return JSON.parse(await (await ask(proxy, "/__admin/stats")).text());
}

/** A connection, and the worker that has it. */
export type Line = {
  readonly worker: number;
  readonly get: (path: string, method?: string) => Promise<string>;
  readonly raw: Raw;
};

/** Opens connections until there is one to each of so many workers; gives one each, in the order of their numbers. */
export async function lineToEach(
  stack: AsyncDisposableStack,
  proxy: RunningProxy,
  workers: number,
): Promise<readonly Line[]> {
  const lines = new Map<number, Line>();
  while (lines.size < workers) {
    const line = await lineTo(stack, proxy);
    lines.set(line.worker, line);
  }
  return [...lines.values()].sort((a, b) => a.worker - b.worker);
}

/** Opens a connection and finds out which worker has it. */
export async function lineTo(stack: AsyncDisposableStack, proxy: RunningProxy): Promise<Line> {
  const raw = await connect(stack, proxy.port);
  const get = async (path: string, method = "GET"): Promise<string> => {
    const before = raw.received.length;
    raw.write(`${method} ${path} HTTP/1.1\r\nHost: localhost:${proxy.port}\r\nContent-Length: 0\r\n\r\n`);
    const received = await raw.until((text) => isWhole(text.slice(before)));
    return received.slice(before);
  };
  const { worker }: { worker: number } = JSON.parse(contentOf(await get("/health")));
  return { worker, get, raw };
}

/**
 * Whether a response with a Content-Length is there to its end.
 * @throws Error for one without: what several wait for may come chunked
 */
function isWhole(response: string): boolean {
  if (!hasHead(response)) return false;
  const length = /\r\ncontent-length: (\d+)/i.exec(response)?.[1];
  if (length === undefined) throw new Error(`no Content-Length in ${response}`);
  return contentOf(response).length >= Number(length);
}
