/* Writing and reading VLSHIM_STATE; see state.h. */
#include "state.h"

#include "outputs.h"
#include "seals.h"
#include "shim.h"

/* What the fixed parts take at the most: eighteen numbers, the host, the secret, commas. */
#define FIXED_BYTES 512

size_t state_bytes(const struct video *video)
{
    return FIXED_BYTES + strlen(video->name) + strlen(video->folder);
}

/* Such words are masked in whatever is kept (redact.c): a program may print its environment. */
#define SECRET_MARK "vlk_"

static void put_secret(struct words *w)
{
    char digits[2 * SEALS_SECRET_BYTES + 1] = {[2 * SEALS_SECRET_BYTES] = ','};
    for (unsigned i = 0; i < SEALS_SECRET_BYTES; i++) {
        digits[2 * i] = "0123456789abcdef"[seals_secret[i] >> 4];
        digits[2 * i + 1] = "0123456789abcdef"[seals_secret[i] & 15];
    }
    words_text(w, SECRET_MARK);
    words_put(w, digits, sizeof digits);
}

void state_put(struct words *w, const struct identity *who, uint64_t call, const struct video *video)
{
    words_text(w, STATE_NAME "2,");
    words_hex(w, who->pid);
    words_hex(w, who->start);
    words_hex(w, who->ppid);
    words_hex(w, who->parent_start);
    words_hex(w, self.image);
    words_hex(w, call);
    words_hex(w, who->pid == 1 ? self_pid_namespace() : 0);
    for (int i = 0; i < 16; i += 8) {
        uint64_t half = 0;
        for (int k = 0; k < 8; k++)
            half = half << 8 | self.boot_id[i + k];
        words_hex(w, half);
    }
    words_text(w, self.host);
    words_text(w, ",");
    words_hex(w, (uint64_t)shim.tsc | (uint64_t)shim.crc << 1);
    words_hex(w, (uint64_t)(int64_t)self.utc_offset);
    words_hex(w, (uint64_t)self.utc_until);
    words_hex(w, outputs_outer.of[0]);
    words_hex(w, outputs_outer.of[1]);
    words_hex(w, outputs_outer.shut);
    put_secret(w);
    words_hex(w, video->pattern);
    words_hex(w, strlen(video->name));
    words_text(w, video->name);
    words_text(w, video->folder);
}

static int digit_of(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool take_secret(const char **p, uint8_t secret[SEALS_SECRET_BYTES])
{
    if (strncmp(*p, SECRET_MARK, strlen(SECRET_MARK)) != 0)
        return false;
    *p += strlen(SECRET_MARK);
    for (unsigned i = 0; i < 2 * SEALS_SECRET_BYTES; i++, (*p)++) {
        int digit = digit_of(**p);
        if (digit < 0)
            return false;
        secret[i / 2] = (uint8_t)(secret[i / 2] << 4 | digit);
    }
    return *(*p)++ == ',';
}

static bool take_hex(const char **p, uint64_t *v)
{
    const char *start = *p;
    for (*v = 0; **p && **p != ','; (*p)++) {
        int digit = digit_of(**p);
        if (digit < 0 || *p - start >= 16)
            return false;
        *v = *v << 4 | (uint64_t)digit;
    }
    if (**p != ',' || *p == start)
        return false;
    (*p)++;
    return true;
}

struct state {
    uint64_t pid, start, ppid, parent_start, image, call, namespace, boot[2], flags, utc_offset, utc_until,
        outer[2], shut, pattern, name_length;
    char host[sizeof self.host];
    uint8_t secret[SEALS_SECRET_BYTES];
};

static bool take_host(const char **p, char host[sizeof self.host])
{
    size_t n = strcspn(*p, ",");
    if (n == 0 || n >= sizeof self.host || (*p)[n] != ',')
        return false;
    memcpy(host, *p, n);
    host[n] = '\0';
    *p += n + 1;
    return true;
}

static bool parse(const char *p, struct state *s, const char **video)
{
    if (strncmp(p, "2,", 2) != 0)
        return false;
    p += 2;
    if (!(take_hex(&p, &s->pid) && take_hex(&p, &s->start) && take_hex(&p, &s->ppid) &&
          take_hex(&p, &s->parent_start) && take_hex(&p, &s->image) && take_hex(&p, &s->call) &&
          take_hex(&p, &s->namespace) && take_hex(&p, &s->boot[0]) && take_hex(&p, &s->boot[1]) &&
          take_host(&p, s->host) && take_hex(&p, &s->flags) && take_hex(&p, &s->utc_offset) &&
          take_hex(&p, &s->utc_until) && take_hex(&p, &s->outer[0]) && take_hex(&p, &s->outer[1]) &&
          take_hex(&p, &s->shut) && take_secret(&p, s->secret) && take_hex(&p, &s->pattern) &&
          take_hex(&p, &s->name_length)))
        return false;
    *video = p;
    return s->name_length <= strlen(p);
}

/* Whether this process wrote it before its exec. The first process of a PID namespace may be the child of
 * another one's first. */
static bool is_own(const struct state *s)
{
    if (s->pid != self.process.pid || s->call > STATE_IN_ENVIRON)
        return false;
    if (self.process.ppid != 0 || s->pid != 1)
        return true;
    uint64_t own = self_pid_namespace();
    return own && s->namespace ? own == s->namespace : s->call == STATE_BY_EXEC;
}

/* A parent outside of this process's PID namespace is 0 to the kernel: then who wrote the state is as near as
 * can be known. */
static void adopt_identity(const struct state *s)
{
    bool outside = self.process.ppid == 0;
    if (is_own(s)) {
        self.process.start = s->start;
        self.process.parent_start = outside || s->ppid == self.process.ppid ? s->parent_start : 0;
        self.process.ppid = outside ? (uint32_t)s->ppid : self.process.ppid;
        self.image = (uint32_t)s->image + 1;
    } else if (outside || s->pid == self.process.ppid) {
        self.process.start = s->call > STATE_IN_ENVIRON ? s->call : 0;
        self.process.parent_start = s->start;
        self.process.ppid = (uint32_t)s->pid;
    }
}

bool state_read(const char *value)
{
    struct state s;
    const char *video;
    uint8_t boot[16];
    if (!parse(value, &s, &video))
        return false;
    for (int i = 0; i < 16; i++)
        boot[i] = (uint8_t)(s.boot[i / 8] >> (56 - 8 * (i % 8)));
    if (strcmp(s.host, self.host) != 0 && !self_is_boot(boot))
        return false;
    strcpy(self.host, s.host); /* a UTS namespace may have another name for the same host */
    memcpy(self.boot_id, boot, sizeof boot);
    shim.tsc = s.flags & 1;
    shim.crc = s.flags & 2;
    self.utc_offset = (int32_t)(int64_t)s.utc_offset;
    self.utc_until = (int64_t)s.utc_until;
    outputs_outer = (struct outer_pipes){{s.outer[0], s.outer[1]}, s.shut};
    memcpy(seals_secret, s.secret, sizeof seals_secret);
    adopt_identity(&s);
    const char *folder = video + s.name_length;
    video_default.number = video_enter(video, s.name_length, folder, strlen(folder), (uint32_t)s.pattern);
    return true;
}
