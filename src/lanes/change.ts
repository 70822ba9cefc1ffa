/** What changes in a lane while the proxy runs, as JSON carries it to all workers. */
export type LaneChange =
  | { readonly type: "scenario"; readonly lane: string; readonly scenario: string | null }
  /** As they were written; each worker reads them. */
  | { readonly type: "rules"; readonly lane: string; readonly rules: readonly unknown[] }
  /** It becomes what it was when it began. */
  | { readonly type: "reset"; readonly lane: string };
