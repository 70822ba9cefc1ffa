import type { Contact } from "./contact.ts";
import type { Explaining } from "./explaining.ts";
import type { Inspection } from "./inspection.ts";
import type { LaneQuestion } from "./laning.ts";
import type { Answer, News, Question } from "./message.ts";
import type { Share } from "./share.ts";

type Of<Type extends Question["type"]> = Extract<Question, { readonly type: Type }>;

/** Those of a worker's parts that have something to say to the others. */
export type Respondents = {
  readonly share: () => Promise<Share>;
  readonly inspection: Pick<Inspection, "answer">;
  readonly explaining: Pick<Explaining, "answer">;
  readonly watching: { readonly answer: (question: Of<"recent" | "paths" | "history">) => Answer };
  readonly asking: { readonly answer: (question: Of<"refresh" | "view">) => Promise<Answer> };
  readonly contact: Pick<Contact, "answer">;
  /** Undefined where there are no lanes. */
  readonly laning: { readonly answer: (question: LaneQuestion) => Promise<Answer> } | undefined;
  readonly heeded: (news: News) => Promise<Answer>;
};

/** Hands what another worker asks to whoever can answer it. */
export function answering(those: Respondents): (question: Question) => Promise<Answer> {
  return async (question) => {
    switch (question.type) {
      case "statistics":
        return { type: "statistics", share: await those.share() };
      case "list":
      case "look":
        return those.inspection.answer(question);
      case "recent":
      case "paths":
      case "history":
        return those.watching.answer(question);
      case "explain":
        return those.explaining.answer(question.supposed);
      case "refresh":
      case "view":
        return those.asking.answer(question);
      case "contact-change":
      case "contact":
        return those.contact.answer(question);
      case "lane-change":
      case "lanes":
      case "lane-requests":
      case "lane-changes":
        return those.laning?.answer(question) ?? { type: "heeded", dropped: 0 };
      default:
        return those.heeded(question);
    }
  };
}
