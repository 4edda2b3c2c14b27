import asyncio


class Work:
    def numbers(self, n):
        for i in range(n):
            yield i

    async def wait(self, n):
        await asyncio.sleep(0.01 * n)
        return await self.inner(n)

    async def inner(self, n):
        return n
