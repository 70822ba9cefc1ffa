import type { Outcome } from "./admin.ts";

/** What a request's body says. */
export type JsonBody =
  | { readonly type: "object"; readonly members: ReadonlyMap<string, unknown> }
  /** It is no JSON object. */
  | { readonly type: "none" }
  | { readonly type: "too-large" };

/** Longer ones ask for more than a person or a deployment can mean. */
const MOST_BYTES = 256 * 1024;

/** Reads the JSON object in a request's body; of one that is too large the rest is not read. */
export async function readJson({ body }: Request): Promise<JsonBody> {
  const decoder = new TextDecoder();
  let size = 0;
  let text = "";
  for await (const chunk of body ?? []) {
    size += chunk.byteLength;
    if (size > MOST_BYTES) return { type: "too-large" };
    text += decoder.decode(chunk, { stream: true });
  }
  return parsed(text + decoder.decode());
}

/** What whoever asks for too much is told. */
export function tooLarge(title: string): Outcome {
  return {
    type: "problem",
    problem: { status: 413, title, detail: `The body is larger than ${MOST_BYTES / 1024} KB.` },
  };
}

function parsed(text: string): JsonBody {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? { type: "object", members: new Map(Object.entries(value)) }
      : { type: "none" };
  } catch {
    // Whoever sent it hears what is wanted instead.
    return { type: "none" };
  }
}
