/* Preloaded into charon for the benchmark: XFRM requests over netlink are answered here and go to no kernel,
 * as keyferryd's null dataplane does. States and policies are "installed", SPIs are numbers counted up, nothing
 * expires and nothing can be queried. Other netlink families are left alone. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <linux/netlink.h>
#include <linux/xfrm.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define MAX_FD 1024

/* The end that we answer on, for each descriptor that charon takes for an XFRM socket; else 0. */
static _Atomic int other_end[MAX_FD];
static _Atomic unsigned next_spi = 0xc1000000;

static int is_ours(int fd) {
    return fd >= 0 && fd < MAX_FD && other_end[fd] != 0;
}

int socket(int domain, int type, int protocol) {
    int (*real)(int, int, int) = (int (*)(int, int, int))dlsym(RTLD_NEXT, "socket");
    int ends[2];
    if (domain != AF_NETLINK || protocol != NETLINK_XFRM)
        return real(domain, type, protocol);
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | (type & (SOCK_CLOEXEC | SOCK_NONBLOCK)), 0, ends) != 0)
        return -1;
    if (ends[0] >= MAX_FD) {
        close(ends[0]);
        close(ends[1]);
        errno = EMFILE;
        return -1;
    }
    other_end[ends[0]] = ends[1];
    return ends[0];
}

int close(int fd) {
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, "close");
    if (is_ours(fd))
        real(atomic_exchange(&other_end[fd], 0));
    return real(fd);
}

int bind(int fd, const struct sockaddr *address, socklen_t length) {
    int (*real)(int, const struct sockaddr *, socklen_t) =
        (int (*)(int, const struct sockaddr *, socklen_t))dlsym(RTLD_NEXT, "bind");
    return is_ours(fd) ? 0 : real(fd, address, length);
}

static void answer_spi(int end, const struct nlmsghdr *request) {
    const struct xfrm_userspi_info *wanted = NLMSG_DATA(request);
    struct {
        struct nlmsghdr header;
        struct xfrm_usersa_info state;
    } answer;
    memset(&answer, 0, sizeof answer);
    answer.header.nlmsg_len = sizeof answer;
    answer.header.nlmsg_type = XFRM_MSG_NEWSA;
    answer.header.nlmsg_seq = request->nlmsg_seq;
    answer.header.nlmsg_pid = request->nlmsg_pid;
    answer.state = wanted->info;
    answer.state.id.spi = __builtin_bswap32(atomic_fetch_add(&next_spi, 1));
    send(end, &answer, sizeof answer, 0);
}

static void answer_status(int end, const struct nlmsghdr *request, int status) {
    struct {
        struct nlmsghdr header;
        struct nlmsgerr error;
    } answer;
    memset(&answer, 0, sizeof answer);
    answer.header.nlmsg_len = sizeof answer;
    answer.header.nlmsg_type = NLMSG_ERROR;
    answer.header.nlmsg_seq = request->nlmsg_seq;
    answer.header.nlmsg_pid = request->nlmsg_pid;
    answer.error.error = status;
    answer.error.msg = *request;
    send(end, &answer, sizeof answer, 0);
}

ssize_t sendto(int fd, const void *data, size_t length, int flags, const struct sockaddr *to, socklen_t to_length) {
    ssize_t (*real)(int, const void *, size_t, int, const struct sockaddr *, socklen_t) =
        (ssize_t(*)(int, const void *, size_t, int, const struct sockaddr *, socklen_t))dlsym(RTLD_NEXT, "sendto");
    const struct nlmsghdr *request = data;
    if (!is_ours(fd))
        return real(fd, data, length, flags, to, to_length);
    switch (request->nlmsg_type) {
    case XFRM_MSG_ALLOCSPI:
        answer_spi(other_end[fd], request);
        break;
    case XFRM_MSG_GETSA:
    case XFRM_MSG_GETPOLICY:
        answer_status(other_end[fd], request, -ESRCH);
        break;
    case XFRM_MSG_GETSPDINFO:
    case XFRM_MSG_GETSADINFO:
        answer_status(other_end[fd], request, -EOPNOTSUPP);
        break;
    default:
        answer_status(other_end[fd], request, 0);
    }
    return (ssize_t)length;
}
