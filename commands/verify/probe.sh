#!/bin/sh
# Tests from inside a network that an image can be pulled: names, TLS, tokens, manifest, blob, docker run.
#
#   probe.sh LOGIN_SERVER REPOSITORY:TAG [HOST...]
#
# HOST is another host name of the registry: the data endpoint of a region, or the login server of a region. Prints a
# report, which is one line of JSON and the last line of the output, and exits with 0 if it could do so. The report
# contains what was found, and does not judge it. common.sh comes first, with the requirements, the settings, and the
# functions that are used here.
#
# Further settings from the environment:
#   PROBE_INSTALL  no: the machine is somebody else's. Nothing is installed or
#                  removed, and docker may be missing
#   PROBE_STEPS    the steps to run, if not all
#   PROBE_DIGEST   the digest to wait for, where an older image may have the tag
#   PROBE_NETWORK  name of the network, for the report
#   PROBE_NODE     address of the pod's node, for the report

STEPS=${PROBE_STEPS:-tools challenge identity exchange token manifest blob download login pull run}

# Azure keeps the last 4,096 bytes of a command's output.
LONGEST_REPORT=3500

retry_limit=${PROBE_RETRY_LIMIT:-180}
install=${PROBE_INSTALL:-yes}

main() {
  [ $# -ge 2 ] || usage
  now
  began=$clock
  prepare "$1" "$2" 840
  shift 2
  for host in "$@"; do is_host "$host" || usage; done
  hosts=$*
  tag=${image##*:}
  wanted=${PROBE_DIGEST:-}
  [ -z "${PROBE_NETWORK:-}" ] || text network "$PROBE_NETWORK"
  [ -z "${PROBE_NODE:-}" ] || text node "$PROBE_NODE"
  if [ "$install" = no ] && ! command -v docker >/dev/null; then
    json docker false
    STEPS=${STEPS%login pull run}
  fi
  check_hosts
  not_tried=0
  now
  for step in $STEPS; do run_step; done
  ask_regions
  report
}

usage() {
  echo 'usage: probe.sh LOGIN_SERVER REPOSITORY:TAG [HOST...]' >&2
  exit 2
}

# Sets `clock` to the time of day in milliseconds.
now() { clock=$(date +%s%3N); }

# --- Facts: lines of path, type and value, from which the report is made ---

text() { printf '%s\ttext\t%s\n' "$1" "$2" >>facts; }
json() { printf '%s\tjson\t%s\n' "$1" "$2" >>facts; }

# --- Steps ---

# Runs a step, unless an earlier one failed. `clock` is the end of the step before.
run_step() {
  if [ -n "$failed" ]; then
    text "notTried/$not_tried" "$step"
    not_tried=$((not_tried + 1))
    return
  fi
  step_began=$clock
  retries=0
  if time_is_up; then fail time-limit; else run_until_allowed; fi
  now
  json "steps/$step/ms" $((clock - step_began))
}

fail() {
  failed=$step
  reason=$1
  text failed/step "$step"
  text failed/reason "$1"
  [ -z "${2:-}" ] || text failed/detail "$2"
  return 1
}

note_retry() {
  json failed null
  json "steps/$step/retries" "$retries"
}

# --- Requests ---

# Repeats a request for a while if the replica does not have the image yet.
request_until_known() {
  announced=
  uptime
  first_attempt=$uptime
  waiting_since=${waiting_since:-$uptime}
  while :; do
    request "$@"
    is_behind "$1" || return
    next_attempt "$first_attempt" "$retry_seconds" "$retry_limit" || return
    announce 'the replica'
    retries=$((retries + 1))
    json "steps/$step/retries" "$retries"
  done
}

# is_behind NAME: whether the answer is that of a replica that does not have the image yet, or still the one before.
is_behind() {
  [ "$curl_exit" -eq 0 ] || return
  case $status in
    404) grep -Eq '(MANIFEST|NAME|BLOB)_UNKNOWN' "$1.body" ;;
    200) has_other_digest "$1" ;;
    *) return 1 ;;
  esac
}

# has_other_digest NAME: whether the manifest of the tag is not the one that is waited for.
has_other_digest() {
  case $1 in manifest | region) [ -n "$wanted" ] || return ;; *) return 1 ;; esac
  digest_of "$1.body"
  [ "$digest" != "$wanted" ]
}

announce() {
  [ -n "$announced" ] || echo "progress: waiting for up to $retry_limit s until $1 has the image"
  announced=yes
}

# Records status and address of a request of the current step.
note_answer() {
  [ "$curl_exit" -ne 0 ] || json "steps/$step/status" "$status"
  [ -z "$address" ] || text "steps/$step/address" "$address"
}

# header NAME HEADER: prints the values of a header of an answer, one per line.
header() { sed -n "s/\r\$//; s/^$2: *//Ip" "$1.head"; }

# Prints a parameter of a challenge, such as realm, which is read from the standard input.
parameter() { sed -n "/.*[ ,]$1=\"\([^\"]*\)\".*/ { s//\1/p; q; }"; }

# Sets `digest` to the digest of a file.
digest_of() {
  digest=$(sha256sum <"$1")
  digest=sha256:${digest%% *}
}

# --- (a), (b): names and TLS ---

check_hosts() {
  index=0
  for host in $login_server $hosts; do
    check_host "$index" "$host" &
    checks="$checks $!"
    index=$((index + 1))
    # At the same time, because a host that can't be reached takes long. Not more than eight, because the VM is small.
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
  now
  host_began=$clock
  resolve "$at" "$2" "host$1"
  now
  json "$at/dnsMs" $((clock - host_began))
  host_began=$clock
  if [ "$found" -eq 0 ]; then
    text "$at/tls" not-resolved
    return
  fi
  if ! command -v curl >/dev/null; then
    text "$at/tls" skipped
    return
  fi
  request "host$1" 10 "https://$2/"
  # The answer to "/" does not matter, only whether there was a TLS connection.
  milliseconds "${tls_seconds:-0}"
  tls_ms=$ms
  if [ "$tls_ms" -gt 0 ]; then
    text "$at/tls" ok
  else
    text "$at/tls" "$(curl_reason)"
    now
    tls_ms=$((clock - host_began))
  fi
  json "$at/tlsMs" "$tls_ms"
}

# resolve PATH HOST NAME: records the addresses, and sets `found` to their number. Writes NAME.names.
resolve() {
  json "$1/addresses" '[]'
  found=0
  limited 15 /dev/null getent ahostsv4 "$2" >"$3.names"
  # getent prints a line for each type of socket.
  sort -u -k 1,1 -o "$3.names" "$3.names"
  while read -r found_address _; do
    text "$1/addresses/$found" "$found_address"
    found=$((found + 1))
  done <"$3.names"
}

step_challenge() {
  request challenge 20 "https://$login_server/v2/"
  expect 401 challenge || return
  challenge=$(header challenge www-authenticate | sed -n '1h; /^bearer /I { p; q; }; $ { x; p; }')
  text steps/challenge/scheme "${challenge%% *}"
  text steps/challenge/realm "$(printf %s "$challenge" | parameter realm)"
  text steps/challenge/service "$(printf %s "$challenge" | parameter service)"
  case $challenge in [Bb]earer' '*) ;; *) fail no-bearer ;; esac
}

# --- (c): tokens, manifest, blob ---

step_tools() {
  if [ "$install" = no ]; then
    for tool in curl jq; do command -v "$tool" >/dev/null || fail "lacks-$tool" || return; done
  else
    install_tools 120
    need jq
  fi
}

step_manifest() {
  case $(uname -m) in x86_64) architecture=amd64 ;; aarch64) architecture=arm64 ;; *) architecture=$(uname -m) ;; esac
  get_manifest manifest "$tag" || return
  tagged=$digest
  text steps/manifest/digest "$digest"
  ! has_other_digest manifest || fail other-digest || return
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
  # The smallest layer is enough, because docker will pull all of them. A layer with URLs of its own is not in the
  # registry.
  layer=$(jq -r '[.layers[] | select((.urls // []) == [])] | min_by(.size) | .digest' "$manifest.body" 2>/dev/null)
  is_digest "$layer" || fail no-layer
}

follow_index() {
  is_digest "$platform" || fail bad-manifest || return
  text steps/manifest/platform "linux/$architecture"
  get_manifest platform "$platform" || return
  text steps/manifest/platformDigest "$digest"
  [ "$digest" = "$platform" ] || fail digest-mismatch
  manifest=platform
}

# get_manifest NAME REFERENCE: writes the manifest to NAME.body, and sets `digest`.
get_manifest() {
  request_until_known "$1" 20 "https://$login_server/v2/$repository/manifests/$2" 'header = "@authorization"' \
    "header = \"Accept: $ACCEPT\""
  expect_with_token 200 "$1" || return
  digest_of "$1.body"
  promised=$(header "$1" docker-content-digest)
  [ -z "$promised" ] || [ "$promised" = "$digest" ] || fail digest-mismatch
}

# Does what `expect` does. If the token was refused, the challenge says what it lacks.
expect_with_token() {
  expect "$@" && return
  lacks=$(header "$2" www-authenticate | parameter error)
  [ -z "$lacks" ] || text failed/challenge "$lacks"
  return 1
}

step_blob() {
  text steps/blob/digest "$layer"
  request_until_known blob 60 "https://$login_server/v2/$repository/blobs/$layer" 'header = "@authorization"'
  expect_with_token 307 blob || return
  read_location || fail bad-location || return
  text steps/blob/host "$location_host"
  known=false
  # The login server of a region is a host of the registry too, but serves no layers.
  case $location_host in *.data.*) case " $hosts " in *" $location_host "*) known=true ;; esac ;; esac
  json steps/blob/known "$known"
  resolve steps/blob "$location_host" blob
}

# The URL contains its own permission. The token must not be sent there.
step_download() {
  request download 60 "$location"
  expect 200 download || return
  json steps/download/bytes "$(wc -c <download.body)"
  digest_of download.body
  [ "$digest" = "$layer" ] || fail digest-mismatch
}

# --- The regions ---

# With regional endpoints, each region has a login server of its own, which says whether the image has arrived there.
# Records the start of the digest that the tag has in each region, in the order of the hosts, or why it is not known.
ask_regions() {
  [ -s exchange.token ] || return
  [ -n "$wanted" ] || wanted=${tagged:-}
  uptime
  first_attempt=${waiting_since:-$uptime}
  index=0
  for host in $hosts; do
    case $host in *.geo.*) ;; *) continue ;; esac
    announced=
    while ask_region && next_attempt "$first_attempt" "$retry_seconds" "$retry_limit"; do announce "$host"; done
    text "regions/$index" "$answer"
    index=$((index + 1))
  done
}

# Sets `answer`. Fails if asking again makes no difference.
ask_region() {
  request_token region "$host"
  if answered 200; then
    read_token region access_token
    printf 'Authorization: Bearer %s\n' "$token" >region.authorization
    request region 20 "https://$host/v2/$repository/manifests/$tag" 'header = "@region.authorization"' \
      "header = \"Accept: $ACCEPT\""
  fi
  if [ "$curl_exit" -ne 0 ]; then
    answer=$(curl_reason)
  elif [ "$status" -eq 200 ]; then
    digest_of region.body
    answer=$(printf %.12s "${digest#sha256:}")
  else
    answer=http-$status
  fi
  is_behind region
}

# --- (d): docker ---

step_pull() {
  # An image that exists on the VM would not be pulled. On somebody else's machine it stays.
  [ "$install" = no ] || limited 30 /dev/null docker image rm "$login_server/$image" >/dev/null 2>&1
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
  now
  json ms $((clock - began))
  json clock "$clock"
  text machine "$(uname -n)"
  jq -Rnc --argjson longest "$LONGEST_REPORT" --rawfile error "$error_body" "$WORDS"'
    def value($path; $type):
      if $type == "json" then fromjson
      elif $path == "failed/detail" then discreet | ending
      elif $path | test("detail|code|output") then discreet | plain
      else plain end;
    def fewer_addresses($n):
      .hosts[] |= if (.addresses | length) <= $n then . else
        .more = (.more // 0) + (.addresses | length) - $n | .addresses |= .[:$n]
      end;

    # Leaves something out if the report is too long. Hosts keep their order.
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
    | ($error | error_in) as [$code, $detail]
    | if .failed then .failed += ({code: $code, detail: $detail} | with_entries(select(.value | length > 0))) else . end
    | shortened
  ' facts 2>/dev/null && return
  if command -v jq >/dev/null; then reason=no-report; fi
  printf '{"v":1,"machine":"","ms":0,"hosts":[],"steps":{},"failed":{"step":"tools","reason":"%s"},"notTried":[]}\n' \
    "$reason"
}

main "$@"
