/** Error codes on the wire: JSON-RPC's, MCP's (specification 2026-07-28, "Error codes"), and the gateway's own. */

export const PARSE_ERROR = -32700;
export const INVALID_REQUEST = -32600;
export const METHOD_NOT_FOUND = -32601;
export const INVALID_PARAMS = -32602;

/** Legacy SDKs' code for a refusal at the HTTP level. */
export const BAD_REQUEST = -32000;
/** Legacy SDKs' code for a session that is not, or no longer, known. */
export const SESSION_NOT_FOUND = -32001;

export const HEADER_MISMATCH = -32020;
export const UNSUPPORTED_VERSION = -32022;

/** Application codes lie outside the range that JSON-RPC reserves (-32768 to -32000). */
export const DENIED = -31001;
export const UPSTREAM_FAILED = -31004;
export const FAILED_CLOSED = -31005;
