/* The events of an API call, each one part of the call that it names. */
#include "reduce/state.h"

static struct api_stamp stamp_of(const struct reducer *r, const struct record *record)
{
    return (struct api_stamp){.ticks = record->ticks,
                              .took = record->took,
                              .sequence = (uint64_t)r->chunk->header->sequence << 32 | record->offset,
                              .tid = r->tid,
                              .video = r->video,
                              .seen = true};
}

static struct api_request request_of(const struct event_api_request *e, struct api_stamp stamp)
{
    return (struct api_request){.stamp = stamp,
                                .host = e->server,
                                .endpoint = e->endpoint,
                                .model = e->model,
                                .via = e->via,
                                .streaming = e->streaming,
                                .max_tokens = e->max_tokens,
                                .attempt = e->attempt,
                                .body_bytes = e->body_bytes};
}

static struct api_usage usage_of(const struct event_api_usage *e, struct api_stamp stamp)
{
    return (struct api_usage){.stamp = stamp,
                              .message_id = e->message_id,
                              .model = e->model,
                              .service_tier = e->service_tier,
                              .stop_reason = e->stop_reason,
                              .input = e->input_tokens,
                              .output = e->output_tokens,
                              .cache_write_5m = e->cache_write_5m_tokens,
                              .cache_write_1h = e->cache_write_1h_tokens,
                              .cache_read = e->cache_read_tokens,
                              .web_searches = e->web_searches,
                              .web_fetches = e->web_fetches};
}

/* connection and stream stand first in all of them. */
static struct api_call call_of(const struct reducer *r, const struct event_api_error *e)
{
    return (struct api_call){.process = r->process, .connection = e->connection, .stream = e->stream};
}

void reduce_api(struct reducer *r, const struct record *record)
{
    struct api_stamp stamp = stamp_of(r, record);
    struct api_call call = call_of(r, &record->api_error);
    const struct event_api_response *response = &record->api_response;
    const struct event_api_end *end = &record->api_end;
    if (record->code == VL_api_request)
        call.request = request_of(&record->api_request, stamp);
    else if (record->code == VL_api_usage)
        call.usage = usage_of(&record->api_usage, stamp);
    else if (record->code == VL_api_error)
        call.error = (struct api_error){stamp, record->api_error.type, record->api_error.message};
    else if (record->code == VL_api_response)
        call.response =
            (struct api_response){stamp, response->status, response->request_id, response->headers};
    else
        call.end =
            (struct api_end){stamp, end->how, end->first_token_ticks, end->sent_bytes, end->received_bytes};
    facts_add_call(r->facts, &call);
}
