import { exportFlags, importFlags } from "../config/archive-flags.ts";
import { completeFlags } from "../config/complete-flags.ts";
import { doctorFlags } from "../config/doctor-flags.ts";
import { entriesFlags } from "../config/entries-flags.ts";
import { explainFlags } from "../config/explain-flags.ts";
import { clearFlags, type Flags, serveFlags, statsFlags } from "../config/flags.ts";
import { initFlags } from "../config/init-flags.ts";
import { purgeFlags } from "../config/purge-flags.ts";
import { rulesFlags } from "../config/rules-flags.ts";
import { scenarioFlags } from "../config/scenario-flags.ts";
import { warmFlags } from "../config/warm-flags.ts";
import { tailFlags, topFlags } from "../config/watch-flags.ts";

/** What there is to say about a command before it runs. */
export type CommandInfo = {
  readonly summary: string;
  readonly usage: string;
  readonly flags: Flags;
  /** What may be named without a flag: under which name it is handed on, and what it is to a person. */
  readonly operand?: { readonly name: string; readonly title: string; readonly repeatable?: true };
  readonly examples: readonly string[];
};

/** The names of the commands; `serve` is the one that is meant where none is named. */
export type CommandName =
  | "serve"
  | "clear"
  | "purge"
  | "stats"
  | "warm"
  | "entries"
  | "explain"
  | "tail"
  | "top"
  | "rules"
  | "scenario"
  | "import"
  | "export"
  | "init"
  | "doctor"
  | "complete";

/** Every command, in the order of the help page. */
export const catalog: Readonly<Record<CommandName, CommandInfo>> = {
  serve: {
    summary: "Start a caching proxy in front of an origin (the default command)",
    usage: "caching-proxy [serve] --origin URL [flags] [-- COMMAND …]",
    flags: serveFlags,
    operand: { name: "origin", title: "the origin" },
    examples: [
      "caching-proxy --port 3000 --origin http://dummyjson.com",
      "caching-proxy http://localhost:8080 --ttl 5m --store sqlite:./cache.db",
      "caching-proxy --fixtures ./fixtures --frozen -- bun test",
      "CACHING_PROXY_ADMIN_TOKEN=secret caching-proxy https://api.example.com --host 0.0.0.0",
    ],
  },
  clear: {
    summary: "Clear the cache of a running proxy",
    usage: "caching-proxy clear [flags]",
    flags: clearFlags,
    examples: ["caching-proxy clear --port 3000"],
  },
  purge: {
    summary: "Drop from a running proxy what has changed, or mark it stale",
    usage: "caching-proxy purge [URL|PATH …] [flags]",
    flags: purgeFlags,
    operand: { name: "url", title: "what to purge", repeatable: true },
    examples: [
      "caching-proxy purge /products/1 http://dummyjson.com/products?limit=10",
      "caching-proxy purge --prefix /products/ --soft",
      "caching-proxy purge --pattern '/users/:id/avatar'",
      "caching-proxy purge --tag products --tag prices",
    ],
  },
  stats: {
    summary: "Show what a running proxy has done so far",
    usage: "caching-proxy stats [flags]",
    flags: statsFlags,
    examples: ["caching-proxy stats --port 3000", "caching-proxy stats --json"],
  },
  warm: {
    summary: "Have a running proxy fetch what is going to be asked for",
    usage: "caching-proxy warm FILE|-|SITEMAP|URL|PATH [flags]",
    flags: warmFlags,
    operand: { name: "source", title: "what to warm" },
    examples: [
      "caching-proxy warm urls.txt",
      "caching-proxy warm http://dummyjson.com/sitemap.xml --concurrency 4",
      'caching-proxy warm /products/1 -H "Accept-Encoding: gzip" -H "Accept-Encoding: br"',
    ],
  },
  entries: {
    summary: "Show what a running proxy has stored",
    usage: "caching-proxy entries [URL|PATH] [flags]",
    flags: entriesFlags,
    operand: { name: "what", title: "the URL" },
    examples: [
      "caching-proxy entries",
      "caching-proxy entries --prefix /products/ --sort size --limit 10",
      "caching-proxy entries /products/1",
    ],
  },
  explain: {
    summary: "Show what a running proxy would do with a request, and why",
    usage: "caching-proxy explain URL|PATH [flags]",
    flags: explainFlags,
    operand: { name: "url", title: "the URL" },
    examples: [
      "caching-proxy explain '/products?page=2&_t=123'",
      'caching-proxy explain /products/1 -H "Accept-Language: fr" -H "Cache-Control: max-age=10"',
    ],
  },
  tail: {
    summary: "Follow what passes through a running proxy",
    usage: "caching-proxy tail [flags]",
    flags: tailFlags,
    examples: ["caching-proxy tail", "caching-proxy tail --filter 'status>=500 or miss'"],
  },
  top: {
    summary: "Show which paths of a running proxy are asked for most, missed most, large and slow",
    usage: "caching-proxy top [flags]",
    flags: topFlags,
    examples: ["caching-proxy top --sort misses", "caching-proxy top --once"],
  },
  rules: {
    summary: "Show which rules of a config file are about a request, or how often those of a running proxy were",
    usage: "caching-proxy rules [URL|PATH] [flags]",
    flags: rulesFlags,
    operand: { name: "url", title: "the URL" },
    examples: [
      "caching-proxy rules",
      'caching-proxy rules /products/1 -X POST -H "Accept: text/html"',
      "caching-proxy rules --running",
    ],
  },
  scenario: {
    summary: "Switch the scenario of a running proxy, or show which one is on",
    usage: "caching-proxy scenario [NAME] [flags]",
    flags: scenarioFlags,
    operand: { name: "name", title: "the scenario" },
    examples: ["caching-proxy scenario", "caching-proxy scenario outage --lane test1", "caching-proxy scenario --none"],
  },
  import: {
    summary: "Have a running proxy store what an HTTP Archive (HAR) holds, or write fixtures of it",
    usage: "caching-proxy import FILE.har|- [flags]",
    flags: importFlags,
    operand: { name: "file", title: "the archive" },
    examples: [
      "caching-proxy import shop.har",
      "caching-proxy import shop.har --origin https://shop.example.com",
      "caching-proxy import shop.har --origin https://shop.example.com --fixtures ./fixtures",
    ],
  },
  export: {
    summary: "Write what a running proxy has stored, what passes, or fixtures into an HTTP Archive (HAR)",
    usage: "caching-proxy export [FILE.har] [flags]",
    flags: exportFlags,
    operand: { name: "file", title: "the archive" },
    examples: [
      "caching-proxy export cache.har --prefix /products/",
      "caching-proxy export traffic.har --from live --seconds 30",
      "caching-proxy export shop.har --fixtures ./fixtures --origin https://shop.example.com",
    ],
  },
  init: {
    summary: "Write a config file that shows all that it could say",
    usage: "caching-proxy init [ORIGIN]",
    flags: initFlags,
    operand: { name: "origin", title: "the origin" },
    examples: ["caching-proxy init http://localhost:8080"],
  },
  doctor: {
    summary: "Look at what a start would need, or through a folder of fixtures for secrets and mistakes",
    usage: "caching-proxy doctor [FOLDER] [flags]",
    flags: doctorFlags,
    operand: { name: "folder", title: "the folder" },
    examples: [
      "caching-proxy doctor --origin http://localhost:8080 --store sqlite:./cache.db",
      "caching-proxy doctor fixtures",
      "caching-proxy doctor fixtures --secret 'iban,!code' --json",
    ],
  },
  complete: {
    summary: "Print what has a shell complete commands and flags",
    usage: "caching-proxy complete bash|zsh|fish|powershell",
    flags: completeFlags,
    operand: { name: "shell", title: "the shell" },
    examples: ["source <(caching-proxy complete bash)", "caching-proxy complete fish | source"],
  },
};

/** The commands' names as they are typed. */
export const commandNames: readonly string[] = Object.keys(catalog);

/** Tells a command's name from any other word. */
export function isCommandName(word: string | undefined): word is CommandName {
  return word !== undefined && Object.hasOwn(catalog, word);
}
