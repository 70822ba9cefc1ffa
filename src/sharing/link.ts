import type { RedisClient } from "bun";
import type { Milliseconds } from "../http/date.ts";
import { within } from "../store/remote/within.ts";

/** Makes a client that has not connected yet, does so once, and gives up by itself where that takes too long. */
export type Dial = () => RedisClient;

/** One connection for commands, made anew for the next command once it has broken. */
export class Link {
  readonly #dial: Dial;
  readonly #connecting: Milliseconds;
  #client: Promise<RedisClient> | undefined;

  /** @param connecting how long it may take to connect */
  constructor(dial: Dial, connecting: Milliseconds) {
    this.#dial = dial;
    this.#connecting = connecting;
  }

  /**
   * Sends one command.
   * @throws TooSlow, or what Redis says is wrong
   */
  async send(command: string, args: readonly string[], patience: Milliseconds): Promise<unknown> {
    this.#client ??= this.#connect();
    return within(
      patience,
      this.#client.then((client) => client.send(command, [...args])),
    );
  }

  /** Hangs up, as on one that does not answer; the next command connects anew. */
  drop(): void {
    const client = this.#client;
    this.#client = undefined;
    client?.then(
      (connected) => connected.close(),
      () => undefined,
    );
  }

  #connect(): Promise<RedisClient> {
    const client = this.#dial();
    const forget = (): void => {
      if (this.#client === connected) this.#client = undefined;
    };
    const connected = within(this.#connecting, client.connect()).then(
      () => client,
      (error) => {
        forget();
        client.close();
        throw error;
      },
    );
    client.onclose = forget;
    return connected;
  }
}
