import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { AzureEmulator } from "../lib/emulator";
import { GROUP_ID, REGION, id } from "./azure";

/** Whether blobs are at data endpoints, or in storage accounts. */
test.each([true, false])("a registry passes the conformance tests of OCI, with data endpoints: %s", async (isOn) => {
  const folder = mkdtempSync(join(tmpdir(), "oci-"));
  const azure = await AzureEmulator.start();
  try {
    azure.put(GROUP_ID, { location: REGION });
    const properties = { adminUserEnabled: true, dataEndpointEnabled: isOn };
    azure.put(id("Microsoft.ContainerRegistry/registries/hello"), {
      location: REGION,
      sku: { name: "Premium" },
      properties,
    });
    writeFileSync(join(folder, "azure.pem"), azure.certificate);
    const env = {
      ...{ OCI_REGISTRY: "hello.azurecr.io", OCI_USERNAME: "hello", OCI_PASSWORD: "emulated", OCI_RESULTS_DIR: folder },
      ...{ OCI_VERSION: "1.1", OCI_API_BLOBS_UPLOAD_CANCEL: "true", SSL_CERT_FILE: join(folder, "azure.pem") },
      HTTPS_PROXY: await azure.proxyFor({ address: "203.0.113.7" }),
    };
    // It ends with 1 where a test fails: what matters is in the results.
    await promisify(execFile)(process.env.OCI_CONFORMANCE!, { cwd: folder, env }).catch(() => undefined);
    const [, summary] = /<testsuite (name=[^>]*)>/.exec(readFileSync(join(folder, "junit.xml"), "utf8"))!;
    const countOf = (what: string) => Number(new RegExp(`${what}="(\\d+)"`).exec(summary!)?.[1] ?? 0);
    expect(["tests", "failures", "errors", "skipped", "disabled"].map(countOf)).toEqual([854, 0, 0, 44, 0]);
  } finally {
    await azure.close();
    rmSync(folder, { recursive: true });
  }
});
