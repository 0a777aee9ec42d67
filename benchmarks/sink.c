/* An SMTP server that takes every message, keeps none and costs next to nothing.
 *
 *     gcc -O2 -o sink sink.c && ./sink [PORT [DELAY_MS [FILE]]]
 *
 * Listens on 127.0.0.1 alone, on any free port without PORT or with 0, and prints the port.
 * Offers PIPELINING. FILE gets a line with the recipient of each whole message. Replies are held back DELAY_MS, as if the network were that long. One
 * thread over epoll, so Linux; it ends with the program that started it.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { CONNECTIONS = 4096, READ = 1 << 18, KEPT = 2048, REPLIES = 512, HELD = 1 << 13 };
enum { ADDRESS = 330 };

static const char END[] = "\r\n.\r\n";
enum { END_LENGTH = sizeof END - 1 };

/* What came after the last whole command, or in a message may be the beginning of its end. */
struct session {
    int is_open, in_message, kept_length;
    unsigned generation; /* a file descriptor is used again, its held replies are not */
    char kept[KEPT], recipient[ADDRESS];
};

struct held {
    double due;
    int to, length;
    unsigned generation;
    char text[REPLIES];
};

static struct session sessions[CONNECTIONS];
static struct held held[HELD];
static unsigned first_held, after_held; /* a ring: all wait equally long, so in their order */
static double delay;
static FILE *record;
static char input[KEPT + READ];

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + time.tv_nsec * 1e-9;
}

static void quit(const char *why) {
    perror(why);
    exit(1);
}

static void put(int to, const char *text, int length) {
    if (write(to, text, length) != length) shutdown(to, SHUT_RDWR); /* it does not read */
}

static void reply(int to, const char *text, int length) {
    if (length == 0) return;
    if (delay <= 0) {
        put(to, text, length);
        return;
    }
    if (after_held - first_held == HELD) quit("too many replies are held back");
    struct held *one = &held[after_held++ % HELD];
    *one = (struct held){.due = now() + delay, .to = to, .length = length};
    one->generation = sessions[to].generation;
    memcpy(one->text, text, length);
}

/* Sends what is due, and says how many ms epoll may wait for more; -1: for ever. */
static int let_go(void) {
    while (first_held != after_held) {
        struct held *one = &held[first_held % HELD];
        double wait = one->due - now();
        if (wait > 0) return (int)(wait * 1e3) + 1;
        first_held++;
        struct session *to = &sessions[one->to];
        if (to->is_open && to->generation == one->generation) put(one->to, one->text, one->length);
    }
    return -1;
}

static const char *answer_to(const char *command) {
    if (!strncasecmp(command, "EHLO", 4))
        return "250-sink\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 ENHANCEDSTATUSCODES\r\n";
    if (!strncasecmp(command, "DATA", 4)) return "354 go on\r\n";
    if (!strncasecmp(command, "QUIT", 4)) return "221 2.0.0 bye\r\n";
    return "250 2.0.0 ok\r\n";
}

static void note_recipient(struct session *session, const char *command) {
    session->recipient[0] = 0;
    if (!strncasecmp(command, "RCPT TO:<", 9)) sscanf(command + 9, "%329[^> \r\n]", session->recipient);
}

/* Takes what has come so far; 0: the client has said goodbye. */
static int take(int from, struct session *session, char *at, char *end) {
    char replies[REPLIES];
    int length = 0, is_over = 0;
    while (!is_over) {
        const char *answer;
        if (session->in_message) {
            char *found = memmem(at, end - at, END, END_LENGTH);
            if (!found) {
                if (end - at >= END_LENGTH) at = end - (END_LENGTH - 1);
                break;
            }
            at = found + END_LENGTH;
            session->in_message = 0;
            if (record) fprintf(record, "%s\n", session->recipient);
            answer = "250 2.0.0 ok\r\n";
        } else {
            char *line_end = memchr(at, '\n', end - at);
            if (!line_end) break;
            answer = answer_to(at);
            if (record && *answer != '3') note_recipient(session, at);
            is_over = *answer == '2' && answer[2] == '1';
            session->in_message = *answer == '3';
            /* The end of the DATA line may be the one before the only dot. */
            at = session->in_message && line_end > at ? line_end - 1 : line_end + 1;
        }
        int more = strlen(answer);
        if (length + more > REPLIES) {
            reply(from, replies, length);
            length = 0;
        }
        memcpy(replies + length, answer, more);
        length += more;
    }
    if (is_over) {
        put(from, replies, length); /* what is held back for it would find it gone */
        return 0;
    }
    reply(from, replies, length);
    session->kept_length = end - at;
    if (session->kept_length > KEPT) return 0; /* no command is that long */
    memcpy(session->kept, at, session->kept_length);
    return 1;
}

static void end_session(int of) {
    sessions[of].is_open = 0;
    close(of);
}

static void hear(int from) {
    struct session *session = &sessions[from];
    memcpy(input, session->kept, session->kept_length);
    int came = read(from, input + session->kept_length, READ);
    if (came <= 0 || !take(from, session, input, input + session->kept_length + came))
        end_session(from);
}

static void welcome(int listener, int epoll) {
    int one = 1, from = accept4(listener, 0, 0, SOCK_NONBLOCK);
    if (from < 0) return;
    if (from >= CONNECTIONS) {
        close(from);
        return;
    }
    sessions[from].is_open = 1;
    sessions[from].in_message = sessions[from].kept_length = 0;
    sessions[from].generation++;
    setsockopt(from, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    struct epoll_event event = {.events = EPOLLIN, .data.fd = from};
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, from, &event)) quit("epoll");
    const char greeting[] = "220 sink ESMTP\r\n";
    reply(from, greeting, sizeof greeting - 1);
}

static int listen_on(int port) {
    int one = 1, listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    socklen_t length = sizeof address;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(listener, (void *)&address, length) || listen(listener, 1024)) quit("listen");
    if (getsockname(listener, (void *)&address, &length)) quit("listen");
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);
    return listener;
}

int main(int count, char **arguments) {
    signal(SIGPIPE, SIG_IGN);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    delay = count > 2 ? atof(arguments[2]) / 1e3 : 0;
    record = count > 3 ? fopen(arguments[3], "a") : NULL;
    if (count > 3 && !record) quit(arguments[3]);
    int listener = listen_on(count > 1 ? atoi(arguments[1]) : 0), epoll = epoll_create1(0);
    struct epoll_event events[256], event = {.events = EPOLLIN, .data.fd = listener};
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event)) quit("epoll");
    for (;;) {
        int ready = epoll_wait(epoll, events, 256, let_go());
        for (int n = 0; n < ready; n++) {
            if (events[n].data.fd == listener) welcome(listener, epoll);
            else hear(events[n].data.fd);
        }
        if (record) fflush(record);
    }
}
