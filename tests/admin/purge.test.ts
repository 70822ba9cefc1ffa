import { describe, expect, test } from "bun:test";
import type { Outcome } from "../../src/admin/admin.ts";
import { type PurgeWish, purgeByJson, purgeByMethod } from "../../src/admin/purge.ts";
import type { Incoming } from "../../src/http/exchange.ts";

type Seen = readonly [PurgeWish, "hard" | "soft", string];

/** Whoever purges, and what it was told. */
function purger() {
  const seen: Seen[] = [];
  const purge = async (...told: Seen) => {
    seen.push(told);
    const [wish] = told;
    return wish.type === "url" && wish.url === "/refused"
      ? { type: "refused" as const, why: "that is nothing" }
      : { type: "purged" as const, purged: 7 };
  };
  return { seen, purge };
}

function incoming(method: string, body: string | undefined, fields: Readonly<Record<string, string>> = {}): Incoming {
  const url = "http://localhost:3000/a?b=1";
  const request = new Request(url, { method: "POST", headers: fields, ...(body === undefined ? {} : { body }) });
  return {
    request: new Request(request, { method }),
    url: new URL(url),
    headers: new Headers(fields),
    client: () => "127.0.0.1",
  };
}

async function byJson(body: string | undefined): Promise<{ outcome: Outcome; seen: readonly Seen[] }> {
  const { purge, seen } = purger();
  return { outcome: await purgeByJson(purge)(incoming("POST", body)), seen };
}

describe("a JSON body", () => {
  test.each<[string, PurgeWish, "hard" | "soft"]>([
    ['{"url":"/a"}', { type: "url", url: "/a" }, "hard"],
    ['{"url":"/a","soft":true}', { type: "url", url: "/a" }, "soft"],
    ['{"prefix":"/a","soft":false}', { type: "prefix", prefix: "/a" }, "hard"],
    ['{"pattern":"/:a"}', { type: "pattern", pattern: "/:a" }, "hard"],
    ['{"tag":"t"}', { type: "tags", tags: ["t"] }, "hard"],
    ['{"tags":["t","u"]}', { type: "tags", tags: ["t", "u"] }, "hard"],
    ['{"everything":true}', { type: "everything" }, "hard"],
  ])("%s", async (body, wish, how) => {
    const { outcome, seen } = await byJson(body);
    expect(seen).toEqual([[wish, how, "http://localhost:3000"]]);
    expect(outcome).toEqual({ type: "json", value: { purged: 7, how } });
  });

  test.each([
    [undefined, "no JSON object"],
    ["null", "no JSON object"],
    ['"url"', "no JSON object"],
    ['{"url":"/a"', "no JSON object"],
    ['{"soft":true}', "names nothing"],
    ['{"url":" "}', '"url" is a URL or a path'],
    ['{"prefix":null}', '"prefix" is'],
    ['{"pattern":{}}', '"pattern" is'],
    ['{"tag":["t"]}', '"tag" is one tag'],
    ['{"tags":["t",1]}', '"tags" is a list'],
    ['{"tags":"t"}', '"tags" is a list'],
    ['{"everything":1}', '"everything" is true'],
    ['{"everything":true,"tag":"t"}', "not by tag and everything"],
    ['{"everything":true,"Soft":true}', 'no "Soft"'],
    ['{"__proto__":{"url":"/a"}}', 'no "__proto__"'],
  ])("%j is refused", async (body, said) => {
    const { outcome, seen } = await byJson(body);
    expect(seen).toEqual([]);
    expect(outcome).toMatchObject({ type: "problem", problem: { status: 400 } });
    expect(outcome.type === "problem" ? outcome.problem.detail : "").toContain(said);
  });

  test("what cannot be done is told in a sentence", async () => {
    const { outcome } = await byJson('{"url":"/refused"}');
    expect(outcome).toMatchObject({ problem: { status: 400, detail: "That is nothing." } });
  });

  test("a body that is too large is not read to its end", async () => {
    const { outcome, seen } = await byJson(`{"url":"/${"a".repeat(300 * 1024)}"}`);
    expect(outcome).toMatchObject({ problem: { status: 413 } });
    expect(seen).toEqual([]);
  });
});

describe("the method", () => {
  test.each<[Readonly<Record<string, string>>, PurgeWish, "hard" | "soft"]>([
    [{}, { type: "url", url: "/a?b=1" }, "hard"],
    [{ "fastly-soft-purge": "1" }, { type: "url", url: "/a?b=1" }, "soft"],
    [{ "fastly-soft-purge": "0" }, { type: "url", url: "/a?b=1" }, "hard"],
    [{ "surrogate-key": "t u" }, { type: "tags", tags: ["t", "u"] }, "hard"],
    [{ xkey: "t", "fastly-soft-purge": "1" }, { type: "tags", tags: ["t"] }, "soft"],
  ])("with %j", async (fields, wish, how) => {
    const { purge, seen } = purger();
    const outcome = await purgeByMethod(purge)(incoming("PURGE", undefined, fields));
    expect(seen).toEqual([[wish, how, "http://localhost:3000"]]);
    expect(outcome).toEqual({ type: "json", value: { purged: 7, how } });
  });
});
