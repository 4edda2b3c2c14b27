/* What each type of value becomes. */
#include "emit/tables/cell_json.h"

#include "emit/text.h"

json_t *cell_json(enum cell_type type, const struct cell *cell)
{
    char text[ISO_BYTES];
    switch (cell->known ? (int)type : -1) {
    case CELL_TEXT:
        return text_json(cell->text);
    case CELL_INTEGER:
        return json_integer(cell->number);
    case CELL_FLAG:
        return json_boolean(cell->number);
    case CELL_REAL:
        return json_real(cell->real);
    case CELL_TIME:
        text_iso_utc(cell->number, text);
        return json_string(text);
    case CELL_KEY:
        cell_key_text(cell->key, text);
        return json_string(text);
    }
    return json_null();
}
