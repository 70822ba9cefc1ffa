import { expect, test } from "bun:test";
import type { Outgoing, Send } from "../../src/http/origin.ts";
import { Contact } from "../../src/workers/contact.ts";
import type { SupervisedCrew } from "../../src/workers/crew.ts";
import { crewOf } from "./crew-of.ts";

const OUTGOING: Outgoing = {
  method: "GET",
  url: new URL("http://h"),
  headers: new Headers(),
  body: null,
  signal: AbortSignal.any([]),
};
const sent: Send = async () => ({ type: "failed", failure: { type: "loop" } });

function contactOf(crew: SupervisedCrew): Contact {
  const contact = new Contact("online", crew);
  crew.attend((question) => {
    if (question.type === "contact" || question.type === "contact-change") return contact.answer(question);
    throw new Error(`nobody asks for ${question.type}`);
  });
  return contact;
}

test("nothing is sent while it is offline", async () => {
  const contact = new Contact("offline", undefined);
  const send = contact.around(sent);
  expect(await send(OUTGOING)).toEqual({ type: "failed", failure: { type: "offline" } });
  expect(await contact.switchTo(false)).toBe(true);
  expect(await send(OUTGOING)).toEqual({ type: "failed", failure: { type: "loop" } });
});

test("what is switched in one worker is so in the other, and in one that takes a place anew", async () => {
  const [first, second, third] = crewOf(3);
  if (first === undefined || second === undefined || third === undefined) throw new Error("three");
  const [one, other] = [contactOf(first), contactOf(second)];
  third.attend(() => ({ type: "heeded", dropped: 0 }));
  expect(await one.switchTo(true)).toBe(true);
  expect([one.isOffline, other.isOffline]).toEqual([true, true]);
  const anew = new Contact("online", { ...crewLike(third), place: { ...third.place, restarts: 1 } });
  await anew.catchUp();
  expect(anew.isOffline).toBe(true);
});

function crewLike(crew: SupervisedCrew) {
  const { orders } = crew;
  return {
    orders,
    ask: crew.ask.bind(crew),
    attend: crew.attend.bind(crew),
    confide: crew.confide.bind(crew),
    note: crew.note.bind(crew),
  };
}
