import type { Arriving } from "./origin.ts";

/** Lets go of a response that nobody reads. That its content has broken off meanwhile is no matter to anybody any more. */
export async function unread({ body }: Pick<Arriving, "body">): Promise<void> {
  await body?.cancel().catch(() => undefined);
}
