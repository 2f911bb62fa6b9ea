#pragma once
#include <stddef.h>

// The daemon's control socket and systemd's notification socket: unix(7), sd_notify(3). A path
// that begins with `@` is an abstract name. All return -1 with errno on failure.
int clinux_control_listen(const char *path);
int clinux_control_accept(int listener);
int clinux_control_connect(const char *path);
/// The account at the other end (SO_PEERCRED).
int clinux_control_peer(int fd, unsigned *uid);
/// Sends everything, without SIGPIPE.
int clinux_control_send(int fd, const void *bytes, size_t count);
/// One datagram to a notification socket.
int clinux_control_notify(const char *path, const char *text);
