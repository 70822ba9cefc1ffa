import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { Answer, Outgoing, Send } from "../../src/http/origin.ts";
import { USUAL_RULES } from "../../src/origins/breaker.ts";
import { MOST } from "../../src/origins/budget.ts";
import { reaching } from "../../src/origins/reaching.ts";
import type { SiteSetting } from "../../src/origins/site.ts";
import { Sites } from "../../src/origins/sites.ts";

const A = "http://a.test";
const B = "http://b.test";
const SITE: SiteSetting = {
  origin: new URL(A),
  failover: [new URL(B)],
  authorization: undefined,
  check: undefined,
};
const TIMEOUT = 30_000;

type Options = { readonly site?: Partial<SiteSetting>; readonly retries?: number; readonly breaker?: boolean };

/**
 * The way to stub origins; `how` tells what one answers: a status, or that nobody is there.
 * @param upload what a request with a body is answered, once all of that is there
 */
function world(
  how: (
    host: string,
    now: number,
    pass: (length: number) => void,
    path: string,
  ) => number | "refused" | "silent" | "left",
  options: Options = {},
  upload?: Promise<number>,
) {
  let now = 0;
  const sent: {
    readonly host: string;
    readonly at: number;
    readonly within: number | undefined;
    auth: string | null;
  }[] = [];
  const told: string[] = [];
  const cancelled: string[] = [];
  const wait = (length: number): void => {
    now += length;
  };
  const send: Send = async ({ url, headers, body: uploaded, within }): Promise<Answer> => {
    sent.push({ host: url.host, at: now, within, auth: headers.get("authorization") });
    const what = (uploaded && (await upload)) ?? how(url.host, now, wait, url.pathname);
    if (what === "left") return { type: "failed", failure: { type: "aborted" } };
    if (what === "refused") return { type: "failed", failure: { type: "unreachable", cause: "refused" } };
    if (what === "silent") {
      now += within ?? TIMEOUT;
      return { type: "failed", failure: { type: "timeout", after: TIMEOUT } };
    }
    const body = new ReadableStream({ cancel: () => void cancelled.push(url.host) });
    return {
      type: "response",
      response: new Response(body, { status: what }),
      headers: new Headers(),
      framing: "delimited",
    };
  };
  const sites = new Sites([{ ...SITE, ...options.site }], {
    rules: options.breaker === true ? USUAL_RULES : undefined,
    clock: () => now,
    steady: () => now,
    tell: (change) => void told.push(change),
  });
  const reach = reaching({
    ...{ send, sites, timeout: TIMEOUT, retries: options.retries ?? 0, steady: () => now, random: () => 0.5 },
    async pause(length, { aborted }) {
      now += length;
      return aborted ? "left" : "over";
    },
  });
  return {
    ...{ sent, told, cancelled, sites },
    hosts: () => sent.splice(0).map(({ host }) => host),
    wait,
    ask: (method = "GET", given: Partial<Outgoing> = {}) =>
      reach({
        method,
        url: new URL(`${A}/x`),
        headers: new Headers(),
        body: null,
        signal: new AbortController().signal,
        ...given,
      }),
  };
}

const outcome = (answer: Answer): string =>
  answer.type === "response" ? String(answer.response.status) : answer.failure.type;

describe("failover", () => {
  test("what the first fails the second answers, and after three in a row the first is not asked", async () => {
    const { ask, hosts, told } = world((host) => (host === "a.test" ? "refused" : 200));
    for (let i = 0; i < 3; i++) expect(outcome(await ask())).toBe("200");
    expect(hosts()).toEqual(["a.test", "b.test", "a.test", "b.test", "a.test", "b.test"]);
    expect(outcome(await ask())).toBe("200");
    expect(hosts()).toEqual(["b.test"]);
    expect(told).toEqual([
      `The origin at ${A} failed several times in a row: what failed there is left alone for a while.`,
    ]);
  });

  test("once it is well again it is the first again", async () => {
    let isThere = false;
    const { ask, hosts, wait, told } = world((host) => (host === "a.test" && !isThere ? 503 : 200));
    for (let i = 0; i < 3; i++) await ask();
    wait(1000);
    hosts();
    await ask();
    expect(hosts()).toEqual(["a.test", "b.test"]);
    wait(1000);
    await ask();
    expect(hosts()).toEqual(["b.test"]);
    isThere = true;
    wait(1000);
    await ask();
    await ask("POST");
    expect(hosts()).toEqual(["a.test", "a.test"]);
    expect(told.at(-1)).toBe(`The origin at ${A} answers again.`);
  });

  test("a POST goes to one alone, and is not the one that finds out", async () => {
    const { ask, hosts, wait } = world((host) => (host === "a.test" ? "refused" : 200));
    for (let i = 0; i < 3; i++) expect(outcome(await ask("POST"))).toBe("unreachable");
    expect(hosts()).toEqual(["a.test", "a.test", "a.test"]);
    wait(5000);
    expect(outcome(await ask("POST"))).toBe("200");
    expect(hosts()).toEqual(["b.test"]);
  });

  test("where all fail the last answer is the answer, and nobody reads those before it", async () => {
    const { ask, cancelled } = world(() => 502);
    expect(outcome(await ask())).toBe("502");
    expect(cancelled).toEqual(["a.test"]);
  });

  test("all left alone: nobody is asked, and it says when somebody is", async () => {
    const { ask, hosts, wait } = world(() => "refused");
    for (let i = 0; i < 3; i++) await ask();
    hosts();
    const answer = await ask();
    expect(answer).toEqual({ type: "failed", failure: { type: "circuit-open", retryAfter: 1 } });
    expect(hosts()).toEqual([]);
    wait(1000);
    await ask();
    expect(hosts()).toEqual(["a.test", "b.test"]);
    expect(await ask()).toEqual({ type: "failed", failure: { type: "circuit-open", retryAfter: 2 } });
  });

  test("all attempts together take no longer than the timeout, and one that finds out leaves half of it", async () => {
    const { ask, sent, wait } = world((host) => (host === "a.test" ? "silent" : 200));
    for (let i = 0; i < 3; i++) expect(outcome(await ask())).toBe("timeout");
    expect(outcome(await ask())).toBe("200");
    wait(1000);
    sent.length = 0;
    expect(outcome(await ask())).toBe("200");
    expect(sent.map(({ host, within }) => [host, within])).toEqual([
      ["a.test", 15_000],
      ["b.test", 15_000],
    ]);
  });
});

describe("what fails of something that is well", () => {
  const to = (path: string): Partial<Outgoing> => ({ url: new URL(`${A}${path}`) });

  test("of one path takes nothing away from the others", async () => {
    const how = (_: string, __: number, ___: unknown, path: string) => (path === "/bad" ? 502 : 200);
    const { ask, hosts, told } = world(how, { site: { failover: [] }, breaker: true });
    for (let i = 0; i < 3; i++) await ask("GET", to("/bad?v="));
    expect(outcome(await ask("GET", to("/bad?v=4")))).toBe("circuit-open");
    hosts();
    expect(outcome(await ask("POST", to("/good")))).toBe("200");
    expect(hosts()).toEqual(["a.test"]);
    expect(told).toEqual([
      `The origin at ${A} failed several times in a row: what failed there is left alone for a while.`,
      `The origin at ${A} answers again.`,
    ]);
  });

  test("of many paths takes nothing away while others are answered", async () => {
    const { ask, wait, hosts } = world((_, __, ___, path) => (path.startsWith("/bad/") ? 504 : 200));
    for (let i = 0; i < 50; i++) {
      expect(outcome(await ask("GET", to("/good")))).toBe("200");
      wait(500);
      for (let n = 0; n < 5; n++) await ask("GET", to(`/bad/${n}`));
    }
    // Nor from whoever has nobody to answer meanwhile.
    expect(hosts().slice(-4)).toEqual(["a.test", "b.test", "a.test", "b.test"]);
  });

  test("late says nothing of what has answered meanwhile", async () => {
    const { ask, sites, wait } = world((host, _, __, path) => (path === "/slow" && host === "a.test" ? "silent" : 200));
    const slow = [1, 2, 3].map(() => ask("POST", to("/slow")));
    wait(1);
    await ask("GET", to("/good"));
    expect((await Promise.all(slow)).map(outcome)).toEqual(["timeout", "timeout", "timeout"]);
    expect(sites.figures()[0]).toMatchObject({ state: "well", failed: 3 });
  });

  test("of as many paths as no one thing fails is the whole of it", async () => {
    const { ask, hosts } = world((host) => (host === "a.test" ? "refused" : 200));
    for (let i = 0; i < 5; i++) await ask("GET", to(`/${i}`));
    hosts();
    expect(outcome(await ask("POST", to("/other")))).toBe("200");
    expect(hosts()).toEqual(["b.test"]);
  });
});

test("one at a time finds out, whoever comes meanwhile", async () => {
  const { ask, hosts, wait } = world((host) => (host === "a.test" ? "refused" : 200));
  for (let i = 0; i < 3; i++) await ask();
  wait(1000);
  hosts();
  const answers = await Promise.all(Array.from({ length: 10 }, () => ask()));
  expect(new Set(answers.map(outcome))).toEqual(new Set(["200"]));
  expect(hosts().filter((host) => host === "a.test")).toHaveLength(1);
});

test("while one takes very long to find out, as an upload does, others do not wait for ever", async () => {
  let isThere = false;
  const upload = Promise.withResolvers<number>();
  const { ask, wait } = world(
    () => (isThere ? 200 : "refused"),
    { site: { failover: [] }, breaker: true },
    upload.promise,
  );
  for (let i = 0; i < 3; i++) await ask();
  wait(1000);
  isThere = true;
  const first = ask("POST", { body: new ReadableStream() });
  expect(outcome(await ask())).toBe("circuit-open");
  wait(30_000);
  expect([outcome(await ask()), outcome(await ask())]).toEqual(["200", "200"]);
  upload.resolve(502);
  expect(outcome(await first)).toBe("502");
});

test("where a client leaves that was to find out, the next one does", async () => {
  let isLeaving = false;
  const { ask, hosts, wait } = world((host) => (host === "b.test" ? 200 : isLeaving ? "left" : "refused"));
  for (let i = 0; i < 3; i++) await ask();
  wait(1000);
  hosts();
  isLeaving = true;
  expect([outcome(await ask()), outcome(await ask())]).toEqual(["aborted", "aborted"]);
  expect(hosts()).toEqual(["a.test", "a.test"]);
});

test("who is given little of the time is not to blame for being late", async () => {
  // The first takes all but a second before it breaks off.
  const { ask, sites } = world((host, _, pass) => {
    if (host === "b.test") return "silent";
    pass(TIMEOUT - 1000);
    return "refused";
  });
  expect(outcome(await ask())).toBe("timeout");
  expect(sites.figures().map(({ failed }) => failed)).toEqual([1, 0]);
});

test("an answer of which the body has broken off while a retry waits costs nobody anything", async () => {
  const sites = new Sites([{ ...SITE, failover: [] }], {
    ...{ rules: USUAL_RULES, clock: () => 0, steady: () => 0, tell: () => undefined },
  });
  const statuses = [502, 200];
  let breakOff = (): void => undefined;
  const send: Send = async () => {
    const body = new ReadableStream({
      start(controller) {
        breakOff = () => controller.error(new Error("reset"));
      },
    });
    const response = new Response(body, { status: statuses.shift() ?? 200 });
    return { type: "response", response, headers: new Headers(), framing: "delimited" };
  };
  const reach = reaching({
    ...{ send, sites, timeout: TIMEOUT, retries: 1, steady: () => 0, random: () => 0.5 },
    async pause() {
      breakOff();
      return "over";
    },
  });
  const signal = new AbortController().signal;
  const request = { method: "GET", url: new URL(`${A}/x`), headers: new Headers(), body: null, signal };
  expect(outcome(await reach(request))).toBe("200");
});

describe("one address", () => {
  const alone: Options = { site: { failover: [] } };

  test("without a breaker it is asked each time", async () => {
    const { ask, hosts } = world(() => "refused", alone);
    for (let i = 0; i < 5; i++) expect(outcome(await ask())).toBe("unreachable");
    expect(hosts()).toHaveLength(5);
  });

  test("with one it is left alone, for longer each time", async () => {
    const { ask, hosts, wait } = world(() => "refused", { ...alone, breaker: true });
    const pauses = [];
    for (let second = 0; second < 200; second++) {
      await ask("POST");
      if (hosts().length > 0) pauses.push(second);
      wait(1000);
    }
    // The three that it takes are asked one second after the other.
    expect(pauses).toEqual([0, 1, 2, 3, 5, 9, 17, 33, 63, 93, 123, 153, 183]);
  });
});

describe("retries", () => {
  const alone = (retries: number): Options => ({ site: { failover: [] }, retries });

  test("as many as are allowed, with pauses that grow", async () => {
    const { ask, sent } = world(() => "refused", alone(3));
    expect(outcome(await ask())).toBe("unreachable");
    expect(sent.map(({ at }) => at)).toEqual([0, 50, 150, 350]);
  });

  test("until one succeeds", async () => {
    const { ask, sent, cancelled } = world((_, now) => (now < 100 ? 503 : 200), alone(5));
    expect(outcome(await ask())).toBe("200");
    expect(sent).toHaveLength(3);
    expect(cancelled).toHaveLength(2);
  });

  test.each([
    ["POST", 1],
    ["PATCH", 1],
    ["DELETE", 3],
    ["HEAD", 3],
  ])("%s is sent %d times", async (method, times) => {
    const { ask, sent } = world(() => "refused", alone(2));
    await ask(method);
    expect(sent).toHaveLength(times);
  });

  test("DELETE is not sent again after a 503, which answers it", async () => {
    const { ask, sent } = world(() => 503, alone(2));
    expect(outcome(await ask("DELETE"))).toBe("503");
    expect(sent).toHaveLength(1);
  });

  test("a client that leaves meanwhile ends it", async () => {
    const leaving = new AbortController();
    const { ask, sent } = world(() => "refused", alone(5));
    leaving.abort();
    expect(outcome(await ask("GET", { signal: leaving.signal }))).toBe("aborted");
    expect(sent).toHaveLength(1);
  });

  test("its time counts from the attempt that was answered", async () => {
    const departures: number[] = [];
    const { ask } = world((_, now) => (now < 100 ? 503 : 200), alone(5));
    await ask("GET", { departs: () => void departures.push(1) });
    expect(departures).toHaveLength(2);
  });

  test("never more than the budget, whatever comes", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.boolean(), { minLength: 1, maxLength: 120 }), async (fails) => {
        let next = 0;
        const { ask, sent } = world(() => (fails[next] ? "refused" : 200), alone(5));
        for (next = 0; next < fails.length; next++) await ask();
        expect(sent.length - fails.length).toBeLessThanOrEqual(MOST + fails.length / 10);
      }),
      { numRuns: 50 },
    );
  });
});

describe("credentials", () => {
  const knows: Options = { site: { authorization: "Bearer s3cret" } };

  test("go to all addresses of the origin, and the sender's own fields know nothing of them", async () => {
    const headers = new Headers({ accept: "*/*" });
    const { ask, sent } = world((host) => (host === "a.test" ? "refused" : 200), knows);
    await ask("GET", { headers });
    expect(sent.map(({ host, auth }) => [host, auth])).toEqual([
      ["a.test", "Bearer s3cret"],
      ["b.test", "Bearer s3cret"],
    ]);
    expect([...headers]).toEqual([["accept", "*/*"]]);
  });

  test("a client's own stay", async () => {
    const { ask, sent } = world(() => 200, knows);
    await ask("GET", { headers: new Headers({ authorization: "Basic bWU6bWU=" }) });
    expect(sent[0]?.auth).toBe("Basic bWU6bWU=");
  });

  test.each(["http://c.test/x", "https://a.test/x", "http://a.test:81/x", "http://b.test/x"])(
    "nothing of them goes to %s",
    async (url) => {
      const { ask, sent } = world(() => 200, knows);
      await ask("GET", { url: new URL(url) });
      expect(sent).toMatchObject([{ auth: null }]);
    },
  );

  test.each([
    ["POST", "cross-site", null],
    ["CONNECT", "cross-site", null],
    ["GET", "cross-site", "Bearer s3cret"],
    ["POST", "same-site", "Bearer s3cret"],
    ["POST", "none", "Bearer s3cret"],
  ])("for a %s that a browser sends %s: %p", async (method, site, expected) => {
    const { ask, sent } = world(() => 200, knows);
    await ask(method, { headers: new Headers({ "sec-fetch-site": site }) });
    expect(sent).toMatchObject([{ auth: expected }]);
  });

  test("nor to what lies beside the base path", async () => {
    const { ask, sent } = world(() => 200, { site: { ...knows.site, origin: new URL(`${A}/api`) } });
    await ask("GET", { url: new URL(`${A}/api2`) });
    await ask("GET", { url: new URL(`${A}/api/2`) });
    expect(sent.map(({ auth }) => auth)).toEqual([null, "Bearer s3cret"]);
  });
});

test("what a health check puts right is told once", async () => {
  const { ask, sites, told } = world(() => 503, { site: { failover: [], check: "/ready" } });
  for (let i = 0; i < 3; i++) await ask();
  const [address] = sites.said.flatMap(({ addresses }) => addresses);
  for (let i = 0; i < 2; i++) address?.isChecked("failed");
  expect(sites.figures()).toMatchObject([{ state: "ill" }]);
  address?.isChecked("passed");
  expect(sites.figures()).toMatchObject([{ state: "well" }]);
  expect(told.filter((each) => each.endsWith("answers again."))).toHaveLength(1);
});

test("figures are of each address, with what came there again", async () => {
  const { ask, sites } = world((host) => (host === "a.test" ? "refused" : 200));
  for (let i = 0; i < 4; i++) await ask();
  expect(sites.figures()).toEqual([
    { origin: A, address: A, state: "open", since: 0, asked: 3, failed: 3, repeated: 0 },
    { origin: A, address: B, state: "well", since: 0, asked: 4, failed: 0, repeated: 3 },
  ]);
});
