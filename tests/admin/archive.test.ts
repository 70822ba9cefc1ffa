import { describe, expect, test } from "bun:test";
import type { Outcome } from "../../src/admin/admin.ts";
import { type Archives, archiveOperations, type ExportAsked, type ImportAsked } from "../../src/admin/archive.ts";
import { asking } from "./asking.ts";

const TAKEN = { entries: 1, stored: 1, left: {}, faults: [], webSocketMessages: 0 };

/** The operations over archives that note what they were asked. */
function operations(archives: Partial<Archives> = {}) {
  const asked: (ImportAsked | ExportAsked | string)[] = [];
  const noting: Archives = {
    async take(text, wish) {
      asked.push(text, wish);
      return TAKEN;
    },
    give(wish) {
      asked.push(wish);
      return (async function* () {
        yield "some";
      })();
    },
    ...archives,
  };
  return { asked, ...archiveOperations(async () => noting) };
}

function posting(url: string, body: string | ReadableStream<Uint8Array>) {
  return { ...asking(url), request: new Request(url, { method: "POST", body }) };
}

function detail(outcome: Outcome): string {
  return outcome.type === "problem" ? `${outcome.problem.status} ${outcome.problem.detail}` : outcome.type;
}

describe("POST …/import", () => {
  test.each([
    ["http://localhost:3000/import", { origin: undefined, publicOrigin: "http://localhost:3000" }],
    [
      "http://127.0.0.1:3000/import?origin=https://a.test/b&for=http://localhost:3000/",
      { origin: new URL("https://a.test/b"), publicOrigin: "http://localhost:3000" },
    ],
  ])("%s", async (url, wish) => {
    const { takeArchive, asked } = operations();
    expect(await takeArchive(posting(url, "{}"))).toEqual({ type: "json", value: TAKEN });
    expect(asked).toEqual(["{}", wish]);
  });

  test.each([
    ["?from=x", "400 There is no parameter from. There are: origin, for."],
    ["?origin=shop", '400 origin "shop" is no http or https URL.'],
    ["?for=ftp://a.test", '400 for "ftp://a.test" is no http or https URL.'],
  ])("%s is refused", async (query, why) => {
    const { takeArchive, asked } = operations();
    expect(detail(await takeArchive(posting(`http://localhost:3000/import${query}`, "{}")))).toBe(why);
    expect(asked).toEqual([]);
  });

  test("what is no archive is a 400 that says why", async () => {
    const { takeArchive } = operations({ take: async () => ({ type: "refused", why: "it is no JSON: x" }) });
    expect(detail(await takeArchive(posting("http://localhost:3000/import", "{")))).toBe("400 It is no JSON: x.");
  });

  test("of one that is too large the rest is not read", async () => {
    const { takeArchive, asked } = operations();
    let pieces = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        pieces++;
        controller.enqueue(new Uint8Array(8 * 1024 * 1024));
      },
    });
    expect(detail(await takeArchive(posting("http://localhost:3000/import", endless)))).toStartWith("413 ");
    expect(pieces).toBeLessThan(12);
    expect(asked).toEqual([]);
  });
});

describe("GET …/export", () => {
  test("everything without secrets, or what the parameters say", async () => {
    const { giveArchive, asked } = operations();
    await giveArchive(asking("http://localhost:3000/export"));
    await giveArchive(asking("http://localhost:3000/export?prefix=/a&secrets=shown"));
    const publicOrigin = "http://localhost:3000";
    expect(asked).toEqual([
      { prefix: "/", publicOrigin, secrets: "hidden" },
      { prefix: "/a", publicOrigin, secrets: "shown" },
    ]);
  });

  test.each([
    ["?secret=shown", "400 There is no parameter secret. There are: prefix, secrets."],
    ["?secrets=yes", '400 secrets "yes" is neither hidden nor shown.'],
  ])("%s is refused", async (query, why) => {
    expect(detail(await operations().giveArchive(asking(`http://localhost:3000/export${query}`)))).toBe(why);
  });

  test("pieces are made as they are read, and no more once nobody reads", async () => {
    let made = 0;
    let isOver = false;
    const { giveArchive } = operations({
      async *give() {
        try {
          for (;;) yield `${made++} `;
        } finally {
          isOver = true;
        }
      },
    });
    const outcome = await giveArchive(asking("http://localhost:3000/export"));
    if (outcome.type !== "response" || !(outcome.response.body instanceof ReadableStream)) throw new Error("no stream");
    const reader = outcome.response.body.getReader();
    await reader.read();
    await reader.read();
    await new Promise((resolve) => setImmediate(resolve));
    expect(made).toBeLessThanOrEqual(3);
    await reader.cancel();
    expect(isOver).toBe(true);
  });
});
