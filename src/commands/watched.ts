import type { Target } from "../config/target.ts";
import type { Milliseconds } from "../http/date.ts";
import { notOurs, openAdmin } from "./admin-client.ts";
import { eventsIn } from "./event-stream.ts";
import { Failure } from "./failure.ts";

/** What is seen of a running proxy. */
export type Seen =
  | { readonly type: "event"; readonly name: string; readonly data: unknown }
  /** It is gone, or the line to it. */
  | { readonly type: "lost" }
  | { readonly type: "back" };

/** How often one that is gone is looked for. */
const RETRY_EVERY: Milliseconds = 500;
/** Something comes each second; who says nothing for so long is gone without a word. */
const SILENCE: Milliseconds = 15_000;

/**
 * Follows the events of a running proxy until the signal is aborted, also when it is started anew meanwhile.
 * @param queryOf the query of `/events`; again for each time that it is back
 * @throws Failure where it cannot be reached at first, or does not let itself be watched
 */
export async function* watched(target: Target, queryOf: () => URLSearchParams, signal: AbortSignal) {
  let wasThere = false;
  for (;;) {
    const silence = new AbortController();
    const answer = await openAdmin(target, `events?${queryOf()}`, AbortSignal.any([signal, silence.signal]));
    if (signal.aborted) return;
    if (answer.ok) {
      if (wasThere) yield { type: "back" } as const satisfies Seen;
      wasThere = true;
      yield* eventsUntilLost(answer.body, target, silence);
      if (signal.aborted) return;
      yield { type: "lost" } as const satisfies Seen;
    } else if (!wasThere || answer.isAway !== true) {
      throw new Failure(answer.isRefused ? 2 : 1, answer.message);
    }
    await pause(RETRY_EVERY, signal);
    if (signal.aborted) return;
  }
}

async function* eventsUntilLost(body: ReadableStream<Uint8Array>, target: Target, silence: AbortController) {
  const events = eventsIn(body);
  for (;;) {
    const timer = setTimeout(() => silence.abort(), SILENCE);
    // However the line broke: who follows tries again.
    const next = await events.next().catch(() => ({ done: true, value: undefined }) as const);
    clearTimeout(timer);
    if (next.value === undefined) return;
    const { name, data } = next.value;
    if (name !== "") yield { type: "event", name, data: parsed(data, target) } as const satisfies Seen;
  }
}

function parsed(text: string, target: Target): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Failure(1, notOurs(target));
  }
}

function pause(length: Milliseconds, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, length);
  signal.addEventListener(
    "abort",
    () => {
      clearTimeout(timer);
      resolve();
    },
    { once: true },
  );
  return promise;
}
