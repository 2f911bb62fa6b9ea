import Glibc

/// Half a second, on a thread of one's own.
func sleepShortly() { usleep(500_000) }
