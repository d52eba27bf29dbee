#!/usr/bin/env bash
# Previews a file in every form that a pipeline uses, and writes the results into a folder:
#   pipelines/steps/run.sh RESULTS
# Environment:
#   PREVIEW            the command: path of bin.js of private-link-preview
#   FILE               the plan, state or synthesized JSON
#   PREVIOUS_FILE      an earlier one, to compare it with: then only new errors count
#   WORKING_DIRECTORY  the folder that the paths start at
#   SOURCE             the folder of the Terraform configuration, to name files and lines
#   IGNORE_FILE        findings to ignore; by default .private-link-preview.json in the folder, if it is there
#   STRICT             true: answers that are not known are errors
#   PAGES              address of findings.md, for links
#   ANNOTATIONS        true: prints workflow commands of GitHub
# Writes preview.json, preview.sarif, preview.md, preview.html, junit.xml, comment.md, and outputs with lines of the form
# NAME=VALUE.
# The exit status is 0 if the preview could be made, whatever it found: the status of the preview is in outputs.
set -uo pipefail

results=$1
mkdir -p "$results"

# at PATH: the path, seen from the folder that paths start at.
at() {
  case $1 in
    /* | [A-Za-z]:*) printf '%s' "$1" ;;
    *) printf '%s' "${WORKING_DIRECTORY:-.}/$1" ;;
  esac
}

# preview ARGUMENT...: runs the command with the options that all forms have in common.
preview() {
  # Older versions of bash take an empty list for a variable that is not set.
  node "$PREVIEW" "$(at "$FILE")" ${options[@]+"${options[@]}"} "$@"
}

options=()
ignore=$(at "${IGNORE_FILE:-.private-link-preview.json}")
if [ -n "${IGNORE_FILE:-}" ] || [ -f "$ignore" ]; then options+=(--ignore-file "$ignore"); fi
if [ "${STRICT:-false}" = true ]; then options+=(--strict); fi
if [ -n "${SOURCE:-}" ]; then options+=(--source "$(at "$SOURCE")"); fi
if [ -n "${PAGES:-}" ]; then options+=(--pages "$PAGES"); fi

preview --format json --output "$results/preview.json"
status=$?
if [ "$status" -gt 1 ]; then
  echo "exit-status=$status" >"$results/outputs"
  exit "$status"
fi

# The status of these is that of the JSON, or tells that a file can't be written.
for form in sarif:preview.sarif markdown:preview.md junit:junit.xml html:preview.html; do
  preview --format "${form%%:*}" --output "$results/${form#*:}"
done 2>"$results/log"
cp "$results/preview.md" "$results/comment.md"
if [ "${ANNOTATIONS:-false}" = true ]; then preview --format github; fi

if [ -n "${PREVIOUS_FILE:-}" ]; then
  preview --compare "$(at "$PREVIOUS_FILE")" --format markdown --output "$results/comment.md"
  status=$?
fi

{
  echo "exit-status=$status"
  # The counts, from the JSON.
  node -p '
    const { counts } = JSON.parse(require("fs").readFileSync(process.argv[1], "utf8"));
    Object.entries({
      errors: counts.errors,
      warnings: counts.warnings,
      ignored: counts.ignored,
      answers: counts.answers,
      unreachable: counts.notReachable,
    }).map((entry) => entry.join("=")).join("\n");
  ' "$results/preview.json"
  echo "json-file=$results/preview.json"
  echo "sarif-file=$results/preview.sarif"
  echo "html-file=$results/preview.html"
} >"$results/outputs"
if [ "$status" -gt 1 ]; then exit "$status"; fi
for form in preview.sarif preview.md preview.html junit.xml comment.md; do
  [ -s "$results/$form" ] || { cat "$results/log" && exit 3; }
done
