/* Pieces of OTLP/JSON: 64-bit integers are strings, ids hexadecimal, enums numbers. New references. */
#ifndef EMIT_EXPORT_OTLP_H
#define EMIT_EXPORT_OTLP_H

#include "model/log.h"

#include <jansson.h>

/* Lists of attributes: {"key", "value"}. What is not known ("" or below 0) is left out. */
void otlp_text(json_t *attributes, const char *key, struct str text);
void otlp_number(json_t *attributes, const char *key, int64_t number);
void otlp_real(json_t *attributes, const char *key, double value);
void otlp_flag(json_t *attributes, const char *key, bool value);
void otlp_texts(json_t *attributes, const char *key, struct str text); /* a list of one */

json_t *otlp_int(int64_t number);    /* as a string */
json_t *otlp_id(uint64_t id);        /* 16 digits */
json_t *otlp_trace(uint64_t ids[2]); /* 32 digits */
void otlp_set(json_t *object, const char *key, json_t *value);

/* {"resource", <what>: [{"scope", <list>: items}]}, for one video; takes over items. */
json_t *otlp_resource(const struct conclusion *run, const struct log *log, const char *what, const char *list,
                      json_t *items);

/* A video's spans: the video, its stages, attempts, processes and calls; and its figures. Arrays. */
json_t *otlp_spans(const struct conclusion *run, const struct log *log, uint32_t video);
json_t *otlp_metrics(const struct conclusion *run, const struct log *log, uint32_t video);

#endif
