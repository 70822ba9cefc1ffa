export type Product = { readonly id: number; readonly title: string; readonly price: number };

/** What the shop's API answers, asked at a URL that tests choose. */
export class Shop {
  readonly #api: string;

  constructor(api: string) {
    this.#api = api;
  }

  /** The cheapest product of a page. */
  async cheapest(page: number): Promise<Product | undefined> {
    const response = await fetch(`${this.#api}/products?page=${page}`);
    const products: readonly Product[] = JSON.parse(await response.text());
    return products.toSorted((a, b) => a.price - b.price)[0];
  }

  /** The price of one; undefined where it is no longer sold. */
  async price(id: number): Promise<number | undefined> {
    const response = await fetch(`${this.#api}/products/${id}`);
    if (!response.ok) return undefined;
    const product: Product = JSON.parse(await response.text());
    return product.price;
  }

  /** Orders so many of a product and gives the order's path. */
  async order(id: number, count: number): Promise<string> {
    const response = await fetch(`${this.#api}/orders`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ count, product: id, at: new Date() }),
    });
    return response.headers.get("location") ?? "none";
  }
}
