import { SupervisedCrew } from "../../src/workers/crew.ts";
import type { ToSupervisor, ToWorker } from "../../src/workers/message.ts";
import { Switchboard } from "../../src/workers/switchboard.ts";

const orders = { port: 3000, log: "off", colour: "plain" } as const;

/** A worker's end of a line. */
export function worker(number: number, send: (message: ToSupervisor) => void): SupervisedCrew {
  const place = { number, of: 2, restarts: 0, since: 0 };
  return new SupervisedCrew({ place, orders }, send, (error) => {
    throw error;
  });
}

/** Workers that reach each other through a switchboard, without processes; all that passes goes through JSON. */
export function crewOf(count: number): SupervisedCrew[] {
  const switchboard = new Switchboard<{ send: (message: ToWorker) => void }>(
    () => 0,
    () => undefined,
  );
  return Array.from({ length: count }, (_, i) => {
    const seat = { send: (message: ToWorker) => queueMicrotask(() => crew.take(JSON.parse(JSON.stringify(message)))) };
    const crew = worker(i + 1, (message) => {
      if (message.type === "question" && message.question.type !== "fixtures")
        switchboard.question(seat, message.id, message.question);
      if (message.type === "answer") switchboard.answer(seat, message.id, message.answer);
    });
    switchboard.join(seat);
    return crew;
  });
}
