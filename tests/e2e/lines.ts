type Waiting = { readonly matches: (line: string) => boolean; readonly resolve: (line: string) => void };

/** The lines that a child process writes, as they come. */
export class Lines {
  readonly all: string[] = [];
  /** Resolves once the process has closed its end. */
  readonly ended: Promise<void>;
  #waiting: Waiting[] = [];

  constructor(stream: AsyncIterable<Uint8Array>) {
    this.ended = this.#collect(stream);
  }

  /** The first line that matches, written already or to come. Rejects where the process ends without it. */
  find(matches: (line: string) => boolean): Promise<string> {
    const written = this.all.find(matches);
    if (written !== undefined) return Promise.resolve(written);
    const { promise, resolve } = Promise.withResolvers<string>();
    this.#waiting.push({ matches, resolve });
    const missing = this.ended.then(() => Promise.reject(new Error(`no such line in:\n${this.all.join("\n")}`)));
    return Promise.race([promise, missing]);
  }

  async #collect(stream: AsyncIterable<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    let rest = "";
    for await (const chunk of stream) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) this.#take(line);
    }
    if (rest !== "") this.#take(rest);
  }

  #take(line: string): void {
    this.all.push(line);
    for (const { resolve } of this.#waiting.filter(({ matches }) => matches(line))) resolve(line);
    this.#waiting = this.#waiting.filter(({ matches }) => !matches(line));
  }
}
