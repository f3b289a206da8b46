/** Whether what stands under a name is a secret, by the name: `api_key`, `X-Auth-Token`, `dbPassword`, and so on. */

/** Words that make a name a secret's, wherever they stand in it. */
const WORDS =
  /^(?:passwords?|passwd|pwd|pass|passphrases?|passcodes?|secrets?|tokens?|o?auth|authorization|bearer|credentials?|creds|sessions?|cookies?|pin|otp|totp|cvv|cvc|jwt|dsn)$/;
/** The same for names that are written in one. */
const ENDS = /(?:password|passwd|passphrase|secret|token|credential|sessionid|connectionstring)s?$/;
const COMPOUNDS =
  /(?:api|private|access|secret|signing|encryption|master|shared|ssh|account|auth|session|license)keys?|(?:security|verification|recovery|backup)codes?/;

/** Names that tell something about a secret: how many, how long, of what kind. */
const ABOUT_IT =
  /^(?:counts?|limits?|max|min|size|length|len|types?|kinds?|names?|polic(?:y|ies)|modes?|methods?|schemes?|providers?|ur[li]s?|endpoints?|expir(?:y|es|ed|ation)|ttl|timeout|lifetime|age|rate|usage|used|budget|enabled|required|status|at|in|on|date|time|index|position|scopes?|versions?|format|algorithm|alg)$/;
const HOW_MANY = /^(?:max|min|num|total|count|has|is|requires?) |^(?:input|output|prompt|completion|cached) tokens$/;

const LONGEST = 256;

export function isSecretName(name: string): boolean {
  if (name.length > LONGEST) return true;
  const words = name
    .normalize("NFKC")
    .replace(/[a-z0-9](?=[A-Z])|[A-Z](?=[A-Z][a-z])/g, "$& ")
    .toLowerCase()
    .split(/[^a-z]+/)
    .filter(Boolean);
  if (ABOUT_IT.test(words.at(-1) ?? "") || HOW_MANY.test(words.join(" "))) return false;
  const joined = words.join("");
  return words.some((word) => WORDS.test(word)) || ENDS.test(joined) || COMPOUNDS.test(joined);
}
