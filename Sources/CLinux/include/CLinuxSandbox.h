#pragma once
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

// The cage that a program puts itself into before it reads what somebody else wrote, and the calls
// by which such programs are started and spoken to. Every function but those that say otherwise
// gives 0 or an errno. All of it binds the calling thread and what it forks: call it before any
// other thread is there.

// Who is caged. The reader may read its one file, write its answer, get memory and end; the
// forker may also receive descriptors, fork, wait for and kill what it forked, and cage itself on.
enum evidock_cage { EVIDOCK_CAGE_READER = 0, EVIDOCK_CAGE_FORKER = 1 };

// Where a reader finds its file, and where it writes its answer. Nothing else is open.
enum { EVIDOCK_READER_FOOTAGE = 3, EVIDOCK_READER_ANSWER = 4 };

// What an address space holds now, in bytes: all of it, and its private data. Read from
// /proc/self/statm, so before the cage.
struct evidock_memory {
    uint64_t total;
    uint64_t data;
};
int evidock_memory_now(struct evidock_memory *out);

/// A file of no name in memory (memfd_create(2)), or -1.
int evidock_memory_file(void);

// Libraries that reading footage never calls stay out of what is forked from here on (madvise(2),
// MADV_DONTFORK): there are a hundred of them, and copying their mappings was most of the cost of a
// fork. A child that calls one dies of it. `baseline` becomes what a child holds.
int evidock_withhold_libraries(struct evidock_memory *baseline);

// No new privileges, no capabilities, no dumps, no attaching (prctl(2), capabilities(7)).
int evidock_cage_privileges(void);

// An empty Landlock ruleset that handles every right which the running kernel knows (landlock(7)).
// `abi` receives the kernel's version, 0 where it has none: that is no error.
int evidock_cage_landlock(int *abi);

// The seccomp filter (seccomp(2)): an allow-list. What no reader of media ever needs (execve,
// ptrace, mount, bpf, io_uring, …) kills; everything else that is not allowed gives EPERM.
int evidock_cage_filter(enum evidock_cage kind);

// CPU seconds, growth of memory in bytes over `base`, and no new file, process, core or lock.
int evidock_cage_limits(unsigned cpu_seconds, uint64_t growth, struct evidock_memory base);

// Puts the two descriptors at their places in a reader and closes every other one.
int evidock_reader_descriptors(int footage, int answer);

// Dies with its parent; ESRCH where `parent` is dead already (PR_SET_PDEATHSIG).
int evidock_die_with(pid_t parent);

// Bytes of a regular file, -1 where it is none. By fstat(2) itself: what the C library makes of it
// (newfstatat) could look at paths, and the filter refuses that.
int64_t evidock_regular_size(int descriptor);

// fork(2), for a process that has one thread: -1 with errno.
pid_t evidock_fork(void);

// wait4(2) for one child, through interruptions. `peak` receives its peak memory in bytes.
int evidock_wait(pid_t child, int *status, uint64_t *peak);

// A pair of SOCK_SEQPACKET sockets, and a pipe, both closed on exec.
int evidock_socket_pair(int out[2]);
int evidock_pipe(int out[2]);

// Starts `program --zygote` with `socket` as its descriptor 3, an environment of our own, the
// standard ones on /dev/null and nothing else open.
int evidock_spawn_zygote(const char *program, int socket, pid_t *child);

// One packet, with a descriptor where it is not -1. Never raises SIGPIPE.
int evidock_send_packet(int socket, const void *bytes, size_t size, int descriptor);

// Receives one packet: its size, 0 at the end, or -1 with errno. `descriptor` is -1 where none
// came; further ones are closed. A packet larger than `capacity` is EMSGSIZE.
ssize_t evidock_receive_packet(int socket, void *bytes, size_t capacity, int *descriptor);

// What a captive tries in the self-test.
int evidock_escape_count(void);
const char *evidock_escape_name(int which);
// What the attempt needs as its descriptor 3: 0 nothing, 1 an unconnected TCP socket, 2 a unix one.
int evidock_escape_needs(int which);
// 0 where it succeeded, else the errno that refused it. It may not return at all: it may be killed.
// `port` and `name` are where somebody listens: TCP on 127.0.0.1, and an abstract unix socket.
int evidock_escape_try(int which, uint16_t port, const char *name);

// What passes between a zygote and who asks it. A request is the id and the size (64 bits each,
// little-endian) and the end of the file's name (ASCII, zeros after it), with the file's
// descriptor. A reply is the id, one of these, and after ANSWER the facts as JSON.
enum {
    EVIDOCK_REQUEST_SIZE = 32,
    EVIDOCK_HINT_SIZE = 16,
    EVIDOCK_REPLY_HEADER = 9,
    EVIDOCK_ANSWER_LIMIT = 65536,
    EVIDOCK_IN_FLIGHT = 2,
};
enum {
    EVIDOCK_REPLY_ANSWER = 0,
    EVIDOCK_REPLY_CRASHED = 1,
    EVIDOCK_REPLY_TIMEOUT = 2,
    EVIDOCK_REPLY_MEMORY = 3,
    EVIDOCK_REPLY_OVERSIZE = 4,
    EVIDOCK_REPLY_CAGE = 5,
};
