#define _GNU_SOURCE
#include "CLinuxControl.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

static int address(struct sockaddr_un *out, const char *path) {
    memset(out, 0, sizeof *out);
    out->sun_family = AF_UNIX;
    if (strlen(path) >= sizeof out->sun_path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    strcpy(out->sun_path, path);
    // A name that begins with @ is systemd's spelling of an abstract one.
    if (path[0] == '@') out->sun_path[0] = 0;
    return 0;
}

static socklen_t length(const struct sockaddr_un *address, const char *path) {
    (void)address;
    return path[0] == '@' ? offsetof(struct sockaddr_un, sun_path) + strlen(path)
                          : sizeof(struct sockaddr_un);
}

int clinux_control_listen(const char *path) {
    struct sockaddr_un name;
    if (address(&name, path)) return -1;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return -1;
    if (bind(fd, (struct sockaddr *)&name, length(&name, path)) || listen(fd, 16)) {
        int saved = errno;
        close(fd);
        errno = saved;
        return -1;
    }
    return fd;
}

int clinux_control_accept(int listener) {
    int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    // Who neither asks nor reads is left waiting, not waited for.
    struct timeval patience = {.tv_sec = 5};
    if (fd >= 0) {
        setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    }
    return fd;
}

int clinux_control_connect(const char *path) {
    struct sockaddr_un name;
    if (address(&name, path)) return -1;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return -1;
    if (connect(fd, (struct sockaddr *)&name, length(&name, path))) {
        int saved = errno;
        close(fd);
        errno = saved;
        return -1;
    }
    return fd;
}

int clinux_control_peer(int fd, unsigned *uid) {
    struct ucred peer;
    socklen_t size = sizeof peer;
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size)) return -1;
    *uid = peer.uid;
    return 0;
}

int clinux_control_send(int fd, const void *bytes, size_t count) {
    const char *next = bytes;
    while (count > 0) {
        ssize_t sent = send(fd, next, count, MSG_NOSIGNAL);
        if (sent < 0) {
            if (errno == EINTR) continue;
            return -1;
        }
        next += sent;
        count -= (size_t)sent;
    }
    return 0;
}

int clinux_control_notify(const char *path, const char *text) {
    struct sockaddr_un name;
    if (address(&name, path)) return -1;
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return -1;
    ssize_t sent = sendto(fd, text, strlen(text), MSG_NOSIGNAL, (struct sockaddr *)&name,
                          length(&name, path));
    close(fd);
    return sent < 0 ? -1 : 0;
}
