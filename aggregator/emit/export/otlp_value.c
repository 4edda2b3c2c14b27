/* Values, ids and the frame around them. */
#include "emit/export/otlp.h"
#include "emit/json.h"

#include "vl/version.h"

#include <stdio.h>

void otlp_set(json_t *object, const char *key, json_t *value)
{
    json_object_set_new_nocheck(object, key, value);
}

static void add_attribute(json_t *attributes, const char *key, const char *type, json_t *value)
{
    json_t *attribute = json_object(), *any = json_object();
    otlp_set(any, type, value);
    otlp_set(attribute, "key", json_string(key));
    otlp_set(attribute, "value", any);
    json_array_append_new(attributes, attribute);
}

void otlp_text(json_t *attributes, const char *key, struct str text)
{
    if (text.len)
        add_attribute(attributes, key, "stringValue", json_text(text));
}

void otlp_number(json_t *attributes, const char *key, int64_t number)
{
    if (number >= 0)
        add_attribute(attributes, key, "intValue", otlp_int(number));
}

void otlp_real(json_t *attributes, const char *key, double value)
{
    if (value >= 0)
        add_attribute(attributes, key, "doubleValue", json_real(value));
}

void otlp_flag(json_t *attributes, const char *key, bool value)
{
    add_attribute(attributes, key, "boolValue", json_boolean(value));
}

void otlp_texts(json_t *attributes, const char *key, struct str text)
{
    if (!text.len)
        return;
    json_t *array = json_object(), *values = json_array(), *one = json_object();
    otlp_set(one, "stringValue", json_text(text));
    json_array_append_new(values, one);
    otlp_set(array, "values", values);
    add_attribute(attributes, key, "arrayValue", array);
}

json_t *otlp_int(int64_t number)
{
    char text[24];
    snprintf(text, sizeof text, "%lld", (long long)number);
    return json_string(text);
}

json_t *otlp_id(uint64_t id) { return json_hex(id); }

json_t *otlp_trace(uint64_t ids[2])
{
    char text[33];
    snprintf(text, sizeof text, "%016llx%016llx", (unsigned long long)ids[0], (unsigned long long)ids[1]);
    return json_string(text);
}

json_t *otlp_resource(const struct conclusion *run, const struct log *log, const char *what, const char *list,
                      json_t *items)
{
    json_t *top = json_object(), *resource = json_object(), *attributes = json_array();
    json_t *scopes = json_array(), *scoped = json_object(), *scope = json_object();
    otlp_text(attributes, "service.name", STR("vlshim"));
    uint32_t video = (uint32_t)(log->story->video - VEC_AT(&run->tree.videos, struct video, 0));
    otlp_text(attributes, "host.name", tree_host_name(&run->tree, tree_host_of_video(&run->tree, video)));
    otlp_text(attributes, "vlshim.video", log->story->video->name);
    otlp_set(resource, "attributes", attributes);
    otlp_set(scope, "name", json_string("vlagg"));
    otlp_set(scope, "version", json_string(VL_TOOL_VERSION));
    otlp_set(scoped, "scope", scope);
    otlp_set(scoped, list, items);
    json_array_append_new(scopes, scoped);
    otlp_set(top, "resource", resource);
    otlp_set(top, what, scopes);
    return top;
}
