import { seeded } from "../../src/rules/random.ts";
import { normal, type Random, zipf } from "./random.ts";

/** Which objects are asked for, in order, and what each weighs in the cache, in bytes. */
export type Trace = {
  readonly name: string;
  /** Objects by their numbers, from 0 on. */
  readonly requests: Uint32Array;
  readonly sizes: Uint32Array;
};

const REQUESTS = 500_000;
const CATALOGUE = 50_000;
/** What the store's bookkeeping for an entry is meant to weigh. */
const BOOKKEEPING = 700;

/** A trace of objects whose bodies are log-normal: half of them under 4 KB, from 200 bytes to 200 KB. */
export function sized(name: string, requests: Uint32Array, seed: number): Trace {
  const random = seeded(seed);
  const objects = requests.reduce((most, object) => Math.max(most, object), 0) + 1;
  const sizes = Uint32Array.from({ length: objects }, () => {
    const body = 4096 * Math.exp(1.5 * normal(random));
    return BOOKKEEPING + Math.round(Math.min(Math.max(body, 200), 200_000));
  });
  return { name, requests, sizes };
}

function generate(name: string, seed: number, pattern: (random: Random) => (at: number) => number): Trace {
  const next = pattern(seeded(seed));
  return sized(
    name,
    Uint32Array.from({ length: REQUESTS }, (_, at) => next(at)),
    seed + 1,
  );
}

/** A fifth of the requests is for what is never asked for again. */
function zipfWithOneHitWonders(exponent: number) {
  return (random: Random) => {
    const popular = zipf(random, CATALOGUE, exponent);
    let wonders = CATALOGUE;
    return () => (random() < 0.2 ? wonders++ : popular());
  };
}

/** Readers by Zipf 0.9, and after every 60,000 requests a crawler that asks for the same 20,000 objects, which nobody else does. */
function scan(random: Random) {
  const popular = zipf(random, CATALOGUE, 0.9);
  return (at: number) => (at % 80_000 < 60_000 ? popular() : CATALOGUE + (at % 80_000));
}

/** One request in five is for a catalogue by Zipf 0.8, the others for 3000 objects, which are others after every 50,000 requests. */
function shifting(random: Random) {
  const catalogue = zipf(random, CATALOGUE, 0.8);
  const hot = zipf(random, 3000, 0.7);
  return (at: number) => (random() < 0.2 ? catalogue() : CATALOGUE + Math.floor(at / 50_000) * 3000 + hot());
}

/** One object appears with every tenth request, and the older one is, the less it is asked for. */
function news(random: Random) {
  return (at: number) => {
    const age = Math.floor(300 * Math.exp(1.8 * normal(random)));
    return Math.max(Math.floor(at / 10) + 2000 - age, 0);
  };
}

/** All patterns, by seeds that make them the same each time. */
export function patterns(): Trace[] {
  return [
    generate("Zipf 0.8, 20 % one-hit wonders", 1, zipfWithOneHitWonders(0.8)),
    generate("Zipf 1.0, 20 % one-hit wonders", 11, zipfWithOneHitWonders(1)),
    generate("Zipf 0.9 and a crawler", 21, scan),
    generate("shifting working set", 31, shifting),
    generate("news, the newest read most", 41, news),
  ];
}
