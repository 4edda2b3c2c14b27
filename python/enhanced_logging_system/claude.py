"""create_claude_metrics, and what a call cost by prices.tsv: as `vlagg fold` reckons it, and never a guess."""
import datetime
import functools
import re
from decimal import Decimal

from .kinds import ClaudeAPIMetrics
from .patterns import table

_LIMITED = re.compile(r"rate_limit_error|RateLimitError|(?:HTTP|Error code:?|status(?: code)?) ?429|^429\b|429 Client Error")


def create_claude_metrics(call_id, model, success=True, response_time=None, error=None):
    """A call of which no tokens are known, so no cost either; set them where they are."""
    message = None if error is None else str(error)
    return ClaudeAPIMetrics(call_id=call_id, model_used=model, response_time_seconds=response_time, success=success,
                            error_message=message, rate_limited=bool(message and _LIMITED.search(message)))


def _models(cell):
    """`claude-opus-5, opus-4-8, 4-6; 3-7`: names in full, without claude-, or versions of the family before."""
    names = []
    for item in re.split(r"[,;]", cell):
        item = item.strip()
        family = re.split(r"-(?=\d)", names[-1])[0] if names else ""
        if item.startswith("claude-") or not names:
            names.append(item)
        elif not item[:1].isdigit():
            names.append(f"claude-{item}" if names[0].startswith("claude-") else item)
        elif item[0] <= "3" and family.startswith("claude-"):
            names.append(f"claude-{item}-{family[7:]}")
        else:
            names.append(f"{family}-{item}")
    return names


def _sizes(cell):
    """Prompts over how many tokens, and up to how many, a row holds for."""
    found = re.search(r", prompt (>|≤|<=) ?([\d,]+) ?([kM])?", cell)
    if not found:
        return -1, float("inf")
    size = int(found[2].replace(",", "")) * {"k": 1000, "M": 1000000}.get(found[3], 1)
    return (size, float("inf")) if found[1] == ">" else (-1, size)


def _row(cells):
    since = re.search(r"\(since ([\d-]+)(?:; (input|output) ([\d.]+) before)?", cells[0])
    over, up_to = _sizes(cells[0])
    each = [Decimal(cell) if cell.strip() else None for cell in [*cells[1:3], "", ""][:2]]
    models = _models(re.split(r", prompt | \(", cells[0])[0])
    rows = [(models, since[1] if since else "", over, up_to, each)]
    if since and "before" in cells[0]:
        before = list(each)
        if since[2]:
            before[since[2] == "output"] = Decimal(since[3])
        rows.append((models, "", over, up_to, before))
    return rows


@functools.lru_cache(maxsize=None)
def _rows():
    return [row for cells in table("prices.tsv") for row in _row(cells) if len(cells) > 1]


def _prices(model, tokens, day):
    """USD per million of input and of output; None: the model has no row on that day."""
    fitting = [row for row in _rows() if model in row[0] and row[1] <= day and row[2] < tokens <= row[3]]
    return max(fitting, key=lambda row: row[1])[4] if fitting else None


def cost_of(model, prompt_tokens, completion_tokens, at=None):
    """USD; None where model, tokens or a price are not known."""
    if not model or prompt_tokens is None or completion_tokens is None:
        return None
    day = (at or datetime.datetime.now(datetime.timezone.utc)).astimezone(datetime.timezone.utc).date().isoformat()
    each = _prices(model, prompt_tokens, day) or _prices(re.sub(r"[-@]\d{8}$", "", model), prompt_tokens, day)
    counts = (prompt_tokens, completion_tokens)
    if not each or any(count and price is None for count, price in zip(counts, each)):
        return None
    return float(sum(count * price for count, price in zip(counts, each) if count) / 1000000)


def _moment(text):
    try:
        return datetime.datetime.fromisoformat(str(text))
    except ValueError:
        return None


def complete(call):
    """Of a call as a dict: the total, where tokens are known, and the cost, where nobody has said it."""
    prompt, completion = call.get("prompt_tokens"), call.get("completion_tokens")
    if not all(isinstance(count, int) and count >= 0 for count in (prompt, completion)):
        return call
    if call.get("total_tokens") is None:
        call["total_tokens"] = prompt + completion
    if call.get("estimated_cost_usd") is None:
        call["estimated_cost_usd"] = cost_of(call.get("model_used"), prompt, completion, _moment(call.get("timestamp")))
    return call
