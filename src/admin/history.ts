import type { Instant } from "../http/date.ts";
import { json, type Operation, type Outcome } from "./admin.ts";

/** `GET …/history`: what passed in each second, of those that began at an instant or after it. */
export function historyOperation(secondsSince: (since: Instant) => Promise<readonly unknown[]>): Operation {
  return async ({ url: { searchParams } }) => {
    const unknown = [...searchParams.keys()].find((name) => name !== "since");
    if (unknown !== undefined) return bad(`There is no parameter ${unknown}. There is: since.`);
    const since = searchParams.get("since") ?? "0";
    if (!/^\d{1,15}$/.test(since)) {
      return bad(`since "${since}" is no time: write milliseconds since 1970, as \`at\` of a second has them.`);
    }
    return json({ seconds: await secondsSince(Number(since)) });
  };
}

function bad(detail: string): Outcome {
  return { type: "problem", problem: { status: 400, title: "Bad question for the history", detail } };
}
