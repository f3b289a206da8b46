/** `/whoami`: as whom the gateway knows the one who asks. */
import * as z from "zod/mini";
import { ROLES } from "./auth/operator.ts";
import { described } from "./described.ts";
import { json } from "./json.ts";
import { route } from "./route.ts";

export const whoami = route({
  method: "GET",
  path: "/whoami",
  role: "viewer",
  ...described({
    summary: "Who I am, and what I may do",
    gives: {
      status: 200,
      schema: z.object({ id: z.string(), name: z.string(), role: z.enum(ROLES) }),
    },
  }),
  handle: async ({ operator: { id, name, role } }) => json(200, { id, name, role }),
});
