/** What a client has to know: where, under which name, and with which grant. */

/** The token itself, or the environment variable that holds it when the client starts. */
export type Secret =
  | { readonly kind: "token"; readonly token: string }
  | { readonly kind: "variable"; readonly variable: string };

export type Endpoint = {
  /** The name the client shows. */
  readonly name: string;
  readonly url: string;
  readonly secret: Secret;
};

/** The value of the Authorization header, where `reference` is how the client writes an environment variable. */
export function bearerText(secret: Secret, reference: (variable: string) => string): string {
  return `Bearer ${secret.kind === "token" ? secret.token : reference(secret.variable)}`;
}
