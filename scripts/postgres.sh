#!/bin/sh
# A throwaway PostgreSQL for tests and benchmarks, from Debian's binaries, on loopback.
#   scripts/postgres.sh start FOLDER PORT    prints the database URL; the folder is made and owned by the server's user
#   scripts/postgres.sh stop FOLDER
set -eu
action=$1 folder=$2 port=${3:-55432}
bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1 || true)
if [ -z "$bin" ] || [ ! -x "$bin/initdb" ]; then
  if [ "$(id -u)" = 0 ]; then
    apt-get update -q >&2 && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends postgresql >&2
    bin=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -n 1)
  else
    echo "no PostgreSQL server here: apt-get install postgresql, or set TEST_DATABASE_URL" >&2
    exit 3
  fi
fi
# initdb refuses to run as root: then the postgres user owns the folder, whose parents it must be able to enter.
as() { if [ "$(id -u)" = 0 ]; then setpriv --reuid=postgres --regid=postgres --init-groups "$@"; else "$@"; fi; }
case $action in
start)
  mkdir -p "$folder"
  [ "$(id -u)" = 0 ] && chown postgres:postgres "$folder"
  [ -f "$folder/data/PG_VERSION" ] || as "$bin/initdb" -D "$folder/data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-sync >/dev/null
  as "$bin/pg_ctl" -D "$folder/data" -w -l "$folder/log" \
    -o "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories=$folder -c shared_buffers=256MB ${PGOPTS:-}" start >/dev/null
  "$bin/createdb" -h 127.0.0.1 -p "$port" -U postgres constat 2>/dev/null || true
  echo "postgresql://postgres@127.0.0.1:$port/constat"
  ;;
stop) as "$bin/pg_ctl" -D "$folder/data" -m fast stop >/dev/null ;;
*) echo "start or stop" >&2; exit 2 ;;
esac
