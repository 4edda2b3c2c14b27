"""Tasks whose exceptions nobody asks for; the loop stays open and is the current one."""
import asyncio
import contextvars

kept = []
current = contextvars.ContextVar("current")


async def work(number):
    try:
        raise ValueError(f"inner {number}")
    except ValueError as error:
        kept.append(error)
        await asyncio.sleep(0)
        raise KeyError(number)


async def main():
    tasks = [asyncio.ensure_future(work(number)) for number in range(3)]
    await asyncio.wait(tasks)
    kept.extend(tasks)
    kept.append(asyncio.ensure_future(asyncio.sleep(60)))
    await asyncio.sleep(0)


loop = asyncio.new_event_loop()
current.set(loop)
loop.set_exception_handler(lambda loop, context: kept.append(context))
loop.kept = kept
loop.run_until_complete(main())
print(len(kept))
