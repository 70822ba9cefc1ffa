/** Put before the command with --preload: tells on standard error, as the process ends, which files of src it has loaded. */
const loaded: string[] = [];

Bun.plugin({
  name: "loaded",
  setup(build) {
    build.onLoad({ filter: /\/src\/.*\.ts$/ }, async ({ path }) => {
      loaded.push(path.slice(path.lastIndexOf("/src/") + 5));
      return { contents: await Bun.file(path).text(), loader: "ts" };
    });
  },
});

process.on("exit", () => console.error(loaded.join("\n")));
