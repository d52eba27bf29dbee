#!/bin/sh
# What probe.sh and push.sh share. It goes before them, as one script: cat common.sh probe.sh.
#
# They run as root on a VM with curl, jq and docker, or whose cloud-init is still installing them, and a managed identity.
#
# Tokens are kept in files that only root can read, in a folder that goes when the script ends. Commands are given the
# names of these files: what is in arguments or in the environment, every process of the machine can see.
#
# Settings from the environment:
#   PROBE_TIME_LIMIT     seconds for everything
#   PROBE_RETRY_SECONDS  seconds between two tries (5)
#   PROBE_RETRY_LIMIT    seconds after which there is no further try (60)
#   PROBE_IMDS           base address of the instance metadata service
#   PROBE_CURL_OPTIONS   a curl configuration file, added to each request
#
# The script that follows has:
#   usage                          says how it is called, and exits with 2
#   fail REASON [CODE [DETAIL]]    ends with the step that is under way
#   note_answer                    notes the answer of a request in this step
set -u
umask 077
export LC_ALL=C

imds=${PROBE_IMDS:-http://169.254.169.254}
retry_seconds=${PROBE_RETRY_SECONDS:-5}
retry_limit=${PROBE_RETRY_LIMIT:-60}

# The user name that tells an Azure registry that the password is a token.
TOKEN_USER=00000000-0000-0000-0000-000000000000

# For jq. Of words by others: one line, short, nothing that could be a token or a signed address.
WORDS='
  def plain: gsub("[^ -~]"; "?") | if length > 160 then .[:157] + "..." else . end;
  def discreet: gsub("\\?[^ \"]+"; "?...") | gsub("[^ ]{80,}"; "...");'

# --- Set-up ---

# These become parts of addresses and of curl's configuration.
is_host() { case $1 in '' | *[!A-Za-z0-9.-]*) return 1 ;; esac }
is_image() { case $1 in *[!A-Za-z0-9._/:-]*) return 1 ;; ?*:?*) ;; *) return 1 ;; esac }

# prepare LOGIN_SERVER REPOSITORY:TAG SECONDS
prepare() {
  login_server=$1
  image=$2
  { is_host "$login_server" && is_image "$image"; } || usage

  began=$(now)
  deadline=$((began + $(milliseconds "${PROBE_TIME_LIMIT:-$3}")))
  failed=
  # What is under way: a command, further processes, a container.
  child=
  checks=
  container=
  # In memory where that can be: a script that is killed leaves its folder until the next start.
  work=$(mktemp -d -p "${TMPDIR:-/run}" 2>/dev/null || mktemp -d) || exit 1
  trap clean_up EXIT
  trap 'stop 129' HUP
  trap 'stop 130' INT
  trap 'stop 143' TERM
  cd "$work" || exit 1
  mkdir docker
  export DOCKER_CONFIG="$work/docker"
}

# Ends what is under way, and the script.
stop() {
  # shellcheck disable=SC2086 # several ids
  [ -z "$child$checks" ] || kill $child $checks 2>/dev/null
  exit "$1"
}

clean_up() {
  # A container outlives the docker command that waits for it.
  [ -z "$container" ] || timeout 10 docker rm --force "$container" >/dev/null 2>&1
  cd /
  rm -rf "$work"
}

# --- Time ---

now() { date +%s%3N; }

# Seconds, of which there may be a fraction, in milliseconds.
milliseconds() { printf '%.0f' "${1}e3"; }

time_is_up() { [ "$(now)" -ge "$deadline" ]; }

# limited SECONDS INPUT COMMAND...: ends the command after these seconds, or when the script's time is up, with 124.
limited() {
  limit=$(milliseconds "$1")
  input=$2
  left=$((deadline - $(now)))
  [ "$limit" -le "$left" ] || limit=$left
  [ "$limit" -gt 0 ] || return 124
  shift 2
  # In the background, since a shell heeds no signal while it runs a command in the foreground.
  # With --foreground it stays in this process group, so that a signal to the group reaches the command too.
  timeout --foreground --kill-after=2 "$(printf '%.3f' "${limit}e-3")" "$@" <"$input" &
  child=$!
  wait "$child"
  ended=$?
  child=
  return "$ended"
}

timeout_reason() { if time_is_up; then echo time-limit; else echo timeout; fi; }

# --- Requests ---

# request NAME SECONDS URL [LINE OF CURL'S CONFIGURATION...]: leaves NAME.body and NAME.head.
request() {
  name=$1
  seconds=$2
  url=$3
  shift 3
  {
    # Nothing here may go through a proxy: neither the metadata service nor a private endpoint is behind one.
    printf '%s\n' silent 'noproxy = "*"' 'connect-timeout = 5' "max-time = $seconds" "url = \"$url\"" \
      "output = \"$name.body\"" "dump-header = \"$name.head\"" \
      'write-out = "%{http_code}\n%{remote_ip}\n%{time_appconnect}\n%{redirect_url}\n"' "$@"
    cat "${PROBE_CURL_OPTIONS:-/dev/null}"
  } >"$name.conf"
  : >"$name.body"
  : >"$name.head"
  limited $((seconds + 1)) "$name.conf" curl --disable --config - >"$name.out" 2>/dev/null
  curl_exit=$?
  # shellcheck disable=SC2034 # each script reads what it needs of these
  status=0 address='' tls_seconds=0 redirect=''
  # shellcheck disable=SC2034
  {
    read -r status
    read -r address
    read -r tls_seconds
    read -r redirect
  } <"$name.out"
}

answered() { [ "$curl_exit" -eq 0 ] && [ "$status" -eq "$1" ]; }

# Fails for an answer to NAME that is not the one hoped for, with what the other side says of it.
refuse() {
  if [ "$curl_exit" -ne 0 ]; then
    fail "$(curl_reason)"
    return
  fi
  # Registries answer {"errors":[{code, message}]}, token services {"error", "error_description"}.
  jq -r '
    (.errors[0]? // {code: .error, message: .error_description}) | .code, .message
    | if type == "string" then gsub("\\s+"; " ") else "" end
  ' "$1.body" >"$1.said" 2>/dev/null
  said_code='' said=''
  {
    read -r said_code
    read -r said
  } <"$1.said"
  fail "http-$status" "$said_code" "$said"
}

curl_reason() {
  case $curl_exit in
    124 | 137) timeout_reason ;;
    *) echo "curl-$curl_exit" ;;
  esac
}

# --- Tokens ---

step_identity() {
  request identity 10 \
    "$imds/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https%3A%2F%2Fcontainerregistry.azure.net" \
    'header = "Metadata: true"'
  keep_token identity access_token
}

step_exchange() {
  request exchange 20 "https://$login_server/oauth2/exchange" 'data = "grant_type=access_token"' \
    "data-urlencode = \"service=$login_server\"" 'data-urlencode = "access_token@identity.token"'
  keep_token exchange refresh_token
}

# keep_token NAME FIELD: writes the token that an answer holds to NAME.token.
keep_token() {
  note_answer
  if ! answered 200; then
    refuse "$1"
    return
  fi
  jq -j ".$2 // empty" "$1.body" >"$1.token" 2>/dev/null
  [ -s "$1.token" ] || fail no-token
}

# --- docker ---

step_login() {
  run_docker 30 exchange.token login --username "$TOKEN_USER" --password-stdin "$login_server"
}

# run_docker SECONDS INPUT ARGUMENT...: fails with a word for what docker says.
run_docker() {
  docker_seconds=$1
  docker_input=$2
  shift 2
  if ! command -v docker >/dev/null; then
    fail no-docker
    return
  fi
  limited "$docker_seconds" "$docker_input" docker "$@" >"$step.out" 2>"$step.err"
  docker_exit=$?
  [ "$docker_exit" -eq 0 ] || fail "$(docker_reason)" '' "$(grep -v '^ *$' "$step.err" | tail -n 1)"
}

docker_reason() {
  if [ "$docker_exit" -eq 124 ] || [ "$docker_exit" -eq 137 ]; then
    timeout_reason
  elif grep -qi 'docker daemon' "$step.err"; then
    echo no-daemon
  elif grep -Eqi 'denied|unauthorized' "$step.err"; then
    echo denied
  else
    echo "exit-$docker_exit"
  fi
}
