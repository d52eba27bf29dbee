#!/usr/bin/env bash
# Makes a plan of the settings for a pipeline:
#   pipelines/deploy/plan.sh FOLDER
# Writes into the folder plan.tfplan, which may contain secrets; plan.md, for a comment and a summary; and outputs, with lines
# of the form NAME=VALUE: status (1 if a finding is an error, otherwise 0), changes (how many changes of the network the plan
# has) and sha256 (of the plan).
# The exit status is 0 if there is a plan, whatever is in it.
set -euo pipefail

# The plan and its JSON hold what the state holds.
umask 077
folder=$1
engine=${TERRAFORM_BINARY_NAME:-terraform}
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)

# plan ARGUMENT...: runs npm run plan, and goes on if a finding is an error.
plan() {
  status=0
  npm run --silent plan -- "$@" || status=$?
  if [ "$status" -gt 1 ]; then exit "$status"; fi
}

plan --out "$folder/plan.tfplan" --format markdown >"$folder/plan.md"
found=$status
"$engine" -chdir="${CDKTF_OUTDIR:-cdktf.out}/stacks/private-registry" show -json "$folder/plan.tfplan" >"$folder/plan.json"
plan --file "$folder/plan.json" --format json >"$folder/report.json"
{
  echo "status=$found"
  node -e '
    const [{ createHash }, { readFileSync }] = [require("node:crypto"), require("node:fs")];
    const [report, plan] = ["report.json", "plan.tfplan"].map((name) => readFileSync(process.argv[1] + "/" + name));
    console.log("changes=" + JSON.parse(report).changes.length);
    console.log("sha256=" + createHash("sha256").update(plan).digest("hex"));
  ' "$folder"
} >"$folder/outputs"
rm "$folder/plan.json" "$folder/report.json"
