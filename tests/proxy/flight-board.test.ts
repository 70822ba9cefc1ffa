import { expect, test } from "bun:test";
import { FlightBoard, type Named } from "../../src/proxy/flight-board.ts";

interface Flight extends Named<Flight> {
  readonly of: string;
}

function flight(name: string, of = name): Flight {
  return { name, of, next: undefined };
}

/** More than there are places, so that several share one. */
const NAMES = Array.from({ length: 5000 }, (_, i) => `http://origin/${i}`);

test("what is under way is found by its name until it is removed", () => {
  const board = new FlightBoard<Flight>();
  const flights = NAMES.map((name) => flight(name));
  for (const one of flights) board.add(one);
  expect(NAMES.map((name) => board.find(name))).toEqual(flights);
  expect(board.find("http://origin/none")).toBeUndefined();
  for (const [i, one] of flights.entries()) if (i % 3 !== 0) board.remove(one);
  for (const [i, one] of flights.entries()) expect(board.find(one.name)).toBe(i % 3 === 0 ? one : undefined);
});

test("a newer one takes the place of an older one, which may still be removed", () => {
  const board = new FlightBoard<Flight>();
  const older = flight("a", "older");
  const newer = flight("a", "newer");
  board.add(older);
  board.add(newer);
  expect(board.find("a")).toBe(newer);
  board.remove(older);
  expect(board.find("a")).toBe(newer);
  board.remove(newer);
  board.remove(newer);
  expect(board.find("a")).toBeUndefined();
});

test("what has gone leads to nothing that came after it", () => {
  const board = new FlightBoard<Flight>();
  const flights = NAMES.map((name) => flight(name));
  for (const one of flights) board.add(one);
  for (const one of flights) board.remove(one);
  expect(flights.filter(({ next }) => next !== undefined)).toEqual([]);
});

test("nobody can choose names beforehand that all lie in one place", () => {
  const board = new FlightBoard<Flight>();
  let looked = 0;
  for (let i = 0, chosen = 0; chosen < 200; i++) {
    const name = `http://origin/${i}`;
    // What the board would go by without a number that nobody knows; it has 1024 places.
    if (Bun.hash.xxHash32(name) % 1024 !== 0) continue;
    chosen++;
    board.add({
      get name() {
        looked++;
        return name;
      },
      of: name,
      next: undefined,
    });
  }
  looked = 0;
  board.find("http://origin/a2321");
  expect(looked).toBeLessThan(50);
});
