#pragma once
#include <stddef.h>
#include <stdint.h>

/// What statx(2) says about one entry of a folder, the link itself where it is one.
struct evidock_entry {
    uint64_t device;
    uint64_t inode;
    uint64_t mount;
    int64_t size;
    /// Allocated, in bytes.
    int64_t allocated;
    int64_t modified_seconds;
    uint32_t modified_nanoseconds;
    uint32_t links;
    uint32_t mode;
    /// 1 where a mount begins here.
    uint32_t is_mount_root;
};

/// Describes `name` in `folder` (or `folder` itself where the name is empty) without following or
/// mounting anything. 0, or an errno.
int evidock_describe(int folder, const char *name, struct evidock_entry *out);

/// Opens `path` below `folder` by openat2(2): beneath it, no symbolic link, no other mount; read
/// only, without changing the access time where that is allowed, without waiting. A descriptor of
/// 0 or more, or a negated errno.
int evidock_open_beneath(int folder, const char *path, int only_folder);

/// As above, but only a place to look from (O_PATH): nothing of it is read.
int evidock_reach_beneath(int folder, const char *path);

/// One getdents64(2). The bytes read, 0 at the end, or a negated errno.
long evidock_read_folder(int folder, void *buffer, size_t size);

/// The first hole of a file (lseek(2), SEEK_HOLE), or a negated errno.
int64_t evidock_first_hole(int file);

/// A non-blocking eventfd(2), or a negated errno.
int evidock_event(void);

/// Decodes GB18030 (of which GBK is a part) into UTF-8. The bytes written, or -1 where the text is
/// not GB18030, does not fit, or this system cannot decode it.
long evidock_decode_gb18030(const void *text, size_t size, void *out, size_t capacity);
