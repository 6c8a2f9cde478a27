// Passkeys: `data-options` holds what the server asks, the answer goes into `response`, the form is sent. JSON forms of
// WebAuthn Level 3 where the browser has them, else by hand.
type Json = Record<string, unknown>;
const bytes = (text: string): ArrayBuffer =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0)).buffer as ArrayBuffer;
const text = (buffer: ArrayBuffer): string =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, "-")
    .replace(/\//g, "_")
    .replace(/=+$/, "");

const decoded = (options: Json): Json => {
  const out: Json = { ...options, challenge: bytes(options.challenge as string) };
  const user = options.user as Json | undefined;
  if (user) out.user = { ...user, id: bytes(user.id as string) };
  for (const list of ["allowCredentials", "excludeCredentials"])
    out[list] = ((options[list] ?? []) as Json[]).map((one) => ({ ...one, id: bytes(one.id as string) }));
  return out;
};

const encoded = (credential: PublicKeyCredential): Json => {
  const answer = credential.response as AuthenticatorAttestationResponse & AuthenticatorAssertionResponse;
  const response: Json = { clientDataJSON: text(answer.clientDataJSON) };
  for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"] as const)
    if (answer[name]) response[name] = text(answer[name] as ArrayBuffer);
  if (answer.getTransports) response.transports = answer.getTransports();
  return {
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment ?? undefined,
    clientExtensionResults: credential.getClientExtensionResults(),
    response,
  };
};

for (const form of Array.from(document.querySelectorAll<HTMLFormElement>("[data-passkey]"))) {
  if (!("PublicKeyCredential" in window)) break;
  const button = form.querySelector("button") as HTMLButtonElement;
  button.disabled = false;
  form.addEventListener("submit", async (event) => {
    const field = form.elements.namedItem("response") as HTMLInputElement;
    if (field.value) return;
    event.preventDefault();
    button.disabled = true;
    try {
      const publicKey = decoded(JSON.parse(form.dataset.options ?? "{}")) as never;
      const credential = await (form.dataset.passkey === "create"
        ? navigator.credentials.create({ publicKey })
        : navigator.credentials.get({ publicKey }));
      field.value = JSON.stringify(encoded(credential as PublicKeyCredential));
      form.submit();
    } catch (error) {
      // The person closed the device's window, or no key fits: say so and let her try again.
      (form.querySelector("[data-passkey-error]") as HTMLElement).textContent = form.dataset.failed ?? String(error);
      button.disabled = false;
    }
  });
}
