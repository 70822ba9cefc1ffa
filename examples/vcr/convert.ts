/**
 * Writes what tapes hold as an HTTP Archive to standard output: `bun examples/vcr/convert.ts tapes/*.yml >tapes.har`.
 * Reads YAML of VCR (Ruby) and vcrpy (Python), and JSON of nock's recorder. Polly.js writes archives itself.
 */
import * as v from "valibot";

const text = v.nullish(v.string(), "");
/** VCR and vcrpy have lists of values, nock a value or a list. */
const fields = v.nullish(v.record(v.string(), v.union([v.string(), v.array(v.string())])), {});
/** `base64_string` where the bytes are no text. */
const content = v.nullish(
  v.union([v.string(), v.object({ string: v.optional(text), base64_string: v.optional(v.string()) })]),
  "",
);
const interaction = v.object({
  request: v.object({ method: v.string(), uri: v.string(), body: content, headers: fields }),
  response: v.object({ status: v.object({ code: v.number(), message: text }), body: content, headers: fields }),
  recorded_at: v.optional(v.string()),
});
const ofNock = v.object({
  scope: v.string(),
  method: v.string(),
  path: v.string(),
  body: v.optional(v.unknown(), ""),
  status: v.number(),
  response: v.optional(v.unknown(), ""),
  rawHeaders: fields,
  reqheaders: fields,
});
const tape = v.union([
  v.pipe(
    v.object({ http_interactions: v.array(interaction) }),
    v.transform(({ http_interactions }) => http_interactions),
  ),
  v.pipe(
    v.object({ interactions: v.array(interaction) }),
    v.transform(({ interactions }) => interactions),
  ),
  v.pipe(
    v.array(ofNock),
    v.transform((calls) => calls.map(interactionOf)),
  ),
]);

type Interaction = v.InferOutput<typeof interaction>;
type Fields = v.InferOutput<typeof fields>;
type Content = v.InferOutput<typeof content>;

const paths = process.argv.slice(2);
if (paths.length === 0) fail("no tapes are named: write bun examples/vcr/convert.ts tapes/*.yml >tapes.har");
const entries = [];
for (const path of paths) {
  const read = v.safeParse(tape, parsed(path, await Bun.file(path).text()));
  if (!read.success) fail(`${path} is no tape of VCR, vcrpy or nock: ${read.issues[0].message}`);
  entries.push(...read.output.map(entryOf));
}
const log = { version: "1.2", creator: { name: "convert.ts", version: "1" }, entries };
process.stdout.write(`${JSON.stringify({ log }, undefined, 2)}\n`);

function parsed(path: string, file: string): unknown {
  try {
    // Bun reads past the tag that says that a text is Base64, so that it has to be said by the name.
    return Bun.YAML.parse(file.replaceAll(/^(\s*)string: !!?binary\b/gm, "$1base64_string:"));
  } catch (error) {
    fail(`${path} is no YAML: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function fail(message: string): never {
  console.error(`error: ${message}`);
  process.exit(1);
}

function interactionOf({
  scope,
  method,
  path,
  body,
  status,
  response,
  ...call
}: v.InferOutput<typeof ofNock>): Interaction {
  const isPacked = Object.entries(call.rawHeaders).some(([name]) => name.toLowerCase() === "content-encoding");
  return {
    request: { method, uri: scope + path, body: written(body), headers: call.reqheaders },
    response: {
      status: { code: status, message: "" },
      body: isPacked ? { base64_string: ofHex(response) } : written(response),
      headers: call.rawHeaders,
    },
  };
}

function written(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** nock has what came packed as pieces in hexadecimal digits. */
function ofHex(pieces: unknown): string {
  return Buffer.from([pieces].flat().join(""), "hex").toString("base64");
}

function entryOf({ request, response, recorded_at }: Interaction): object {
  const mimeType = fieldOf(response.headers, "content-type");
  const sent = textOf(request.body);
  const at = new Date(recorded_at ?? fieldOf(response.headers, "date"));
  return {
    startedDateTime: Number.isNaN(at.getTime()) ? new Date(0) : at,
    time: 0,
    request: {
      method: request.method.toUpperCase(),
      url: request.uri,
      httpVersion: "HTTP/1.1",
      headers: listed(request.headers),
      ...(sent.text === "" ? {} : { postData: { mimeType: fieldOf(request.headers, "content-type"), ...sent } }),
    },
    response: {
      status: response.status.code,
      statusText: response.status.message,
      httpVersion: "HTTP/1.1",
      headers: listed(response.headers),
      content: { mimeType, ...textOf(response.body) },
    },
  };
}

function textOf(body: Content): { readonly text: string; readonly encoding?: "base64" } {
  if (typeof body === "string") return { text: body };
  if (body.base64_string === undefined) return { text: body.string ?? "" };
  return { text: body.base64_string.replaceAll(/\s/g, ""), encoding: "base64" };
}

function listed(of: Fields): readonly { readonly name: string; readonly value: string }[] {
  return Object.entries(of).flatMap(([name, values]) => [values].flat().map((value) => ({ name, value })));
}

function fieldOf(of: Fields, wanted: string): string {
  return listed(of).find(({ name }) => name.toLowerCase() === wanted)?.value ?? "";
}
