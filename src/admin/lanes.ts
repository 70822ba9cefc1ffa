import { asDetail, type Problem } from "../http/problem.ts";
import { json, type Operation, type Outcome } from "./admin.ts";
import { type JsonBody, readJson, tooLarge } from "./json-body.ts";

/** What came of changing a lane; why not, in a sentence without a full stop. `complete`: all workers have heard. */
export type Changed =
  | { readonly type: "changed"; readonly complete: boolean }
  /** The request says nothing that could be done. */
  | { readonly type: "refused"; readonly why: string }
  /** It names something that there is not. */
  | { readonly type: "unknown"; readonly why: string };

/** What can be done with lanes, by their names: the empty one is the default lane's. */
export type LaneSource = {
  /** What is wrong with the name of a lane; undefined where nothing is. */
  readonly badName: (name: string) => string | undefined;
  /** What there is to say of each, with the scenarios that can be switched on. */
  readonly all: () => Promise<object>;
  /** What there is to say of one; undefined where nobody has used it. */
  readonly one: (lane: string) => Promise<object | undefined>;
  /** The last exchanges of one. */
  readonly requests: (lane: string, limit: number) => Promise<object>;
  readonly switchTo: (lane: string, scenario: string | undefined) => Promise<Changed>;
  /** @param rules as they were written */
  readonly putRules: (lane: string, rules: readonly unknown[]) => Promise<Changed>;
  readonly reset: (lane: string) => Promise<Changed>;
};

/** The operations on lanes, by what they are in the table of admin paths. */
export type LaneOperations = {
  readonly lanes: Operation;
  /** One lane, or its exchanges. */
  readonly lane: Operation;
  readonly resetLane: Operation;
  readonly switchScenario: Operation;
  readonly putRules: Operation;
};

/** What stands for the default lane in a path. */
const DEFAULT_IN_PATH = "-";
const MOST_REQUESTS = 1000;

export function laneOperations(source: LaneSource): LaneOperations {
  return {
    lanes: async () => json(await source.all()),
    async lane(incoming) {
      const { name, rest } = laneOf(incoming.url.pathname);
      const why = source.badName(name);
      if (why !== undefined) return problem(400, BAD, why);
      if (rest === "requests") {
        const limit = limitOf(incoming.url.searchParams);
        return limit === undefined
          ? problem(400, BAD, `limit has to be a whole number from 1 to ${MOST_REQUESTS}.`)
          : json(await source.requests(name, limit));
      }
      if (rest !== "") return problem(404, "No such admin path", `A lane has requests, and nothing named ${rest}.`);
      const figures = await source.one(name);
      return figures === undefined
        ? problem(404, "No such lane", `Nobody has used a lane ${name} yet.`)
        : json(figures);
    },
    async resetLane(incoming) {
      const { name, rest } = laneOf(incoming.url.pathname);
      const why = source.badName(name);
      if (why !== undefined || rest !== "") return problem(400, BAD, why ?? "Only a whole lane can be reset.");
      return outcomeOf(await source.reset(name), { lane: name });
    },
    switchScenario: changing(["scenario", "lane"], async (members, lane) => {
      const scenario = members.get("scenario");
      if (scenario !== null && (typeof scenario !== "string" || scenario === "")) {
        return problem(
          400,
          BAD,
          'Write {"scenario": "NAME"}, or {"scenario": null} for none; with "lane" for one of them.',
        );
      }
      return outcomeOf(await source.switchTo(lane, scenario ?? undefined), { lane, scenario });
    }),
    putRules: changing(["rules", "lane"], async (members, lane) => {
      const rules = members.get("rules");
      if (!Array.isArray(rules)) {
        return problem(
          400,
          BAD,
          'Write {"rules": […]} with rules as a config file has them; with "lane" for one of the lanes.',
        );
      }
      return outcomeOf(await source.putRules(lane, rules), { lane, rules: rules.length });
    }),
  };

  /** Reads a body with these members, of which `lane` may be left out for the default lane. */
  function changing(
    known: readonly string[],
    change: (members: ReadonlyMap<string, unknown>, lane: string) => Promise<Outcome>,
  ): Operation {
    return async ({ request }) => {
      const body: JsonBody = await readJson(request);
      if (body.type === "too-large") return tooLarge(BAD);
      if (body.type === "none")
        return problem(400, BAD, `The body has to be a JSON object with ${known.join(" and ")}.`);
      const unknown = [...body.members.keys()].find((name) => !known.includes(name));
      if (unknown !== undefined)
        return problem(400, BAD, `There is no member ${unknown}: there are ${known.join(" and ")}.`);
      const lane = body.members.get("lane") ?? "";
      const why = typeof lane === "string" ? source.badName(lane) : "lane has to be a text.";
      return typeof lane !== "string" || why !== undefined ? problem(400, BAD, why ?? "") : change(body.members, lane);
    };
  }
}

const BAD = "Nothing to do by that";

function outcomeOf(changed: Changed, told: object): Outcome {
  switch (changed.type) {
    case "changed":
      return json({ ...told, complete: changed.complete });
    case "refused":
      return problem(400, BAD, `${changed.why}${/[.?]$/.test(changed.why) ? "" : "."}`);
    case "unknown":
      return problem(422, "Unknown scenario", asDetail(changed.why));
  }
}

/** The name in `…/lanes/NAME`, and what is behind it. */
function laneOf(pathname: string): { readonly name: string; readonly rest: string } {
  const [name = "", ...rest] = pathname.slice(pathname.lastIndexOf("/lanes/") + "/lanes/".length).split("/");
  return { name: name === DEFAULT_IN_PATH ? "" : name, rest: rest.join("/") };
}

function limitOf(parameters: URLSearchParams): number | undefined {
  const limit = Number(parameters.get("limit") ?? MOST_REQUESTS);
  return Number.isInteger(limit) && limit >= 1 && limit <= MOST_REQUESTS ? limit : undefined;
}

function problem(status: Problem["status"], title: string, detail: string): Outcome {
  return { type: "problem", problem: { status, title, detail } };
}
