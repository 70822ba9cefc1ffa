import type { Milliseconds } from "../../http/date.ts";
import { within } from "../remote/within.ts";
import { redisClient } from "./client.ts";
import { prefixOf } from "./names.ts";
import type { Script } from "./script.ts";

/** What a link leads to. */
export type LinkEnd = {
  /** As Bun's client takes it, credentials included. */
  readonly url: string;
  readonly namespace: string;
};

/** How long a connection may take until Redis has answered on it. */
const CONNECT_PATIENCE: Milliseconds = 2000;
/** How often a connection says something, since some servers and what lies before them close those that say nothing for long. */
const STAYING_ALIVE: Milliseconds = 30_000;

/**
 * The connections to one Redis: one for all that is short, and one for the chunks of large bodies, so that nobody waits behind these.
 * It never connects anew: who lost it opens another one, and so never reads an answer that was meant for a request given up long ago.
 */
export class Link {
  readonly #short: Bun.RedisClient;
  readonly #long: Bun.RedisClient;
  readonly #prefix: string;
  #closed = false;
  #alive: NodeJS.Timeout | undefined;

  private constructor({ url, namespace }: LinkEnd, onLost: () => void) {
    this.#prefix = prefixOf(namespace);
    const lost = (): void => {
      if (this.#closed) return;
      this.close();
      onLost();
    };
    const connection = (): Bun.RedisClient => {
      const client = redisClient(url, CONNECT_PATIENCE);
      client.onclose = lost;
      return client;
    };
    this.#short = connection();
    this.#long = connection();
  }

  /**
   * Connects and waits until Redis takes commands.
   * @param onLost told once when a connection breaks that stood
   * @throws what Bun's client throws, which does not tell a refused connection from a wrong password
   */
  static async open(end: LinkEnd, onLost: () => void): Promise<Link> {
    let stands = false;
    const link = new Link(end, () => {
      if (stands) onLost();
    });
    try {
      const clients = [link.#short, link.#long];
      await within(CONNECT_PATIENCE, Promise.all(clients.map((client) => client.connect())));
      // A database that is not there shows with the first command.
      await within(CONNECT_PATIENCE, Promise.all(clients.map((client) => client.send("PING", []))));
      stands = true;
      link.#stayAlive();
      return link;
    } catch (error) {
      link.close();
      throw error;
    }
  }

  /** Runs a script. What it gives back is text, numbers and lists of these; bytes would be mangled. */
  async run({ text, sha }: Script, ...args: readonly string[]): Promise<unknown> {
    const rest = ["1", this.#prefix, ...args];
    try {
      return await this.#short.send("EVALSHA", [sha, ...rest]);
    } catch (error) {
      // Redis forgets scripts when it starts anew.
      if (!(error instanceof Error) || !error.message.startsWith("NOSCRIPT")) throw error;
      return this.#short.send("EVAL", [text, ...rest]);
    }
  }

  /** What Redis says of itself (INFO), of one section. */
  async info(section: string): Promise<string> {
    return String(await this.#short.send("INFO", [section]));
  }

  /** @param name without the prefix */
  read(name: string, size: "short" | "long"): Promise<Uint8Array<ArrayBuffer> | null> {
    return this.#of(size).getBuffer(this.#prefix + name);
  }

  async write(name: string, bytes: Uint8Array<ArrayBuffer>, ttl: Milliseconds, size: "short" | "long"): Promise<void> {
    await this.#of(size).set(this.#prefix + name, bytes, "PX", ttl);
  }

  async remove(names: readonly string[]): Promise<void> {
    if (names.length > 0)
      await this.#short.send(
        "UNLINK",
        names.map((name) => this.#prefix + name),
      );
  }

  /** What is under way fails. */
  close(): void {
    this.#closed = true;
    clearInterval(this.#alive);
    this.#short.close();
    this.#long.close();
  }

  #stayAlive(): void {
    this.#alive = setInterval(() => {
      // What is wrong with the connection shows with what is asked on it next.
      for (const client of [this.#short, this.#long]) client.send("PING", []).catch(() => undefined);
    }, STAYING_ALIVE);
    this.#alive.unref();
  }

  #of(size: "short" | "long"): Bun.RedisClient {
    return size === "short" ? this.#short : this.#long;
  }
}

/** Whether Redis itself refused a command, so that it is there and heard us. */
export function isRefusal(error: unknown): boolean {
  if (!(error instanceof Error) || !("code" in error)) return false;
  return error.code !== "ERR_REDIS_CONNECTION_CLOSED" && error.code !== "ERR_REDIS_CONNECTION_TIMEOUT";
}
