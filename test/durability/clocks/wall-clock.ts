import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A library that moves the time of day of a program, its native parts included, by what a file says. */
const LIBRARY = `
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static long long shift(void) {
  static volatile long long *seconds;
  static int tried;
  if (!tried) {
    const char *name = getenv("WALL_CLOCK_FILE");
    int file = name ? open(name, O_RDONLY) : -1;
    void *found = file < 0 ? MAP_FAILED : mmap(0, 8, PROT_READ, MAP_SHARED, file, 0);
    if (found != MAP_FAILED) seconds = found;
    if (file >= 0) close(file);
    tried = 1;
  }
  return seconds ? *seconds : 0;
}

int clock_gettime(clockid_t id, struct timespec *now) {
  long result = syscall(SYS_clock_gettime, id, now);
  if (result == 0 && (id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE)) now->tv_sec += shift();
  return (int)result;
}

int gettimeofday(struct timeval *now, void *zone) {
  struct timespec exact;
  (void)zone;
  if (clock_gettime(CLOCK_REALTIME, &exact) != 0) return -1;
  now->tv_sec = exact.tv_sec;
  now->tv_usec = exact.tv_nsec / 1000;
  return 0;
}

time_t time(time_t *told) {
  struct timespec exact;
  clock_gettime(CLOCK_REALTIME, &exact);
  if (told) *told = exact.tv_sec;
  return exact.tv_sec;
}
`;

/** The time of day of programs that are started with its environment. */
export interface WallClock {
  readonly environment: Readonly<Record<string, string>>;
  /** Holds how far it is moved, for `movedBy`. */
  readonly file: string;
  readonly remove: () => void;
}

/** How far a clock is moved, in seconds, as its file has it. */
export function movedBy(seconds: number): Uint8Array {
  return new Uint8Array(new BigInt64Array([BigInt(seconds)]).buffer);
}

/** Why no clock can be moved here; empty where one can. */
export const NO_WALL_CLOCK = canCompile() ? "" : "without a C compiler on Linux";

function canCompile(): boolean {
  try {
    execFileSync("cc", ["--version"], { stdio: "ignore" });
    return process.platform === "linux";
  } catch {
    return false;
  }
}

export function createWallClock(seconds = 0): WallClock {
  const folder = mkdtempSync(join(tmpdir(), "clock-"));
  const [library, file] = [join(folder, "clock.so"), join(folder, "moved")];
  execFileSync("cc", ["-shared", "-fPIC", "-O1", "-o", library, "-x", "c", "-"], { input: LIBRARY });
  writeFileSync(file, movedBy(seconds));
  // a database server runs as another user
  chmodSync(folder, 0o755);
  return {
    environment: { LD_PRELOAD: library, WALL_CLOCK_FILE: file },
    file,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
