/**
 * A `tools/list` as a large firewall manager's would be: 584 tools, 470 KB, the same every time. Names, texts and schemas
 * are made up of a few words; as in lists of real servers, descriptions have line breaks, and a few of them characters
 * that are no Latin-1, which makes the whole text twice as large in memory.
 */
export type ListedTool = { readonly name: string; readonly description: string; readonly inputSchema: object };

const VERBS = ["list", "get", "create", "update", "delete", "clone", "move", "search", "export", "validate"];
const THINGS = (
  "firewall_policy address_object address_group service_object service_group virtual_ip nat_pool schedule interface zone " +
  "vlan static_route route_map prefix_list bgp_neighbor ospf_area vpn_tunnel ipsec_phase certificate admin_account " +
  "user_group radius_server ldap_server web_filter dns_filter app_control ips_sensor antivirus_profile ssl_profile " +
  "dos_policy traffic_shaper sdwan_rule sdwan_member health_check ha_member device device_group policy_package script " +
  "template revision task log_forwarder syslog_server snmp_community ntp_server dhcp_server dhcp_lease dns_zone " +
  "captive_portal wifi_network access_point switch_port firmware_image license backup threat_feed session block_list"
).split(" ");
const FIELDS = [
  "name",
  "scope",
  "comment",
  "status",
  "interface",
  "source",
  "destination",
  "position",
  "limit",
  "filter",
];

const COUNT = 584;

/** The tools, in the order in which they are listed. */
export function firewallTools(count: number = COUNT): ListedTool[] {
  return Array.from({ length: count }, (_, nth) => {
    const verb = VERBS[Math.floor(nth / THINGS.length) % VERBS.length] ?? "";
    const thing = THINGS[nth % THINGS.length] ?? "";
    return toolOf(`${verb}_${thing}`, nth);
  });
}

function toolOf(name: string, nth: number): ListedTool {
  const words = name.replaceAll("_", " ");
  const fields = Array.from({ length: 2 + (nth % 3) }, (_, at) => FIELDS[(nth * 3 + at) % FIELDS.length] ?? "");
  const told = fields.map((field) => `    ${field}: The ${field} of the ${words} call (default: "none")`).join("\n");
  const arrow = nth % 97 === 0 ? "\n\nMenu: Objects → Firewall — as an administrator sees it." : "";
  return {
    name,
    description: `Do ${words} on the central manager.\n\nArgs:\n${told}\n\nReturns:\n    A dictionary with what was done and the task that does it. Fails where the ADOM is locked by another administrator.${arrow}`,
    inputSchema: {
      type: "object",
      properties: Object.fromEntries(fields.map((field, at) => [field, property(field, nth + at)])),
      required: fields.slice(0, 1),
      title: `${name}Arguments`,
    },
  };
}

function property(field: string, nth: number): object {
  const title = `${field.slice(0, 1).toUpperCase()}${field.slice(1)}`;
  switch (nth % 4) {
    case 0:
      return { title, type: "integer", default: 100, minimum: 1, maximum: 5_000 };
    case 1:
      return { anyOf: [{ type: "string" }, { type: "null" }], default: null, title };
    case 2:
      return { title, type: "string", enum: ["enable", "disable", "inherit"] };
    default:
      return { title, type: "string", default: "none" };
  }
}
