import { useEffect, useState } from "preact/hooks";
import type { ShownExchange } from "../observe/shown-exchange.ts";
import type { AdminApi, Answer } from "./admin-api.ts";
import { shortSpan } from "./wording.ts";

/** One rule that was asked, with what was looked at and what came of it. */
type Rule = {
  readonly rule: string;
  readonly section: string;
  readonly input: string;
  readonly answer: "yes" | "no";
};

type Variant = {
  readonly selected: boolean;
  readonly freshness: {
    readonly lifetimeSeconds: number;
    readonly says: string;
    readonly ageSeconds: number;
    readonly remainingSeconds: number;
  };
};

/** What `explain` answers, as far as it is shown here. */
export type Explained = {
  readonly verdict: { readonly type: string };
  readonly because: string;
  readonly changes: readonly string[];
  readonly rules: readonly Rule[];
  readonly stored: readonly Variant[];
  readonly key: { readonly key: string; readonly asked: string; readonly ignored: readonly string[] };
  /** Stored keys of the same path that differ least. */
  readonly nearest: readonly { readonly key: string }[];
};

type ExplanationProps = { readonly api: AdminApi; readonly exchange: ShownExchange };

/** The rules of RFC 9111 as they would answer the same request now. */
export function Explanation({ api, exchange: { method, path } }: ExplanationProps) {
  const [answer, setAnswer] = useState<Answer<Explained>>();
  useEffect(() => {
    const left = new AbortController();
    setAnswer(undefined);
    const ask = async (): Promise<void> => {
      const query = new URLSearchParams({ url: path, method });
      const given = await api.get<Explained>(`explain?${query}`, left.signal);
      if (!left.signal.aborted) setAnswer(given);
    };
    void ask();
    return () => left.abort();
  }, [api, method, path]);
  if (answer === undefined) return <p class="quiet">Asking the rules …</p>;
  switch (answer.type) {
    case "ok":
      return <Rules explained={answer.value} />;
    case "unauthorised":
      return <p class="quiet">The proxy wants its admin token first.</p>;
    case "failed":
      return <p class="quiet">{answer.status === 404 ? "This proxy has nothing that explains." : answer.why}</p>;
  }
}

function Rules({
  explained: { verdict, because, changes, rules, stored, key, nearest },
}: {
  readonly explained: Explained;
}) {
  const selected = stored.find((variant) => variant.selected);
  return (
    <>
      <p>
        <strong>{VERDICTS[verdict.type] ?? verdict.type}</strong>: <WithCode text={`${because}.`} />
      </p>
      {selected !== undefined && <p class="quiet">{lifetimeOf(selected)}</p>}
      {changes.length > 0 && (
        <div class="remedies">
          <h4>What would change it</h4>
          {changes.map((change) => (
            <p key={change}>
              <WithCode text={`${change.charAt(0).toUpperCase()}${change.slice(1)}.`} />
            </p>
          ))}
        </div>
      )}
      {key.key !== key.asked && (
        <p class="quiet">
          Looked for under <code>{key.key}</code>
          {key.ignored.length > 0 && `, without ${key.ignored.join(", ")}`}.
        </p>
      )}
      {nearest.length > 0 && (
        <p class="quiet">
          The nearest that is stored: <code>{nearest[0]?.key}</code>
        </p>
      )}
      <ol class="rules" aria-label="Rules that were asked">
        {rules.map(({ rule, section, input, answer }, i) => (
          <li key={`${rule} ${i}`} data-answer={answer}>
            <span class="rule-name">
              {rule.replaceAll("-", " ")} <span class="unseen">: {answer}</span>
            </span>
            <span class="rule-section">{section}</span>
            <span class="rule-input">
              <WithCode text={input} />
            </span>
          </li>
        ))}
      </ol>
    </>
  );
}

/** A sentence whose words between backticks are code. */
function WithCode({ text }: { readonly text: string }) {
  return <>{text.split("`").map((part, i) => (i % 2 === 0 ? part : <code key={`${part} ${i}`}>{part}</code>))}</>;
}

const VERDICTS: Readonly<Record<string, string>> = {
  fresh: "Answered from the cache",
  stale: "Answered from the cache although stale",
  validate: "The origin is asked whether it still holds",
  complete: "The origin is asked for what is missing",
  forward: "The origin is asked",
  bypass: "Passed on, past the cache",
  "gateway-timeout": "Refused: nothing stored may answer it",
  answered: "Answered before the cache is asked",
};

function lifetimeOf({ freshness: { lifetimeSeconds, says, ageSeconds, remainingSeconds } }: Variant): string {
  const left =
    remainingSeconds < 0
      ? `stale for ${shortSpan(-remainingSeconds)}`
      : `fresh for another ${shortSpan(remainingSeconds)}`;
  return `Lives ${shortSpan(lifetimeSeconds)} (${says}), is ${shortSpan(ageSeconds)} old, ${left}.`;
}
