import { useEffect, useState } from "preact/hooks";
import type { AdminApi, Answer } from "./admin-api.ts";
import type { Compared, Comparison } from "./entries-answer.ts";
import { type DiffLine, diffLines, type FieldPair, pairFields } from "./entries-diff.ts";
import { whyNot } from "./entries-requests.ts";
import { shortCount } from "./wording.ts";

/** More lines of a diff nobody reads. */
const MOST_LINES = 1000;

const SIGNS = { same: " ", stored: "−", live: "+" } as const;

type EntriesCompareProps = { readonly api: AdminApi; readonly path: string };

/** What is stored for a URL against what the origin answers now. */
export function EntriesCompare({ api, path }: EntriesCompareProps) {
  const [answer, setAnswer] = useState<Answer<Comparison>>();
  useEffect(() => {
    let isLeft = false;
    api.post<Comparison>("compare", { url: path }).then((given) => {
      if (!isLeft) setAnswer(given);
    });
    return () => {
      isLeft = true;
    };
  }, [api, path]);
  return (
    <section class="compare" aria-label="Stored against live" aria-live="polite">
      <h3>Stored against live</h3>
      {answer === undefined ? (
        <p>Asking the origin …</p>
      ) : answer.type === "ok" ? (
        <Differences of={answer.value} />
      ) : (
        <p class="field-error">{whyNot(answer)}</p>
      )}
    </section>
  );
}

function Differences({ of: { stored, live } }: { readonly of: Comparison }) {
  if (stored === null) return <p>{`Nothing is stored for it. The origin answers with ${live.status}.`}</p>;
  const pairs = pairFields(stored.headers, live.headers);
  const differing = pairs.filter(({ stored, live }) => stored !== live);
  const selected = Object.entries(stored.selecting).map(([name, value]) => `${name}: ${value ?? "none"}`);
  return (
    <>
      {selected.length > 0 && <p class="quiet">{`The variant for ${selected.join(", ")}.`}</p>}
      {live.withheld !== undefined && (
        <p class="quiet">{`The origin was asked without ${live.withheld.join(", ")}: credentials are not used again.`}</p>
      )}
      {stored.status !== live.status && (
        <p>
          Status: <del>{stored.status}</del> <ins>{live.status}</ins>
        </p>
      )}
      <h4>Header fields</h4>
      <Fields differing={differing} same={pairs.length - differing.length} />
      <h4>Content</h4>
      <Content stored={stored} live={live} />
    </>
  );
}

function Fields({ differing, same }: { readonly differing: readonly FieldPair[]; readonly same: number }) {
  return (
    <>
      {differing.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, by keys too
        <div class="table-scroll" tabIndex={0} role="region" aria-label="Header fields that differ">
          <table>
            <thead>
              <tr>
                <th scope="col">Field</th>
                <th scope="col">Stored</th>
                <th scope="col">Live</th>
              </tr>
            </thead>
            <tbody>
              {differing.map(({ name, stored, live }) => (
                <tr key={name}>
                  <th scope="row">{name}</th>
                  <td>{stored === undefined ? "–" : <del>{stored}</del>}</td>
                  <td>{live === undefined ? "–" : <ins>{live}</ins>}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <p class="quiet">{differing.length === 0 ? `All ${same} are the same.` : `${same} others are the same.`}</p>
    </>
  );
}

function Content({ stored, live }: { readonly stored: Compared; readonly live: Compared }) {
  const isPart = stored.truncated === true || live.truncated === true;
  const part = isPart ? " Only the beginning was compared." : "";
  if (stored.body === null || live.body === null) {
    const isSame = stored.body === live.body && stored.bodyBase64 === live.bodyBase64;
    return <p class="quiet">{isSame ? `The same bytes.${part}` : `It is no text, and its bytes differ.${part}`}</p>;
  }
  if (stored.body === live.body) return <p class="quiet">{`The same.${part}`}</p>;
  const lines = diffLines(stored.body, live.body);
  if (lines.length === 0) return <p class="quiet">{`The same but for its layout.${part}`}</p>;
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, by keys too */}
      <div class="diff" tabIndex={0} role="region" aria-label="Content that differs">
        {lines.slice(0, MOST_LINES).map((line, i) => (
          <Line key={i} line={line} />
        ))}
      </div>
      {lines.length > MOST_LINES && (
        <p class="quiet">{`${shortCount(lines.length - MOST_LINES)} more lines differ.`}</p>
      )}
      {isPart && <p class="quiet">{part}</p>}
    </>
  );
}

function Line({ line }: { readonly line: DiffLine }) {
  switch (line.type) {
    case "left-out":
      return <div data-line="left-out">{`⋯ ${shortCount(line.count)} lines that are the same`}</div>;
    case "same":
      return <div data-line="same">{`${SIGNS.same} ${line.text}`}</div>;
    case "stored":
      return <del data-line="stored">{`${SIGNS.stored} ${line.text}`}</del>;
    case "live":
      return <ins data-line="live">{`${SIGNS.live} ${line.text}`}</ins>;
  }
}
