import { askCleanly, CLEAN_HOST, send } from "../exchange.ts";
import { readMessage, responsesIn } from "../messages.ts";
import { watchedProxy } from "../proxy-process.ts";
import { drawRequest } from "../request-grammar.ts";
import { contentFor, soundOrigin } from "../sound-origin.ts";
import { Finding, holds, type Input, shown, type Target } from "../target.ts";

/** What a case knows of the bytes that follow it: how many requests were drawn, and the targets of those at its start that are clean. */
type Known = { readonly mark: string; readonly requests: number; readonly clean: readonly string[] };

/** The socket that clients speak to. */
export const front: Target = {
  name: "front",
  beside: 12,
  short: 400,
  draw(random) {
    const mark = `m${random.below(2 ** 31).toString(36)}`;
    const requests = Array.from({ length: 1 + random.below(6) }, (_, i) =>
      drawRequest(random, `${mark}-${i}`, CLEAN_HOST),
    );
    const odd = requests.findIndex(({ clean }) => clean === undefined);
    const leading = requests.slice(0, odd < 0 ? requests.length : odd);
    const known: Known = { mark, requests: requests.length, clean: leading.flatMap(({ clean }) => clean ?? []) };
    const bytes = requests.map((request) => request.bytes).join("");
    return [JSON.stringify(known), ...random.split(bytes, random.pick([1, 1, 3, 12]))];
  },
  async start(stack) {
    const origin = await soundOrigin(stack);
    const { proxy, isWell, isModest, mostMegabytes } = await watchedProxy(stack, origin.url, "--timeout 2s");
    let [requests, clean] = [0, 0];
    const isRight = async (target: string): Promise<void> => {
      clean++;
      const { start, content } = await askCleanly(proxy.port, target);
      const right = contentFor(target, CLEAN_HOST);
      holds(content === right, () => `a clean client gets ${shown(content)} instead of ${shown(right)} (${start})`);
    };
    return {
      async play([written = "", ...pieces]: Input) {
        const known: Known = { mark: "m", requests: 1, clean: [], ...JSON.parse(written) };
        requests += known.requests;
        const whole = pieces.join("");
        const methods = methodsIn(whole);
        const received = await send(
          proxy.port,
          pieces,
          (bytes) => responsesIn(bytes, methods, false).length >= known.requests,
        );
        const responses = responsesIn(received.bytes, methods, false);
        for (const [i, target] of known.clean.entries()) {
          const response = responses[i];
          if (response === undefined) continue;
          holds(
            response.content === contentFor(target, CLEAN_HOST),
            () => `${target} is answered by ${shown(response.content)}`,
          );
        }
        for (const { start } of responses) holds(!start.startsWith("HTTP/1.1 500"), () => `it is answered by ${start}`);
        isWell();
        for (const fault of origin.faults()) throw new Finding(fault);
        const smuggled = smuggledIn(whole, origin.askedFor(known.mark));
        holds(smuggled === undefined, () => `the origin is asked for what was no request: ${smuggled}`);
        await isRight("/known");
        await isRight(`/${known.mark}-0/clean?b=2&a=1`);
      },
      yardstick: () => askCleanly(proxy.port, "/known"),
      inspect: async () => isModest(),
      counted: () => ({ hostile: requests, clean, origin: origin.asked(), "most MB": mostMegabytes() }),
    };
  },
};

/** The methods of the requests that bytes begin with, as long as they are to the letter. */
function methodsIn(bytes: string): readonly string[] {
  const methods: string[] = [];
  for (let rest = bytes; rest !== ""; ) {
    const read = readMessage(rest, { type: "request" }, false);
    // What is bad has a method all the same, and may be followed by others.
    methods.push(rest.split(" ", 1)[0] ?? "");
    if (read.type === "partial" || read.rest === undefined) return methods;
    rest = read.rest;
  }
  return methods;
}

/** What the origin was asked for that stands where, by the letter, no request begins. */
function smuggledIn(bytes: string, asked: readonly string[]): string | undefined {
  const smuggled = asked.find((line) => line.includes("/smuggled"));
  if (smuggled === undefined) return undefined;
  for (let rest = bytes; rest !== ""; ) {
    const read = readMessage(rest, { type: "request" }, false);
    if (read.type === "partial") return smuggled;
    if (rest.split("\r\n", 1)[0]?.includes("/smuggled")) return undefined;
    // Where a bad request ends may be clear all the same.
    if (read.type === "bad" && read.rest === undefined) return `${smuggled}, though ${read.why}`;
    rest = read.rest ?? "";
  }
  return smuggled;
}
