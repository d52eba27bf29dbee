import { compare } from "../lib/compare/comparison";
import { Files } from "./command-support";
import { REGISTRY } from "./addresses";
import { type Json, type Part, change, planOf, stateOf, synthesized, without } from "./forms";
import { perSpoke, selfRegistered, sharedZone } from "./networks";
import { resolve } from "./outcome";

const files = new Files();
const LINK = "azurerm_private_dns_zone_virtual_network_link";
const right = perSpoke();
const wrong = without(right, `${LINK}.spoke2-to-spoke2`);
const worse = without(wrong, `${LINK}.spoke1-to-spoke1`);

/** What the comparison of two networks says, as JSON. */
async function compared(before: Json, after: Json, ...args: string[]) {
  files.write("before.json", before);
  files.write("after.json", after);
  const { status, stdout } = await files.run("after.json", "--compare", "before.json", "--json", ...args);
  const { changes, findings } = JSON.parse(stdout) as {
    changes: { virtualNetwork: string; host: string; before: Json | null; after: Json | null }[];
    findings: Record<"new" | "gone" | "unchanged", { code: string; resources: string[] }[]>;
  };
  const codes = (list: { code: string }[]) => list.map(({ code }) => code);
  return {
    status,
    changes,
    networks: [...new Set(changes.map(({ virtualNetwork }) => virtualNetwork))],
    new: codes(findings.new),
    gone: codes(findings.gone),
    unchanged: codes(findings.unchanged),
  };
}

describe("--compare", () => {
  test("the same network has no differences, whether synthesized or planned", async () => {
    for (const form of [synthesized, planOf, stateOf])
      expect(await compared(form(right), form(right))).toMatchObject({ status: 0, changes: [], new: [], gone: [] });
  });

  test("addresses that become known are no change", async () => {
    expect(await compared(planOf(right), stateOf(right))).toMatchObject({ status: 0, changes: [], new: [] });
  });

  test("a name that becomes known is no change, and another name is one", async () => {
    const named = (name?: string) => change(selfRegistered(), REGISTRY, { name });
    const [planned, applied] = [planOf(named()), stateOf(named("acmeacr"))];
    expect(resolve(named(), planOf).answers[0]!.host).toMatch(/^\(azurerm_container_registry registry\)\./);
    expect(await compared(planned, applied)).toMatchObject({ status: 0, changes: [] });
    expect((await compared(planOf(named("other")), applied)).changes).not.toEqual([]);
  });

  test("a new error fails, with the answers that it changes", async () => {
    const { changes, ...rest } = await compared(synthesized(right), synthesized(wrong));
    expect(rest).toEqual({ status: 1, networks: ["vnet-spoke2"], new: ["no-zone"], gone: [], unchanged: [] });
    expect(changes[0]).toMatchObject({ before: { reachable: true }, after: { reachable: false, endpoints: [] } });
  });

  test("an error that was there before does not fail, and one that is gone neither", async () => {
    expect(await compared(synthesized(wrong), synthesized(wrong))).toMatchObject({ status: 0, unchanged: ["no-zone"] });
    const fixed = await compared(synthesized(wrong), synthesized(right));
    expect(fixed).toMatchObject({ status: 0, networks: ["vnet-spoke2"], gone: ["no-zone"], new: [] });
    expect(await compared(synthesized(wrong), synthesized(worse))).toMatchObject({
      status: 1,
      new: ["no-zone"],
      unchanged: ["no-zone"],
    });
  });

  test("a network that is added or removed has no answer on one side", async () => {
    const only = (parts: Part[]) => parts.filter(({ address }) => !address.includes("spoke2"));
    const { changes } = await compared(synthesized(only(right)), synthesized(right));
    expect(changes.filter(({ before }) => before === null).map(({ virtualNetwork }) => virtualNetwork)).toContain(
      "vnet-spoke2",
    );
    const back = await compared(synthesized(right), synthesized(only(right)));
    expect(back.changes.filter(({ after }) => after === null).length).toBeGreaterThan(0);
  });

  test("a new error that is ignored does not fail; a warning that --strict makes an error was one before", async () => {
    expect(await compared(synthesized(right), synthesized(wrong), "--ignore", "no-zone")).toMatchObject({
      status: 0,
      new: ["no-zone"],
    });
    expect(await compared(stateOf(sharedZone()), stateOf(sharedZone()), "--strict")).toMatchObject({ status: 0 });
  });

  test("a warning that has become an error is new", () => {
    const preview = resolve(wrong);
    const before = { ...preview, findings: preview.findings.map((one) => ({ ...one, severity: "warning" as const })) };
    expect(compare(before, preview).findings).toMatchObject({ new: preview.findings, unchanged: [] });
    expect(compare(preview, before).findings).toMatchObject({ new: [], unchanged: before.findings });
  });

  test("shows the difference as a table and as Markdown", async () => {
    files.write("before.json", synthesized(right));
    files.write("after.json", synthesized(wrong));
    const table = await files.run("after.json", "--compare", "before.json");
    expect(table.status).toBe(1);
    expect(table.stdout).toContain("│ acmeacr.azurecr.io");
    expect(table.stdout).toMatch(/\n\nnew error no-zone\n {2}vnet-spoke2 is linked to no /);
    expect(table.stdout).toMatch(
      /3 answers change\. 1 link changes\. 1 finding new \(1 error\), 0 gone, 0 unchanged\.\n$/,
    );
    const { stdout } = await files.run("after.json", "--compare", "before.json", "--format", "markdown");
    expect(stdout).toMatch(/^### ❌ DNS of private endpoints: what changes in `after\.json`\n\n3 answers change\. /);
    expect(stdout).toContain(
      "| `vnet-spoke2` | `acmeacr.azurecr.io` | ✅ its own endpoint pep-spoke2 | ❌ the public address",
    );
    const gone = await files.run("before.json", "--compare", "after.json");
    expect(gone.stdout).toMatch(/\n\ngone error no-zone: azurerm_virtual_network\.spoke2, /);
  });

  test("a file that is no preview is named", async () => {
    files.write("after.json", synthesized(right));
    const { status, stderr } = await files.run("after.json", "--compare", files.write("empty.json", {}));
    expect([status, stderr]).toEqual([3, expect.stringMatching(/empty\.json is not Terraform JSON/)]);
  });
});
