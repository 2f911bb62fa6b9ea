#!/bin/bash
# Whole seasons of made-up courts through a real station, scored by what really happened; and what each
# reason of the matcher contributes.
#
#   bash Tests/Benchmarks/season.sh [--faults FACTOR] [SEED…]
#   bash Tests/Benchmarks/season.sh --write FOLDER [SEED]
#
# Prints a table for the seeds (default 1 2 3), then, where the rates of faults are the usual ones, one
# of half seasons with every reason left out in turn: some ten minutes on two cores. With --write the season is put into
# FOLDER instead, which is not there yet: schedules as CSV, a folder for each docking with small films,
# and truth.csv.
set -euo pipefail
cd "$(dirname "$0")/../.."

filter=seasons
reasons=reasons
while [[ ${1:-} == --* ]]; do
    case $1 in
        --faults) export EVIDOCK_SEASON_FAULTS=$2 reasons= ;;
        --write)
            [ ! -e "$2" ] || { echo "$2 is there already" >&2; exit 2; }
            EVIDOCK_SEASON_FOLDER=$(realpath -m "$2")
            export EVIDOCK_SEASON_FOLDER
            filter=request reasons=
            ;;
        *)
            sed -n '2,12s/^# \{0,1\}//p' "$0" >&2
            exit 2
            ;;
    esac
    shift 2
done
export EVIDOCK_SEASON_SEEDS="${*:-1 2 3}"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
status=0

# run HOW FILTER: prints the tables of what is run, and what was not as it should be.
run() {
    EVIDOCK_SEASON=$1 swift test --filter "SeasonTests.*/($2)" > "$log" 2>&1 || status=$?
    grep -E '^\||Expectation failed|error:' "$log" || true
    [ -z "${EVIDOCK_SEASON_NOTES:-}" ] || grep -E '^(not |linked )' "$log" || true
}

run full "$filter"
[ -z "$reasons" ] || run reasons "$reasons"
exit $status
