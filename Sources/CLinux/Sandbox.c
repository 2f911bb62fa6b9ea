#define _GNU_SOURCE
#include "CLinuxSandbox.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

// Newer than the headers of Debian 12's kernel.
#ifndef __NR_landlock_create_ruleset
#define __NR_landlock_create_ruleset 444
#define __NR_landlock_restrict_self 446
#endif

int evidock_memory_now(struct evidock_memory *out) {
    FILE *file = fopen("/proc/self/statm", "re");
    if (file == NULL) return errno;
    unsigned long long total, resident, shared, text, library, data;
    int found = fscanf(
        file, "%llu %llu %llu %llu %llu %llu", &total, &resident, &shared, &text, &library, &data);
    fclose(file);
    if (found != 6) return EIO;
    uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
    out->total = total * page;
    out->data = data * page;
    return 0;
}

// What demuxing and the few decoders allowed to it run in, and Swift's own where it is not linked
// in. libgme and libopenmpt are asked when libavformat guesses a format; all else that libavcodec is
// linked against encodes, draws or plays.
static const char *const needed_libraries[] = {
    "ld-linux", "libBlocksRuntime.", "libFoundation", "lib_Foundation", "libav", "libbz2.", "libc.",
    "libcrypto.", "libdispatch.", "libdl.", "libgcc_s.", "libgme.", "liblzma.", "libm.",
    "libopenmpt.", "libpthread.", "libstdc++.", "libswift", "libswresample.", "libz.", NULL};

static int is_needed(const char *path) {
    const char *name = strrchr(path, '/') + 1;
    if (strstr(name, ".so") == NULL) return 1;
    for (const char *const *known = needed_libraries; *known != NULL; known++)
        if (strncmp(name, *known, strlen(*known)) == 0) return 1;
    return 0;
}

int evidock_withhold_libraries(struct evidock_memory *baseline) {
    FILE *file = fopen("/proc/self/maps", "re");
    if (file == NULL) return errno;
    char line[4352], rights[5];
    unsigned long from, to, offset;
    int path, failure = 0;
    while (failure == 0 && fgets(line, sizeof line, file) != NULL) {
        path = 0;
        if (sscanf(line, "%lx-%lx %4s %lx %*s %*s %n", &from, &to, rights, &offset, &path) != 4)
            continue;
        // The unwinder looks into every library's headers.
        if (path == 0 || offset == 0 || line[path] != '/' || is_needed(line + path)) continue;
        if (madvise((void *)from, to - from, MADV_DONTFORK) != 0) failure = errno;
        baseline->total -= to - from;
        if (rights[1] == 'w') baseline->data -= to - from;
    }
    fclose(file);
    return failure;
}

int evidock_memory_file(void) { return memfd_create("evidock", MFD_CLOEXEC); }

int evidock_cage_privileges(void) {
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return errno;
    if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) return errno;
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct none[2];
    memset(none, 0, sizeof none);
    if (syscall(SYS_capset, &header, none) != 0) return errno;
    return 0;
}

// struct landlock_ruleset_attr as of ABI 6; older kernels take a prefix of it.
struct ruleset {
    uint64_t files;
    uint64_t network;
    uint64_t scoped;
};

int evidock_cage_landlock(int *abi) {
    long version = syscall(__NR_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    if (version <= 0) {
        *abi = 0;
        return 0;
    }
    *abi = (int)version;
    struct ruleset everything = {(1ULL << 13) - 1, 0, 0};
    size_t size = sizeof(uint64_t);
    if (version >= 2) everything.files |= 1ULL << 13;  // REFER
    if (version >= 3) everything.files |= 1ULL << 14;  // TRUNCATE
    if (version >= 5) everything.files |= 1ULL << 15;  // IOCTL_DEV
    if (version >= 4) {
        everything.network = 3;  // BIND_TCP, CONNECT_TCP
        size = 2 * sizeof(uint64_t);
    }
    if (version >= 6) {
        everything.scoped = 3;  // ABSTRACT_UNIX_SOCKET, SIGNAL
        size = 3 * sizeof(uint64_t);
    }
    long ruleset = syscall(__NR_landlock_create_ruleset, &everything, size, 0);
    if (ruleset < 0) return errno;
    int failure = syscall(__NR_landlock_restrict_self, (int)ruleset, 0) == 0 ? 0 : errno;
    close((int)ruleset);
    return failure;
}

#if defined(__x86_64__)
#define OUR_ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define OUR_ARCHITECTURE AUDIT_ARCH_AARCH64
#else
#error "the filter is written for x86_64 and aarch64"
#endif

// Both: memory, time, ending, and reading what is open.
static const int allowed_to_both[] = {
    SYS_read, SYS_pread64, SYS_lseek, SYS_fstat, SYS_munmap, SYS_mremap, SYS_brk, SYS_madvise,
    SYS_futex, SYS_clock_gettime, SYS_gettimeofday, SYS_getrandom, SYS_rt_sigreturn,
    SYS_rt_sigprocmask, SYS_exit, SYS_exit_group, SYS_getpid, SYS_gettid, SYS_sched_yield,
    SYS_sched_getaffinity, SYS_restart_syscall, SYS_close,
};

static const int allowed_to_forker[] = {
    SYS_ppoll, SYS_recvmsg, SYS_sendmsg, SYS_pipe2, SYS_wait4, SYS_getppid, SYS_dup3,
    SYS_close_range, SYS_prctl, SYS_seccomp, SYS_capset, SYS_prlimit64, SYS_set_robust_list,
    SYS_rt_sigaction, __NR_landlock_create_ruleset, __NR_landlock_restrict_self,
#ifdef SYS_poll
    SYS_poll, SYS_dup2,
#endif
};

// Never wanted by anything that reads media: whoever asks for one of these is not ours any more.
static const int deadly[] = {
    SYS_execve, SYS_execveat, SYS_ptrace, SYS_process_vm_readv, SYS_process_vm_writev, SYS_mount,
    SYS_umount2, SYS_pivot_root, SYS_chroot, SYS_unshare, SYS_setns, SYS_bpf, SYS_kexec_load,
    SYS_init_module, SYS_finit_module, SYS_perf_event_open, SYS_userfaultfd, SYS_io_uring_setup,
    SYS_io_uring_enter, SYS_io_uring_register, SYS_keyctl, SYS_add_key, SYS_request_key,
    SYS_open_by_handle_at,
};

struct program {
    struct sock_filter lines[256];
    unsigned short count;
};

static void add(struct program *program, struct sock_filter line) {
    if (program->count < 256) program->lines[program->count] = line;
    program->count++;
}

#define LOAD(field) \
    (struct sock_filter) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
// The lower half of an argument: both machines are little-endian, and each argument that is looked
// at is an int or a set of flags below 2^32.
#define LOAD_ARGUMENT(index) \
    (struct sock_filter) \
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args) + 8 * (index))
#define RETURN(action) (struct sock_filter) BPF_STMT(BPF_RET | BPF_K, action)
#define WHEN(operation, value, yes, no) \
    (struct sock_filter) BPF_JUMP(BPF_JMP | operation | BPF_K, value, yes, no)

static const uint32_t refused = SECCOMP_RET_ERRNO | EPERM;

static void allow(struct program *program, int number) {
    add(program, WHEN(BPF_JEQ, (uint32_t)number, 0, 1));
    add(program, RETURN(SECCOMP_RET_ALLOW));
}

// Allowed where none of these bits is set in the argument, and where all of the others are.
static void allow_bits(
    struct program *program, int number, int argument, uint32_t none, int other, uint32_t all) {
    add(program, WHEN(BPF_JEQ, (uint32_t)number, 0, 7));
    add(program, LOAD_ARGUMENT(argument));
    add(program, WHEN(BPF_JSET, none, 0, 1));
    add(program, RETURN(refused));
    add(program, LOAD_ARGUMENT(other));
    add(program, WHEN(BPF_JSET, all, 1, 0));
    add(program, RETURN(refused));
    add(program, RETURN(SECCOMP_RET_ALLOW));
}

static void allow_none(struct program *program, int number, int argument, uint32_t none) {
    add(program, WHEN(BPF_JEQ, (uint32_t)number, 0, 4));
    add(program, LOAD_ARGUMENT(argument));
    add(program, WHEN(BPF_JSET, none, 0, 1));
    add(program, RETURN(refused));
    add(program, RETURN(SECCOMP_RET_ALLOW));
}

static void allow_equal(struct program *program, int number, int argument, uint32_t value) {
    add(program, WHEN(BPF_JEQ, (uint32_t)number, 0, 4));
    add(program, LOAD_ARGUMENT(argument));
    add(program, WHEN(BPF_JEQ, value, 1, 0));
    add(program, RETURN(refused));
    add(program, RETURN(SECCOMP_RET_ALLOW));
}

int evidock_cage_filter(enum evidock_cage kind) {
    struct program program = {.count = 0};
    add(&program, LOAD(arch));
    add(&program, WHEN(BPF_JEQ, OUR_ARCHITECTURE, 1, 0));
    add(&program, RETURN(SECCOMP_RET_KILL_PROCESS));
    add(&program, LOAD(nr));
#ifdef __x86_64__
    // The x32 calls have numbers of their own.
    add(&program, WHEN(BPF_JGE, 0x40000000, 0, 1));
    add(&program, RETURN(SECCOMP_RET_KILL_PROCESS));
#endif
    for (size_t i = 0; i < sizeof deadly / sizeof *deadly; i++) {
        add(&program, WHEN(BPF_JEQ, (uint32_t)deadly[i], 0, 1));
        add(&program, RETURN(SECCOMP_RET_KILL_PROCESS));
    }
    for (size_t i = 0; i < sizeof allowed_to_both / sizeof *allowed_to_both; i++)
        allow(&program, allowed_to_both[i]);
    allow_bits(&program, SYS_mmap, 2, PROT_EXEC, 3, MAP_ANONYMOUS);
    allow_none(&program, SYS_mprotect, 2, PROT_EXEC);
    if (kind == EVIDOCK_CAGE_FORKER) {
        for (size_t i = 0; i < sizeof allowed_to_forker / sizeof *allowed_to_forker; i++)
            allow(&program, allowed_to_forker[i]);
        allow_equal(&program, SYS_kill, 1, SIGKILL);
        allow_none(
            &program, SYS_clone, 0,
            CLONE_VM | CLONE_THREAD | CLONE_FILES | CLONE_PARENT | CLONE_NEWNS | CLONE_NEWCGROUP
                | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET);
    }
    // The forker writes nothing, but its filter binds the readers that it forks.
    allow_equal(&program, SYS_write, 0, EVIDOCK_READER_ANSWER);
    add(&program, RETURN(refused));
    if (program.count > 256) return E2BIG;
    struct sock_fprog filter = {program.count, program.lines};
    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter, 0, 0) == 0 ? 0 : errno;
}

static int limit(int resource, uint64_t soft, uint64_t hard) {
    struct rlimit now;
    if (getrlimit(resource, &now) != 0) return errno;
    if (now.rlim_max != RLIM_INFINITY && hard > now.rlim_max) hard = now.rlim_max;
    struct rlimit wanted = {soft < hard ? soft : hard, hard};
    return setrlimit(resource, &wanted) == 0 ? 0 : errno;
}

int evidock_cage_limits(unsigned cpu_seconds, uint64_t growth, struct evidock_memory base) {
    int failure = limit(RLIMIT_CPU, cpu_seconds, cpu_seconds + 1);
    if (failure == 0) failure = limit(RLIMIT_AS, base.total + growth, base.total + growth);
    if (failure == 0) failure = limit(RLIMIT_DATA, base.data + growth, base.data + growth);
    if (failure == 0) failure = limit(RLIMIT_CORE, 0, 0);
    if (failure == 0) failure = limit(RLIMIT_FSIZE, 0, 0);
    if (failure == 0) failure = limit(RLIMIT_NPROC, 0, 0);
    if (failure == 0) failure = limit(RLIMIT_MEMLOCK, 0, 0);
    if (failure == 0) failure = limit(RLIMIT_MSGQUEUE, 0, 0);
    if (failure == 0) failure = limit(RLIMIT_NOFILE, 0, 0);
    return failure;
}

int evidock_reader_descriptors(int footage, int answer) {
    // Out of the way first: either may stand where the other is to go.
    const int from = 62, to = 63;
    if (footage >= from || answer >= from) return EMFILE;
    if (dup3(footage, from, O_CLOEXEC) < 0 || dup3(answer, to, O_CLOEXEC) < 0) return errno;
    if (dup3(from, EVIDOCK_READER_FOOTAGE, O_CLOEXEC) < 0) return errno;
    if (dup3(to, EVIDOCK_READER_ANSWER, O_CLOEXEC) < 0) return errno;
    if (syscall(SYS_close_range, EVIDOCK_READER_ANSWER + 1, ~0U, 0) != 0) {
        for (int open = EVIDOCK_READER_ANSWER + 1; open < 4096; open++) close(open);
    }
    for (int open = 0; open < EVIDOCK_READER_FOOTAGE; open++) close(open);
    return 0;
}

int evidock_die_with(pid_t parent) {
    if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0) return errno;
    return getppid() == parent ? 0 : ESRCH;
}

int64_t evidock_regular_size(int descriptor) {
    struct stat found;
    memset(&found, 0, sizeof found);
    if (syscall(SYS_fstat, descriptor, &found) != 0 || !S_ISREG(found.st_mode)) return -1;
    return found.st_size;
}

// Without the fork handlers of libraries that the child does not hold; with one thread there is
// nothing for them to mend.
pid_t evidock_fork(void) { return _Fork(); }

int evidock_wait(pid_t child, int *status, uint64_t *peak) {
    struct rusage usage;
    memset(&usage, 0, sizeof usage);
    while (wait4(child, status, 0, &usage) < 0) {
        if (errno != EINTR) return errno;
    }
    *peak = (uint64_t)usage.ru_maxrss * 1024;
    return 0;
}

int evidock_socket_pair(int out[2]) {
    return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, out) == 0 ? 0 : errno;
}

int evidock_pipe(int out[2]) { return pipe2(out, O_CLOEXEC) == 0 ? 0 : errno; }

int evidock_spawn_zygote(const char *program, int socket, pid_t *child) {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    int failure = posix_spawn_file_actions_init(&actions);
    if (failure != 0) return failure;
    failure = posix_spawnattr_init(&attributes);
    if (failure != 0) {
        posix_spawn_file_actions_destroy(&actions);
        return failure;
    }
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    // The socket first: it may itself stand at 0, 1 or 2.
    failure = posix_spawn_file_actions_adddup2(&actions, socket, 3);
    for (int standard = 0; failure == 0 && standard < 3; standard++)
        failure = posix_spawn_file_actions_addopen(&actions, standard, "/dev/null", O_RDWR, 0);
    if (failure == 0) failure = posix_spawn_file_actions_addclosefrom_np(&actions, 4);
    char *arguments[] = {(char *)program, "--zygote", NULL};
    char *environment[] = {"LC_ALL=C", "TZ=UTC", "SWIFT_BACKTRACE=enable=no", NULL};
    // While it is being replaced it is busy for a moment.
    const struct timespec moment = {0, 10 * 1000 * 1000};
    for (int round = 0; failure == 0 && round < 100; round++) {
        failure = posix_spawn(child, program, &actions, &attributes, arguments, environment);
        if (failure != ETXTBSY) break;
        failure = round < 99 ? 0 : ETXTBSY;
        nanosleep(&moment, NULL);
    }
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return failure;
}

int evidock_send_packet(int socket, const void *bytes, size_t size, int descriptor) {
    struct iovec part = {(void *)bytes, size};
    union {
        char bytes[CMSG_SPACE(sizeof(int))];
        struct cmsghdr aligned;
    } control;
    memset(&control, 0, sizeof control);
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    if (descriptor >= 0) {
        message.msg_control = control.bytes;
        message.msg_controllen = sizeof control.bytes;
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(sizeof(int));
        memcpy(CMSG_DATA(header), &descriptor, sizeof(int));
    }
    ssize_t sent;
    do sent = sendmsg(socket, &message, MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    if (sent < 0) return errno;
    return (size_t)sent == size ? 0 : EMSGSIZE;
}

ssize_t evidock_receive_packet(int socket, void *bytes, size_t capacity, int *descriptor) {
    *descriptor = -1;
    struct iovec part = {bytes, capacity};
    union {
        char bytes[CMSG_SPACE(8 * sizeof(int))];
        struct cmsghdr aligned;
    } control;
    struct msghdr message = {
        .msg_iov = &part,
        .msg_iovlen = 1,
        .msg_control = control.bytes,
        .msg_controllen = sizeof control.bytes,
    };
    ssize_t received;
    do received = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
    while (received < 0 && errno == EINTR);
    if (received < 0) return -1;
    for (struct cmsghdr *header = CMSG_FIRSTHDR(&message); header != NULL;
         header = CMSG_NXTHDR(&message, header)) {
        if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
        size_t count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (size_t i = 0; i < count; i++) {
            int came;
            memcpy(&came, CMSG_DATA(header) + i * sizeof(int), sizeof(int));
            if (*descriptor < 0) *descriptor = came;
            else close(came);
        }
    }
    if (message.msg_flags & MSG_TRUNC) {
        if (*descriptor >= 0) close(*descriptor);
        *descriptor = -1;
        errno = EMSGSIZE;
        return -1;
    }
    return received;
}

// The self-test's attempts. Each is what a captive would do; none does harm where it succeeds.

static int outcome(long result) {
    if (result >= 0) return 0;
    return errno == 0 ? EIO : errno;
}

static int try_read(uint16_t port, const char *name) { return outcome(open("/etc/passwd", O_RDONLY)); }
static int try_write(uint16_t port, const char *name) {
    int made = open("/tmp/evidock-inspector-escaped", O_WRONLY | O_CREAT | O_EXCL, 0600);
    if (made >= 0) unlink("/tmp/evidock-inspector-escaped");
    return outcome(made);
}
static int try_list(uint16_t port, const char *name) {
    return outcome(open("/", O_RDONLY | O_DIRECTORY));
}
static int try_look(uint16_t port, const char *name) { return outcome(access("/etc/passwd", F_OK)); }
static int try_memory_file(uint16_t port, const char *name) {
    return outcome(open("/proc/self/mem", O_RDWR));
}
static int try_socket(uint16_t port, const char *name) {
    return outcome(socket(AF_INET, SOCK_STREAM, 0));
}
static int try_unix_socket(uint16_t port, const char *name) {
    return outcome(socket(AF_UNIX, SOCK_STREAM, 0));
}
static int try_connect(uint16_t port, const char *name) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return outcome(connect(EVIDOCK_READER_FOOTAGE, (struct sockaddr *)&address, sizeof address));
}
static int try_unix_connect(uint16_t port, const char *name) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t length = strlen(name);
    if (length > sizeof address.sun_path - 1) length = sizeof address.sun_path - 1;
    memcpy(address.sun_path + 1, name, length);
    socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + length);
    return outcome(connect(EVIDOCK_READER_FOOTAGE, (struct sockaddr *)&address, size));
}
static int try_exec(uint16_t port, const char *name) {
    char *arguments[] = {"/bin/true", NULL}, *environment[] = {NULL};
    return outcome(execve("/bin/true", arguments, environment));
}
static int try_fork(uint16_t port, const char *name) {
    pid_t child = fork();
    if (child == 0) _exit(0);
    return outcome(child);
}
static int try_ptrace(uint16_t port, const char *name) {
    return outcome(ptrace(PTRACE_TRACEME, 0, NULL, NULL));
}
// A signal that is ignored unless somebody asked for it.
static int try_signal(uint16_t port, const char *name) { return outcome(kill(getppid(), SIGURG)); }
static int try_mount(uint16_t port, const char *name) {
    return outcome(mount("none", "/mnt", "tmpfs", MS_RDONLY, NULL));
}
static int try_namespace(uint16_t port, const char *name) { return outcome(unshare(CLONE_NEWUSER)); }
static int try_code(uint16_t port, const char *name) {
    void *made = mmap(
        NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return made == MAP_FAILED ? errno : 0;
}
static int try_map(uint16_t port, const char *name) {
    void *made = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, EVIDOCK_READER_FOOTAGE, 0);
    return made == MAP_FAILED ? errno : 0;
}
static int try_ioctl(uint16_t port, const char *name) {
    int waiting = 0;
    return outcome(ioctl(EVIDOCK_READER_ANSWER, FIONREAD, &waiting));
}
static int try_ring(uint16_t port, const char *name) {
    char parameters[256] = {0};
    return outcome(syscall(SYS_io_uring_setup, 4, parameters));
}
static int try_limits(uint16_t port, const char *name) {
    struct rlimit more = {60, 60};
    return outcome(setrlimit(RLIMIT_CPU, &more));
}
static int try_memory(uint16_t port, const char *name) {
    for (int megabytes = 0; megabytes <= 512; megabytes += 4) {
        size_t size = 4 << 20;
        char *made = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (made == MAP_FAILED) return errno;
        for (size_t at = 0; at < size; at += 4096) ((volatile char *)made)[at] = 1;
    }
    return 0;
}
// Ends by itself after more than any limit that a test would set.
static int try_time(uint16_t port, const char *name) {
    struct timespec now = {0, 0};
    do clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    while (now.tv_sec < 15);
    return 0;
}

static const struct attempt {
    const char *name;
    int needs;
    int (*run)(uint16_t port, const char *name);
} attempts[] = {
    {"open a file for reading", 0, try_read},
    {"open a file for writing", 0, try_write},
    {"list a directory", 0, try_list},
    {"see whether a file exists", 0, try_look},
    {"open /proc/self/mem", 0, try_memory_file},
    {"create a TCP socket", 0, try_socket},
    {"create a unix socket", 0, try_unix_socket},
    {"connect a TCP socket", 1, try_connect},
    {"connect a unix socket", 2, try_unix_connect},
    {"exec a program", 0, try_exec},
    {"fork", 0, try_fork},
    {"ptrace", 0, try_ptrace},
    {"signal the parent", 0, try_signal},
    {"mount a file system", 0, try_mount},
    {"make a namespace", 0, try_namespace},
    {"make memory executable", 0, try_code},
    {"map a file", 0, try_map},
    {"ioctl", 0, try_ioctl},
    {"set up an io_uring", 0, try_ring},
    {"raise a limit", 0, try_limits},
    {"use more than 512 MiB", 0, try_memory},
    {"use more CPU time than allowed", 0, try_time},
};

int evidock_escape_count(void) { return (int)(sizeof attempts / sizeof *attempts); }
const char *evidock_escape_name(int which) { return attempts[which].name; }
int evidock_escape_needs(int which) { return attempts[which].needs; }
int evidock_escape_try(int which, uint16_t port, const char *name) {
    errno = 0;
    return attempts[which].run(port, name);
}
