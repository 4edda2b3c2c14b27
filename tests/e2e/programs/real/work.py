"""What programs do with large packages, without a network: tables, arrays, requests that are refused, models of answers."""
import pathlib
import threading

import anthropic
import numpy
import openai
import pandas


def solve(folder):
    table = pandas.DataFrame({"film": list("abcabc"), "year": range(2010, 2016), "cost": numpy.arange(6) / 2})
    table["film"] = table["film"] + str(len(folder.parts))
    try:
        table.loc["no such row"]
    except KeyError as error:
        missing = error
    return table.groupby("film")["cost"].sum().to_dict(), repr(missing)


def refused(module, ask):
    client = getattr(module, "OpenAI" if module is openai else "Anthropic")(api_key="none", base_url="http://127.0.0.1:9", max_retries=0)
    try:
        ask(client)
    except module.APIConnectionError as error:
        return type(error).__name__, type(error.__cause__).__name__


print(solve(pathlib.Path("tasks/t1")))
print(refused(openai, lambda client: client.models.list()))
print(refused(anthropic, lambda client: client.messages.create(model="m", max_tokens=1, messages=[{"role": "user", "content": "x"}])))
print(numpy.linalg.norm(numpy.eye(4)), numpy.array([1, 2]) @ numpy.array([3, 4]))
threads = [threading.Thread(target=solve, args=(pathlib.Path("x"),)) for _ in range(3)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
