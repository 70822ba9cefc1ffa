/** One event of a stream (WHATWG HTML §9.2). */
export type ServerEvent = { readonly name: string; readonly data: string };

/** Reads events from text that arrives in pieces. */
export class EventReader {
  #rest = "";
  #name = "";
  #data: string[] = [];

  /** @returns the events that are complete with this piece */
  push(text: string): readonly ServerEvent[] {
    const lines = (this.#rest + text).split(/\r\n|\n|\r(?!$)/);
    this.#rest = lines.pop() ?? "";
    return lines.flatMap((line) => this.#take(line));
  }

  #take(line: string): readonly ServerEvent[] {
    if (line === "") return this.#end();
    const colon = line.indexOf(":");
    const field = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "event") this.#name = value;
    if (field === "data") this.#data.push(value);
    return [];
  }

  #end(): readonly ServerEvent[] {
    const event = { name: this.#name === "" ? "message" : this.#name, data: this.#data.join("\n") };
    const isEmpty = this.#data.length === 0;
    this.#name = "";
    this.#data = [];
    return isEmpty ? [] : [event];
  }
}
