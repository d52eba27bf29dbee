#!/bin/sh
# Proves from inside a spoke that an image can be pulled: names, TLS, tokens, manifest, blob, docker run.
#
#   probe.sh LOGIN_SERVER REPOSITORY:TAG [DATA_ENDPOINT...]
#
# Prints one line of JSON, and exits with 0 if it could. Whether what it found is good is for the reader to say.
# common.sh goes before it, and has the rest: what it needs, its settings, tokens, requests, docker.

STEPS='tools challenge identity exchange token manifest blob download login pull run'

# Azure keeps the last 4,096 bytes of what a command prints.
LONGEST_REPORT=3500

# Any manifest, so that the registry gives the index where there is one.
ACCEPT='application/vnd.oci.image.index.v1+json, application/vnd.docker.distribution.manifest.list.v2+json'
ACCEPT="$ACCEPT, application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json"

main() {
  [ $# -ge 2 ] || usage
  prepare "$1" "$2" 240
  shift 2
  for host in "$@"; do is_host "$host" || usage; done
  data_endpoints=$*
  repository=${image%:*}
  tag=${image##*:}
  check_hosts
  not_tried=0
  for step in $STEPS; do run_step; done
  report
}

usage() {
  echo 'usage: probe.sh LOGIN_SERVER REPOSITORY:TAG [DATA_ENDPOINT...]' >&2
  exit 2
}

# --- Facts: lines of path, type and value, of which the report is made ---

text() { printf '%s\ttext\t%s\n' "$1" "$2" >>facts; }
json() { printf '%s\tjson\t%s\n' "$1" "$2" >>facts; }

# --- Steps ---

# Runs a step, unless one before it failed.
run_step() {
  if [ -n "$failed" ]; then
    text "notTried/$not_tried" "$step"
    not_tried=$((not_tried + 1))
    return
  fi
  step_began=$(now)
  retries=0
  if time_is_up; then fail time-limit; else "step_$step"; fi
  json "steps/$step/ms" $(($(now) - step_began))
}

fail() {
  failed=$step
  text failed/step "$step"
  text failed/reason "$1"
  [ -z "${2:-}" ] || text failed/code "$2"
  [ -z "${3:-}" ] || text failed/detail "$3"
}

# --- Requests ---

# Asks again for a while for what a replica does not know yet.
request_until_known() {
  give_up=$(($(now) + $(milliseconds "$retry_limit")))
  while :; do
    request "$@"
    [ "$curl_exit" -eq 0 ] && [ "$status" -eq 404 ] || return
    grep -Eq '(MANIFEST|NAME|BLOB)_UNKNOWN' "$1.body" || return
    [ $(($(now) + $(milliseconds "$retry_seconds"))) -lt "$give_up" ] || return
    limited "$retry_seconds" /dev/null sleep "$retry_seconds"
    ! time_is_up || return
    retries=$((retries + 1))
    json "steps/$step/retries" "$retries"
  done
}

# Notes of a request in this step what any answer has.
note_answer() {
  [ "$curl_exit" -ne 0 ] || json "steps/$step/status" "$status"
  [ -z "$address" ] || text "steps/$step/address" "$address"
}

# header NAME HEADER: the values of a header of an answer, one a line.
header() { sed -n "s/\r\$//; s/^$2: *//Ip" "$1.head"; }

# Reads a parameter of a challenge, such as realm, from the standard input.
parameter() { sed -n "s/.*[ ,]$1=\"\([^\"]*\)\".*/\1/p" | head -n 1; }

is_digest() {
  case $1 in sha256:*[!0-9a-f]*) return 1 ;; sha256:*) [ ${#1} -eq 71 ] ;; *) return 1 ;; esac
}

digest_of() {
  digest_line=$(sha256sum <"$1")
  echo "sha256:${digest_line%% *}"
}

# --- (a), (b): names and TLS ---

check_hosts() {
  index=0
  for host in $login_server $data_endpoints; do
    check_host "$index" "$host" &
    checks="$checks $!"
    index=$((index + 1))
    # Side by side, as one that is out of reach takes its time; not all at once, as the VM is small.
    [ $((index % 8)) -ne 0 ] || wait
  done
  wait
  checks=
}

check_host() {
  trap 'stop 143' TERM
  checks=
  at=hosts/$1
  text "$at/host" "$2"
  host_began=$(now)
  resolve "$at" "$2"
  json "$at/dnsMs" $(($(now) - host_began))
  if [ "$found" -eq 0 ]; then
    text "$at/tls" not-resolved
    return
  fi
  host_began=$(now)
  request "host$1" 10 "https://$2/"
  # What the host says to "/" does not matter, only that it could be asked.
  tls_ms=$(milliseconds "${tls_seconds:-0}")
  if [ "$tls_ms" -gt 0 ]; then
    text "$at/tls" ok
  else
    text "$at/tls" "$(curl_reason)"
    tls_ms=$(($(now) - host_began))
  fi
  json "$at/tlsMs" "$tls_ms"
}

# resolve PATH HOST: notes the addresses, and sets `found` to their number.
resolve() {
  json "$1/addresses" '[]'
  found=0
  for found_address in $(limited 15 /dev/null getent ahostsv4 "$2" | cut -d ' ' -f 1 | sort -u); do
    text "$1/addresses/$found" "$found_address"
    found=$((found + 1))
  done
}

step_challenge() {
  request challenge 20 "https://$login_server/v2/"
  note_answer
  if ! answered 401; then
    refuse challenge
    return
  fi
  challenge=$(header challenge www-authenticate | grep -i '^bearer ' | head -n 1)
  [ -n "$challenge" ] || challenge=$(header challenge www-authenticate | head -n 1)
  text steps/challenge/scheme "${challenge%% *}"
  text steps/challenge/realm "$(printf %s "$challenge" | parameter realm)"
  text steps/challenge/service "$(printf %s "$challenge" | parameter service)"
  case $challenge in [Bb]earer' '*) ;; *) fail no-bearer ;; esac
}

# --- (c): tokens, manifest, blob ---

# Tools come with the VM's first start, which may still be going on.
step_tools() {
  command -v jq >/dev/null && command -v docker >/dev/null && return
  ! command -v cloud-init >/dev/null || limited 120 /dev/null cloud-init status --wait >/dev/null 2>&1
  command -v jq >/dev/null || fail no-jq
}

step_token() {
  request token 20 "https://$login_server/oauth2/token" 'data = "grant_type=refresh_token"' \
    "data-urlencode = \"service=$login_server\"" "data-urlencode = \"scope=repository:$repository:pull\"" \
    'data-urlencode = "refresh_token@exchange.token"'
  keep_token token access_token
  [ -n "$failed" ] || { printf 'Authorization: Bearer ' && cat token.token; } >authorization
}

step_manifest() {
  case $(uname -m) in x86_64) architecture=amd64 ;; aarch64) architecture=arm64 ;; *) architecture=$(uname -m) ;; esac
  get_manifest manifest "$tag" || return
  text steps/manifest/digest "$digest"
  platform=$(jq -r --arg architecture "$architecture" '
    if has("manifests") | not then "single"
    else [.manifests[] | select(.platform.os == "linux" and .platform.architecture == $architecture) | .digest][0]
    end' manifest.body 2>/dev/null)
  case $platform in
    single) manifest=manifest ;;
    null) fail no-platform ;;
    *) follow_index ;;
  esac
  [ -z "$failed" ] || return
  # The smallest layer will do: it is the way that is tried, and docker will pull them all. Those with addresses of
  # their own are not in the registry.
  layer=$(jq -r '[.layers[] | select((.urls // []) == [])] | min_by(.size) | .digest' "$manifest.body" 2>/dev/null)
  is_digest "$layer" || fail no-layer
}

follow_index() {
  if ! is_digest "$platform"; then
    fail bad-manifest
    return
  fi
  text steps/manifest/platform "linux/$architecture"
  get_manifest platform "$platform" || return
  text steps/manifest/platformDigest "$digest"
  [ "$digest" = "$platform" ] || fail digest-mismatch
  manifest=platform
}

# get_manifest NAME REFERENCE: leaves it in NAME.body and sets `digest`.
get_manifest() {
  request_until_known "$1" 20 "https://$login_server/v2/$repository/manifests/$2" 'header = "@authorization"' \
    "header = \"Accept: $ACCEPT\""
  note_answer
  if ! answered 200; then
    refuse_token "$1"
    return 1
  fi
  digest=$(digest_of "$1.body")
  promised=$(header "$1" docker-content-digest)
  [ -z "$promised" ] || [ "$promised" = "$digest" ] || { fail digest-mismatch && return 1; }
}

# Fails as `refuse` does; of a refused token, the challenge says what it lacks.
refuse_token() {
  refuse "$1"
  lacks=$(header "$1" www-authenticate | parameter error)
  [ -z "$lacks" ] || text failed/challenge "$lacks"
}

step_blob() {
  text steps/blob/digest "$layer"
  request_until_known blob 60 "https://$login_server/v2/$repository/blobs/$layer" 'header = "@authorization"'
  note_answer
  if ! answered 307; then
    refuse_token blob
    return
  fi
  # The address is written to curl's configuration.
  case $redirect in *[\"\\]* | *[[:space:]]*) redirect= ;; esac
  case $redirect in https://?*) ;; *) fail bad-location && return ;; esac
  location=$redirect
  location_host=${location#https://}
  location_host=${location_host%%[/?#]*}
  location_host=${location_host##*@}
  location_host=${location_host%%:*}
  text steps/blob/host "$location_host"
  case " $data_endpoints " in
    *" $location_host "*) json steps/blob/known true ;;
    *) json steps/blob/known false ;;
  esac
  resolve steps/blob "$location_host"
}

# The location carries its own permission: a token has no business there.
step_download() {
  request download 60 "$location"
  note_answer
  if ! answered 200; then
    refuse download
    return
  fi
  json steps/download/bytes "$(wc -c <download.body)"
  [ "$(digest_of download.body)" = "$layer" ] || fail digest-mismatch
}

# --- (d): docker ---

step_pull() {
  # What is there already would not be pulled.
  limited 30 /dev/null docker image rm "$login_server/$image" >/dev/null 2>&1
  run_docker 120 /dev/null pull "$login_server/$image"
}

step_run() {
  container=probe-$$
  run_docker 30 /dev/null run --rm --pull never --network none --name "$container" "$login_server/$image"
  [ -n "$failed" ] || container=
  text steps/run/output "$(head -n 1 run.out)"
}

# --- The report ---

report() {
  json ms $(($(now) - began))
  text machine "$(uname -n)"
  jq -Rnc --argjson longest "$LONGEST_REPORT" "$WORDS"'
    def value($path; $type):
      if $type == "json" then fromjson
      elif $path | test("detail|code|output") then discreet | plain
      else plain end;
    def fewer_addresses($n):
      .hosts[] |= if (.addresses | length) <= $n then . else
        .more = (.more // 0) + (.addresses | length) - $n | .addresses |= .[:$n]
      end;

    # Leaves something out where the whole is too long. Hosts keep their order.
    def unless_short(name; change):
      if tojson | utf8bytelength <= $longest then . else change | .omitted = .omitted + ([name] - (.omitted // [])) end;
    def shortened:
      unless_short("host"; del(.hosts[].host))
      | unless_short("ms"; del(.hosts[] | .dnsMs, .tlsMs))
      | unless_short("ok"; del(.hosts[] | select(.tls == "ok") | .tls))
      | unless_short("status"; del(.steps[] | .status, .address))
      | unless_short("addresses"; fewer_addresses(2))
      | unless_short("addresses"; fewer_addresses(1))
      | unless_short("hosts"; .hosts |= .[:40])
      | unless_short("hosts"; .hosts |= .[:20])
      | unless_short("hosts"; .hosts = []);

    reduce (inputs / "\t") as $line ({v: 1, machine: "", ms: 0, hosts: [], steps: {}, failed: null, notTried: []};
      ($line[0] / "/" | map(tonumber? // .)) as $path
      | setpath($path; $line[2:] | join(" ") | value($line[0]; $line[1])))
    | shortened
  ' facts 2>/dev/null && return
  if command -v jq >/dev/null; then reason=no-report; else reason=no-jq; fi
  printf '{"v":1,"machine":"","ms":0,"hosts":[],"steps":{},"failed":{"step":"tools","reason":"%s"},"notTried":[]}\n' \
    "$reason"
}

main "$@"
