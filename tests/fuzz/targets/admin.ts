import { folderWith } from "../../e2e/folder.ts";
import { drawArchive } from "../archive-grammar.ts";
import { answerTo, askCleanly, CLEAN_HOST } from "../exchange.ts";
import { drawJson, drawObject } from "../json-grammar.ts";
import { watchedProxy } from "../proxy-process.ts";
import type { Random } from "../random.ts";
import { RULE } from "../rule-grammar.ts";
import { contentFor, soundOrigin } from "../sound-origin.ts";
import { Finding, holds, type Input, shown, type Target } from "../target.ts";

const PREFIX = "/__admin";
/** Lanes in which something is changed; the clean client has one of its own. */
const LANES = ['"fz1"', '"fz2"', '"FZ"', '"a b"', "1", `"${"x".repeat(80)}"`];
const URLS = [
  '"/fz/1"',
  '"/fz/"',
  '"http://127.0.0.1/fz"',
  '"//x"',
  '"/fz?b=1&a=2"',
  '"\\u0000"',
  '"/é"',
  '"/%zz"',
  '""',
  '"*"',
  '"javascript:1"',
];

const PURGE = {
  url: URLS,
  prefix: URLS,
  pattern: [...URLS, '"/fz/:id"', '"/*a*a*a*b"', '"/(a+)+"', '"/{x}?"'],
  tag: ['"a"', '"a,b"', '""'],
  tags: ['["a","b"]', "[]", "[1]"],
  everything: ["true", "false"],
  soft: ["true", '"yes"'],
};
const RESOURCE = {
  url: URLS,
  method: ['"GET"', '"HEAD"', '"POST"', '"G T"'],
  headers: ['{"accept":"a"}', '{"bad name":"x"}', '{"host":"x"}', '{"x":"\\r\\n"}', '[["a","b"]]'],
};
const QUERY = [
  "url=/fz/1",
  "&",
  "method=GET",
  "header=Accept:a",
  "header=:",
  "prefix=/",
  "tag=a",
  "state=fresh",
  "sort=size",
  "limit=5",
  "limit=-1",
  "cursor=x",
  "cursor=eyJ9",
  "secrets=shown",
  "origin=http://x",
  "for=x",
  "filter=status>5",
  "since=1",
  "%00",
  "=",
  "%zz",
  "é",
  "seconds=60",
];

/** The paths by which a proxy is run, and what is sent to them. */
export const admin: Target = {
  name: "admin",
  beside: 4,
  short: 400,
  draw(random) {
    const [method, path, body] = drawAsked(random);
    const type = random.pick([
      "application/json",
      "application/json",
      "text/plain",
      "application/x-www-form-urlencoded",
      "",
    ]);
    return [
      random.chance(0.9) ? method : random.pick(["GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS"]),
      PREFIX + path,
      type,
      body,
    ];
  },
  async start(stack) {
    const origin = await soundOrigin(stack);
    const rules = [{ match: "/nothing", scenario: "down", response: { status: 503 } }];
    const cwd = await folderWith(stack, { "caching-proxy.config.json": JSON.stringify({ rules }) });
    const { proxy, isWell, isModest, mostMegabytes } = await watchedProxy(stack, origin.url, "--timeout 1s", { cwd });
    const statuses: Record<string, number> = {};
    return {
      async play([method = "", target = "", type = "", body = ""]: Input) {
        const bytes = Buffer.from(body).toString("latin1");
        const fields = `Host: localhost:${proxy.port}\r\nContent-Type: ${type}\r\nContent-Length: ${bytes.length}\r\nConnection: close`;
        const answer = await answerTo(
          proxy.port,
          `${method} ${encodeURI(target.toWellFormed())} HTTP/1.1\r\n${fields}\r\n\r\n${bytes}`,
        );
        isWell();
        if (answer === undefined) throw new Finding(`${method} ${target} is not answered`);
        const status = answer.start.slice(9, 12);
        statuses[status] = (statuses[status] ?? 0) + 1;
        holds(status !== "500", () => `${method} ${target} is answered by ${answer.start}`);
        const isJson = answer.fields.some(
          ([name, value]) => name === "content-type" && /^application\/(?:problem\+)?json/.test(value),
        );
        if (isJson && answer.content !== "") JSON.parse(Buffer.from(answer.content, "latin1").toString());
        for (const fault of origin.faults()) throw new Finding(fault);
        const clean = await askCleanly(proxy.port, "/known", "X-Lane: clean\r\n");
        const right = contentFor("/known", CLEAN_HOST);
        holds(clean.content === right, () => `a clean client gets ${shown(clean.content)} instead of ${shown(right)}`);
      },
      yardstick: () => askCleanly(proxy.port, "/known"),
      inspect: async () => isModest(),
      counted: () => ({ ...statuses, "most MB": mostMegabytes() }),
    };
  },
};

/** Method, path and body of something that the admin paths do. */
function drawAsked(random: Random): readonly [method: string, path: string, body: string] {
  const query = (): string => (random.chance(0.3) ? "" : `?${random.words(QUERY, 5)}`);
  const json = (members: Readonly<Record<string, readonly string[]>>): string => {
    const text = drawObject(random, members);
    return random.make([
      () => text,
      () => text,
      () => random.mutated(text, [...'{}[],:"\\ ', "null", "\0"]),
      () => drawJson(random, Object.keys(members), ["/fz/1", "a"]),
    ]);
  };
  const rules = `{"lane":${random.pick(LANES)},"rules":[${random.list(3, () => drawObject(random, RULE)).join(",")}]}`;
  return random.make([
    () => ["POST", "/purge", json(PURGE)],
    () => ["POST", "/refresh", json(RESOURCE)],
    () => ["POST", "/compare", json(RESOURCE)],
    () => [
      "POST",
      `/import${query()}`,
      random.make([() => drawArchive(random), () => random.mutated(drawArchive(random), [...'{}[],:"'])]),
    ],
    () => [
      "PUT",
      "/scenario",
      `{"lane":${random.pick(LANES)},"scenario":${random.pick(['"down"', '"dwn"', "null", "1", '""'])}}`,
    ],
    () => ["PUT", "/rules", random.chance(0.8) ? rules : random.mutated(rules, [...'{}[],:"'])],
    () => ["GET", `/explain${query()}`, ""],
    () => ["GET", `/entries${query()}`, ""],
    () => ["GET", `/export${query()}`, ""],
    () => ["GET", `/recent${query()}`, ""],
    () => ["GET", `/history${query()}`, ""],
    () => [
      random.pick(["GET", "DELETE"]),
      `/lanes/${random.pick(["fz1", "-", "a%20b", "..", "%2e%2e", "fz1/requests?limit=5", "fz2/x", ""])}`,
      "",
    ],
    () => [
      "GET",
      `/${random.pick(["stats", "metrics", "fixtures", "rules", "lanes", "", "nothing", "%2e%2e/known"])}${query()}`,
      "",
    ],
  ] as const);
}
