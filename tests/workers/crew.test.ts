import { expect, test } from "bun:test";
import type { Question, ToSupervisor } from "../../src/workers/message.ts";
import { crewOf, worker } from "./crew-of.ts";

const CLEAR: Question = { type: "clear" };

test("one who asks hears all others and not itself", async () => {
  const [asker, ...others] = crewOf(4);
  for (const [i, other] of others.entries()) other.attend(() => ({ type: "heeded", dropped: 10 ** i }));
  asker?.attend(() => ({ type: "heeded", dropped: 1000 }));
  const heard = await asker?.ask(CLEAR, 60_000);
  expect(heard?.complete).toBe(true);
  const dropped = heard?.answers.map((answer) => (answer.type === "heeded" ? answer.dropped : undefined));
  expect(dropped?.sort()).toEqual([1, 10, 100]);
});

test("what one confides the others learn, who have nothing else to say", async () => {
  const [asker, ...others] = crewOf(3);
  const learned: unknown[] = [];
  for (const other of others) other.confide((met) => learned.push(met));
  asker?.confide((met) => learned.push(met));
  const met = { secrets: [["a", "b"]], renamed: [] } as const;
  expect(await asker?.ask({ type: "secrets", met }, 1000)).toMatchObject({ complete: true });
  expect(learned).toEqual([met, met]);
});

test("one who is alone has heard all there is", async () => {
  const [alone] = crewOf(1);
  expect(await alone?.ask(CLEAR, 60_000)).toEqual({ answers: [], complete: true });
});

test("one that has not begun to serve has nothing to let go of, and nobody waits for it", async () => {
  const [asker] = crewOf(2);
  expect(await asker?.ask(CLEAR, 60_000)).toEqual({ answers: [{ type: "heeded", dropped: 0 }], complete: true });
});

test("who waits no longer has what was said until then, and what comes later is dropped", async () => {
  const sent: ToSupervisor[] = [];
  const asker = worker(1, (message) => sent.push(message));
  const asking = asker.ask(CLEAR, 1);
  asker.take({ type: "answer", id: 0, answer: { type: "heeded", dropped: 7 } });
  expect(await asking).toEqual({ answers: [{ type: "heeded", dropped: 7 }], complete: false });
  asker.take({ type: "answer", id: 0, answer: { type: "heeded", dropped: 8 } });
  asker.take({ type: "complete", id: 0 });
  expect(sent).toEqual([{ type: "question", id: 0, question: CLEAR }]);
});

test("questions that are open at once are told apart", async () => {
  const [asker, other] = crewOf(2);
  const held = Promise.withResolvers<void>();
  other?.attend(async (question) => {
    if (question.type === "clear") await held.promise;
    return { type: "heeded", dropped: question.type === "clear" ? 1 : 2 };
  });
  const first = asker?.ask(CLEAR, 60_000);
  const second = await asker?.ask({ type: "invalidate", url: "http://h/" }, 60_000);
  expect(second?.answers).toEqual([{ type: "heeded", dropped: 2 }]);
  held.resolve();
  expect((await first)?.answers).toEqual([{ type: "heeded", dropped: 1 }]);
});
