import { Histogram } from "../../src/observe/histogram.ts";
import { Pacer } from "./pacer.ts";
import { ResponseReader } from "./response-reader.ts";

/** What load to put on a server. */
export type Plan = {
  readonly url: string;
  /** Asked for in turns; `{n}` stands for a number that is never the same. */
  readonly paths: readonly string[];
  /** Requests a second, or as fast as answers come, which measures capacity and says nothing of latency. */
  readonly rate: number | "as-answered";
  readonly seconds: number;
  readonly connections: number;
};

/** What came of it. Times are in ms, from when a request was meant to be sent. */
export type Outcome = {
  readonly sent: number;
  readonly perSecond: number;
  /** Answers by status. */
  readonly answers: Readonly<Record<string, number>>;
  /** Requests whose connection ended before their answer was whole. */
  readonly lost: number;
  /** Of those the ones on connections that had never brought an answer: the server had taken none of them, and closed its port. */
  readonly unheard: number;
  /** Requests that were sent and had no answer ten seconds after the last was to be. */
  readonly unanswered: number;
  /** Requests that no connection was free for until then. */
  readonly unsent: number;
  /** Connections that could not be made. */
  readonly refused: number;
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
};

/** How long answers are waited for in the end. */
const GRACE_MS = 10_000;
/** How many connections are made at once: a system's queue of new ones is short. */
const AT_ONCE = 64;
/** Where the schedule is looked at: between any two looks the sockets have their turn. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/**
 * Puts load on a server. Requests are meant to be sent at fixed times: where no connection is free then, or the server stalls, they are late,
 * and that is part of their latency. A tool that waits for an answer before it sends the next one leaves out just those (coordinated omission).
 */
export async function generate(plan: Plan): Promise<Outcome> {
  const latencies = new Histogram();
  const answers: Record<string, number> = {};
  /** Free connections, the one that has been free for longest first: all are used. */
  const idle = new Set<Line>();
  let [sent, open, lost, unheard, refused, numbered] = [0, 0, 0, 0, 0, 0];
  const { host } = new URL(plan.url);

  const lines = Array.from({ length: plan.connections }, () => new Line(plan.url, { free, answered, cut, refuse }));
  for (let from = 0; from < lines.length; from += AT_ONCE) {
    await Promise.all(lines.slice(from, from + AT_ONCE).map((line) => line.connect()));
  }

  const start = performance.now();
  const end = start + plan.seconds * 1000;
  const pacer = plan.rate === "as-answered" ? undefined : new Pacer(start, plan.rate, plan.seconds);
  /** Those that are due and have no connection yet. */
  const late: number[] = [];
  let first = 0;
  for (;;) {
    const now = performance.now();
    if (pacer === undefined) {
      if (now >= end) break;
      for (let line = ready(); line !== undefined; line = ready()) send(line, now);
    } else {
      for (let due = pacer.next(now); due !== undefined; due = pacer.next(now)) late.push(due);
      for (let due = late[first]; due !== undefined; due = late[first]) {
        const line = ready();
        if (line === undefined) break;
        first++;
        send(line, due);
      }
      if (pacer.isOver && first === late.length && open === 0) break;
      // Where the server takes no connections any more nothing more will come.
      if (now >= end + GRACE_MS || (refused === lines.length && open === 0)) break;
    }
    await turn();
  }
  const seconds = (performance.now() - start) / 1000;
  // Who has no answer yet has waited at least as long as that: to leave him out would be to leave out the worst.
  const [unsent, unanswered] = [late.slice(first), lines.flatMap(({ intended }) => intended ?? [])];
  if (pacer !== undefined) for (const intended of [...unsent, ...unanswered]) note(intended);
  for (const line of lines) line.end();
  const [p50 = 0, p99 = 0, p999 = 0] = latencies.percentiles([0.5, 0.99, 0.999]);
  const figures = { p50: p50 / 1000, p99: p99 / 1000, p999: p999 / 1000, max: latencies.max / 1000 };
  const whole = Object.values(answers).reduce((sum, count) => sum + count, 0);
  return {
    ...{ sent, perSecond: whole / seconds, answers, lost, unheard, refused },
    ...{ unanswered: pacer === undefined ? 0 : unanswered.length, unsent: unsent.length, ...figures },
  };

  /** A connection that is free; some have ended since they became so. */
  function ready(): Line | undefined {
    for (const line of idle) {
      idle.delete(line);
      if (line.isFree) return line;
    }
    return undefined;
  }

  function send(line: Line, intended: number): void {
    sent++;
    open++;
    const path = (plan.paths[sent % plan.paths.length] ?? "/").replace("{n}", () => String(numbered++));
    line.send(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\n\r\n`, intended);
  }

  function note(intended: number): void {
    latencies.record(Math.max(1, Math.round((performance.now() - intended) * 1000)));
  }

  function free(line: Line): void {
    idle.add(line);
  }

  function answered(status: number, intended: number): void {
    open--;
    answers[status] = (answers[status] ?? 0) + 1;
    note(intended);
  }

  function cut(intended: number, had: "answers" | "none"): void {
    open--;
    lost++;
    if (had === "none") unheard++;
    note(intended);
  }

  function refuse(): void {
    refused++;
  }
}

/** What a connection tells of itself. */
type Ears = {
  readonly free: (line: Line) => void;
  readonly answered: (status: number, intended: number) => void;
  readonly cut: (intended: number, had: "answers" | "none") => void;
  readonly refuse: () => void;
};

/** A connection with one request at a time, which is made anew where it ends. */
class Line {
  readonly #hostname: string;
  readonly #port: number;
  readonly #ears: Ears;
  #reader = new ResponseReader();
  #socket: Bun.Socket | undefined;
  #isOver = false;
  /** The server has said that it ends the connection. */
  #isEnding = false;
  /** What this connection has brought. */
  #had: "answers" | "none" = "none";
  /** When the request that is under way was to be sent. */
  intended: number | undefined;

  constructor(url: string, ears: Ears) {
    const { hostname, port } = new URL(url);
    this.#hostname = hostname;
    this.#port = Number(port);
    this.#ears = ears;
  }

  get isFree(): boolean {
    return this.#socket !== undefined && !this.#isEnding && this.intended === undefined;
  }

  async connect(): Promise<void> {
    this.#isEnding = false;
    this.#had = "none";
    try {
      const ended = (): void => this.#ended();
      this.#socket = await Bun.connect({
        hostname: this.#hostname,
        port: this.#port,
        socket: {
          data: (_, bytes) => this.#take(bytes),
          close: ended,
          end: (socket) => void socket.end(),
          error: ended,
        },
      });
      this.#ears.free(this);
    } catch {
      this.#ears.refuse();
    }
  }

  send(request: string, intended: number): void {
    this.intended = intended;
    this.#socket?.write(request);
  }

  end(): void {
    this.#isOver = true;
    this.#socket?.terminate();
  }

  #take(bytes: Buffer): void {
    const response = this.#reader.take(bytes);
    const { intended } = this;
    if (response === undefined || intended === undefined) return;
    this.intended = undefined;
    this.#had = "answers";
    this.#ears.answered(response.status, intended);
    this.#isEnding = response.closes;
    if (!response.closes) this.#ears.free(this);
  }

  #ended(): void {
    const socket = this.#socket;
    if (this.#isOver || socket === undefined) return;
    this.#socket = undefined;
    this.#reader = new ResponseReader();
    const { intended } = this;
    this.intended = undefined;
    if (intended !== undefined) this.#ears.cut(intended, this.#had);
    this.connect();
  }
}
