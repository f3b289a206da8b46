/** Every route of the admin API. What is not in this list is not there. */
import * as z from "zod/mini";
import openapi from "../../docs/openapi.json" with { type: "json" };
import { auditRoutes } from "./audit.ts";
import { changeRoutes } from "./changes.ts";
import { described } from "./described.ts";
import { credentialRoutes } from "./grants/credential.ts";
import { grantRoutes } from "./grants/routes.ts";
import { json } from "./json.ts";
import { operatorRoutes } from "./operators/routes.ts";
import { policyRoutes } from "./policies/routes.ts";
import { type Route, route } from "./route.ts";
import { secretRoutes } from "./secrets/rotate.ts";
import { serverRoutes } from "./servers/routes.ts";
import { toolRoutes } from "./servers/tools.ts";
import { status } from "./status.ts";
import { whoami } from "./whoami.ts";

const description = route({
  method: "GET",
  path: "/openapi.json",
  role: "viewer",
  ...described({
    summary: "This description (OpenAPI 3.1)",
    gives: { status: 200, schema: z.looseObject({ openapi: z.string(), info: z.unknown(), paths: z.unknown() }) },
  }),
  handle: async () => json(200, openapi),
});

export const ROUTES: readonly Route[] = [
  description,
  whoami,
  status,
  ...serverRoutes,
  ...toolRoutes,
  ...policyRoutes,
  ...grantRoutes,
  ...credentialRoutes,
  ...operatorRoutes,
  ...auditRoutes,
  ...changeRoutes,
  ...secretRoutes,
];
