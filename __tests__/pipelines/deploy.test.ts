import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { PROJECT } from "../support/programs";
import { testUnless, which } from "../support/skips";
import { FOLDER, azure, azureSteps, github, read } from "./deploy-files";

/** What a linter prints, and how it ends. */
async function lint(command: string, args: readonly string[], cwd: string) {
  const { PATH, HOME } = process.env;
  const ended: { stdout: string; stderr: string; code?: number | string } = await promisify(execFile)(command, args, {
    cwd,
    env: { PATH, HOME },
  }).catch((error: unknown) => error as { stdout: string; stderr: string; code: number | string });
  return { status: ended.code ?? 0, printed: ended.stdout + ended.stderr };
}

const CLEAN = { status: 0, printed: "" };

describe("the workflow for GitHub", () => {
  test("uses no secret, and may write nothing but the comment", () => {
    expect(read("github.yml")).not.toContain("secrets.");
    expect(github.jobs.plan.permissions).toEqual({ contents: "read", "id-token": "write", "pull-requests": "write" });
    for (const job of [github.jobs.deploy, github.jobs.drift])
      expect(job.permissions).toEqual({ contents: "read", "id-token": "write" });
  });

  test("applies only in the environment that is approved, and signs in there alone as the identity that may", () => {
    const applying = Object.entries(github.jobs).filter(([, { steps }]) =>
      steps.some(({ run = "" }) => run.includes("npm run deploy")),
    );
    expect(applying.map(([name]) => name)).toEqual(["deploy"]);
    expect(github.jobs.deploy.environment).toBe("production");
    expect(github.jobs.deploy.if).toMatch(/^github\.ref == 'refs\/heads\/main' && /);
    const identities = Object.entries(github.jobs).map(([name, { env }]) => [name, env.ARM_CLIENT_ID]);
    expect(Object.fromEntries(identities)).toEqual({
      plan: "${{ vars.AZURE_PLAN_CLIENT_ID }}",
      deploy: "${{ vars.AZURE_DEPLOY_CLIENT_ID }}",
      drift: "${{ vars.AZURE_PLAN_CLIENT_ID }}",
    });
  });

  test("puts no expression into a script", () => {
    const steps = Object.values(github.jobs).flatMap((job) => job.steps);
    expect(steps.filter(({ run = "" }) => run.includes("${{"))).toEqual([]);
  });

  const linters = [
    ["actionlint", ["-no-color"], []],
    ["zizmor", ["--offline", "--quiet", "--color=never"], [join(PROJECT, "action.yml")]],
  ] as const;
  for (const [linter, options, more] of linters) {
    const missing = which(linter) ? undefined : `no ${linter} on the PATH`;
    if (missing && process.env.REQUIRE_SCANNERS) throw new Error(missing);
    testUnless(missing, `and those of this project: ${linter} finds nothing`, async () => {
      const repository = mkdtempSync(join(tmpdir(), "lint-"));
      mkdirSync(join(repository, ".github", "workflows"), { recursive: true });
      const own = join(PROJECT, ".github", "workflows");
      const files = [join(FOLDER, "github.yml"), ...readdirSync(own).map((file) => join(own, file)), ...more];
      const { status, printed } = await lint(linter, [...options, ...files], repository);
      expect([status, status === 0 ? "" : printed]).toEqual([0, ""]);
    });
  }
});

describe("the pipeline for Azure DevOps", () => {
  test("uses no secret, and signs in to deploy only in the environment that is approved", () => {
    expect(read("azure-pipelines.yml")).not.toMatch(/\$\(.*(secret|password|key).*\)/i);
    const connections = azure.stages.map(({ stage, jobs: [job] }) => [
      stage,
      job!.environment,
      azureSteps(stage).flatMap(({ inputs }) => inputs?.azureSubscription ?? []),
    ]);
    expect(connections).toEqual([
      ["plan", undefined, ["${{ parameters.planConnection }}"]],
      ["deploy", "${{ parameters.environment }}", ["${{ parameters.deployConnection }}"]],
      ["drift", undefined, ["${{ parameters.planConnection }}"]],
    ]);
    const { condition } = azure.stages.find(({ stage }) => stage === "deploy")!;
    expect(condition).toContain("and(succeeded(), eq(variables['Build.SourceBranch'], 'refs/heads/main'), ");
  });

  test("leaves no token in a clone, and installs in every job", () => {
    for (const { stage } of azure.stages) {
      expect(azureSteps(stage).filter(({ checkout }) => checkout === "self")).toEqual([
        { checkout: "self", persistCredentials: false },
      ]);
      expect(azureSteps(stage)).toContainEqual({ template: "install.yml" });
    }
    expect(existsSync(join(FOLDER, "install.yml"))).toBe(true);
  });
});

testUnless(which("shellcheck") ? undefined : "shellcheck is not installed", "shellcheck finds nothing", async () => {
  const files = ["plan.sh", "sign-in.sh"].map((file) => join(FOLDER, file));
  await expect(lint("shellcheck", files, FOLDER)).resolves.toEqual(CLEAN);
});

test("every file of the folder is used", () => {
  const used = ["github.yml", "azure-pipelines.yml"].flatMap((file) =>
    [...read(file).matchAll(/(?:pipelines\/deploy\/|template: )([\w-]+\.\w+)/g)].map(([, name]) => name!),
  );
  expect([...new Set([...used, "github.yml", "azure-pipelines.yml"])].sort()).toEqual(readdirSync(FOLDER).sort());
});
