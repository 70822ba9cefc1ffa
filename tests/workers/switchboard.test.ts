import { expect, test } from "bun:test";
import type { Answer, Question, ToWorker } from "../../src/workers/message.ts";
import { Switchboard } from "../../src/workers/switchboard.ts";

const CLEAR: Question = { type: "clear" };
const HEEDED: Answer = { type: "heeded", dropped: 3 };

class Seat {
  readonly heard: ToWorker[] = [];
  readonly send = (message: ToWorker): void => void this.heard.push(message);
  /** The number of the last question that it was asked. */
  get asked(): number {
    const last = this.heard.findLast((message) => message.type === "question");
    return last?.id ?? Number.NaN;
  }
}

/** A switchboard with three seats, a clock, and who was found to hang. */
function board() {
  const time = { now: 0 };
  const hung: Seat[] = [];
  const switchboard = new Switchboard<Seat>(
    () => time.now,
    (seat) => hung.push(seat),
  );
  const seats = [new Seat(), new Seat(), new Seat()] as const;
  for (const seat of seats) switchboard.join(seat);
  return { switchboard, seats, time, hung };
}

test("answers come back under the asker's number, and once all have answered that is said", () => {
  const { switchboard, seats } = board();
  const [a, b, c] = seats;
  switchboard.question(a, 42, CLEAR);
  expect([b.heard.length, c.heard.length, a.heard]).toEqual([1, 1, []]);
  switchboard.answer(b, b.asked, HEEDED);
  expect(a.heard).toEqual([{ type: "answer", id: 42, answer: HEEDED }]);
  switchboard.answer(b, b.asked, HEEDED);
  expect(a.heard).toHaveLength(1);
  switchboard.answer(c, c.asked, HEEDED);
  expect(a.heard.slice(1)).toEqual([
    { type: "answer", id: 42, answer: HEEDED },
    { type: "complete", id: 42 },
  ]);
});

test("two that ask under the same number hear their own answers", () => {
  const { switchboard, seats } = board();
  const [a, b, c] = seats;
  switchboard.question(a, 0, CLEAR);
  const ofA = c.asked;
  switchboard.question(b, 0, CLEAR);
  const ofB = c.asked;
  switchboard.answer(c, ofB, { type: "heeded", dropped: 2 });
  switchboard.answer(c, ofA, { type: "heeded", dropped: 1 });
  const dropped = (seat: Seat) =>
    seat.heard.flatMap((message) =>
      message.type === "answer" && message.answer.type === "heeded" ? [message.answer.dropped] : [],
    );
  expect([dropped(a), dropped(b)]).toEqual([[1], [2]]);
});

test("nobody waits for one that has left, and one that has left hears nothing more", () => {
  const { switchboard, seats } = board();
  const [a, b, c] = seats;
  switchboard.question(a, 1, CLEAR);
  switchboard.answer(b, b.asked, HEEDED);
  switchboard.leave(c);
  expect(a.heard.at(-1)).toEqual({ type: "complete", id: 1 });
  switchboard.question(b, 2, CLEAR);
  expect(c.heard).toHaveLength(1);
  const { asked } = a;
  switchboard.leave(b);
  switchboard.answer(a, asked, HEEDED);
  expect(b.heard.filter(({ type }) => type === "complete")).toEqual([]);
});

test("one that does not answer for ten seconds is found to hang when it is to be told the next thing", () => {
  const { switchboard, seats, time, hung } = board();
  const [a, b, c] = seats;
  switchboard.question(a, 1, CLEAR);
  switchboard.answer(b, b.asked, HEEDED);
  time.now = 9999;
  switchboard.question(a, 2, CLEAR);
  switchboard.answer(b, b.asked, HEEDED);
  expect(hung).toEqual([]);
  time.now = 10_001;
  switchboard.question(a, 3, CLEAR);
  expect(hung).toEqual([c]);
});
