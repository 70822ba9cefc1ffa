import { accept, type Parsed, refuse } from "./parsed.ts";

/** Whether the origin's quotas are heeded. */
export type QuotaSetting =
  | { readonly type: "off" }
  /** Below this share of a quota, from 0 to 1, what is left is spared. */
  | { readonly type: "on"; readonly share: number };

/** What is spared where nobody says how much. */
const USUAL_SHARE = 0.1;

/** Reads `on`, `off` or a share in percent; `0%` heeds what the origin refuses, and spares nothing. */
export function parseQuota(text: string): Parsed<QuotaSetting> {
  const word = text.toLowerCase();
  if (word === "off") return accept({ type: "off" });
  if (word === "on") return accept({ type: "on", share: USUAL_SHARE });
  const percent = /^(\d{1,3}(?:\.\d+)?)%$/.exec(word)?.[1];
  return percent !== undefined && Number(percent) <= 100
    ? accept({ type: "on", share: Number(percent) / 100 })
    : refuse("is not how to heed quotas: write on, off, or a share to spare such as 10%");
}
