import { checkConfig } from "../../../src/config/check-config.ts";
import { serveFlags } from "../../../src/config/flags.ts";
import { parseBandwidth, parseDuration, parseSize } from "../../../src/config/units.ts";
import { canonicalContent } from "../../../src/fixtures/canonical.ts";
import { load } from "../../../src/fixtures/load.ts";
import { nameOf, readName } from "../../../src/fixtures/names.ts";
import { canonicalSegment, canonicalWord } from "../../../src/fixtures/percent.ts";
import { formatTarget, readTarget } from "../../../src/fixtures/target.ts";
import { escapingOf, filled, readTemplate, TemplateFault } from "../../../src/fixtures/template.ts";
import { piecesOf, withoutPauses } from "../../../src/fixtures/timeline.ts";
import { entriesIn, HarFault } from "../../../src/har/archive.ts";
import { readEntry } from "../../../src/har/read-entry.ts";
import { withStrings } from "../../../src/veil/json-strings.ts";
import { printedMultipart, readMultipart } from "../../../src/veil/multipart.ts";
import { drawArchive, ENTRY } from "../archive-grammar.ts";
import { bytesOf, type Check, ofChecks, oneOf } from "../checks.ts";
import { drawJson, drawObject } from "../json-grammar.ts";
import type { Random } from "../random.ts";
import { RULE } from "../rule-grammar.ts";
import { holds, shown } from "../target.ts";

const MESSAGE = [
  "\n",
  "\r\n",
  "\n\n",
  " ",
  ":",
  "#",
  "# @template\n",
  "# @ignore /a\n",
  "# @body ./a.json\n",
  "# @body ../../../etc/passwd\n",
  "# @stream\n",
  "# @latency 50ms\n",
  "# @scenario a\n",
  "# @latency 99999999d\n",
  "# @nothing\n",
  "# +10ms\n",
  "GET /a?b=1\n",
  "POST /a HTTP/1.1\n",
  "GET http://x/y\n",
  "HTTP/1.1 200 OK\n",
  "200\n",
  "HTTP/1.1 999 X\n",
  "Content-Type: application/json\n",
  "Content-Type: text/event-stream\n",
  "Content-Length: 3\n",
  "{{request.path.id}}",
  "{{now}}",
  "{{",
  '{"a": 1}',
  "data: x\n\n",
  "\0",
  "é",
  "\xff",
];
const FILE_NAMES = [
  "GET",
  "POST",
  "/",
  "products",
  "[id]",
  "[...rest]",
  "#",
  "a=1",
  "&",
  ".http",
  ".json",
  ".body.json",
  "..",
  ".",
  "%2F",
  "%2E%2E",
  "\\",
  "\0",
  "index",
  "~",
  "é",
  "C:",
  " ",
  "[",
  "]",
  "CON",
  "@",
  "!",
];
const TEMPLATE = [
  "{{",
  "}}",
  "\\{{",
  "request.",
  "path.id",
  "query.a",
  "body.a[0]",
  "headers.x-a",
  "now",
  "uuid",
  " +1d",
  " format=iso",
  " or ",
  '"x"',
  "'",
  "{",
  "}",
  '{"a": "',
  '"}',
  "\n",
  "random",
  "1",
  "-",
  ".",
  "[0]",
  "__proto__",
  "constructor",
];
const URLISH = [
  "/",
  "a",
  "b",
  "%2F",
  "%61",
  "%zz",
  "%",
  "..",
  "?",
  "&",
  "=",
  "+",
  "%20",
  "é",
  "%C3%A9",
  "%FF",
  "[id]",
  "#",
];
const PAUSES = ["\n", "\r\n", "# +10ms", "# +1.5s", "data: x", "# +", "ms", "# +1e9s", "\n\n"];
const JSON_NAMES = ["a", "b", "token", "password", "id"];

const SETTINGS = {
  port: ["3000", '"3000"', "-1"],
  origin: ['"http://x"', '"x"'],
  ttl: ['"5m"', "5"],
  store: ['"sqlite:x"', '"redis://u:p@h"'],
  workers: ['"auto"', "0"],
  seed: ["1", "-1", "1.5"],
  adminToken: ['"secret-token"'],
  frozen: ["true", '"true"'],
};

function drawConfig(random: Random): string {
  const rules = random.list(3, () => drawObject(random, RULE));
  const settings = drawObject(random, SETTINGS).slice(1, -1);
  const json = `{${[settings, `"rules":[${rules.join(",")}]`].filter((each) => each !== "").join(",")}}`;
  return random.make([
    () => json,
    () => json,
    () => random.mutated(json, [...'{}[],:"\n -|>&*!#=', "\n  ", "---", "<<: *a", "&a ", "[[rules]]\n", "a.b = 1\n"]),
    () => drawJson(random, [...Object.keys(RULE), "rules"], ["/a", "5m", "x"]),
  ]);
}

/** Config files, fixtures and archives: read, or refused in a sentence. */
export const files = ofChecks("files", 1200, {
  config: {
    draw: (random) => [random.pick(["json", "yaml", "toml"]), drawConfig(random)],
    play(kind = "", text = "") {
      const content = parsedAs(kind, text);
      if (content === undefined) return;
      const checked = checkConfig(serveFlags, content.value, "caching-proxy.config.json");
      if (checked.ok) return;
      holds(checked.message.trim() !== "", () => "nothing is said of what is wrong");
      holds(!/secret-token|:p@/.test(checked.message), () => `a secret is shown: ${shown(checked.message)}`);
    },
  },
  units: {
    draw: (random) => [
      random.words(
        [
          "5",
          "0",
          "99999999999999999999",
          "kb",
          "mb",
          "gb",
          "ms",
          "s",
          "m",
          "h",
          "d",
          "/s",
          "-",
          "+",
          ".",
          " ",
          "e",
          "KB",
        ],
        4,
      ),
    ],
    play(text = "") {
      for (const parsed of [parseSize(text), parseDuration(text), parseBandwidth(text)]) {
        holds(
          !parsed.ok || (Number.isSafeInteger(parsed.value) && parsed.value >= 0),
          () => `${shown(text)} is ${JSON.stringify(parsed)}`,
        );
      }
    },
  },
  fixture: {
    draw: (random) => [
      random.chance(0.5) ? "GET/products/[id].http" : random.words(FILE_NAMES, 8),
      oneOf(random, MESSAGE),
    ],
    play(path = "", text = "") {
      const read: string[] = [];
      const loaded = load(path, (file) => {
        read.push(file);
        return bytesOf(text);
      });
      for (const file of read) holds(!isOutside(file), () => `${shown(file)} lies outside of the folder`);
      if (loaded.type === "broken") holds(loaded.fault.message !== "", () => "nothing is said of what is wrong");
    },
  },
  "fixture-name": {
    draw: (random) => [random.words(URLISH, 14), random.pick(["GET", "POST", "M-SEARCH"])],
    play(path = "", method = "") {
      const url = URL.parse(`http://a/${path}`);
      if (url === null) return;
      const target = readTarget(url);
      const name = nameOf({ method, target });
      holds(!isOutside(name), () => `${url.href} would be written to ${shown(name)}`);
      const named = readName(name);
      holds(named.type === "message", () => `${shown(name)} of ${url.href} is ${named.type}`);
      const again = readTarget(new URL(`http://a${formatTarget(target)}`));
      holds(Bun.deepEquals(again, target), () => `${formatTarget(target)} is read as ${formatTarget(again)}`);
      for (const form of [canonicalSegment, canonicalWord]) {
        holds(form(form(path)) === form(path), () => `the form of ${shown(form(path))} is ${shown(form(form(path)))}`);
      }
    },
  },
  template: {
    draw: (random) => [oneOf(random, TEMPLATE), random.pick(["application/json", "text/html", "text/plain", ""])],
    play(text = "", type = "") {
      try {
        const values = { request: () => '"<&\r\n', now: () => 0, uuid: () => "u", sequence: () => 1 };
        filled(readTemplate(text, escapingOf(type)), values);
      } catch (error) {
        if (!(error instanceof TemplateFault)) throw error;
      }
    },
  },
  stream: {
    draw: (random) => [oneOf(random, PAUSES)],
    play(text = "") {
      const pieces = piecesOf(text);
      for (const { after } of pieces) holds(Number.isFinite(after) && after >= 0, () => `a pause of ${after} ms`);
      holds(
        withoutPauses(text) === pieces.map((piece) => piece.text).join(""),
        () => "the text without pauses is another one",
      );
    },
  },
  "json-strings": {
    draw: (random) => [drawJson(random, JSON_NAMES, ["x", 'q"', "\\", "é"])],
    play(text = "") {
      const kept = withStrings(text, () => undefined);
      holds(kept === undefined || kept === text, () => `${shown(text)} becomes ${shown(kept ?? "")}`);
      const changed = withStrings(text, (scalar) => (scalar.type === "text" ? 'new"' : undefined));
      if (changed !== undefined) JSON.parse(changed);
    },
  },
  content: {
    draw: (random) => [
      random.pick(["application/json", "multipart/form-data", "application/x-www-form-urlencoded", "text/plain"]),
      random.make([
        () => drawJson(random, JSON_NAMES, ["x"]),
        () => oneOf(random, ["--b", "\r\n", "\n", "--", "name=", "a", ":", ";"]),
      ]),
    ],
    play(type = "", text = "") {
      canonicalContent(bytesOf(text), type, ["/a"]);
      const multipart = readMultipart(text);
      if (multipart !== undefined) readMultipart(printedMultipart(multipart));
    },
  },
  har: {
    draw: (random) => {
      const text = drawArchive(random);
      return [
        random.make([
          () => text,
          () => text,
          () => random.mutated(text, [...'{}[],:"', "null"]),
          () => drawJson(random, ["log", "entries", ...Object.keys(ENTRY)], ["GET", "http://o/", "x"]),
        ]),
      ];
    },
    play(text = "") {
      try {
        for (const [i, entry] of entriesIn(text).entries()) {
          const read = readEntry(entry, i + 1);
          if (read.type === "unreadable") holds(read.why !== "", () => "nothing is said of what is wrong");
          else
            holds(/^https?:$/.test(read.exchange.request.url.protocol), () => `${read.exchange.request.url} is taken`);
        }
      } catch (error) {
        if (!(error instanceof HarFault)) throw error;
      }
    },
  },
} satisfies Record<string, Check>);

function parsedAs(kind: string, text: string): { readonly value: unknown } | undefined {
  try {
    switch (kind) {
      case "yaml":
        return { value: Bun.YAML.parse(text) };
      case "toml":
        return { value: Bun.TOML.parse(text) };
      default:
        return { value: Bun.JSONC.parse(text) };
    }
  } catch {
    // Whoever starts the proxy is told so (config/file-text.ts).
    return undefined;
  }
}

/** Whether a path leads out of the folder in which it lies, by any system's reading. */
function isOutside(path: string): boolean {
  return path.startsWith("/") || /^[a-z]:/i.test(path) || /[\\\0]/.test(path) || path.split("/").includes("..");
}
