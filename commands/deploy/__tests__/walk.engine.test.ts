import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { testWalk } from "../../../__tests__/support/engine";
import { copyOfProject, walk } from "../../../__tests__/support/walk";

testWalk("every command of docs/environments.md runs as it stands there", async (engine) => {
  const folder = copyOfProject();
  try {
    const { stdout, stderr } = await walk("environments.md", folder, engine);
    expect(`${stdout.slice(-2000)}${stderr.slice(-4000)}`).toContain("walked to the end");
    expect(stdout).toContain("Moved the state: 23 resources.");
    // After the state was moved, on the second machine, and of dev after prod was changed.
    expect(stdout.match(/No changes\. The network matches the settings\./g)).toHaveLength(3);
    expect(stdout).toContain("0 resources added, 4 changed, 0 replaced, 0 destroyed.");
    expect(stderr).toContain("The settings keep the state in another place than before.");
    const line = /^Environment prod \(.*prod-remote\.json\), state private-registry\.prod\.tfstate in contosostate/gm;
    expect(stderr.match(line)!.length).toBeGreaterThan(3);
    const prod = "terraform.private-registry.prod.tfstate";
    const places = ["terraform.private-registry.tfstate", prod, join("second-machine", prod)];
    expect(places.map((place) => existsSync(join(folder, place)))).toEqual([true, true, false]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
