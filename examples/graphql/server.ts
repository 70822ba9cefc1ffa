/** A GraphQL server: `bun run server` listens on http://localhost:8080/graphql, or at the port in API_PORT. */
import { buildSchema } from "graphql";
import { createHandler } from "graphql-http/lib/use/fetch";

const PRODUCTS = [
  { id: "1", title: "Mascara", price: 9.99 },
  { id: "2", title: "Perfume", price: 79.99 },
];

const handle = createHandler({
  schema: buildSchema(`
    type Product { id: ID! title: String! price: Float! }
    type Query { product(id: ID!): Product products(upTo: Float!): [Product!]! }
  `),
  rootValue: {
    product: ({ id }: { id: string }) => PRODUCTS.find((product) => product.id === id),
    products: ({ upTo }: { upTo: number }) => PRODUCTS.filter(({ price }) => price <= upTo),
  },
});

const server = Bun.serve({ port: Number(process.env.API_PORT ?? 8080), routes: { "/graphql": handle } });
console.log(`server on ${server.url}graphql`);
