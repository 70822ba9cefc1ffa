import type { ShownExchange } from "../../src/observe/shown-exchange.ts";

/** An exchange as watchers are shown it: a hit, but for what a test says. */
export function exchange(but: Partial<ShownExchange> = {}): ShownExchange {
  return {
    ...{ id: "0-1", worker: 0, at: 1000, method: "GET", path: "/users?page=2", publicOrigin: "http://localhost:3000" },
    ...{ status: 200, outcome: "hit", key: "/users?page=2", ttl: 30, tier: "memory", durationMs: 0.5, bytes: 4096 },
    ...but,
  };
}
