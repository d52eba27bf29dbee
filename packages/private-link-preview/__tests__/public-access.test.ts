import { pageData } from "../lib/html/data";
import { previewOf } from "../lib/preview";
import { reportOf } from "../lib/report";
import { answerText } from "../lib/text/answers";
import { pep, ref, REGISTRY } from "./addresses";
import { change } from "./forms";
import { connection } from "./parts";
import { selfRegistered } from "./networks";
import { type Json, perSpoke, planOf, registry, stateOf, synthesized } from "./terraform-fixtures";

const ATTRIBUTE = "public_network_access_enabled";
const LINK = "azurerm_private_dns_zone_virtual_network_link.spoke2-to-spoke2";
const [ENABLED, DISABLED, NOT_KNOWN] = [
  "the public address",
  "the public address, which refuses clients",
  "the public address, which may refuse clients",
];

/** A network without a zone, and a registry with these attributes. */
const parts = (attributes: Json) =>
  perSpoke()
    .filter(({ address }) => address !== LINK)
    .map((part) => (part.address === registry().address ? registry(attributes) : part));

/** A configuration in which the registry is a data source, which says nothing of public access. */
function readOnly(json: Json): Json {
  const { resource, ...rest } = JSON.parse(
    JSON.stringify(json).replaceAll("${azurerm_container_registry", "${data.azurerm_container_registry"),
  ) as { resource: Json; data?: Json };
  const { azurerm_container_registry: registries, ...resources } = resource;
  const name = { registry: { name: "acmeacr", resource_group_name: "rg-registry", location: "swedencentral" } };
  expect(registries).toBeDefined();
  return { ...rest, resource: resources, data: { ...rest.data, azurerm_container_registry: name } };
}

test.each<[name: string, file: unknown, expected: string | undefined]>([
  ["a configuration that says no", synthesized(parts({ [ATTRIBUTE]: false })), DISABLED],
  ["a configuration that says yes", synthesized(parts({ [ATTRIBUTE]: true })), ENABLED],
  [
    "a configuration that leaves it out, as the provider has the default",
    synthesized(parts({ [ATTRIBUTE]: null })),
    ENABLED,
  ],
  ["a configuration with a variable", synthesized(parts({ [ATTRIBUTE]: "${var.public}" })), NOT_KNOWN],
  ["a plan that hides it", planOf(parts({ [ATTRIBUTE]: null })), NOT_KNOWN],
  ["a configuration that only reads the registry", readOnly(synthesized(parts({}))), NOT_KNOWN],
  ["a state", stateOf(parts({ [ATTRIBUTE]: false })), DISABLED],
])("table, finding and page say the same of the public address in %s", (_, file, expected) => {
  const preview = previewOf(file);
  const lookup = preview.lookups.find(({ network }) => network.name === "vnet-spoke2")!;
  expect(answerText(lookup)).toBe(expected);
  const [finding] = preview.findings;
  const isOpen = expected === ENABLED;
  expect([finding!.code, finding!.severity]).toEqual(isOpen ? ["public-answer", "warning"] : ["no-zone", "error"]);
  expect(finding!.message).toContain(
    isOpen ? "as long as its public network access is on" : `so the names resolve to ${expected!}. `,
  );
  expect(JSON.stringify(pageData(preview, { title: "", source: "", version: "" }))).toContain(
    `so public DNS answers with ${expected!}.`,
  );
});

test.each([
  ["✅", "all is known and right", stateOf(perSpoke())],
  [
    "⚠️",
    "an answer is not reached, which is no error while the public address lets clients in",
    stateOf(parts({ [ATTRIBUTE]: true })),
  ],
  [
    "⚠️",
    "an endpoint carries no traffic until it is approved",
    stateOf(
      change(selfRegistered(), pep("spoke1"), connection(ref(REGISTRY), "registry", { is_manual_connection: true })),
    ),
  ],
  ["❌", "a finding is an error", stateOf(parts({ [ATTRIBUTE]: false }))],
])("a Markdown report and the page begin with %s where %s", (sign, _, file) => {
  const { headline, state } = pageData(previewOf(file), { title: "", source: "", version: "" });
  expect([state, headline === "Each network reaches all of its answers"]).toEqual(
    { "✅": [0, true], "⚠️": [3, false], "❌": [1, false] }[sign],
  );
  expect(reportOf(previewOf(file), { format: "markdown" }).text).toMatch(new RegExp(`^### ${sign} `));
});
