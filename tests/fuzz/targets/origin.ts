import { answerTo, askCleanly, CLEAN_HOST } from "../exchange.ts";
import { readMessage, valuesOf, type WireMessage } from "../messages.ts";
import { watchedProxy } from "../proxy-process.ts";
import { drawResponse } from "../response-grammar.ts";
import { type Scripted, scriptedOrigin } from "../scripted-origin.ts";
import { holds, type Input, shown, type Target } from "../target.ts";

/** How an origin's connection goes on behind its answer. */
const ENDS = ["end", "end", "reset", "stay"] as const;

/** What the proxy makes of what an origin sends. */
export const origin: Target = {
  name: "origin",
  beside: 8,
  short: 200,
  draw(random) {
    const mark = `qzq${random.below(2 ** 31).toString(36)}qzq`;
    return [mark, random.pick(ENDS), ...random.split(drawResponse(random, mark), random.pick([1, 1, 3, 12]))];
  },
  async start(stack) {
    const origin = await scriptedOrigin(stack);
    const { proxy, isWell, isModest, mostMegabytes } = await watchedProxy(stack, origin.url, "--timeout 5s");
    let [answers, stored, turn] = [0, 0, 0];
    const marks: string[] = [];
    return {
      async play([mark = "", end = "end", ...pieces]: Input) {
        // A case that is played again must not meet what it left behind.
        const target = `/${mark}-${turn++}`;
        const scripted: Scripted = { pieces, end: ENDS.find((each) => each === end) ?? "end" };
        using _ = origin.script(target, scripted);
        const bytes = pieces.join("");
        marks.push(mark);
        if (marks.length > REMEMBERED) marks.shift();
        const first = await asked(target);
        if (first !== undefined) isMadeOf(first, bytes, mark, marks);
        const times = origin.askedFor(target);
        const second = await asked(target);
        if (second !== undefined) isMadeOf(second, bytes, mark, marks);
        answers += 2;
        if (second !== undefined && origin.askedFor(target) === times && valuesOf(second, "x-cache").join() === "HIT") {
          stored++;
          isStorable(second, bytes, scripted);
        }
        // Each waits for as long as the origin stays silent.
        if (scripted.end !== "stay") {
          await asked(target, "HEAD");
          await asked(target, "GET", "Range: bytes=0-1\r\n");
        }
        isWell();
        for (const fresh of [`/clean/${turn}`, "/clean/known"]) {
          const { content } = await askCleanly(proxy.port, fresh);
          holds(content === `this is ${fresh}`, () => `a clean client gets ${shown(content)} for ${fresh}`);
        }
      },
      yardstick: () => askCleanly(proxy.port, "/clean/known"),
      inspect: async () => isModest(),
      counted: () => ({ answers, stored, "most MB": mostMegabytes() }),
    };

    /** Undefined where the connection broke off, as it has to where what the origin sends does. */
    async function asked(target: string, method = "GET", fields = ""): Promise<WireMessage | undefined> {
      return answerTo(
        proxy.port,
        `${method} ${target} HTTP/1.1\r\nHost: ${CLEAN_HOST}\r\nConnection: close\r\n${fields}\r\n`,
      );
    }
  },
};

const REMEMBERED = 500;

/** Whether an answer is not the proxy's own failure, and holds nothing that was sent for another case. */
function isMadeOf(message: WireMessage, bytes: string, mark: string, marks: readonly string[]): void {
  holds(!message.start.startsWith("HTTP/1.1 500") || bytes.includes("500"), () => `it is answered by ${message.start}`);
  const all = JSON.stringify(message);
  const other = all.includes("qzq") ? marks.find((each) => each !== mark && all.includes(each)) : undefined;
  holds(other === undefined, () => `what was sent for ${other} comes for ${mark}: ${shown(all)}`);
}

/** What is served from the store has to be what the origin sent, whole, by the letter. */
function isStorable(hit: WireMessage, bytes: string, { end }: Scripted): void {
  // Of 205 nobody reads any (RFC 9110 §15.3.6).
  if (hit.start.startsWith("HTTP/1.1 205")) return;
  let rest = bytes;
  for (;;) {
    const read = readMessage(withLineEnds(rest), { type: "stored" }, end === "end");
    if (read.type !== "message") {
      const why = read.type === "bad" ? read.why : "it is not whole";
      holds(isLenient(why), () => `it is stored, though ${why}: ${shown(bytes)}`);
      return;
    }
    if (/^HTTP\/1\.1 1/.test(read.message.start)) {
      rest = read.rest;
      continue;
    }
    const { message, endedBy } = read;
    if (hit.start.startsWith("HTTP/1.1 200")) {
      holds(
        hit.content === message.content,
        () => `what is stored is ${shown(hit.content)} instead of ${shown(message.content)}`,
      );
    }
    holds(endedBy === "frame", () => `it is stored, though only the connection's end ends it: ${shown(bytes)}`);
    return;
  }
}

/** With the ends that lines of a header section have, where single line feeds stand for them, as a recipient may read those (RFC 9112 §2.2). */
function withLineEnds(bytes: string): string {
  const end = /\r?\n\r?\n/.exec(bytes);
  if (end === null) return bytes;
  const content = end.index + end[0].length;
  return bytes.slice(0, content).replace(/\r?\n/g, "\r\n") + bytes.slice(content);
}

/** What RFC 9112 lets a client read though it may not be sent, or what changes nothing about where a message ends. */
function isLenient(why: string): boolean {
  return /is no status line|is no field|holds a control character/.test(why);
}
