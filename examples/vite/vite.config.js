import { defineConfig } from "vite";

// The page asks its own server for /api, which asks the proxy, which asks the API when it has to.
export default defineConfig({
  server: { proxy: { "/api": process.env.CACHING_PROXY_URL ?? "http://localhost:8080" } },
});
