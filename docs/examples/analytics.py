"""Counts what happens in an organization, by type. Stop it whenever you like: it goes on where it was.

pip install nats-py; omoi bus credential create NAME --json > bus.json; python analytics.py bus.json counts.db"""
import asyncio, json, sqlite3, sys
import nats

with open(sys.argv[1]) as file:
    may = json.load(file)
counts = sqlite3.connect(sys.argv[2])
counts.execute("create table if not exists events (position integer primary key, type text)")

async def main():
    bus = (await nats.connect(may["url"])).jetstream()
    events = await bus.pull_subscribe_bind(stream=may["stream"], consumer=may["consumer"])
    while True:
        try:
            messages = await events.fetch(100, timeout=30)
        except nats.errors.TimeoutError:
            continue  # nothing has happened
        for message in messages:
            event = json.loads(message.data)
            row = (event["position"], event["type"])
            with counts:  # what comes again, after a crash or because the bus was filled again, is counted once
                new = counts.execute("insert or ignore into events values (?, ?)", row).rowcount
            await message.ack()
            if new:
                count = "select count(*) from events where type = ?"
                print(*row, *counts.execute(count, row[1:]).fetchone(), flush=True)

asyncio.run(main())
