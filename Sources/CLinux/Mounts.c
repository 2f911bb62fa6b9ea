#define _GNU_SOURCE
#include "CLinuxMounts.h"

#include <errno.h>
#include <fcntl.h>
#include <iconv.h>
#include <linux/openat2.h>
#include <linux/stat.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#ifndef STATX_MNT_ID
#define STATX_MNT_ID 0x00001000U
#endif
#ifndef STATX_ATTR_MOUNT_ROOT
#define STATX_ATTR_MOUNT_ROOT 0x00002000
#endif

int evidock_describe(int folder, const char *name, struct evidock_entry *out) {
    struct statx found;
    memset(&found, 0, sizeof found);
    int flags = AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT;
    if (name[0] == 0) flags |= AT_EMPTY_PATH;
    if (statx(folder, name, flags, STATX_BASIC_STATS | STATX_MNT_ID, &found) != 0) return errno;
    out->device = makedev(found.stx_dev_major, found.stx_dev_minor);
    out->inode = found.stx_ino;
    out->mount = found.stx_mnt_id;
    out->size = found.stx_size > INT64_MAX ? INT64_MAX : (int64_t)found.stx_size;
    out->allocated = found.stx_blocks > INT64_MAX / 512 ? INT64_MAX : (int64_t)found.stx_blocks * 512;
    out->modified_seconds = found.stx_mtime.tv_sec;
    out->modified_nanoseconds = found.stx_mtime.tv_nsec;
    out->links = found.stx_nlink;
    out->mode = found.stx_mode;
    out->is_mount_root = (found.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0;
    return 0;
}

static int open_with(int folder, const char *path, uint64_t flags) {
    struct open_how how;
    memset(&how, 0, sizeof how);
    how.flags = flags | O_CLOEXEC;
    how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV;
    // EAGAIN: a rename elsewhere raced with the look-up (openat2(2)); a few tries are enough.
    for (int tries = 0; tries < 8; tries++) {
        long descriptor = syscall(SYS_openat2, folder, path, &how, sizeof how);
        if (descriptor >= 0) return (int)descriptor;
        if (errno != EAGAIN && errno != EINTR) return -errno;
    }
    return -EAGAIN;
}

int evidock_open_beneath(int folder, const char *path, int only_folder) {
    uint64_t flags = O_RDONLY | O_NONBLOCK | O_NOCTTY;
    if (only_folder) flags |= O_DIRECTORY;
    int descriptor = open_with(folder, path, flags | O_NOATIME);
    // Only the owner of a file, or root, may spare its access time.
    if (descriptor == -EPERM) descriptor = open_with(folder, path, flags);
    return descriptor;
}

int evidock_reach_beneath(int folder, const char *path) {
    return open_with(folder, path, O_PATH);
}

long evidock_read_folder(int folder, void *buffer, size_t size) {
    for (;;) {
        long count = syscall(SYS_getdents64, folder, buffer, size);
        if (count >= 0) return count;
        if (errno != EINTR) return -errno;
    }
}

int64_t evidock_first_hole(int file) {
    off_t hole = lseek(file, 0, SEEK_HOLE);
    if (hole < 0) return -errno;
    lseek(file, 0, SEEK_SET);
    return hole;
}

int evidock_event(void) {
    int descriptor = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    return descriptor >= 0 ? descriptor : -errno;
}

long evidock_decode_gb18030(const void *text, size_t size, void *out, size_t capacity) {
    iconv_t decoder = iconv_open("UTF-8", "GB18030");
    if (decoder == (iconv_t)-1) return -1;
    char *from = (char *)text, *to = out;
    size_t rest = size, room = capacity;
    size_t outcome = iconv(decoder, &from, &rest, &to, &room);
    if (outcome != (size_t)-1) outcome = iconv(decoder, NULL, NULL, &to, &room);
    iconv_close(decoder);
    return outcome == (size_t)-1 || rest != 0 ? -1 : (long)(capacity - room);
}
