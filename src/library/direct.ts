import type { CacheStatus } from "../http/cache-status.ts";
import type { Handler, Incoming } from "../http/exchange.ts";
import { problemResponse } from "../http/problem.ts";
import { accept } from "../wire/accept.ts";
import { mended } from "../wire/mend.ts";
import { withReason } from "./with-reason.ts";

/** Faults of rules by which a client gets no answer at all. */
const WITHOUT_ANSWER = ["fault-reset", "fault-empty", "fault-timeout"];

/** Requests that a program hands over itself: behind them is no connection. */
export class Direct {
  readonly #leaving = new WeakMap<Request, AbortController>();

  /** Ends one without an answer; false where it came by a connection. */
  leave(request: Request): boolean {
    const leaving = this.#leaving.get(request);
    leaving?.abort();
    return leaving !== undefined;
  }

  /**
   * Answers one, as `fetch` would with the proxy in between.
   * @param isGuarded whether a request is for those alone who have proved who they are, as the guard of loopback cannot know here
   * @throws TypeError where a rule takes the answer away, or what its signal was aborted with
   */
  async answer(request: Request, handler: Handler, isGuarded: (incoming: Incoming) => boolean): Promise<Response> {
    const { signal } = request;
    signal.throwIfAborted();
    const leaving = new AbortController();
    const own = new Request(request, { signal: AbortSignal.any([signal, leaving.signal]) });
    this.#leaving.set(own, leaving);
    const incoming = accept(own, () => "");
    if ("status" in incoming) return mended(own, incoming, Date.now);
    if (isGuarded(incoming)) return mended(own, problemResponse(GUARDED), Date.now);
    const { response, cacheStatus } = await handler(incoming);
    signal.throwIfAborted();
    if (isWithoutAnswer(cacheStatus)) throw new TypeError(`the connection was lost (${cacheStatus?.detail})`);
    const { status, headers, body } = response;
    const whole = body instanceof ReadableStream ? withReason(body, signal) : body;
    return mended(own, { status, headers, body: whole }, Date.now);
  }
}

const GUARDED = {
  status: 403,
  title: "Admin token needed",
  detail: "Nobody knows here who asks: give createProxy an adminToken to have the admin paths and PURGE, or listen.",
};

function isWithoutAnswer(of: CacheStatus | undefined): of is Extract<CacheStatus, { readonly type: "none" }> {
  return of?.type === "none" && WITHOUT_ANSWER.includes(of.detail);
}
