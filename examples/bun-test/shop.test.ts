import { expect, test } from "bun:test";
import { Shop } from "./shop.ts";

const shop = new Shop(process.env.CACHING_PROXY_URL ?? "http://localhost:8080");

test("the cheapest of a page", async () => {
  expect(await shop.cheapest(1)).toMatchObject({ title: "Mascara" });
});

test("the price of what is sold, and of what is no longer", async () => {
  expect(await shop.price(2)).toBe(79.99);
  expect(await shop.price(3)).toBeUndefined();
});

test("an order", async () => {
  expect(await shop.order(1, 2)).toBe("/orders/1");
});
