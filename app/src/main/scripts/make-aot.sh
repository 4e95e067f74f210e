#!/usr/bin/env bash
# Makes the AOT caches beside the packaged jars: classes loaded and linked, and methods profiled, by training runs of the very
# commands and flags that will use them (the launcher's own; a cache fits one JVM build and one class path only).
#   millrace.aot   a node that starts after a kill, takes and serves records, and stops
#   cli.aot        the commands that talk to it
# Called by Maven at package time and by hand. A failure costs start-up time, not correctness, so it is told and forgiven.
set -u
home=$(cd "${BASH_SOURCE[0]%/*}/../../../.." && pwd)
dist=$home/app/target/millrace
unset JMX_PORT KAFKA_JMX_OPTS KAFKA_OPTS     # of a node that runs here perhaps: the training neither takes its ports nor loads its agents
work=$(mktemp -d "${TMPDIR:-/tmp}/millrace-aot.XXXXXX") || exit 0
node=""
finish() {
  if [ -n "$node" ]; then kill "$node" 2> /dev/null; wait "$node" 2> /dev/null; fi
  rm -rf "$work"
}
trap finish EXIT

give_up() { printf 'make-aot: %s; nodes will start without it, only slower.\n' "$*" >&2; [ -f "$work/node.log" ] && tail -n 5 "$work/node.log" >&2; exit 0; }

[ -d "$dist/lib" ] || give_up "nothing is packaged in $dist"
rm -f "$dist/millrace.aot" "$dist/cli.aot"
port=$((20000 + RANDOM % 10000))
printf 'log.dirs=%s\n' "$work/data" > "$work/server.properties"
start_node() {
  : > "$work/node.log"
  "$home/millrace" start --config "$work/server.properties" --set listeners=PLAINTEXT://127.0.0.1:$port,CONTROLLER://127.0.0.1:$((port + 1)) > "$work/node.log" 2>&1 < /dev/null &
  node=$!
  for ((i = 0; i < 200; i++)); do
    grep -q 'ready' "$work/node.log" && return
    kill -0 "$node" 2> /dev/null || give_up "the training node did not start"
    sleep 0.1
  done
}
cli() { "$home/millrace" "$@" --bootstrap-server 127.0.0.1:$port >> "$work/cli.log" 2>&1; }
for ((i = 0; i < 2000; i++)); do printf 'key-%d\tvalue number %d of the training run\n' "$i" "$i"; done > "$work/records"
# A kilobyte each, and so many that what a request goes through is compiled for good: a node that knows the profiles of that does not compile it twice,
# and not with counters in between, which is half of what a minute under load costs otherwise (docs/FIGURES.md).
printf -v filler '%960s' ''
for ((i = 0; i < 30000; i++)); do printf 'value number %d of many %s\n' "$i" "$filler"; done > "$work/many"

# A first life without training, which is killed: the second, which is the training, recovers what it has left, batch by batch.
start_node
cli topics create --topic recovered --partitions 3
cli produce --topic recovered --file "$work/records" --property parse.key=true --batch-size 1
kill -KILL "$node"; wait "$node" 2> /dev/null; node=""

MILLRACE_AOT_TRAINING=$work/millrace.aot start_node
cli topics create --topic training --partitions 3
cli produce --topic training --file "$work/records" --property parse.key=true
cli produce --topic training --file "$work/many"
cli produce --topic training --file "$work/many" --batch-size 1
cli produce --topic training --file "$work/many" --compression-codec lz4
MILLRACE_AOT_TRAINING=$work/cli.aot cli consume --topic training --from-beginning --group training --max-messages 2000 --timeout-ms 10000
cli groups describe --group training
java=$(readlink -f "/proc/$node/exe" 2> /dev/null || ps -o comm= -p "$node")      # the node's own
"$java" -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xmx256m -cp "$dist/lib/*" millrace.app.TrainingClients "$port" >> "$work/cli.log" 2>&1
kill "$node"; wait "$node"; node=""
for cache in millrace cli; do
  if [ -s "$work/$cache.aot" ]; then mv "$work/$cache.aot" "$dist/$cache.aot"; else give_up "no $cache.aot came out"; fi
done
