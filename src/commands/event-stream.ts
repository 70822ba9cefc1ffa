/** An event of a stream (HTML, Server-sent events §9.2). */
export type StreamEvent = { readonly name: string; readonly data: string };

/** Longer than any event of ours: someone else is speaking. */
const LONGEST = 64 * 1024 * 1024;

/**
 * Reads events as they come, and what keeps the line open as events without a name.
 * @throws Error where the stream breaks off, or goes on and on without an end of an event
 */
export async function* eventsIn(body: ReadableStream<Uint8Array>): AsyncGenerator<StreamEvent, undefined> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of body) {
    text += decoder.decode(chunk, { stream: true });
    const blocks = text.split("\n\n");
    text = blocks.pop() ?? "";
    if (text.length > LONGEST) throw new Error("an event without an end");
    for (const block of blocks) yield eventOf(block);
  }
  return undefined;
}

function eventOf(block: string): StreamEvent {
  const fields = block.split("\n").map((line) => /^([^:]*): ?(.*)$/s.exec(line));
  const values = (wanted: string): readonly string[] =>
    fields.flatMap((field) => (field?.[1] === wanted ? [field[2] ?? ""] : []));
  return { name: values("event").at(-1) ?? "", data: values("data").join("\n") };
}
