import type { Parsed } from "../config/parsed.ts";
import { type AdminAnswer, askAdmin } from "./admin-client.ts";
import { Failure } from "./failure.ts";

/**
 * What was given, as it was understood.
 * @throws Failure
 */
export function wanted<T>(parsed: Parsed<T>): T {
  if (!parsed.ok) throw new Failure(2, parsed.message);
  return parsed.value;
}

/**
 * What the running proxy answers, asked as by `askAdmin`.
 * @throws Failure where it gives none, or was asked for what makes no sense
 */
export async function answered(
  ...question: Parameters<typeof askAdmin>
): Promise<Extract<AdminAnswer, { readonly ok: true }>> {
  const answer = await askAdmin(...question);
  if (!answer.ok) throw new Failure(answer.isRefused ? 2 : 1, answer.message);
  return answer;
}
