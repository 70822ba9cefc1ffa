import { useEffect, useRef, useState } from "preact/hooks";

type SignInProps = { readonly isWrong: boolean; readonly onToken: (token: string) => void };

/** Asks for the admin token. */
export function SignIn({ isWrong, onToken }: SignInProps) {
  const [token, setToken] = useState("");
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (token.trim() !== "") onToken(token.trim());
  };
  return (
    <form class="card sign-in" onSubmit={submit}>
      <h2>Admin token needed</h2>
      <p>
        This proxy was started with <code>--admin-token</code>. The token stays in this tab and goes to this proxy only.
      </p>
      <label for="token">Admin token</label>
      <div class="field-row">
        <input
          ref={field}
          id="token"
          type="password"
          autocomplete="off"
          spellcheck={false}
          value={token}
          aria-invalid={isWrong}
          aria-describedby={isWrong ? "token-error" : undefined}
          onInput={(event) => setToken(event.currentTarget.value)}
        />
        <button type="submit" class="primary">
          Continue
        </button>
      </div>
      {isWrong && (
        <p id="token-error" class="field-error" role="alert">
          The proxy does not accept this token.
        </p>
      )}
    </form>
  );
}
