import type { Unrecorded } from "../fixtures/journal.ts";

export type { Unrecorded };

/** What `onError` is told as a frozen proxy closes whose requests had no fixture, where nobody has asked it for them. */
export class UnrecordedRequests extends Error {
  override readonly name = "UnrecordedRequests";
  /** Each once, in alphabetical order. */
  readonly requests: readonly Unrecorded[];

  constructor(requests: readonly Unrecorded[]) {
    const count = requests.length === 1 ? "1 request" : `${requests.length} requests`;
    super(`${count} had no fixture:\n${requests.map(lineOf).join("\n")}`);
    this.requests = requests;
  }
}

function lineOf({ request, nearest, differs }: Unrecorded): string {
  return nearest === undefined ? `  ${request}` : `  ${request}\n    nearest is ${nearest}: ${differs}`;
}
