/** What was looked at, and what was found: nothing against it, something to know, or why a start would fail. */
export type Finding = {
  readonly about:
    | "config"
    | "variable"
    | "system"
    | "port"
    | "certificate"
    | "origin"
    | "clock"
    | "store"
    | "room"
    | "log"
    | "fixtures";
  readonly verdict: "fine" | "warning" | "problem";
  readonly what: string;
  /** What to do about it; absent where there is nothing to be done. */
  readonly todo?: string;
};

/** Why something did not work, as the system says it. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
