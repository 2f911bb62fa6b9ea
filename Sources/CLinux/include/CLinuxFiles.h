#pragma once

#include <stdbool.h>

// File calls that hide behind _GNU_SOURCE. All return -1 with errno unless said otherwise.

/// renameat2(2) with RENAME_NOREPLACE. Where the file system does not know it (NFS, FUSE): a hard
/// link and unlink; where it has no links (exFAT): a look and renameat(2), for a single writer.
/// EEXIST where something stands there.
int clinux_rename_noreplace(int from_dir, const char *from, int to_dir, const char *to);
/// syncfs(2).
int clinux_syncfs(int fd);
/// openat(2) with O_DIRECT besides the flags given.
int clinux_open_direct(int dir, const char *name, int flags, unsigned mode);
/// Turns O_DIRECT of an open file on or off.
int clinux_set_direct(int fd, int on);
/// flock(2): LOCK_EX | LOCK_NB.
int clinux_flock_exclusive(int fd);
/// posix_fadvise(2) POSIX_FADV_DONTNEED of the whole file; gives the error number, 0 for none.
int clinux_drop_cache(int fd);
/// ioctl_ficlone(2): the target, an empty file, shares the source's blocks from then on; each may
/// still be changed without the other.
int clinux_clone(int target, int source);
/// ioprio_set(2) of the calling thread to the idle class: it has the disk when nobody else wants it.
void clinux_idle_io(void);
/// What stat(2) says of a file.
struct clinux_facts {
    unsigned int mode;
    unsigned int uid;
    unsigned long long device;
    long long size;
    unsigned long long inode;
    /// Nanoseconds since 1970.
    long long modified;
};
/// stat(2), or lstat(2) where links are not followed; 0 on success, else -1 and errno.
int clinux_facts_at(const char *path, bool follows, struct clinux_facts *facts);
/// fstat(2).
int clinux_facts_of(int fd, struct clinux_facts *facts);
/// clock_gettime(2), CLOCK_REALTIME: milliseconds since 1970.
long long clinux_now(void);
