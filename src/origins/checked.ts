/** What the health checks of an address have found. */
export type Checked =
  | { readonly type: "unknown" }
  | { readonly type: "well" }
  /** So many in a row failed. */
  | { readonly type: "failing"; readonly failures: number };

/** One that fails may be a matter of that moment. */
const ENOUGH = 2;

/** What is known after one more. */
export function afterCheck(checked: Checked, result: "passed" | "failed"): Checked {
  if (result === "passed") return { type: "well" };
  return { type: "failing", failures: checked.type === "failing" ? checked.failures + 1 : 1 };
}

/** Whether others are to be asked in its stead. */
export function isIll(checked: Checked): boolean {
  return checked.type === "failing" && checked.failures >= ENOUGH;
}
