import type { ShownExchange } from "../../src/observe/shown-exchange.ts";

/** A miss as the page is told of it, but for what a test says. */
export function shownExchange(but: Partial<ShownExchange> = {}): ShownExchange {
  return {
    id: "0-1",
    worker: 0,
    at: Date.UTC(2026, 0, 2, 3, 4, 5, 678),
    method: "GET",
    path: "/users?page=2",
    publicOrigin: "http://localhost:3000",
    status: 200,
    outcome: "miss",
    durationMs: 12.5,
    ...but,
  };
}
