/** Asks for one product and for all that cost no more than so much: `bun shop.ts [ID] [PRICE]`. */
import { GraphQLClient, gql } from "graphql-request";

type Product = { readonly id: string; readonly title: string; readonly price: number };

const [, , id = "1", upTo = "50"] = process.argv;
const client = new GraphQLClient(`${process.env.CACHING_PROXY_URL ?? "http://localhost:8080"}/graphql`);

const { product } = await client.request<{ product: Product | null }>(
  gql`
    query Product($id: ID!) {
      product(id: $id) {
        title
        price
      }
    }
  `,
  { id },
);
const { products } = await client.request<{ products: readonly Product[] }>(
  gql`
    query UpTo($upTo: Float!) {
      products(upTo: $upTo) {
        title
      }
    }
  `,
  { upTo: Number(upTo) },
);
console.log(`${product?.title ?? "none"}: ${product?.price ?? 0}`);
console.log(`up to ${upTo}: ${products.map(({ title }) => title).join(", ")}`);
