import type { Milliseconds } from "../http/date.ts";
import type { Send } from "../http/origin.ts";
import type { Site } from "./site.ts";

/** What checking works with. */
export type HealthCheckParts = {
  /** Sends to just that address. */
  readonly send: Send;
  readonly sites: readonly Site[];
  /** Whether nobody is asked by now. */
  readonly isOffline: () => boolean;
  readonly every: Milliseconds;
  /** How long an answer may take. */
  readonly within: Milliseconds;
};

/** Asks each address of those that want it every so often whether it is well, from now on until it is disposed of. */
export function checkingHealth({ send, sites, isOffline, every, within }: HealthCheckParts): Disposable {
  const ending = new AbortController();
  const timers = sites.flatMap((site) =>
    site.addresses.flatMap((address) => {
      const url = site.checked(address);
      if (url === undefined) return [];
      let isUnderWay = false;
      const check = async (): Promise<void> => {
        // One that is slow is not to have several at once.
        if (isUnderWay || isOffline()) return;
        isUnderWay = true;
        const result = await checked(site, url);
        isUnderWay = false;
        if (!ending.signal.aborted) address.isChecked(result);
      };
      void check();
      const timer = setInterval(() => void check(), every);
      // It alone is no reason to go on.
      timer.unref();
      return [timer];
    }),
  );
  return {
    [Symbol.dispose]() {
      ending.abort();
      for (const timer of timers) clearInterval(timer);
    },
  };

  /** A redirection is an answer of something that is well. */
  async function checked(site: Site, url: URL): Promise<"passed" | "failed"> {
    const own = new Headers({ accept: "*/*", "user-agent": "caching-proxy health check" });
    const headers = site.authorized({ method: "GET", headers: own });
    const leaving = new AbortController();
    const signal = AbortSignal.any([ending.signal, leaving.signal]);
    const answer = await send({ method: "GET", url, headers, body: null, signal, within });
    // Of the body nobody wants to know anything; and else what listens for the end of all checks would stay until then.
    leaving.abort();
    return answer.type === "response" && answer.response.status < 400 ? "passed" : "failed";
  }
}
