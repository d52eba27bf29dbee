#!/bin/sh
# Builds an image on a VM and pushes it to a registry that can be reached only from the VM's network.
#
#   push.sh LOGIN_SERVER REPOSITORY:TAG BASE64_TAR_GZ_OF_BUILD_CONTEXT
#
# Prints a line for each step. The last line is JSON: the digest of the pushed image and the data endpoint that serves it
# here, or the step that failed and why. Exits with 0 if it could print that line. common.sh comes first, with the
# requirements, the settings, and the functions that are used here.

STEPS='tools context identity exchange login build push'

retry_limit=${PROBE_RETRY_LIMIT:-60}

main() {
  [ $# -eq 3 ] || usage
  prepare "$1" "$2" 1140
  context=$3
  mkdir context
  for step in $STEPS; do
    echo "step: $step"
    retries=0
    waited=0
    if time_is_up; then fail time-limit; else run_until_allowed; fi
    [ -z "$failed" ] || break
  done
  data_endpoint=
  if [ -z "$failed" ]; then find_data_endpoint; fi
  report
}

usage() {
  echo 'usage: push.sh LOGIN_SERVER REPOSITORY:TAG BASE64_TAR_GZ_OF_BUILD_CONTEXT' >&2
  exit 2
}

# --- Steps ---

fail() {
  failed=$step
  reason=$1
  detail=${2:-}
  return 1
}

# Only a failure is reported.
note_answer() { :; }
note_retry() { detail=; }

step_tools() {
  install_tools 300
  need jq && need docker && wait_for_daemon
}

wait_for_daemon() {
  uptime
  first_attempt=$uptime
  announced=
  until limited 20 /dev/null docker version >/dev/null 2>&1; do
    [ -n "$announced" ] || echo "progress: waiting for up to $retry_limit s until docker runs"
    announced=yes
    next_attempt "$first_attempt" "$retry_seconds" "$retry_limit" || fail no-daemon || return
  done
}

step_context() {
  if ! printf %s "$context" | base64 -d >context.tar.gz 2>/dev/null; then
    fail bad-base64
  elif ! tar -xzf context.tar.gz -C context --no-same-owner 2>/dev/null; then
    fail bad-archive
  elif ! [ -f context/Dockerfile ]; then
    fail no-dockerfile
  fi
}

step_build() {
  run_docker 240 /dev/null build --tag "$login_server/$image" context
}

step_push() {
  run_docker 120 /dev/null push "$login_server/$image" || return
  digest=$(sed -n 's/.*digest: \(sha256:[0-9a-f]\{64\}\).*/\1/p' push.out | tail -n 1)
  [ -n "$digest" ] || fail no-digest
}

# --- The region ---

# Sets `data_endpoint` to the host that the registry redirects a pull of the image's configuration to. Its name contains
# the region that serves this VM. It stays empty if that can't be found out, which does not undo the push.
find_data_endpoint() {
  step_token
  if [ -z "$failed" ] && get_manifest "$digest"; then
    # A builder that adds attestations pushes an index, with an entry for them whose platform is unknown.
    entry=$(jq -r '[.manifests[]? | select(.platform.os == "linux") | .digest][0] // empty' manifest.body 2>/dev/null)
    if [ -z "$entry" ] || get_manifest "$entry"; then find_blob; fi
  fi
  failed=
}

# get_manifest DIGEST: writes the manifest to manifest.body.
get_manifest() {
  is_digest "$1" || return
  request manifest 20 "https://$login_server/v2/$repository/manifests/$1" 'header = "@authorization"' \
    "header = \"Accept: $ACCEPT\""
  answered 200
}

find_blob() {
  blob=$(jq -r .config.digest manifest.body 2>/dev/null)
  is_digest "$blob" || return
  request blob 20 "https://$login_server/v2/$repository/blobs/$blob" 'header = "@authorization"'
  if answered 307 && read_location && is_host "$location_host"; then data_endpoint=$location_host; fi
}

# --- The report ---

report() {
  if [ -z "$failed" ]; then
    printf '{"v":1,"digest":"%s","image":"%s"%s}\n' "$digest" "$login_server/$image" \
      "${data_endpoint:+,\"dataEndpoint\":\"$data_endpoint\"}"
    return
  fi
  printf '%s\n' "$failed" "$reason" "$detail" "$retries" "$waited" |
    jq -Rnc --rawfile error "$error_body" --argjson clock "$(date +%s%3N)" "$WORDS"'
    ($error | error_in) as [$code, $message]
    | [inputs]
    | {step: .[0], reason: .[1], code: $code, detail: ($message // (.[2] | discreet | ending))}
      + if .[3] == "0" then {} else {retries: .[3] | tonumber, seconds: .[4] | tonumber} end
    | {v: 1, error: with_entries(select(.value != null and .value != "")), clock: $clock}
  ' 2>/dev/null ||
    printf '{"v":1,"error":{"step":"%s","reason":"%s"}}\n' "$failed" "$reason"
}

main "$@"
