import type { MemcacheClient, MultiCasRetrievalResponse } from "memcache-client";
import type { Milliseconds } from "../../http/date.ts";

/** Where a memcached listens. */
export type Address = { readonly host: string; readonly port: number };

/** An item as it was found; `cas` tells whether somebody else has written it since. */
export type Item = { readonly bytes: Buffer; readonly cas: string | number };

/** Commands in one request line. */
const MOST_NAMES = 100;
/** A connection on which nothing was answered for so long is given up. */
const STUCK: Milliseconds = 1000;
const CONNECTIONS = 2;
/** Longer times count as points in time, in seconds since the epoch. */
const THIRTY_DAYS = 30 * 24 * 60 * 60;

/** Commands to one memcached. Each rejects where the server cannot be reached or refuses. */
export class Line {
  readonly #client: MemcacheClient;
  readonly #clock: () => Milliseconds;

  /** @param clock ms since the epoch */
  constructor(client: MemcacheClient, clock: () => Milliseconds) {
    this.#client = client;
    this.#clock = clock;
  }

  /** The items that there are of these. */
  async gets(names: readonly string[]): Promise<ReadonlyMap<string, Item>> {
    const found = new Map<string, Item>();
    const lines = Array.from({ length: Math.ceil(names.length / MOST_NAMES) }, (_, i) =>
      names.slice(i * MOST_NAMES, (i + 1) * MOST_NAMES),
    );
    await Promise.all(
      lines.map(async (line) => {
        const items = await this.#client.gets<MultiCasRetrievalResponse<Buffer>>(line);
        for (const [name, { value, casUniq }] of Object.entries(items)) {
          // What we write is marked as bytes; anything else is not ours.
          if (Buffer.isBuffer(value)) found.set(name, { bytes: value, cas: casUniq });
        }
      }),
    );
    return found;
  }

  /** @param seconds how long the item is kept; 0 for as long as there is room */
  async set(name: string, bytes: Buffer, seconds: number): Promise<void> {
    await this.#client.set(name, bytes, { lifetime: this.#expiry(seconds) });
  }

  /** Writes an item where there is none; whether there was none. */
  async add(name: string, bytes: Buffer, seconds: number): Promise<boolean> {
    return isDone(this.#client.add(name, bytes, { lifetime: this.#expiry(seconds) }));
  }

  /** Writes an item where nobody has written or dropped it since it was found; whether that was so. */
  async cas(name: string, bytes: Buffer, seconds: number, { cas }: Item): Promise<boolean> {
    return isDone(this.#client.cas(name, bytes, { lifetime: this.#expiry(seconds), casUniq: cas }));
  }

  async version(): Promise<void> {
    await this.#client.version();
  }

  close(): void {
    this.#client.shutdown();
  }

  #expiry(seconds: number): number {
    const whole = Math.ceil(seconds);
    return whole > THIRTY_DAYS ? Math.floor(this.#clock() / 1000) + whole : whole;
  }
}

/** Whether a server answered, though not as it was hoped: it is there and works. */
export function isRefusal(error: unknown): boolean {
  return error instanceof Error && /^(?:SERVER_ERROR|CLIENT_ERROR|ERROR)\b/.test(error.message);
}

/** Opens two lines to a server, of which neither waits behind the other, when they are first used. */
export async function lines({ host, port }: Address, clock: () => Milliseconds): Promise<readonly [Line, Line]> {
  const { MemcacheClient } = await loaded();
  const open = (): Line => {
    const server = { server: `${host}:${port}`, maxConnections: CONNECTIONS };
    return new Line(new MemcacheClient({ server, cmdTimeout: STUCK, connectTimeout: STUCK, noDelay: true }), clock);
  };
  return [open(), open()];
}

/**
 * It looks for packages that it can do without by `eval("require")`, which a compiled file does not have: while it loads there is one
 * that finds nothing.
 */
async function loaded() {
  const isLacking = !("require" in globalThis);
  if (isLacking) Reflect.set(globalThis, "require", absent);
  try {
    return await import("memcache-client");
  } finally {
    if (isLacking) Reflect.deleteProperty(globalThis, "require");
  }
}

function absent(name: string): never {
  throw Object.assign(new Error(`Cannot find module '${name}'`), { code: "MODULE_NOT_FOUND" });
}

async function isDone(writing: Promise<unknown>): Promise<boolean> {
  try {
    await writing;
    return true;
  } catch (error) {
    if (error instanceof Error && OVERTAKEN.has(error.message)) return false;
    throw error;
  }
}

const OVERTAKEN = new Set(["NOT_STORED", "EXISTS", "NOT_FOUND"]);
