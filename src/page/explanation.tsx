import { useEffect, useState } from "preact/hooks";
import type { ShownExchange } from "../observe/shown-exchange.ts";
import type { AdminApi, Answer } from "./admin-api.ts";

/** One rule that was asked, with what it was asked and what it said. */
type Rule = { readonly section?: string; readonly rule: string; readonly input?: string; readonly answer: string };
type Explained = { readonly rules?: readonly Rule[] };

type ExplanationProps = { readonly api: AdminApi; readonly exchange: ShownExchange };

/** The rules of RFC 9111 as they would answer the same request now. */
export function Explanation({ api, exchange: { method, path } }: ExplanationProps) {
  const [answer, setAnswer] = useState<Answer<Explained>>();
  useEffect(() => {
    const left = new AbortController();
    setAnswer(undefined);
    api
      .get<Explained>(`explain?${new URLSearchParams({ url: path, method })}`, left.signal)
      .then((given) => left.signal.aborted || setAnswer(given));
    return () => left.abort();
  }, [api, method, path]);
  if (answer === undefined) return <p class="quiet">Asking the rules …</p>;
  if (answer.type === "unauthorised") return <p class="quiet">The proxy wants its admin token first.</p>;
  if (answer.type === "failed")
    return <p class="quiet">{answer.status === 404 ? "This proxy does not explain." : answer.why}</p>;
  return (
    <ol class="rules">
      {answer.value.rules?.map(({ section, rule, input, answer: said }) => (
        <li key={rule}>
          {section} {rule} {input} {said}
        </li>
      ))}
    </ol>
  );
}
