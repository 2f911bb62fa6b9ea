#define _GNU_SOURCE
#include "CLinuxFiles.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static int is_unknown_here(int number) {
    return number == EINVAL || number == ENOSYS || number == EOPNOTSUPP;
}

int clinux_rename_noreplace(int from_dir, const char *from, int to_dir, const char *to) {
    if (renameat2(from_dir, from, to_dir, to, RENAME_NOREPLACE) == 0) return 0;
    if (!is_unknown_here(errno)) return -1;
    // NFS and FUSE do not know the flag; a hard link cannot replace anything either.
    if (linkat(from_dir, from, to_dir, to, 0) == 0) return unlinkat(from_dir, from, 0);
    if (errno != EPERM && errno != EMLINK && !is_unknown_here(errno)) return -1;
    // exFAT has no links: that nothing stands there is only seen, and holds for a single writer.
    struct stat status;
    if (fstatat(to_dir, to, &status, AT_SYMLINK_NOFOLLOW) == 0) {
        errno = EEXIST;
        return -1;
    }
    if (errno != ENOENT) return -1;
    return renameat(from_dir, from, to_dir, to);
}

int clinux_syncfs(int fd) { return syncfs(fd); }

int clinux_open_direct(int dir, const char *name, int flags, unsigned mode) {
    return openat(dir, name, flags | O_DIRECT, mode);
}

int clinux_set_direct(int fd, int on) {
    int flags = fcntl(fd, F_GETFL);
    if (flags < 0) return -1;
    return fcntl(fd, F_SETFL, on ? flags | O_DIRECT : flags & ~O_DIRECT);
}

int clinux_flock_exclusive(int fd) { return flock(fd, LOCK_EX | LOCK_NB); }

int clinux_drop_cache(int fd) { return posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED); }

int clinux_clone(int target, int source) { return ioctl(target, FICLONE, source); }

void clinux_idle_io(void) {
    // IOPRIO_WHO_PROCESS of this thread; IOPRIO_CLASS_IDLE above the 13 bits of the level. Where the
    // scheduler knows no classes nothing changes.
    syscall(SYS_ioprio_set, 1, 0, 3 << 13);
}

long long clinux_now(void) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int facts(int result, const struct stat *status, struct clinux_facts *facts) {
    if (result != 0) {
        return -1;
    }
    facts->mode = status->st_mode;
    facts->uid = status->st_uid;
    facts->device = status->st_dev;
    facts->size = status->st_size;
    facts->inode = status->st_ino;
    facts->modified = status->st_mtim.tv_sec * 1000000000LL + status->st_mtim.tv_nsec;
    return 0;
}

int clinux_facts_at(const char *path, bool follows, struct clinux_facts *out) {
    struct stat status;
    return facts(follows ? stat(path, &status) : lstat(path, &status), &status, out);
}

int clinux_facts_of(int fd, struct clinux_facts *out) {
    struct stat status;
    return facts(fstat(fd, &status), &status, out);
}
